"""A network without convolutions, to compare with."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import Dense, Flatten, ImageShape, LayerSpec, Rescaling
from cnnapp.recipes import Recipe


def _dense(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:  # noqa: ARG001 (one signature for all)
    return (
        Rescaling(name="rescaling"),
        Flatten(name="flatten"),
        Dense(name="dense1", units=512, activation="relu"),
        Dense(name="dense2", units=512, activation="relu"),
        Dense(name="softmax", units=classes, activation="softmax"),
    )


DENSE = Architecture(
    key="dense",
    title="Dense network",
    summary="No convolution at all: every pixel connected to every unit. The one to compare with.",
    story=(
        "Before convolutions, this is how a network read an image: all pixels in one long vector, two layers of 512 "
        "units, each connected to everything before it. It reads centred digits well. But it must learn every stroke "
        "anew for each place in the image, and its parameters grow with the number of pixels: on 32×32 colour images "
        "it has thirty times those of LeNet-5 and does worse. Train both and compare. Its tutorial names the layers "
        "and the result; the recipe is this app's."
    ),
    source="A tutorial on MNIST with fully connected layers, in Keras",
    known_result="98.3 % on MNIST's test images (the tutorial's)",
    recipe=Recipe(optimizer="adam", batch_size=128, epochs=15),
    input_note=(
        "Takes any size, but the first dense layer has 512 parameters for every value of the image: 0.4 million at "
        "28×28 grey, 1.6 million at 32×32 in colour, 61 million at 200×200 in colour."
    ),
    design=_dense,
)
