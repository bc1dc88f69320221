"""Four convolutions for CIFAR-10, from a TensorFlow tutorial, its slips mended."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import (
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    ImageShape,
    LayerSpec,
    Pooling,
    Rescaling,
)
from cnnapp.recipes import Recipe, Steps


def _tf_cifar10(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:  # noqa: ARG001
    return (
        Rescaling(name="rescaling"),
        Conv2D(name="conv1", filters=32, padding="same", activation="relu"),
        Conv2D(name="conv2", filters=64, padding="same", activation="relu"),
        Pooling(name="pool1"),
        Dropout(name="dropout1", rate=0.25),
        Conv2D(name="conv3", filters=128, padding="same", activation="relu"),
        Pooling(name="pool2"),
        Conv2D(name="conv4", filters=128, kernel_size=2, padding="same", activation="relu"),
        Pooling(name="pool3"),
        Dropout(name="dropout2", rate=0.25),
        Flatten(name="flatten"),
        Dense(name="dense1", units=1500, activation="relu"),
        Dropout(name="dropout3", rate=0.5),
        Dense(name="logits", units=classes),
        Activation(name="softmax", activation="softmax"),
    )


TF_CIFAR10 = Architecture(
    key="tf_cifar10",
    title="CIFAR-10 in plain TensorFlow",
    summary="Four convolutions and one very wide dense layer, with a learning rate that falls in steps.",
    story=(
        "Written in TensorFlow's own operations, without Keras. Four convolutions narrow 32×32 pixels to 4×4 maps of "
        "128 channels; then a dense layer of 1,500 units holds 3 of its 3.3 million parameters. Two slips of its first "
        "version are put right here. It applied softmax twice, and two softmaxes can never be surer than "
        "e / (e + 9), so the losses it prints never fall under ln(e + 9) − 1 = 1.46. And its dropout was never "
        "switched on. Here softmax is applied once and dropout works, so expect other numbers than the tutorial's. The "
        "best epoch's weights are kept, as there."
    ),
    source="A tutorial on CIFAR-10 in TensorFlow, without Keras",
    known_result=(
        "78.81 % on CIFAR-10's test images after 60 epochs: 8 minutes on a GTX 1070, 3.5 hours on an i7 "
        "(the tutorial's, with the slips)"
    ),
    recipe=Recipe(
        optimizer="adam",
        learning_rate=1e-3,
        schedule=Steps(after_epochs=(20, 40, 60), multiplier=0.1),
        batch_size=128,
        epochs=60,
    ),
    input_note=(
        "Made for 32×32 in colour: 3.3 million parameters. Works from 8×8 on; dense1 grows with the area, to "
        "12.5 million at 64×64."
    ),
    design=_tf_cifar10,
)
