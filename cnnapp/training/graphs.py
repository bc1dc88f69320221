"""The compiled parts of training: many steps per dispatch, every step's loss returned, only arrays in and out."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.architectures import ImageShape
from cnnapp.datasets import augmentation
from cnnapp.recipes import Recipe
from cnnapp.training.augment import Tensors, changer, mix, partners
from cnnapp.training.signals import Answers, find_active, measure_gradients, relu_layers, together, watched
from cnnapp.training.source import Batches


class Targets(NamedTuple):
    """What a batch's answers are compared with."""

    labels: Any  # int32 (n,)
    others: Any = None  # int32 (n,), where images are mixed: the labels of their partners
    share: Any = None  # float32 (n,), likewise: how much of each image is its own


class Graphs:
    """Compiled training and evaluation of one Keras model whose last layer is a softmax or one sigmoid unit."""

    strategy: Any = None  # tf.distribute.Strategy, on several devices

    def __init__(self, model: Any, optimizer: Any, recipe: Recipe, image_shape: ImageShape) -> None:
        import tensorflow as tf

        self.model, self.optimizer = model, optimizer
        self._watched, self._relus = watched(model), relu_layers(model)
        self._change = changer(image_shape)
        self._smoothing = recipe.label_smoothing
        self._classes = int(model.output_shape[-1])
        self._weights: Any = None
        images = tf.TensorSpec((None, *image_shape), tf.uint8)
        ints = tf.TensorSpec((None,), tf.int32)
        scalar = tf.TensorSpec((), tf.int32)
        nothing = augmentation.draw(recipe.augmentation, 0, image_shape, seed=0, epoch=0)
        draws = {name: tf.TensorSpec((None, *values.shape[1:]), values.dtype) for name, values in nothing.items()}
        rates = tf.TensorSpec((None,), tf.float32)
        batches = Batches(images, ints, ints)
        self.train = tf.function(self._train, input_signature=(batches, draws, rates, scalar))
        # XLA knows no shape that changes on the way: it compiles the step, once for each size of batch, not the loop.
        self._take_step = tf.function(self._learn, jit_compile=True) if recipe.jit_compile else self._learn
        self.evaluate = tf.function(self._evaluate, input_signature=(batches, scalar))

    def weigh(self, weights: NDArray[np.float32]) -> None:
        """Let an image's training loss count by its class, (classes,); to be called before the first step."""
        import tensorflow as tf

        self._weights = tf.constant(weights)

    def _train(self, batches: Batches, draws: Tensors, rates: Any, batch: Any) -> Any:
        """Take one step per entry of `rates`; stop after the first whose loss is not finite.

        Args:
            batches: m images in training order; a step takes the next `batch` of them, the last one what is left.
            draws: of `augmentation.draw`, m rows each.
            rates: float32 (steps,): learning rates.
            batch: int32.

        Returns:
            Loss float32 (steps,), right answers int32 (steps,), `measure_gradients` float32 (steps, 3), steps taken
            int32.
        """
        import tensorflow as tf

        images, rows, labels = batches
        steps, end = tf.size(rates), tf.size(rows)
        losses = tf.TensorArray(tf.float32, steps, element_shape=[])
        rights = tf.TensorArray(tf.int32, steps, element_shape=[])
        measured = tf.TensorArray(tf.float32, steps, element_shape=[3])
        taken, finite = tf.constant(0), tf.constant(True)
        while taken < steps and finite:
            first = taken * batch
            last = tf.minimum(first + batch, end)
            own = {name: draws[name][first:last] for name in draws}
            x = self._change(tf.gather(images, rows[first:last]), own, batch)
            self.optimizer.learning_rate.assign(rates[taken])
            loss, right, sizes = self._step(x, labels[first:last], own.get("share"))
            losses, rights = losses.write(taken, loss), rights.write(taken, right)
            measured = measured.write(taken, sizes)
            finite = tf.math.is_finite(loss)
            taken += 1
        return losses.stack(), rights.stack(), measured.stack(), taken

    def _step(self, x: Any, y: Any, share: Any) -> Any:
        if share is None:
            return self._take_step(x, Targets(y))
        return self._take_step(mix(x, share), Targets(y, partners(y), share))

    def _learn(self, x: Any, targets: Targets) -> Any:
        """Take one step on a batch; return its loss, the number of right answers and `measure_gradients`."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            outputs = self.model(x, training=True)
            loss = tf.reduce_mean(self._target_losses(targets, outputs))
            scaled = self.optimizer.scale_loss(loss)
        variables = self.model.trainable_variables
        gradients = tape.gradient(scaled, variables)
        sizes = self._measure(gradients, variables)
        self.optimizer.apply(gradients, variables)
        return loss, self._count_right(targets, outputs), sizes

    def _measure(self, gradients: Any, variables: Any) -> Any:
        """Return `measure_gradients` of what the loss's scaling, where there is one, has made of the gradients."""
        scale = getattr(self.optimizer, "dynamic_scale", None)
        sizes = measure_gradients(gradients, variables)
        return sizes if scale is None else sizes / scale

    def _target_losses(self, targets: Targets, outputs: Any) -> Any:
        """Return float32 (n,): cross-entropy is linear in the target, so this is the loss of mixed labels, too."""
        losses = self._weighted_losses(targets.labels, outputs)
        if targets.share is None:
            return losses
        return targets.share * losses + (1 - targets.share) * self._weighted_losses(targets.others, outputs)

    def _weighted_losses(self, labels: Any, outputs: Any) -> Any:
        import tensorflow as tf

        losses = self._losses(labels, outputs, self._smoothing)
        return losses if self._weights is None else tf.gather(self._weights, labels) * losses

    def _count_right(self, targets: Targets, outputs: Any) -> Any:
        """Return int32: of mixed labels the right one is the one with the larger share."""
        import tensorflow as tf

        labels = targets.labels
        if targets.share is not None:
            labels = tf.where(targets.share >= 0.5, labels, targets.others)
        return tf.reduce_sum(tf.cast(self._answer(outputs) == labels, tf.int32))

    def _evaluate(self, batches: Batches, batch: Any) -> Answers:
        """Return what the network answers to the images."""
        import tensorflow as tf

        images, rows, labels = batches
        end, first = tf.size(rows), tf.constant(0)
        answers = self._no_answers()
        while first < end:
            last = tf.minimum(first + batch, end)
            answers = together(answers, self._ask(tf.gather(images, rows[first:last]), labels[first:last]))
            first = last
        return answers

    def _no_answers(self) -> Answers:
        import tensorflow as tf

        none = tf.zeros(max(2, self._classes), tf.int32)
        active = tuple(tf.zeros(layer.output.shape[-1], tf.bool) for layer in self._relus)
        return Answers(tf.constant(0.0), none, none, none, active)

    def _ask(self, images: Any, y: Any) -> Answers:
        import tensorflow as tf

        found = self._watched(tf.cast(images, tf.float32), training=False)
        outputs, *maps = found if self._relus else [found]
        given, classes = self._answer(outputs), max(2, self._classes)
        return Answers(
            loss=tf.reduce_sum(self._losses(y, outputs, 0.0)),
            right=tf.math.unsorted_segment_sum(tf.cast(given == y, tf.int32), y, classes),
            images=tf.math.unsorted_segment_sum(tf.ones_like(y), y, classes),
            given=tf.math.unsorted_segment_sum(tf.ones_like(given), given, classes),
            active=tuple(map(find_active, maps)),
        )

    def _losses(self, y: Any, outputs: Any, smoothing: float) -> Any:
        import keras
        import tensorflow as tf

        if self._classes == 1:
            target = tf.cast(y[:, None], tf.float32)
            return keras.losses.binary_crossentropy(target, outputs, label_smoothing=smoothing)
        if smoothing:
            target = tf.one_hot(y, self._classes)
            return keras.losses.categorical_crossentropy(target, outputs, label_smoothing=smoothing)
        return keras.losses.sparse_categorical_crossentropy(y, outputs)

    def _answer(self, outputs: Any) -> Any:
        """Return the class int32 (n,) that each row of probabilities speaks for."""
        import tensorflow as tf

        if self._classes == 1:
            return tf.cast(outputs[:, 0] >= 0.5, tf.int32)
        return tf.argmax(outputs, axis=-1, output_type=tf.int32)
