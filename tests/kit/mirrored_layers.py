"""What batch normalisation and dropout make of the parts of a batch, measured on two logical CPUs."""

from typing import Any

import numpy as np

MEANS, SPREADS = (0.5, 1.0, 5.0, 5.0, 0.0), (0.3, 0.01, 0.01, 0.003, 0.0)  # of the channels
COUNT, DROPPED = 31, 0.25  # images, which cannot be halved


def draw() -> np.ndarray:
    """Return float32 (COUNT, 8, 8, channels), as after a ReLU."""
    values = np.random.default_rng(0).normal(MEANS, SPREADS, (COUNT, 8, 8, len(MEANS)))
    return np.maximum(values, 0).astype(np.float32)


def measure() -> dict[str, Any]:
    """What they give, as plain lists; for `mirrored_child`, which makes the two CPUs."""
    import keras
    import tensorflow as tf

    from cnnapp.training.mirrored import mirror, synchronise

    strategy = mirror(["CPU:0", "CPU:1"])
    with strategy.scope():
        norm, drop = keras.layers.BatchNormalization(momentum=0.0), keras.layers.Dropout(DROPPED, seed=1)
        model = keras.Sequential([keras.Input((8, 8, len(MEANS))), norm])
        dropping = keras.Sequential([keras.Input((50,)), drop])
    synchronise(model)
    synchronise(dropping)
    images = tf.constant(draw())

    def normalise():
        number = tf.distribute.get_replica_context().replica_id_in_sync_group
        own = images[COUNT * number // 2 : COUNT * (number + 1) // 2]
        with tf.GradientTape() as tape:
            tape.watch(own)
            outputs = model(own, training=True)
            loss = tf.reduce_sum(outputs**3)
        return outputs, tape.gradient(loss, own)

    def leave_out():
        return dropping(tf.ones((20, 50)), training=True)

    def together(parts):
        return tf.concat(strategy.experimental_local_results(parts), 0)

    outputs, gradients = map(together, tf.function(lambda: strategy.run(normalise))())
    draws = [strategy.experimental_local_results(tf.function(lambda: strategy.run(leave_out))()) for _ in range(2)]
    found = {
        "mean": norm.moving_mean.numpy(),
        "variance": norm.moving_variance.numpy(),
        "outputs": outputs.numpy(),
        "gradients": gradients.numpy(),
        "draws": np.array([[part.numpy() for part in parts] for parts in draws]),  # (call, device, image, unit)
        "seeds": np.array([copy.numpy() for copy in drop.seed_generator.state.value.values]),
    }
    return {name: values.tolist() for name, values in found.items()}
