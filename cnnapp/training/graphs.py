"""The compiled parts of training: many steps per dispatch, every step's loss returned, only arrays in and out."""

from typing import Any

from cnnapp.architectures import ImageShape
from cnnapp.recipes import Recipe
from cnnapp.training.source import Batches


class Graphs:
    """Compiled training and evaluation of one Keras model whose last layer is a softmax or one sigmoid unit."""

    def __init__(self, model: Any, optimizer: Any, recipe: Recipe, image_shape: ImageShape) -> None:
        import tensorflow as tf

        self.model, self.optimizer = model, optimizer
        self._shape = image_shape
        self._augments = recipe.augmentation.active
        self._smoothing = recipe.label_smoothing
        self._classes = int(model.output_shape[-1])
        images = tf.TensorSpec((None, *image_shape), tf.uint8)
        ints = tf.TensorSpec((None,), tf.int32)
        scalar = tf.TensorSpec((), tf.int32)
        transforms = tf.TensorSpec((None, 8), tf.float32)
        rates = tf.TensorSpec((None,), tf.float32)
        batches = Batches(images, ints, ints)
        self.train = tf.function(self._train, input_signature=(batches, transforms, rates, scalar))
        self.evaluate = tf.function(self._evaluate, input_signature=(batches, scalar))

    def _train(self, batches: Batches, transforms: Any, rates: Any, batch: Any) -> Any:
        """Take one step per entry of `rates`; stop after the first whose loss is not finite.

        Args:
            batches: m images in training order; a step takes the next `batch` of them, the last one what is left.
            transforms: float32 (m, 8); (0, 8) without augmentation.
            rates: float32 (steps,): learning rates.
            batch: int32.

        Returns:
            Loss float32 (steps,), right answers int32 (steps,), steps taken int32.
        """
        import tensorflow as tf

        images, rows, labels = batches
        steps, end = tf.size(rates), tf.size(rows)
        losses = tf.TensorArray(tf.float32, steps, element_shape=[])
        rights = tf.TensorArray(tf.int32, steps, element_shape=[])
        taken, finite = tf.constant(0), tf.constant(True)
        while taken < steps and finite:
            first = taken * batch
            last = tf.minimum(first + batch, end)
            x = tf.cast(tf.gather(images, rows[first:last]), tf.float32)
            if self._augments:
                x = self._transform(x, transforms[first:last])
            self.optimizer.learning_rate.assign(rates[taken])
            loss, right = self._step(x, labels[first:last])
            losses, rights = losses.write(taken, loss), rights.write(taken, right)
            finite = tf.math.is_finite(loss)
            taken += 1
        return losses.stack(), rights.stack(), taken

    def _transform(self, x: Any, transforms: Any) -> Any:
        import tensorflow as tf

        return tf.raw_ops.ImageProjectiveTransformV3(
            images=x,
            transforms=transforms,
            output_shape=self._shape[:2],
            interpolation="BILINEAR",
            fill_mode="NEAREST",
            fill_value=0.0,
        )

    def _step(self, x: Any, y: Any) -> Any:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            outputs = self.model(x, training=True)
            loss = tf.reduce_mean(self._losses(y, outputs, self._smoothing))
        variables = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss, self._right(y, outputs)

    def _evaluate(self, batches: Batches, batch: Any) -> Any:
        """Return the summed loss float32 and the number of right answers int32."""
        import tensorflow as tf

        images, rows, labels = batches
        end, first = tf.size(rows), tf.constant(0)
        loss, right = tf.constant(0.0), tf.constant(0)
        while first < end:
            last = tf.minimum(first + batch, end)
            y = labels[first:last]
            outputs = self.model(tf.cast(tf.gather(images, rows[first:last]), tf.float32), training=False)
            loss += tf.reduce_sum(self._losses(y, outputs, 0.0))
            right += self._right(y, outputs)
            first = last
        return loss, right

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

    def _right(self, y: Any, outputs: Any) -> Any:
        import tensorflow as tf

        answers = tf.argmax(outputs, axis=-1, output_type=tf.int32)
        if self._classes == 1:
            answers = tf.cast(outputs[:, 0] >= 0.5, tf.int32)
        return tf.reduce_sum(tf.cast(answers == y, tf.int32))
