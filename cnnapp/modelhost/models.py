"""Loading models inside the host: digest first, then Keras; a few are kept."""

from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp import files, prediction
from cnnapp.errors import CnnAppError
from cnnapp.inspection import build_activations

MAX_MODELS = 4


class LoadedModel:
    """A Keras model and its compiled functions, each traced when it is first asked for."""

    def __init__(self, model: Any) -> None:
        self.model = model

    @cached_property
    def predict(self) -> Callable[[NDArray[np.uint8]], NDArray[np.float32]]:
        """Images (n, h, w, c) to probabilities (n, classes)."""
        return prediction.build_predictor(self.model)

    @cached_property
    def activations(self) -> Callable[[NDArray[np.uint8]], dict[str, NDArray[np.float32]]]:
        """One image (h, w, c) to the outputs of all layers by name."""
        return build_activations(self.model)


class ModelCache:
    """The models used last, by the digest of their file."""

    def __init__(self, capacity: int = MAX_MODELS) -> None:
        self._capacity = capacity
        self._models: OrderedDict[str, LoadedModel] = OrderedDict()

    def get(self, description: dict[str, Any]) -> LoadedModel:
        """Return the described model, loading it when it is not kept; see `client.describe` for the fields.

        Raises:
            CnnAppError: the file is gone, has changed since it was looked up, or cannot be read.
        """
        digest = description["digest"]
        if digest not in self._models:
            self._models[digest] = LoadedModel(_load(description))
        self._models.move_to_end(digest)
        while len(self._models) > self._capacity:
            self._models.popitem(last=False)
        return self._models[digest]


def _load(description: dict[str, Any]) -> Any:
    path = Path(description["path"])
    try:
        before = _identity(path)
        found = files.digest_file(path)
    except OSError as error:
        raise CnnAppError(
            f"The trained network in {path.name} cannot be read ({error.strerror}): choose another run."
        ) from error
    if found != description["digest"]:
        raise CnnAppError(f"The trained network in {path.name} has changed since it was chosen: reload the page.")
    model = _load_keras(path) if description["kind"] == "keras" else _load_checkpoint(path, description)
    _check_fits(model, description, path.name)
    if _identity(path) != before:  # what was loaded may not be what was checked
        raise CnnAppError(f"The trained network in {path.name} changed while it was loaded: reload the page.")
    return model


def _check_fits(model: Any, description: dict[str, Any], name: str) -> None:
    """Raise CnnAppError when the network is not the one that its card describes: class names would be mixed up."""
    expected, classes = tuple(description["image_shape"]), description["classes"]
    found, units = tuple(model.input_shape[1:]), model.output_shape[1:]
    if found != expected:
        raise CnnAppError(
            f"The trained network in {name} takes images of {found}, but its card says {expected}: choose another run."
        )
    if units not in ((classes,), (1,) if classes == 2 else ()):
        raise CnnAppError(
            f"The trained network in {name} has outputs of shape {units}, but its card names {classes} classes: choose "
            "another run."
        )


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def _load_keras(path: Path) -> Any:
    import keras

    return keras.saving.load_model(path, compile=False, safe_mode=True)


def _load_checkpoint(path: Path, description: dict[str, Any]) -> Any:
    from pydantic import TypeAdapter

    from cnnapp import architectures
    from cnnapp.runs.checkpoints import load_weights

    layers = TypeAdapter(tuple[architectures.LayerSpec, ...]).validate_python(description["layers"])
    model = architectures.build(layers, tuple(description["image_shape"]))
    weights = load_weights(path)
    for variable in model.weights:
        if variable.path not in weights:
            raise CnnAppError(
                f"The checkpoint {path.name} holds no weights for {variable.path}, so it is of another network: "
                "choose another run."
            )
        variable.assign(weights[variable.path])
    return model
