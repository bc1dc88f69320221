"""The random changes of `datasets.augmentation` as TensorFlow operations; only what was drawn is in the graph."""

from collections.abc import Mapping
from typing import Any

Tensors = Mapping[str, Any]  # those of `datasets.augmentation.draw`, one row per image of a batch


def change(x: Any, draws: Tensors) -> Any:
    """Return a batch, float32 (n, h, w, c) with pixels 0-255, changed image by image; `mix` comes after it."""
    import tensorflow as tf

    if "transform" in draws:
        x = _transform(x, draws["transform"])
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


def _transform(x: Any, transforms: Any) -> Any:
    import tensorflow as tf

    return tf.raw_ops.ImageProjectiveTransformV3(
        images=x,
        transforms=transforms,
        output_shape=x.shape[1:3],
        interpolation="BILINEAR",
        fill_mode="NEAREST",
        fill_value=0.0,
    )


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
