"""The part of a network's Keras script that gives whitening layers their filters, as `whitening.whiten` does."""

from collections.abc import Sequence
from math import prod

from cnnapp.architectures.layers import LayerSpec, Rescaling
from cnnapp.architectures.whitening import REGULARISATION, WHITENED_IMAGES, find_whitening


def whitening_script(layers: Sequence[LayerSpec]) -> str:
    """Return the lines that do it for the whitening layers of `model`; "" where there is none."""
    scale = prod(layer.scale for layer in layers[:1] if isinstance(layer, Rescaling))
    return "\n".join(_lines(name, scale) for name in find_whitening(layers))


def _lines(name: str, scale: float) -> str:
    times = " / 255" if scale == 1 / 255 else f" * {scale!r}"
    return f'''
# The filters of {name} are not learned: they are the commonest patterns in patches of the training images, scaled so
# that each answers with variance 1, and the same with the other sign (Coates & Ng 2012).
def cut(images, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    patches = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * images.shape[-1])
    return patches[np.linspace(0, len(patches) - 1, min(len(patches), 1_000_000)).astype(int)]


layer = model.get_layer("{name}")
some = x_train[np.linspace(0, len(x_train) - 1, min({WHITENED_IMAGES}, len(x_train))).astype(int)]
patches = cut(some, layer.kernel_size[0], layer.strides[0]).astype(float){times}
mean = patches.mean(axis=0)
covariance = (patches - mean).T @ (patches - mean) / len(patches)
variances, patterns = np.linalg.eigh(covariance)
half = layer.filters // 2
least = max({REGULARISATION} * np.trace(covariance) / len(covariance), 1e-12)
filters = patterns[:, ::-1][:, :half] / np.sqrt(np.maximum(variances[::-1][:half], 0) + least)
filters = np.concatenate([filters, -filters], axis=1)
layer.set_weights([filters.reshape(layer.kernel.shape), -mean @ filters])
'''
