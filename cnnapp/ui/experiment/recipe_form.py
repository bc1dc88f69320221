"""The form that makes an architecture's recipe the person's own: four settings in view, the rest under Advanced."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnnapp import datasets
from cnnapp.architectures import Architecture
from cnnapp.datasets import DatasetInfo
from cnnapp.recipes import SETTINGS, Recipe, list_settings
from cnnapp.ui.data.augmentation_form import AugmentationForm, put_augmentation
from cnnapp.ui.data.augmented_grid import show_augmented
from cnnapp.ui.data.tried_augmentation import form_of, kept
from cnnapp.ui.experiment.schedule_form import fill_early_stopping, fill_schedule, list_shown
from cnnapp.ui.experiment.setting_widgets import as_shown, ask
from cnnapp.ui.experiment.start_form import fill_start, list_values
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.internals import DeltaGenerator


class RecipeForm:
    """The settings of one network. Widgets belong to it: choosing another network shows that one's recipe."""

    def __init__(self, network: Architecture) -> None:
        self._network, self._recipe = network, network.recipe
        self._dataset = ""  # asked for with the advanced settings

    def fill_main(self, columns: Sequence[DeltaGenerator]) -> dict[str, Any]:
        """Show the main settings with the recipe's values in four columns; return them as changes to the recipe."""
        return self._fill("main", columns)

    def offer_smaller_batch(self, images: int) -> None:
        """Offer a batch size that suits so few training images: some steps per epoch, a power of two as usual."""
        batch = 2 ** max(0, (images // 4).bit_length() - 1)
        key = f"{self._network.key}.batch_size"
        st.button(f"Use batches of {batch}", type="primary", on_click=st.session_state.update, args=({key: batch},))

    def say_what_differs(self, chosen: Recipe) -> None:
        """Name the settings that differ from the network's recipe, and offer to go back to it."""
        settings = [name for name in Recipe.model_fields if SETTINGS[name].title]
        changed = [SETTINGS[name].name for name in settings if getattr(chosen, name) != getattr(self._recipe, name)]
        if not changed:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Differs from this network's recipe: {', '.join(changed)}.", width="content")
            st.button("Back to the recipe", type="tertiary", on_click=self._put_back)

    def _put_back(self) -> None:
        put_recipe(self._network, self._recipe, self._dataset)

    def fill_advanced(self, images: DatasetInfo) -> dict[str, Any]:
        """Show the other settings; return them as changes to the recipe, with the run's `seed`.

        Args:
            images: what is trained on; augmentation is previewed on them.
        """
        self._dataset = images.name
        changes: dict[str, Any] = {"fine_tuning": fill_start(self._network, self._own)}
        changes |= self._fill("numbers", st.columns(3))
        for section, columns in (("switches", 3), ("memory", 1), ("arithmetic", 3)):
            changes |= self._fill(section, st.columns(columns, vertical_alignment="bottom"))
        changes["schedule"] = fill_schedule(self._recipe.schedule, self._own)
        changes["early_stopping"] = fill_early_stopping(self._recipe.early_stopping, self._own)
        changes["augmentation"] = self._fill_augmentation(images, changes["seed"])
        return changes

    def _fill(self, section: str, columns: Sequence[DeltaGenerator]) -> dict[str, Any]:
        placed = [(row.place, name) for name, row in SETTINGS.items() if row.place and row.place.section == section]
        return {
            name: ask(columns[place.column], SETTINGS[name], getattr(self._recipe, name, 0), self._own(name))
            for place, name in sorted(placed, key=lambda found: found[0].row)
        }

    def _fill_augmentation(self, images: DatasetInfo, seed: int) -> dict[str, Any]:
        tried = kept(images.name)
        form = AugmentationForm(form_of(self._network.key, images.name), tried or self._recipe.augmentation)
        preset, preview = st.columns([1, 3], vertical_alignment="bottom")
        with preset:
            form.pick_preset()
        if images.prepared and seed >= 0:
            with preview:
                _preview_augmentation(images, form, seed)
        form.fill(st.columns(4))
        about = "Augmentation changes training images at random, never validation or test images."
        if tried and tried == form.chosen:
            about += f" These were chosen on the Data set page, for {escape(images.title)}."
        st.caption(about)
        return form.chosen.model_dump()

    def _own(self, name: str) -> dict[str, Any]:
        return {"key": f"{self._network.key}.{name}", "persist_state": "session"}


def _preview_augmentation(images: DatasetInfo, form: AugmentationForm, seed: int) -> None:
    popover = st.popover(
        "Preview", icon=":material/visibility:", key="augmentation-preview", on_change="rerun", width="content"
    )
    if popover.open:
        with popover, plain_errors():
            show_augmented(datasets.load(images.name), form.chosen, seed=seed, key="augmented")
            st.caption(f"Drawn with the run's seed, {seed}.")


def put_recipe(network: Architecture, recipe: Recipe, dataset: str) -> None:
    """Fill the network's form with `recipe` for runs on `dataset`, before it is shown."""
    put_augmentation(form_of(network.key, dataset), recipe.augmentation)
    rows = {name: row for name, row in list_settings(Recipe).items() if row.place}
    shown = {name: as_shown(row, getattr(recipe, name)) for name, row in rows.items()}
    shown |= list_shown(recipe.schedule, recipe.early_stopping) | list_values(recipe.fine_tuning)
    for name, value in shown.items():
        st.session_state[f"{network.key}.{name}"] = value
