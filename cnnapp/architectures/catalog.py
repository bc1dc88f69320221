"""All networks that the app offers; a new one is a row in one file of the zoo and a name here."""

from cnnapp.architectures.architecture import Architecture
from cnnapp.architectures.zoo import dense, double_conv, fast, first_cnn, food_classifier, lenet, tf_cifar10
from cnnapp.errors import CnnAppError

_CATALOG: tuple[Architecture, ...] = (
    lenet.LENET5,
    dense.DENSE,
    fast.FAST,
    first_cnn.FIRST_CNN,
    food_classifier.FOOD_CLASSIFIER,
    double_conv.CIFAR10_BATCHNORM,
    double_conv.CIFAR10_AUGMENTED,
    tf_cifar10.TF_CIFAR10,
    fast.FAST_WIDE,
)
_BY_KEY = {architecture.key: architecture for architecture in _CATALOG}


def catalog() -> tuple[Architecture, ...]:
    """Return all architectures, the quickest to train first."""
    return _CATALOG


def get(key: str) -> Architecture:
    """Return the architecture named `key`; raises CnnAppError when there is none."""
    if key not in _BY_KEY:
        raise CnnAppError(f"There is no network named {key!r}: choose one of {', '.join(_BY_KEY)}.")
    return _BY_KEY[key]
