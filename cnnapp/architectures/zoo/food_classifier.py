"""Three convolutions with pooling and dropout, from a tutorial on photos of food."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.layers import (
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    ImageShape,
    LayerSpec,
    Pooling,
    Rescaling,
)
from cnnapp.recipes import AUGMENTATION_PRESETS, EarlyStopping, Recipe


def _food_classifier(image_shape: ImageShape, classes: int) -> tuple[LayerSpec, ...]:  # noqa: ARG001
    return (
        Rescaling(name="rescaling"),
        Conv2D(name="conv1", filters=32, activation="relu"),
        Pooling(name="pool1"),
        Conv2D(name="conv2", filters=32, activation="relu"),
        Pooling(name="pool2"),
        Dropout(name="dropout1", rate=0.25),
        Conv2D(name="conv3", filters=64, activation="relu"),
        Pooling(name="pool3"),
        Dropout(name="dropout2", rate=0.25),
        Flatten(name="flatten"),
        Dense(name="dense1", units=128, activation="relu"),
        Dropout(name="dropout3", rate=0.25),
        Dense(name="softmax", units=classes, activation="softmax"),
    )


FOOD_CLASSIFIER = Architecture(
    key="food_classifier",
    title="Food classifier",
    summary="Three convolutions with pooling and dropout, for folders of photographs.",
    story=(
        "Photographs of dishes, one folder per dish, at 200×200 pixels. Three times a convolution and a pooling: the "
        "maps get smaller, the kernels see more. Dropout after the second and third pooling and before the decision, "
        "and augmentation (shear, zoom, flips and shifts) keep the network from learning a few hundred photos by "
        "heart. The tutorial allows 100 epochs, holds out a fifth of the images for validation and stops when the "
        "training loss has not fallen for three epochs."
    ),
    source="A tutorial on classifying photographs of food, in Keras",
    known_result="None on record",
    recipe=Recipe(
        optimizer="adam",
        batch_size=32,
        epochs=100,
        validation_share=0.2,
        early_stopping=EarlyStopping(monitor="loss", patience=3),
        augmentation=AUGMENTATION_PRESETS["food"],
    ),
    input_note=(
        "200×200 in colour: 4.4 million parameters and 164 million multiply-adds per image, about 400 times those "
        "of LeNet-5 on a digit. On a CPU choose a smaller size first."
    ),
    design=_food_classifier,
)
