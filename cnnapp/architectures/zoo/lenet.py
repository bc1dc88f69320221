"""LeNet-5, with ReLU and maximum pooling as it is built today."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import Conv2D, Dense, Flatten, ImageShape, LayerSpec, Pooling, Rescaling
from cnnapp.recipes import Recipe


def _lenet5(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:
    # The paper pads MNIST's 28x28 to 32x32; 'same' below 32 pixels has the same effect.
    padding = "same" if min(image_shape[:2]) < 32 else "valid"
    return (
        Rescaling(name="rescaling"),
        Conv2D(name="conv1", filters=6, kernel_size=5, padding=padding, activation="relu"),
        Pooling(name="pool1"),
        Conv2D(name="conv2", filters=16, kernel_size=5, activation="relu"),
        Pooling(name="pool2"),
        Flatten(name="flatten"),
        Dense(name="dense1", units=120, activation="relu"),
        Dense(name="dense2", units=84, activation="relu"),
        Dense(name="softmax", units=classes, activation="softmax"),
    )


LENET5 = Architecture(
    key="lenet5",
    title="LeNet-5",
    summary="The small classic for handwritten digits: two convolutions, two poolings, three dense layers.",
    story=(
        "Yann LeCun and colleagues built LeNet-5 in the 1990s to read the digits on bank cheques. Each convolution "
        "finds local strokes, each pooling halves the maps so that the next convolution sees further, and dense "
        "layers decide. The paper squashes values with a scaled tanh, averages in its poolings with a learned weight, "
        "connects only some maps to each kernel of the second convolution and ends in radial basis functions; this is "
        "the version that is taught today: ReLU, max pooling, full connections and softmax."
    ),
    source=(
        "LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition, "
        "Proceedings of the IEEE 86(11), 1998"
    ),
    known_result="99.05 % on MNIST's test images; 99.2 % with distorted copies in training (the paper's own version)",
    recipe=Recipe(optimizer="adam", batch_size=64, epochs=15),
    input_note=(
        "Made for 32×32 grey images (28×28 with padding). Works from 12×12 on; far above 64×64 two convolutions "
        "see too little of the image."
    ),
    design=_lenet5,
)
