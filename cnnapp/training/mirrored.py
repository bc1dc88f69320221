"""Several GPUs on one machine: each has a copy of the network and learns from its part of every batch."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from cnnapp.architectures import ImageShape
from cnnapp.recipes import Recipe
from cnnapp.training.graphs import Graphs, Targets


def mirror(devices: Sequence[str]) -> Any:
    """Return the strategy (synchronous, tf.distribute.MirroredStrategy) that trains on all of `devices`."""
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(list(devices))
    if strategy.num_replicas_in_sync != len(devices):
        raise RuntimeError(f"{strategy.num_replicas_in_sync} of {len(devices)} devices share the batches.")
    return strategy


def synchronise(model: Any) -> None:
    """Let batch normalisation see the whole batch and not only a device's part of it, and dropout draw for each part.

    Keras' own synchronised moments, the mean square less the squared mean, cancel out: of a channel whose mean is 5
    and whose spread is 0.01 the variance was wrong by 44 %, its gradient by 6 %. And its seeds are the same everywhere.
    Layers are changed as they stand, not replaced: what is saved of them is Keras' own.
    """
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer._moments = partial(_moments, axes=layer._reduction_axes)
        if (seeds := getattr(layer, "seed_generator", None)) is not None:
            seeds.next = partial(_own_seed, seeds.next)


def _moments(x: Any, _mask: Any, *, axes: Sequence[int]) -> tuple[Any, Any]:
    """Return mean and variance of the whole batch, of which each device has a part; no part needs to have an image."""
    import tensorflow as tf

    def total(values: Any) -> Any:
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, values)

    count = total(tf.cast(tf.size(x) // x.shape[-1], x.dtype))
    mean = total(tf.reduce_sum(x, axes)) / count
    return mean, total(tf.reduce_sum(tf.square(x - mean), axes)) / count


def _own_seed(draw: Callable[..., Any], **how: Any) -> Any:
    """Return another seed on each device; what is drawn from, and kept in a checkpoint, stays the same on all."""
    import tensorflow as tf

    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    return tf.random.experimental.stateless_fold_in(draw(**how), number)


class MirroredGraphs(Graphs):
    """The steps of `Graphs` on several devices: the same losses and weights, but for rounding and dropout's draws.

    No image is dropped: a batch is cut into parts whose sizes differ by one at most, and each image's loss counts
    as in the whole batch.
    """

    def __init__(self, strategy: Any, model: Any, optimizer: Any, *, recipe: Recipe, image_shape: ImageShape) -> None:
        self.strategy, self._parts = strategy, strategy.num_replicas_in_sync
        if recipe.clip_norm:
            inner = getattr(optimizer, "inner_optimizer", optimizer)
            inner.global_clipnorm = recipe.clip_norm / self._parts  # of what `_learn_part` hands it
        super().__init__(model, optimizer, recipe, image_shape)

    def _learn(self, x: Any, targets: Targets) -> Any:
        import tensorflow as tf

        loss, right, sizes = self.strategy.run(self._learn_part, args=(x, targets))
        total = (self.strategy.reduce(tf.distribute.ReduceOp.SUM, part, axis=None) for part in (loss, right))
        return *total, self.strategy.experimental_local_results(sizes)[0]  # of the whole gradients, the same on each

    def _learn_part(self, x: Any, targets: Targets) -> Any:
        import tensorflow as tf

        replica, size = tf.distribute.get_replica_context(), tf.shape(x)[0]
        number = replica.replica_id_in_sync_group
        first, last = size * number // self._parts, size * (number + 1) // self._parts
        own = Targets(*(None if rows is None else rows[first:last] for rows in targets))
        with tf.GradientTape() as tape:
            outputs = self.model(x[first:last], training=True)
            loss = tf.reduce_sum(self._target_losses(own, outputs)) / tf.cast(size, tf.float32)
            scaled = self.optimizer.scale_loss(loss)
        variables = self.model.trainable_variables
        gradients = replica.all_reduce(tf.distribute.ReduceOp.SUM, tape.gradient(scaled, variables))
        sizes = self._measure(gradients, variables)
        # Keras' optimiser adds up what all replicas hand it, after clipping: it gets the whole gradient in equal parts.
        self.optimizer.apply([gradient / self._parts for gradient in gradients], variables)
        return loss, self._count_right(own, outputs), sizes
