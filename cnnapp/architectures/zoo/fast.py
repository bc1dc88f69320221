"""Networks for the soonest good result, after airbench (Jordan 2024): little to learn, and little of it wasted."""

from collections.abc import Iterator

from cnnapp.architectures.architecture import Architecture, Option
from cnnapp.architectures.specs import (
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

_PATCH = 4  # pixels a side of what is whitened, every second one
_LARGEST_POOL = 64


def _fast(image_shape: ImageShape, classes: int, *, width: int, depth: int) -> tuple[LayerSpec, ...]:
    height, wide, channels = image_shape
    # Half of the filters for each sign; few channels have fewer patterns.
    filters = min(48, 2 * _PATCH * _PATCH * channels)
    side = max(1, min((min(height, wide) - _PATCH) // 2 + 1, _LARGEST_POOL * 4) // 4)
    return (
        Rescaling(name="rescaling"),
        Conv2D(name="whitening", filters=filters, kernel_size=_PATCH, strides=2, activation="relu", kernel="whitening"),
        *_block(1, width, depth),
        *_block(2, 2 * width, depth),
        Pooling(name="pool3", pool_size=side),
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


_WIDTH = Option(
    "width", "Width", (32, 64, 96, 128, 192, 256), 64, "Filters of the first block; the second has twice as many."
)
_DEPTH = Option("depth", "Depth", (1, 2, 3, 4), 2, "Convolutions in each of the two blocks.")

FAST = Architecture(
    key="fast",
    title="Fast",
    summary="A good result on CIFAR-10 in the shortest time: what need not be learned is not, and no step is wasted.",
    story=(
        "Every part serves speed. The first layer is not learned: its filters whiten the training images' 4×4 patches, "
        "every second one, so that all later layers see 15×15 maps of values that no longer repeat each other. Two "
        "blocks of convolutions with batch normalisation and one large pooling do the rest; no dense layer but the "
        "last. Muon makes every change of a kernel about equally large in all directions, so that few steps are "
        "enough; label smoothing and a learning rate that rises and falls once do their part. Where the processor or "
        "GPU multiplies bfloat16, it does so. After airbench by Keller Jordan, which is about seven times as large."
    ),
    source="Jordan, 94% on CIFAR-10 in 3.29 seconds on a single GPU (2024), and his Muon (2024)",
    known_result=(
        "83.5 % on CIFAR-10's test images after its 3 epochs (ours, mean of three seeds), in 44 seconds on two cores; "
        "there the 12 epochs of cifar10_batchnorm's tutorial take about 20 minutes"
    ),
    recipe=Recipe(
        optimizer="muon",
        learning_rate=0.03,
        momentum=0.85,
        nesterov=True,
        label_smoothing=0.2,
        schedule=OneCycle(peak=0.23),
        batch_size=256,
        epochs=3,
        augmentation=Augmentation(horizontal_flip=True),
        precision="auto",
    ),
    input_note="Made for 32×32 in colour: 0.3 million parameters at any size from 12×12 on.",
    design=_fast,
    options=(_WIDTH, _DEPTH),
)
