"""The network of a finished run, as the beginning of another: found, checked that it fits, and read."""

from pathlib import Path

from cnnapp import architectures, files
from cnnapp.errors import CnnAppError
from cnnapp.recipes import FineTuning
from cnnapp.runs.config import RunConfig
from cnnapp.runs.folder import LIBRARY, find
from cnnapp.runs.models import ModelRef, find_model, model_problem


def resolve_start(config: RunConfig) -> RunConfig:
    """Fill in what a fine-tuned run takes over and how its phases are cut; leave any other run as it is.

    Raises:
        CnnAppError: the run that it is to begin with is unknown, has no saved network or does not fit, or there is no
            such layer.
    """
    recipe, tuning = config.recipe, config.recipe.fine_tuning
    if tuning is None:
        return config
    if not tuning.digest:  # else it has been resolved before
        source = _saved(tuning.run)
        tuning = tuning.model_copy(update={"digest": source.digest, "taken": _fitting(config, source)})
    choices = architectures.list_choices(config.layers, tuning.taken)
    from_layer = tuning.from_layer or choices[0]
    if from_layer not in choices:
        raise CnnAppError(
            f"There is no layer {from_layer[:80]!r} to fine-tune from: choose one of {', '.join(choices)}."
        )
    _, second = recipe.phases
    explicit = {"from_layer": from_layer, "head_epochs": second.first, "learning_rate": second.learning_rate}
    changed = recipe.model_copy(update={"fine_tuning": tuning.model_copy(update=explicit)})
    return config.model_copy(update={"recipe": changed})


def start_path(run: Path) -> Path:
    """Return where in its folder a fine-tuned run has the network that it begins with, in Keras' format.

    It is a copy, so that the other run may be deleted or learn on.
    """
    return run / "start.keras"


def read_start(tuning: FineTuning) -> bytes:
    """Return the file of the network that a run begins with: the other run's, or the copy that some run has of it.

    Raises:
        CnnAppError: there is none any more.
    """
    for path in _places(tuning):
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if files.digest(data) == tuning.digest:
            return data
    raise CnnAppError(
        f"The network of {tuning.run} that this run is to begin with is gone: the run was deleted or has learned on. "
        "Choose a finished run to start from."
    )


def _places(tuning: FineTuning) -> list[Path]:
    folders = LIBRARY.folders()
    own = [folder.model_path for folder in folders if folder.name == tuning.run]
    copies = []
    for folder in folders:
        try:
            began = folder.config.recipe.fine_tuning
        except CnnAppError:  # damaged
            continue
        if began and began.digest == tuning.digest:
            copies.append(start_path(folder.path))
    return own + copies


def _saved(run: str) -> ModelRef:
    source = find_model(run)
    if source.notice:
        raise CnnAppError(f"{model_problem(run)} Nothing can start from it: train that run again, or choose another.")
    if source.kind != "keras":
        raise CnnAppError(
            f"{find(run).title} has no saved network yet: wait until it has finished or stop it, or start from another."
        )
    return source


def _fitting(config: RunConfig, source: ModelRef) -> tuple[str, ...]:
    card, shape = source.card, find(source.run).config.image_shape
    taken = architectures.find_fitting(
        card.layers,
        shape,
        config.layers,
        config.image_shape,
        same_classes=card.class_names == config.class_names,
    )
    if taken:
        return taken
    title = find(source.run).title
    if shape[2] != config.image_shape[2]:
        raise CnnAppError(
            f"{title} has learned from images with {_channels(shape[2])}, but those of {config.dataset} have "
            f"{_channels(config.image_shape[2])}: start from a run of images with {_channels(config.image_shape[2])}."
        )
    if shape != config.image_shape and card.architecture == config.architecture:
        raise CnnAppError(
            f"{title} has learned from images of {shape[0]}×{shape[1]} pixels, but those of {config.dataset} are "
            f"{config.image_shape[0]}×{config.image_shape[1]}, and no layer of {config.architecture} fits both: start "
            f"from a run of images of {config.image_shape[0]}×{config.image_shape[1]} pixels."
        )
    raise CnnAppError(
        f"No layer of {title} ({card.architecture}) fits {config.architecture}: start from a run of "
        f"{config.architecture}, or train {card.architecture}."
    )


def _channels(count: int) -> str:
    return "1 channel" if count == 1 else f"{count} channels"
