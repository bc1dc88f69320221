"""A copy of a run's network that learns as the run would, and of which nothing is kept: to measure before Start."""

import time
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cnnapp.datasets import augmentation
from cnnapp.datasets.augmentation import Draws
from cnnapp.recipes import Recipe
from cnnapp.runs import RunConfig
from cnnapp.training.class_weights import balanced_weights
from cnnapp.training.device import Device
from cnnapp.training.network import build_network, give_first_weights
from cnnapp.training.source import Source, epoch_order


class Throwaway:
    """Takes the steps of a run, epoch after epoch in the run's own order, at any learning rates."""

    def __init__(
        self, config: RunConfig, recipe: Recipe, train: Source, device: Device, *, start: Path | None = None
    ) -> None:
        """Build the network.

        Args:
            config: the run; its seed, too.
            recipe: how it is trained, where that is not the configuration's own.
            train: its training images.
            device: that it learns on.
            start: the network that a fine-tuned run begins with.
        """
        self.model, self.optimizer, self.graphs = build_network(config, recipe, device)
        give_first_weights(self.model, config, recipe, train, start=start)
        self._config, self._recipe, self._train = config, recipe, train
        if recipe.class_weights == "balanced":
            self.graphs.weigh(balanced_weights(train.labels, len(config.class_names)))
        self.batch = recipe.batch_size  # of the steps to come
        self.whole_batches = False  # leave out an epoch's last one where it is short: XLA compiles each size anew
        self.images = 0  # that it has learnt from so far, some of them several times
        self.shuffle_seconds = 0.0  # that order and augmentation of an epoch take to be drawn
        self._epoch, self._done = 0, 0
        self._order, self._draws = self._shuffle()

    def take(self, rates: ArrayLike) -> NDArray[np.float32]:
        """Take one step at each of the learning `rates`; return their losses, up to the first that is not finite."""
        left, losses = np.asarray(rates, np.float32), [np.zeros(0, np.float32)]
        while len(left):
            some = self._dispatch(left)
            losses.append(some)
            left = left[len(some) :]
            if not np.isfinite(some[-1]):
                break
        return np.concatenate(losses)

    def _dispatch(self, rates: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the first of the steps: as many as the epoch has left."""
        import tensorflow as tf

        batch, count = self.batch, len(self._train)
        if self.whole_batches:
            count -= count % batch
        if self._done >= count:  # the size of the batches has changed
            self._next_epoch()
        steps = min(len(rates), -(-(count - self._done) // batch))
        places = slice(self._done, min(count, self._done + steps * batch))
        positions = self._order[places]
        changes = {name: tf.constant(values[positions]) for name, values in self._draws.items()}
        given = tf.constant(rates[:steps])
        losses, _, _, taken = self.graphs.train(self._train.take(positions), changes, given, tf.constant(batch))
        self._done += len(positions)
        self.images += len(positions)
        if self._done >= count:
            self._next_epoch()
        found: NDArray[np.float32] = losses.numpy()[: int(taken)]
        return found

    def _next_epoch(self) -> None:
        self._epoch, self._done = self._epoch + 1, 0
        self._order, self._draws = self._shuffle()

    def _shuffle(self) -> tuple[NDArray[np.int64], Draws]:
        began, count, seed = time.perf_counter(), len(self._train), self._config.seed
        order = epoch_order(count, seed=seed, epoch=self._epoch)
        self._train.read_ahead(order)
        rules, shape = self._recipe.augmentation, self._config.image_shape
        draws = augmentation.draw(rules, count, shape, seed=seed, epoch=self._epoch)
        self.shuffle_seconds = time.perf_counter() - began
        return order, draws
