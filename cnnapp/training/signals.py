"""What tells a healthy run from a sick one, measured where the loss is: no step changes because it is watched.

Gradients and answers are looked at, nothing is drawn at random and no weight is written: exact resume stays exact.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Answers(NamedTuple):
    """What an evaluation found, as tensors or arrays."""

    loss: Any  # summed over images
    right: Any  # int32 (classes,), right answers by the image's class
    images: Any  # int32 (classes,), by their class
    given: Any  # int32 (classes,), answers by the class that was answered
    active: tuple[Any, ...]  # bool (units,) for each ReLU layer: above zero for some image

    @property
    def mean_loss(self) -> float:
        """Mean loss per image, of arrays."""
        return float(self.loss) / int(self.images.sum())

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0-1, of arrays."""
        return int(self.right.sum()) / int(self.images.sum())


def together(one: Answers, other: Answers) -> Answers:
    """Return the answers to both parts of a source."""
    active = tuple(here | there for here, there in zip(one.active, other.active, strict=True))
    return Answers(
        one.loss + other.loss, one.right + other.right, one.images + other.images, one.given + other.given, active
    )


def as_arrays(answers: Answers) -> Answers:
    """Return the tensors' values; the loss as a float, so that many parts add up precisely."""
    right, images, given = (tensor.numpy() for tensor in answers[1:4])
    return Answers(float(answers.loss), right, images, given, tuple(units.numpy() for units in answers.active))


def relu_layers(model: Any) -> list[Any]:
    """Return the layers of a Keras model that end in a ReLU, in order."""
    import keras

    return [layer for layer in model.layers if getattr(layer, "activation", None) is keras.activations.relu]


def watched(model: Any) -> Any:
    """Return the same network, its weights shared, that gives the output of every ReLU layer after its own."""
    import keras

    return keras.Model(model.inputs, [*model.outputs, *(layer.output for layer in relu_layers(model))])


def measure_gradients(gradients: Sequence[Any], variables: Sequence[Any]) -> Any:
    """Return float32 (3,): the global norm and the mean size of the first and the last kernel's gradient."""
    import tensorflow as tf

    kernels = [gradient for gradient, variable in zip(gradients, variables, strict=True) if len(variable.shape) > 1]
    sizes = [tf.reduce_mean(tf.abs(kernel)) for kernel in (kernels[0], kernels[-1])]
    return tf.stack([tf.linalg.global_norm(gradients), *sizes])


def find_active(maps: Any) -> Any:
    """Return bool (units,) of a ReLU layer's output (n, …, units): a filter is one unit, wherever it looks."""
    import tensorflow as tf

    return tf.reduce_max(maps, axis=list(range(len(maps.shape) - 1))) > 0


class EpochWatch:
    """What is noticed while an epoch is trained, and how it is told."""

    def __init__(self, model: Any) -> None:
        self._relus = [layer.name for layer in relu_layers(model)]
        self.begin()

    def begin(self) -> None:
        """Forget the epoch before."""
        self._seconds = self._waited = 0.0
        self._gradients = (0.0, 0.0)

    def took(self, seconds: float, waited: float, gradients: NDArray[np.float32]) -> None:
        """Take in a dispatch: its time, the part of it that went into images, `measure_gradients` of its last step."""
        self._seconds, self._waited = self._seconds + seconds, self._waited + waited
        self._gradients = (float(gradients[1]), float(gradients[2]))

    def tell(self, answers: Answers | None) -> dict[str, Any]:
        """Return the fields of `runs.EpochSignals`; `answers` to the validation images, None without them."""
        fields: dict[str, Any] = {
            "first_gradient": significant(self._gradients[0]),
            "last_gradient": significant(self._gradients[1]),
            "waiting": round(self._waited / self._seconds, 4) if self._seconds else None,
        }
        if answers is None:
            return {"class_accuracy": [], "answered": [], "dead_units": {}, **fields}
        pairs = zip(answers.right.tolist(), answers.images.tolist(), strict=True)
        return {
            "class_accuracy": [round(right / images, 4) if images else None for right, images in pairs],
            "answered": [round(share, 4) for share in (answers.given / answers.given.sum()).tolist()],
            "dead_units": {
                name: round(1 - float(active.mean()), 4)
                for name, active in zip(self._relus, answers.active, strict=True)
            },
            **fields,
        }


def significant(value: float) -> float | None:
    """Round to six digits for an event; JSON has no word for what is not finite."""
    return float(f"{value:.6g}") if np.isfinite(value) else None
