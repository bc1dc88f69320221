"""A few images of what may be imported, before it is, and what an import would make of them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Tar, open_container
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.sources.image_shape import choose_shape
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess, decode, prepare_pixels
from cnnapp.images.kinds import is_called_image

MOST_TAR_BYTES = 32 * 1024**2  # larger ones are not read from the front while somebody waits
TRIED = 20  # files that may turn out to be no images

Pixels = NDArray[np.uint8]


def sample_images(path: Path, count: int) -> list[Pixels]:
    """Decode up to `count` images from all over a folder or an archive; none of a large tar.

    Raises:
        CnnAppError: the archive is damaged or hostile.
    """
    return list(islice(_decoded(_image_files(path)), count))


def apply_options(images: Sequence[Pixels], options: ImageOptions) -> list[Pixels]:
    """Return what an import with these options makes of `images`: uint8 (h, w, 1 or 3), all of one shape."""
    shape = choose_shape([(*image.shape[:2], image.shape[2]) for image in images], options)
    preprocess = Preprocess(image_shape=shape, resize_mode=options.resize_mode)
    return [prepare_pixels(image, preprocess)[0] for image in images]


def _image_files(path: Path) -> Iterator[bytes]:
    with open_container(path) as container:
        if isinstance(container, Tar) and container.size > MOST_TAR_BYTES:
            return
        images = [entry for entry in container.entries() if is_called_image(entry.parts[-1])]
        step = max(1, len(images) // TRIED)
        for content in container.read(images[::step][:TRIED]):
            yield content.data


def _decoded(files: Iterator[bytes]) -> Iterator[Pixels]:
    for data in files:
        with suppress(CnnAppError):
            yield decode(data).pixels
