"""Activation functions, as a layer of their own and as the end of others."""

from typing import ClassVar, Literal

from cnnapp.architectures.layers.base import Family, Spec

ActivationName = Literal["linear", "relu", "sigmoid", "softmax", "tanh"]
_WORDS: dict[ActivationName, str] = {
    "linear": "",
    "relu": "ReLU",
    "sigmoid": "sigmoid",
    "softmax": "softmax",
    "tanh": "tanh",
}


def with_activation(activation: ActivationName) -> str:
    """Return the words that tell with which activation a layer ends: "with ReLU", "" for a linear one."""
    return f"with {_WORDS[activation]}" if activation != "linear" else ""


class Activation(Spec):
    """A function applied to the layer before it, value by value (softmax: over the last axis)."""

    kind: Literal["activation"] = "activation"
    activation: ActivationName

    title: ClassVar[str] = "activation"
    family: ClassVar[Family] = "activation"
    keras_class: ClassVar[str] = "Activation"
    first_argument: ClassVar[str] = "activation"

    @property
    def words(self) -> str:
        """The function."""
        return _WORDS[self.activation]
