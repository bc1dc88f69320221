"""Filters that nobody has to learn: they whiten patches of the training images."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cnnapp.architectures.layers import Conv2D, LayerSpec, Rescaling

WHITENED_IMAGES = 2000  # CIFAR-10's 31×31 patches of so many are 1.9 million
REGULARISATION = 5e-4  # of the mean variance: directions that hardly occur are not blown up to noise


def find_whitening(layers: Sequence[LayerSpec]) -> tuple[str, ...]:
    """Return the names of the layers whose kernels are made from images and never learn."""
    return tuple(layer.name for layer in layers if isinstance(layer, Conv2D) and layer.kernel == "whitening")


def whiten(
    layers: Sequence[LayerSpec], name: str, images: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the kernels and biases that whiten the patches a convolution sees (Coates & Ng 2012; Jordan 2024).

    The filters are the eigenvectors of the patches' covariance, the most frequent pattern first, each scaled so that
    its answers have mean 0 and variance 1, then the same with the other sign: after a ReLU nothing is lost.

    Args:
        layers: the network; before the convolution only rescaling.
        name: of the convolution, with an even number of filters, at most 2·k·k·channels.
        images: (n, height, width, channels), n > 0.

    Returns:
        Kernels (k, k, channels, filters), biases (filters,).
    """
    place = [layer.name for layer in layers].index(name)
    layer = layers[place]
    if not isinstance(layer, Conv2D) or not all(isinstance(before, Rescaling) for before in layers[:place]):
        raise ValueError(f"Whitening filters see the images themselves, but {name} comes after other layers.")
    scale = float(np.prod([before.scale for before in layers[:place] if isinstance(before, Rescaling)]))
    patches = _cut(images, layer) * scale
    mean = patches.mean(axis=0)
    covariance = (patches - mean).T @ (patches - mean) / len(patches)
    variances, vectors = np.linalg.eigh(covariance)
    half = layer.filters // 2
    variances, vectors = variances[::-1][:half], vectors[:, ::-1][:, :half]
    least = max(REGULARISATION * np.trace(covariance) / len(covariance), 1e-12)  # images of one colour vary by 0
    one_way = vectors / np.sqrt(np.maximum(variances, 0) + least)
    both = np.concatenate([one_way, -one_way], axis=1)
    channels = images.shape[-1]
    kernels = both.reshape(layer.kernel_size, layer.kernel_size, channels, layer.filters)
    return kernels.astype(np.float32), (-mean @ both).astype(np.float32)


def _cut(images: NDArray[np.uint8], layer: Conv2D) -> NDArray[np.float64]:
    """Return the patches (m, k·k·channels) that the convolution sees, evenly spread if they would be over a million."""
    k = layer.kernel_size
    windows = np.lib.stride_tricks.sliding_window_view(images, (k, k), axis=(1, 2))
    windows = windows[:, :: layer.strides, :: layer.strides].transpose(0, 1, 2, 4, 5, 3)
    count = int(np.prod(windows.shape[:3]))
    rows = np.linspace(0, count - 1, min(count, 1_000_000)).astype(np.int64)
    places = np.unravel_index(rows, windows.shape[:3])
    return windows[places].reshape(len(rows), -1).astype(np.float64)
