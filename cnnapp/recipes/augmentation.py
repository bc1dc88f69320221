"""Random changes of training images, and what the tutorials use."""

from pydantic import Field

from cnnapp.recipes.rows import Part


class Augmentation(Part):
    """Random changes of training images, drawn per image and epoch; `datasets/augmentation` says how each is made.

    The geometric ones have the ranges of Keras' ImageDataGenerator.
    """

    horizontal_flip: bool = False
    vertical_flip: bool = False
    rotation: float = Field(0.0, ge=0, le=180)  # degrees, drawn from [-rotation, rotation]
    width_shift: float = Field(0.0, ge=0, le=0.5)  # share of the width
    height_shift: float = Field(0.0, ge=0, le=0.5)  # share of the height
    zoom: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - zoom, 1 + zoom] for each axis
    shear: float = Field(0.0, ge=0, le=1.0)  # radians, drawn from [-shear, shear]
    brightness: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - brightness, 1 + brightness]
    contrast: float = Field(0.0, ge=0, le=0.9)  # factor drawn from [1 - contrast, 1 + contrast]
    cutout: float = Field(0.0, ge=0, le=1.0)  # side of the square that is blanked, share of the shorter side
    mixup: float = Field(0.0, ge=0, le=2.0)  # alpha of the Beta distribution of the shares; 0: images stay apart

    @property
    def active(self) -> bool:
        """Whether any change is asked for."""
        return self != Augmentation()


_SHEAR_ZOOM_FLIP = Augmentation(shear=0.2, zoom=0.2, horizontal_flip=True)

# What the tutorials use, and the recipes of the catalog with them.
AUGMENTATION_PRESETS = {
    "none": Augmentation(),
    "digits": Augmentation(width_shift=0.1, height_shift=0.1, rotation=10, zoom=0.1),
    "first CNN": _SHEAR_ZOOM_FLIP,
    "food": _SHEAR_ZOOM_FLIP.model_copy(update={"width_shift": 0.1, "height_shift": 0.1}),
    "CIFAR-10 shown": Augmentation(
        rotation=10, width_shift=0.1, height_shift=0.1, zoom=0.1, horizontal_flip=True, vertical_flip=True
    ),
    "CIFAR-10 trained": Augmentation(width_shift=0.1, height_shift=0.1, horizontal_flip=True),
}
