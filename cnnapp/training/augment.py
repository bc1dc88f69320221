"""The random changes of `datasets.augmentation` as TensorFlow operations; only what was drawn is in the graph."""

from collections.abc import Callable, Mapping
from typing import Any

from cnnapp.architectures import ImageShape

Tensors = Mapping[str, Any]  # those of `datasets.augmentation.draw`, one row per image of a batch
Resample = Callable[[Any, Any], Any]

COMPILED_PIXELS = 64 * 64  # of one image, from which on XLA's compilation (0.3 s) is repaid


def changer(image_shape: ImageShape) -> Callable[[Any, Tensors, Any], Any]:
    """Return what changes a batch of images of one shape: `change`, for large images compiled as a whole.

    TensorFlow's own projective transform takes 1.2 ms of CPU for an image of 200x200x3; XLA makes one loop of gathers
    and all that follows, which takes 0.2 ms, but it must be compiled for each size of batch.

    Returns:
        A function of a batch uint8 (n, h, w, c), its draws and the usual size of a batch, as `change` otherwise.
    """
    import tensorflow as tf

    if image_shape[0] * image_shape[1] < COMPILED_PIXELS:
        return lambda x, draws, _: change(x, draws)
    compiled = tf.function(lambda x, draws: change(x, draws, bilinear), jit_compile=True)

    def change_compiled(x: Any, draws: Tensors, batch: Any) -> Any:
        if not draws:
            return change(x, draws)
        # The epoch's last batch is filled up, so that nothing is compiled for it alone.
        rows = tf.minimum(tf.range(batch), tf.shape(x)[0] - 1)
        changed = compiled(tf.gather(x, rows), {name: tf.gather(draws[name], rows) for name in draws})
        return tf.ensure_shape(changed[: tf.shape(x)[0]], (None, *image_shape))

    return change_compiled


def change(x: Any, draws: Tensors, resample: Resample | None = None) -> Any:
    """Return a batch changed image by image; `mix` comes after it.

    Args:
        x: uint8 or float32 (n, h, w, c), pixels 0-255.
        draws: of `datasets.augmentation.draw`, n rows each.
        resample: applies the projective transforms; by default TensorFlow's own operation.

    Returns:
        float32 (n, h, w, c), pixels 0-255.
    """
    import tensorflow as tf

    if "transform" in draws:
        x = (resample or projective)(x, draws["transform"])
    x = tf.cast(x, tf.float32)
    if "brightness" in draws:
        x = tf.clip_by_value(x * _per_image(draws["brightness"]), 0.0, 255.0)
    if "contrast" in draws:
        means = _channel_means(x)
        x = tf.clip_by_value(means + _per_image(draws["contrast"]) * (x - means), 0.0, 255.0)
    if "hole" in draws:
        x = tf.where(_inside(draws["hole"], x.shape[1:3]), _channel_means(x), x)
    return x


def mix(x: Any, share: Any) -> Any:
    """Return a batch (n, …) whose rows are mixed with `partners` by `share` float32 (n,) of their own."""
    import tensorflow as tf

    share = tf.reshape(share, [-1] + [1] * (len(x.shape) - 1))
    return share * x + (1 - share) * partners(x)


def partners(x: Any) -> Any:
    """Return for each row of a batch (n, …) the one before it, for the first one the last."""
    import tensorflow as tf

    return tf.concat([x[-1:], x[:-1]], axis=0)


def projective(x: Any, transforms: Any) -> Any:
    """Return (n, h, w, c) resampled by TensorFlow's operation: bilinear, the nearest pixel outside; float32."""
    import tensorflow as tf

    return tf.raw_ops.ImageProjectiveTransformV3(
        images=tf.cast(x, tf.float32),
        transforms=transforms,
        output_shape=x.shape[1:3],
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )


def bilinear(x: Any, transforms: Any) -> Any:
    """Return the same as `projective`, for affine transforms only, from gathers that XLA can compile."""
    import tensorflow as tf

    height, width, channels = x.shape[1:]
    columns = tf.range(width, dtype=tf.float32)[None, None, :]
    rows = tf.range(height, dtype=tf.float32)[None, :, None]
    a0, a1, a2, b0, b1, b2 = (transforms[:, place, None, None] for place in range(6))
    across = tf.clip_by_value(a0 * columns + a1 * rows + a2, 0.0, width - 1.0)
    down = tf.clip_by_value(b0 * columns + b1 * rows + b2, 0.0, height - 1.0)
    left, top = tf.cast(tf.floor(across), tf.int32), tf.cast(tf.floor(down), tf.int32)
    right, bottom = tf.minimum(left + 1, width - 1), tf.minimum(top + 1, height - 1)
    pixels = tf.reshape(x, (-1, channels))
    image = tf.range(tf.shape(x)[0])[:, None, None] * (height * width)

    def take(row: Any, column: Any) -> Any:
        return tf.cast(tf.gather(pixels, image + row * width + column), tf.float32)

    to_right = (across - tf.floor(across))[..., None]
    to_bottom = (down - tf.floor(down))[..., None]
    upper = take(top, left) * (1 - to_right) + take(top, right) * to_right
    lower = take(bottom, left) * (1 - to_right) + take(bottom, right) * to_right
    return upper * (1 - to_bottom) + lower * to_bottom


def _per_image(values: Any) -> Any:
    return values[:, None, None, None]


def _channel_means(x: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_mean(x, axis=(1, 2), keepdims=True)


def _inside(holes: Any, size: tuple[int, int]) -> Any:
    import tensorflow as tf

    top, left, bottom, right = (holes[:, edge, None] for edge in range(4))
    rows, columns = tf.range(size[0]), tf.range(size[1])
    down, across = (rows >= top) & (rows < bottom), (columns >= left) & (columns < right)
    return (down[:, :, None] & across[:, None, :])[..., None]
