"""The pages of the app in one table, the menu: where each stands, what it is called; links and headings read it."""

from typing import NamedTuple

HOME = "home.py"
DATASET = "prepare/dataset.py"
IMPORT = "prepare/import_data.py"
OWN_IMAGES = "prepare/own_images.py"
ARCHITECTURE = "prepare/architecture.py"
TRAIN = "train/train.py"
RUNS = "train/runs.py"
FEATURE_MAPS = "explore/feature_maps.py"
FILTERS = "explore/filters.py"
PREDICT = "predict/predict.py"


class PageEntry(NamedTuple):
    """One row of the menu."""

    path: str  # below pages/, as st.page_link and st.switch_page want it
    title: str
    icon: str
    url_path: str  # what follows the host in the address; the default page lives at / only
    section: str
    hidden: bool = False  # no line of the menu: other pages lead to it


PAGES = (
    PageEntry(HOME, "Home", ":material/home:", "", ""),
    PageEntry(DATASET, "Data set", ":material/photo_library:", "dataset", "Prepare"),
    PageEntry(IMPORT, "Import", ":material/upload:", "import", "Prepare", hidden=True),
    PageEntry(OWN_IMAGES, "Make your own", ":material/photo_camera:", "make-your-own", "Prepare"),
    PageEntry(ARCHITECTURE, "Architecture", ":material/layers:", "architecture", "Prepare"),
    PageEntry(TRAIN, "Train", ":material/play_circle:", "train", "Train"),
    PageEntry(RUNS, "Runs", ":material/format_list_bulleted:", "runs", "Train"),
    PageEntry(FEATURE_MAPS, "Feature maps", ":material/grid_view:", "feature-maps", "Explore"),
    PageEntry(FILTERS, "Filters", ":material/blur_on:", "filters", "Explore"),
    PageEntry(PREDICT, "Predict", ":material/image_search:", "predict", "Predict"),
)
TITLES = {entry.path: entry.title for entry in PAGES}
