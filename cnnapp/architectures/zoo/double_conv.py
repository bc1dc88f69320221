"""Blocks of two 3x3 convolutions and a pooling, as VGG made them common (Simonyan & Zisserman 2014)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    ImageShape,
    LayerSpec,
    Pooling,
    Rescaling,
)
from cnnapp.recipes import AUGMENTATION_PRESETS, Recipe


@dataclass(frozen=True)
class _DoubleConv:
    """What the variants differ in."""

    filters: tuple[int, ...]  # per block
    second_padding: Literal["same", "valid"]  # of each block's second convolution
    batch_normalization: bool
    dense_units: int
    last_dropout: float

    def __call__(self, image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:  # noqa: ARG002
        blocks = [layer for block, _ in enumerate(self.filters, 1) for layer in self._block(block)]
        return (
            Rescaling(name="rescaling"),
            *blocks,
            Flatten(name="flatten"),
            Dense(name="dense1", units=self.dense_units, activation="relu"),
            Dropout(name="dropout1", rate=self.last_dropout),
            Dense(name="softmax", units=classes, activation="softmax"),
        )

    def _block(self, block: int) -> Iterator[LayerSpec]:
        paddings: tuple[Literal["same", "valid"], ...] = ("same", self.second_padding)
        for number, padding in enumerate(paddings, 1):
            yield Conv2D(
                name=f"block{block}_conv{number}",
                filters=self.filters[block - 1],
                padding=padding,
                activation="relu",
            )
            if self.batch_normalization:
                yield BatchNormalization(name=f"block{block}_norm{number}")
        yield Pooling(name=f"block{block}_pool")
        yield Dropout(name=f"block{block}_dropout", rate=0.25)


CIFAR10_BATCHNORM = Architecture(
    key="cifar10_batchnorm",
    title="CIFAR-10 with batch normalisation",
    summary="Six convolutions in three blocks, each normalised: 83 % on CIFAR-10 in twelve epochs.",
    story=(
        "Three blocks of two 3×3 convolutions with 32, 64 and 128 kernels. Two small kernels in a row see as far as "
        "one of 5×5 with fewer parameters and one more ReLU between them. Batch normalisation after each convolution "
        "keeps the values in the same range while the layers before it change, so that the network learns in few "
        "epochs; 'same' padding keeps the maps' size until the pooling halves it."
    ),
    source="A tutorial on CIFAR-10 with batch normalisation, in Keras",
    known_result="83.0 % on CIFAR-10's test images after 12 epochs (the tutorial's)",
    recipe=Recipe(optimizer="adam", batch_size=32, epochs=12),
    input_note="Made for 32×32 in colour: 0.6 million parameters. Works from 8×8 on.",
    design=_DoubleConv(
        filters=(32, 64, 128),
        second_padding="same",
        batch_normalization=True,
        dense_units=128,
        last_dropout=0.25,
    ),
)

CIFAR10_AUGMENTED = Architecture(
    key="cifar10_augmented",
    title="CIFAR-10 with augmentation",
    summary="Six convolutions in three blocks, trained long on shifted and mirrored images.",
    story=(
        "Three blocks of two 3×3 convolutions with 32, 64 and 64 kernels; the second of each block has no padding, so "
        "its maps lose a rim of one pixel. Without normalisation it learns slowly, but it never sees the same image "
        "twice: each is shifted by up to a tenth and mirrored at random. That and dropout let it train for 100 epochs "
        "without learning the images by heart."
    ),
    source="A tutorial on CIFAR-10 with data augmentation, in Keras",
    known_result="None on record",
    recipe=Recipe(
        optimizer="rmsprop",
        batch_size=256,
        epochs=100,
        augmentation=AUGMENTATION_PRESETS["CIFAR-10 trained"],
    ),
    input_note="Made for 32×32 in colour: 0.3 million parameters. Works from 22×22 on.",
    design=_DoubleConv(
        filters=(32, 64, 64),
        second_padding="valid",
        batch_normalization=False,
        dense_units=512,
        last_dropout=0.5,
    ),
)
