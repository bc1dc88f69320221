"""The data sets that are archives of image files at public addresses; taken from the inbox where they lie there."""

from dataclasses import replace
from pathlib import Path

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.reading import Choices
from cnnapp.datasets.sources import given
from cnnapp.datasets.urls import download_once
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

# fmt: off
FOOD101_NAMES = (
    "apple_pie", "baby_back_ribs", "baklava", "beef_carpaccio", "beef_tartare", "beet_salad", "beignets",
    "bibimbap", "bread_pudding", "breakfast_burrito", "bruschetta", "caesar_salad", "cannoli", "caprese_salad",
    "carrot_cake", "ceviche", "cheese_plate", "cheesecake", "chicken_curry", "chicken_quesadilla", "chicken_wings",
    "chocolate_cake", "chocolate_mousse", "churros", "clam_chowder", "club_sandwich", "crab_cakes", "creme_brulee",
    "croque_madame", "cup_cakes", "deviled_eggs", "donuts", "dumplings", "edamame", "eggs_benedict", "escargots",
    "falafel", "filet_mignon", "fish_and_chips", "foie_gras", "french_fries", "french_onion_soup", "french_toast",
    "fried_calamari", "fried_rice", "frozen_yogurt", "garlic_bread", "gnocchi", "greek_salad",
    "grilled_cheese_sandwich", "grilled_salmon", "guacamole", "gyoza", "hamburger", "hot_and_sour_soup", "hot_dog",
    "huevos_rancheros", "hummus", "ice_cream", "lasagna", "lobster_bisque", "lobster_roll_sandwich",
    "macaroni_and_cheese", "macarons", "miso_soup", "mussels", "nachos", "omelette", "onion_rings", "oysters",
    "pad_thai", "paella", "pancakes", "panna_cotta", "peking_duck", "pho", "pizza", "pork_chop", "poutine",
    "prime_rib", "pulled_pork_sandwich", "ramen", "ravioli", "red_velvet_cake", "risotto", "samosa", "sashimi",
    "scallops", "seaweed_salad", "shrimp_and_grits", "spaghetti_bolognese", "spaghetti_carbonara", "spring_rolls",
    "steak", "strawberry_shortcake", "sushi", "tacos", "takoyaki", "tiramisu", "tuna_tartare", "waffles"
)
# fmt: on


def make(row: CatalogRow, workspace: Workspace) -> Draft:
    """Make the set from an archive in the inbox if there is one, else from the row's address.

    Raises:
        CnnAppError: there is neither file nor network, or the archive holds other classes.
        CalledOffError: the job was asked to stop.
    """
    archive, notices = workspace.archive or _inbox_archive(row), []
    if archive is None:
        archive, notice = download_once(row.url, workspace.folder, workspace.report)
        notices = [notice]
    options = ImageOptions(size=row.image_shape[0], resize_mode="stretch", colour="colour")
    draft = given.make(archive, row.title, Choices(ink="off", images=options, test_from="validation"), workspace)
    if draft.class_names != row.class_names:
        raise CnnAppError(
            f"The archive is not {row.title}: expected {len(row.class_names)} classes from {row.class_names[0]} to "
            f"{row.class_names[-1]}, but it has {len(draft.class_names)}; import it under another name."
        )
    return replace(draft, source=row.source, description=row.description, notices=[*notices, *draft.notices])


def _inbox_archive(row: CatalogRow) -> Path | None:
    candidates = (settings().inbox / f"{row.name}{suffix}" for suffix in (".zip", ".tar.gz", ".tgz", ".tar"))
    return next((path for path in candidates if path.is_file()), None)
