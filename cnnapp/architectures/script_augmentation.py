"""The part of a network's Keras script that changes training images at random."""

from cnnapp.recipes import Augmentation


def augmentation_script(augmentation: Augmentation, batch_size: int, *, one_unit: bool) -> str:
    """Return the lines that make `train`, batches of changed training images, from x_train and y_train.

    Args:
        augmentation: at least one kind of change.
        batch_size: images per batch.
        one_unit: the network ends in one sigmoid unit instead of softmax.
    """
    geometry = _geometry(augmentation)
    parts = {
        _SEQUENTIAL.format(layers="".join(f"        layers.{call},\n" for call in geometry)): bool(geometry),
        _brightness(augmentation.brightness): augmentation.brightness,
        f"change_contrast = layers.RandomContrast({augmentation.contrast})": augmentation.contrast,
        _CUTOUT.format(share=augmentation.cutout): augmentation.cutout,
        _MIXUP.format(alpha=augmentation.mixup, metric=_ONE_UNIT if one_unit else _SOFTMAX): augmentation.mixup,
    }
    steps = {
        "images = change_geometry(images, training=True)": bool(geometry),
        "images = change_brightness(images)": augmentation.brightness,
        "images = change_contrast(images, training=True)": augmentation.contrast,
        "images = cut_out(images)": augmentation.cutout,
        "images, labels = mix(images, labels)": augmentation.mixup,
    }
    change = [f"    {step}" for step, wanted in steps.items() if wanted]
    sections = (
        _HEAD,
        *(part for part, wanted in parts.items() if wanted),
        "\n".join(("def change(images, labels):", *change, "    return images, labels")),
        _TRAIN.format(batch_size=batch_size),
    )
    return "\n\n\n".join(sections)


def _geometry(augmentation: Augmentation) -> list[str]:
    flips = augmentation.horizontal_flip, augmentation.vertical_flip
    mode = {(True, False): "horizontal", (False, True): "vertical", (True, True): "horizontal_and_vertical"}
    shear, zoom = augmentation.shear, augmentation.zoom
    whole = not (augmentation.rotation or shear or zoom)  # pixels, as in the app
    sampling = 'fill_mode="nearest"' + ', interpolation="nearest"' * whole
    calls = {
        f'RandomFlip("{mode.get(flips)}")': any(flips),
        f'RandomRotation({augmentation.rotation / 360:.4g}, fill_mode="nearest")': augmentation.rotation,
        f"RandomTranslation({augmentation.height_shift}, {augmentation.width_shift}, {sampling})": (
            augmentation.height_shift or augmentation.width_shift
        ),
        f'RandomZoom({zoom}, {zoom}, fill_mode="nearest")': zoom,
        f'RandomShear(x_factor={shear}, fill_mode="nearest")': shear,
    }
    return [call for call, wanted in calls.items() if wanted]


def _brightness(spread: float) -> str:
    return _BRIGHTNESS.format(low=f"{1 - spread:.4g}", high=f"{1 + spread:.4g}")


_HEAD = "# Every epoch sees the training images changed at random; validation and test images stay as they are."

_SEQUENTIAL = """\
# One layer after the other; the app samples each image once, with all of these in one matrix.
change_geometry = keras.Sequential(
    [
{layers}    ]
)"""

_BRIGHTNESS = '''\
def change_brightness(images):
    """Multiply the pixels of each image by a factor (Keras' RandomBrightness would add a number)."""
    factors = tf.random.uniform((tf.shape(images)[0], 1, 1, 1), {low}, {high})
    return tf.clip_by_value(tf.cast(images, tf.float32) * factors, 0, 255)'''

_CUTOUT = '''\
def cut_out(images):
    """Give a square of each image, its centre anywhere, the image's mean (cutout, DeVries & Taylor 2017)."""
    images, count, (height, width) = tf.cast(images, tf.float32), tf.shape(images)[0], IMAGE_SHAPE[:2]
    side = max(1, round({share} * min(height, width)))
    top = tf.random.uniform((count, 1), 0, height, tf.int32) - side // 2
    left = tf.random.uniform((count, 1), 0, width, tf.int32) - side // 2
    rows, columns = tf.range(height) - top, tf.range(width) - left
    down, across = (rows >= 0) & (rows < side), (columns >= 0) & (columns < side)
    hole = (down[:, :, None] & across[:, None, :])[..., None]
    return tf.where(hole, tf.reduce_mean(images, axis=(1, 2), keepdims=True), images)'''

_SOFTMAX = "# The training accuracy counts the label with the larger share."
_ONE_UNIT = """\
# Keras' training accuracy asks for whole labels, so it says nothing here; the validation accuracy does."""

_MIXUP = '''\
{metric}
def mix(images, labels):
    """Mix each image and its label with those of the one before it in the batch (mixup, Zhang et al. 2018)."""
    images, labels, count = tf.cast(images, tf.float32), tf.cast(labels, tf.float32), tf.shape(images)[0]
    own, other = tf.random.gamma((count, 1), {alpha}), tf.random.gamma((count, 1), {alpha})
    share = tf.math.divide_no_nan(own, own + other)  # so distributed is Beta({alpha}, {alpha})
    labels = share * labels + (1 - share) * tf.roll(labels, 1, axis=0)
    share = share[:, :, None, None]
    return share * images + (1 - share) * tf.roll(images, 1, axis=0), labels'''

_TRAIN = """\
train = tf.data.Dataset.from_tensor_slices((x_train, y_train))
train = train.shuffle(len(x_train), seed=SEED).batch({batch_size})
train = train.map(change).prefetch(tf.data.AUTOTUNE)
"""
