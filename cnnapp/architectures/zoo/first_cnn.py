"""The smallest network with a convolution, from a tutorial for beginners."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import Conv2D, Dense, Flatten, ImageShape, LayerSpec, Pooling, Rescaling
from cnnapp.recipes import AUGMENTATION_PRESETS, Recipe


def _first_cnn(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:  # noqa: ARG001 (one signature for all)
    if classes == 2:
        decision = Dense(name="sigmoid", units=1, activation="sigmoid")
    else:
        decision = Dense(name="softmax", units=classes, activation="softmax")
    return (
        Rescaling(name="rescaling"),
        Conv2D(name="conv1", filters=32, activation="relu"),
        Pooling(name="pool1"),
        Flatten(name="flatten"),
        Dense(name="dense1", units=128, activation="relu"),
        decision,
    )


FIRST_CNN = Architecture(
    key="first_cnn",
    title="First CNN",
    summary="One convolution, one pooling, one decision between the classes: the least that is a CNN.",
    story=(
        "The first network of many courses: is this photo one thing or the other? One convolution with 32 kernels, one "
        "pooling, a dense layer, and for two classes a single sigmoid unit whose value is the probability of the "
        "second class. The tutorial's code trains on images of 256×256 pixels, tests at 64×64 and predicts on pixels "
        "that were never divided by 255, so its predictions mean little. That cannot happen here: the size belongs to "
        "the data set, and the division is the network's first layer, so training, test and prediction get the same."
    ),
    source="A tutorial on telling two classes of photographs apart, in Keras",
    known_result="None to rely on: the tutorial trains and tests at different sizes",
    recipe=Recipe(
        optimizer="adam",
        batch_size=32,
        epochs=25,
        augmentation=AUGMENTATION_PRESETS["first CNN"],
    ),
    input_note=(
        "64×64 in colour: 3.9 million parameters. At 256×256, as in the tutorial's text, it has 66 million, nearly all "
        "in dense1: 264 MB of weights, about 1.1 GB while Adam trains them, and far more than a few thousand photos "
        "can teach."
    ),
    design=_first_cnn,
)
