"""The form that makes an architecture's recipe the person's own: four settings in view, the rest under Advanced."""

from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from cnnapp import datasets
from cnnapp.architectures import Architecture
from cnnapp.datasets import DatasetInfo
from cnnapp.recipes import EarlyStopping, Monitor, OptimizerName, Precision, Recipe
from cnnapp.ui.data.augmentation_form import AugmentationForm, describe_augmentation, put_augmentation
from cnnapp.ui.data.augmented_grid import show_augmented
from cnnapp.ui.data.tried_augmentation import form_of, kept
from cnnapp.ui.experiment.schedule_form import SCHEDULES, fill_schedule
from cnnapp.ui.experiment.start_form import fill_start, list_values
from cnnapp.ui.kit.feedback import escape, plain_errors
from cnnapp.ui.kit.internals import DeltaGenerator

OPTIMIZERS: dict[OptimizerName, str] = {
    "adam": "Adam",
    "sgd": "SGD",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "lion": "Lion",
    "adagrad": "Adagrad",
    "muon": "Muon",
}


OF_NO_RECIPE = {"smaller_batch_on_oom", "epoch_weights_mb"}  # what a machine can bear, not how a network is trained


class RecipeForm:
    """The settings of one network. Widgets belong to it: choosing another network shows that one's recipe."""

    def __init__(self, network: Architecture) -> None:
        self._network, self._recipe = network, network.recipe
        self._dataset = ""  # asked for with the advanced settings

    def fill_main(self, columns: Sequence[DeltaGenerator]) -> dict[str, Any]:
        """Show the main settings with the recipe's values in four columns; return them as changes to the recipe.

        The fields have no bounds of their own: they would keep the last good number behind a wrong one on
        screen. What is out of range is told in words by whoever checks the changes.
        """
        recipe, optimizers = self._recipe, list(OPTIMIZERS)
        epochs, batch, optimizer, rate = columns
        about = "How often the network sees every training image."
        changes: dict[str, Any] = {
            "epochs": epochs.number_input("Epochs", value=recipe.epochs, help=about, **self._own("epochs"))
        }
        about = "Images per training step: the weights change once per batch."
        changes["batch_size"] = batch.number_input(
            "Batch size", value=recipe.batch_size, help=about, **self._own("batch_size")
        )
        about = "The rule that turns gradients into changes of the weights."
        changes["optimizer"] = optimizer.selectbox(
            "Optimiser",
            optimizers,
            optimizers.index(recipe.optimizer),
            format_func=OPTIMIZERS.__getitem__,
            help=about,
            **self._own("optimizer"),
        )
        about = "The size of each change. Too high: the loss jumps or becomes NaN. Too low: nothing happens."
        start, step = recipe.learning_rate, recipe.learning_rate / 2
        changes["learning_rate"] = rate.number_input(
            "Learning rate", value=start, step=step, format="%g", help=about, **self._own("learning_rate")
        )
        return changes

    def offer_smaller_batch(self, images: int) -> None:
        """Offer a batch size that suits so few training images: some steps per epoch, a power of two as usual."""
        batch = 2 ** max(0, (images // 4).bit_length() - 1)
        key = f"{self._network.key}.batch_size"
        st.button(f"Use batches of {batch}", type="primary", on_click=st.session_state.update, args=({key: batch},))

    def say_what_differs(self, chosen: Recipe) -> None:
        """Name the settings that differ from the network's recipe, and offer to go back to it."""
        settings = [name for name in Recipe.model_fields if name not in OF_NO_RECIPE]
        changed = [name for name in settings if getattr(chosen, name) != getattr(self._recipe, name)]
        if not changed:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            names = ", ".join(name.replace("_", " ") for name in changed)
            st.caption(f"Differs from this network's recipe: {names}.", width="content")
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
        changes |= self._fill_numbers() | self._fill_switches()
        changes["schedule"] = fill_schedule(self._recipe.schedule, self._own)
        changes["early_stopping"] = self._fill_early_stopping()
        changes["augmentation"] = self._fill_augmentation(images, changes["seed"])
        return changes

    def _fill_numbers(self) -> dict[str, Any]:
        recipe = self._recipe
        left, middle, right = st.columns(3)
        about = "Training images held out, the same share of each class, to see how it does on unknown ones."
        changes: dict[str, Any] = {
            "validation_share": left.slider(
                "Validation share", 0.0, 0.5, recipe.validation_share, 0.01, help=about, **self._own("validation_share")
            )
        }
        about = "The same seed and settings give the same network on the same machine."
        changes["seed"] = middle.number_input("Seed", value=0, help=about, **self._own("seed"))
        about = "Share of the last change that goes on; for SGD, RMSprop and Muon."
        changes["momentum"] = right.slider(
            "Momentum", 0.0, 0.99, recipe.momentum, 0.01, help=about, **self._own("momentum")
        )
        about = "Looks ahead along the momentum (Nesterov 1983); for SGD and Muon."
        changes["nesterov"] = right.toggle("Nesterov momentum", recipe.nesterov, help=about, **self._own("nesterov"))
        about = "Pulls all weights towards zero; 0 for none."
        changes["weight_decay"] = left.number_input(
            "Weight decay",
            value=recipe.weight_decay,
            step=0.0001,
            format="%g",
            help=about,
            **self._own("weight_decay"),
        )
        about = "Asks the network for a little less than certainty; 0 for none."
        changes["label_smoothing"] = middle.slider(
            "Label smoothing", 0.0, 0.5, recipe.label_smoothing, 0.05, help=about, **self._own("label_smoothing")
        )
        about = "Longest gradient (global norm) that is followed; 0 for no limit."
        changes["clip_norm"] = right.number_input(
            "Gradient clipping", value=recipe.clip_norm, step=1.0, format="%g", help=about, **self._own("clip_norm")
        )
        return changes

    def _fill_switches(self) -> dict[str, Any]:
        recipe = self._recipe
        left, middle, right = st.columns(3, vertical_alignment="bottom")
        about = (
            "The rarer a class in the training images, the more each of its images counts in the loss, so that none is "
            "passed over (n / (classes × images of the class)). Accuracies count every image the same."
        )
        balanced = left.toggle(
            "Balance the classes", recipe.class_weights == "balanced", help=about, **self._own("class_weights")
        )
        about = (
            "The same seed gives the same network on a GPU, too; TensorFlow's deterministic operations often make it "
            "slower there. On a CPU it always does."
        )
        deterministic = middle.toggle(
            "Deterministic on a GPU", recipe.deterministic, help=about, **self._own("deterministic")
        )
        about = "The run goes on once, from its newest checkpoint. Another batch size gives another network."
        smaller = st.toggle(
            "Halve the batch if memory runs out",
            recipe.smaller_batch_on_oom,
            help=about,
            **self._own("smaller_batch_on_oom"),
        )
        about = "For the weights of the run's epochs: the newest, the best and evenly spread others stay; 0 for none."
        budget = right.number_input(
            "Disk for epochs (MB)", value=recipe.epoch_weights_mb, help=about, **self._own("epoch_weights_mb")
        )
        return {
            **self._fill_arithmetic(),
            "epoch_weights_mb": budget,
            "class_weights": "balanced" if balanced else "none",
            "deterministic": deterministic,
            "smaller_batch_on_oom": smaller,
        }

    def _fill_arithmetic(self) -> dict[str, Any]:
        recipe, precisions = self._recipe, list(get_args(Precision))
        left, middle, _ = st.columns(3, vertical_alignment="bottom")
        about = (
            "Of the arithmetic inside the network; weights and answers are float32 in each. A mixed one is often "
            "faster on a GPU and takes less memory. *Measure first* shows what it is worth here."
        )
        precision = left.selectbox(
            "Precision", precisions, precisions.index(recipe.precision), help=about, **self._own("precision")
        )
        about = (
            "Keras' jit_compile: the training step is compiled as a whole, which takes a while at first. Often faster "
            "on a GPU, slower on a CPU; *Measure first* shows what it is worth here."
        )
        jit_compile = middle.toggle("Compile with XLA", recipe.jit_compile, help=about, **self._own("jit_compile"))
        return {"precision": precision, "jit_compile": jit_compile}

    def _fill_early_stopping(self) -> dict[str, Any] | None:
        rule, monitors = self._recipe.early_stopping, list(get_args(Monitor))
        on, watched, patience = st.columns(3, vertical_alignment="bottom")
        about = (
            "Ends the run when a figure has not improved for some epochs. The best epoch's weights are what is saved, "
            "with or without it."
        )
        if not on.toggle("Early stopping", rule is not None, help=about, **self._own("stopping")):
            return None
        rule = rule or EarlyStopping()
        return {
            "monitor": watched.selectbox(
                "Watched figure", monitors, monitors.index(rule.monitor), **self._own("monitor")
            ),
            "patience": patience.number_input("Patience (epochs)", value=rule.patience, **self._own("patience")),
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
    values: dict[str, Any] = recipe.model_dump()
    del values["augmentation"]
    put_augmentation(form_of(network.key, dataset), recipe.augmentation)
    schedule, stopping = values.pop("schedule"), values.pop("early_stopping")
    values["schedule"] = schedule.pop("kind")
    if values["schedule"] == "plateau":  # early stopping has some of its names
        schedule = {f"plateau.{name}": value for name, value in schedule.items()}
    values |= schedule
    if "after_epochs" in schedule:
        values["after_epochs"] = ", ".join(map(str, schedule["after_epochs"]))
    values["class_weights"] = recipe.class_weights == "balanced"
    values["stopping"] = stopping is not None
    values |= stopping or {}
    del values["fine_tuning"]
    values |= list_values(recipe.fine_tuning)
    for name, value in values.items():
        st.session_state[f"{network.key}.{name}"] = value


def describe_recipe(recipe: Recipe) -> list[tuple[str, str]]:
    """Return the settings as names and values in words; those that are off are left out."""
    rows = [
        ("optimiser", OPTIMIZERS[recipe.optimizer]),
        ("learning rate", f"{recipe.learning_rate:g}, {SCHEDULES[recipe.schedule.kind]}"),
        ("batch size", f"{recipe.batch_size}"),
        ("epochs", f"{recipe.epochs}"),
        ("validation share", f"{recipe.validation_share:g}"),
    ]
    if tuning := recipe.fine_tuning:
        rows += [("start from", tuning.run), ("taken over", ", ".join(tuning.taken))]
        for number, phase in enumerate(recipe.phases, 1):
            learns = f"from {tuning.from_layer} on" if number > 1 else "the last layers alone"
            rows.append((f"phase {number}", f"{phase.epochs} epochs, {learns}, learning rate {phase.learning_rate:g}"))
    if recipe.class_weights != "none":
        rows.append(("class weights", recipe.class_weights))
    if recipe.precision != "float32":
        rows.append(("precision", recipe.precision))
    if recipe.jit_compile:
        rows.append(("compiled", "with XLA"))
    if recipe.deterministic:
        rows.append(("deterministic", "on a GPU, too"))
    if recipe.smaller_batch_on_oom:
        rows.append(("if memory runs out", "half the batch, once"))
    if rule := recipe.early_stopping:
        rows.append(("early stopping", f"{rule.monitor}, patience {rule.patience}"))
    if recipe.epoch_weights_mb != Recipe().epoch_weights_mb:
        rows.append(("disk for epochs", f"{recipe.epoch_weights_mb} MB"))
    rows += describe_augmentation(recipe.augmentation)
    numbers = ((name, getattr(recipe, name)) for name in ("momentum", "weight_decay", "clip_norm", "label_smoothing"))
    return rows + [(name.replace("_", " "), f"{value:g}") for name, value in numbers if value]
