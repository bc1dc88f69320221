"""Networks for the soonest good result, after airbench (Jordan 2024): little to learn, and little of it wasted."""

from collections.abc import Iterator

from cnnapp.architectures.architecture import Architecture, Option
from cnnapp.architectures.layers import (
    Activation,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    ImageShape,
    LayerSpec,
    Pooling,
    Rescaling,
)
from cnnapp.recipes import Augmentation, OneCycle, Recipe

_PATCH = 2  # pixels a side of what is whitened
_HALVINGS = 3  # one in each block
_LARGEST_POOL = 64


def _fast(image_shape: ImageShape, classes: int, *, width: int, depth: int) -> tuple[LayerSpec, ...]:
    height, wide, channels = image_shape
    side = (min(height, wide) - _PATCH + 1) >> _HALVINGS
    return (
        Rescaling(name="rescaling"),
        Conv2D(
            name="whitening",
            filters=2 * _PATCH * _PATCH * channels,  # half of them for each sign
            kernel_size=_PATCH,
            activation="relu",
            kernel="whitening",
        ),
        *_block(1, width, depth),
        *_block(2, 4 * width, depth),
        *_block(3, 4 * width, depth),
        Pooling(name="pool4", pool_size=min(max(1, side), _LARGEST_POOL)),
        Flatten(name="flatten"),
        Dense(name="logits", units=classes),
        Rescaling(name="temper", scale=1 / 9),
        Activation(name="softmax", activation="softmax"),
    )


def _block(block: int, filters: int, depth: int) -> Iterator[LayerSpec]:
    for number in range(1, depth + 1):
        yield Conv2D(name=f"conv{block}_{number}", filters=filters, padding="same", use_bias=False)
        if number == 1:
            yield Pooling(name=f"pool{block}")
        yield BatchNormalization(name=f"norm{block}_{number}", momentum=0.9)
        yield Activation(name=f"relu{block}_{number}", activation="relu")


_OPTIONS = (
    Option("width", "Width", (16, 24, 32, 48, 64, 96), 32, "Filters of the first block; the others have four times."),
    Option("depth", "Depth", (1, 2, 3, 4), 2, "Convolutions in each of the three blocks."),
)
_SOURCE = "Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU (2024), and his Muon (2024)"
_STORY = (
    "Every part serves speed. The first layer is not learned: its filters whiten the training images' 2×2 patches, so "
    "that all later layers see values that no longer repeat each other. Three blocks of convolutions with batch "
    "normalisation and one large pooling do the rest; no dense layer but the last. Muon makes every change of a kernel "
    "about equally large in all directions, so that few steps are enough; label smoothing and a learning rate that "
    "rises and falls once do their part. Where the processor or GPU multiplies bfloat16, it does so. "
)

FAST = Architecture(
    key="fast",
    title="Fast",
    summary="A good result in the shortest time: CIFAR-10 in about a minute, where the tutorials take twenty.",
    story=_STORY + "After airbench by Keller Jordan, at half its width.",
    source=_SOURCE,
    known_result=(
        "85.0 % on CIFAR-10's test images after its 2 epochs (ours, mean of three seeds), in 77 seconds on two cores; "
        "there the 12 epochs of cifar10_batchnorm's tutorial take about 20 minutes"
    ),
    recipe=Recipe(
        optimizer="muon",
        learning_rate=0.03,
        momentum=0.85,
        nesterov=True,
        weight_decay=0.3,
        label_smoothing=0.2,
        schedule=OneCycle(peak=0.23),
        batch_size=500,
        epochs=2,
        augmentation=Augmentation(horizontal_flip=True),
        precision="auto",
    ),
    input_note="Made for 32×32 in colour: half a million parameters at any size from 9×9 on.",
    design=_fast,
    options=_OPTIONS,
)

FAST_WIDE = Architecture(
    key="fast_wide",
    title="Fast, at full width",
    summary="The best result in the time that a tutorial takes: Fast with twice the filters and ten epochs.",
    story=_STORY + "This is airbench by Keller Jordan at its own width, with ReLU for GELU; images are shifted by up "
    "to two whole pixels, which pays when there are more than a few epochs.",
    source=_SOURCE,
    known_result="92.4 % on CIFAR-10's test images after its 10 epochs (ours, mean of three seeds), in 20 minutes on "
    "two cores",
    recipe=FAST.recipe.model_copy(
        update={
            "epochs": 10,
            "validation_share": 0.02,  # every image counts here
            "augmentation": Augmentation(horizontal_flip=True, width_shift=2 / 32, height_shift=2 / 32),
        }
    ),
    input_note="Made for 32×32 in colour: two million parameters at any size from 9×9 on, and trained on a GPU or for "
    "twenty minutes on two cores.",
    design=_fast,
    options=(_OPTIONS[0]._replace(default=64), _OPTIONS[1]),
)
