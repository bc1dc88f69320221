"""The shape that a set's images get: by its first files, as far as nobody has chosen."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.image_options import SMALLEST, ImageOptions
from cnnapp.errors import CnnAppError
from cnnapp.images import decode
from cnnapp.images.kinds import is_called_image

USUAL_SIZE = 64  # of photos, unless somebody chooses otherwise
KEPT_SIZE = 128  # sets whose images all have one size keep it up to here
LOOKED_AT = 64  # files by which size and colour are chosen

Shape = tuple[int, int, int]


def choose_shape(shapes: Sequence[Shape], options: ImageOptions) -> Shape:
    """Choose a set's image shape by the shapes of its first images, as far as nobody has chosen."""
    if options.colour == "auto":
        channels = 1 if shapes and all(shape[2] == 1 for shape in shapes) else 3
    else:
        channels = 1 if options.colour == "grey" else 3
    if options.size is not None:
        return options.size, options.size, channels
    if len({shape[:2] for shape in shapes}) == 1 and min(shapes[0][:2]) >= SMALLEST and max(shapes[0][:2]) <= KEPT_SIZE:
        return (*shapes[0][:2], channels)
    usual = int(np.median([min(shape[:2]) for shape in shapes])) if shapes else USUAL_SIZE
    size = max(SMALLEST, min(USUAL_SIZE, usual))
    return size, size, channels


def first_shapes(container: Container, files: Sequence[Entry]) -> Iterator[Shape]:
    """Decode the first files that are images and return their shapes, (height, width, channels)."""
    called_images = [entry for entry in files if is_called_image(entry.parts[-1])]
    for content in container.read((called_images or files)[: 2 * LOOKED_AT]):
        with suppress(CnnAppError):
            height, width, channels = decode(content.data).pixels.shape
            yield height, width, channels
