"""A few images as they are and as training may see them, side by side in one picture."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.figures.tiles import TileLayout, draw_tiles, shrink_tiles

_SIDE = 128  # pixels of the longer side of a tile, at most


class AugmentedGrid(NamedTuple):
    """One row for each image: the original first, then its draws."""

    picture: NDArray[np.uint8]  # (H, W, 3); tiles without gaps
    layout: TileLayout


def choose_examples(labels: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """Return the rows of `count` images, or of all there are, of as many classes as possible.

    Args:
        labels: (n,) class indices.
        count: how many.
    """
    first = np.unique(labels, return_index=True)[1][:count]
    others = np.setdiff1d(np.arange(min(len(labels), 2 * count)), first)
    return np.concatenate([first, others])[:count].astype(np.int64)


def shrink_examples(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return images, uint8 (n, h, w, c), by a whole factor so small that changing them takes no time."""
    height, width = images.shape[1:3]
    factor = -(-max(height, width) // _SIDE)
    if factor == 1:
        return images
    tile = max(1, height // factor), max(1, width // factor)
    layout = TileLayout(len(images), 1, len(images), *tile, gap=0, enlarge=1, shrink=factor)
    return np.asarray(shrink_tiles(images.astype(np.float32), layout).round(), np.uint8)


def draw_augmented(originals: NDArray[np.uint8], draws: NDArray[np.uint8]) -> AugmentedGrid:
    """Draw originals, uint8 (n, h, w, 1 or 3), each followed by its draws, uint8 (draws, n, h, w, 1 or 3)."""
    columns = np.concatenate([originals[None], draws])
    rows = columns.swapaxes(0, 1)  # (n, 1 + draws, h, w, c)
    count, (height, width) = rows.shape[0] * rows.shape[1], rows.shape[2:4]
    layout = TileLayout(count, rows.shape[0], rows.shape[1], height, width, gap=0, enlarge=1, shrink=1)
    tiles = np.broadcast_to(rows.reshape(count, *rows.shape[2:]), (count, height, width, 3))
    return AugmentedGrid(draw_tiles(tiles, layout, (0, 0, 0)), layout)


def mixed_labels(
    names: tuple[str, ...], labels: NDArray[np.int32], shares: NDArray[np.float32], partner: int
) -> list[str]:
    """Return the label of each mixed image in words, one per line, the larger share first: "7: 83 %", "2: 17 %".

    Args:
        names: of the classes.
        labels: (n,) of the images.
        shares: (n,) that each image keeps; the rest is the image's `partner` rows before it.
        partner: 1 or more.
    """
    words = []
    for label, other, share in zip(labels, np.roll(labels, partner), shares, strict=True):
        parts = sorted(((round(100 * share), names[label]), (100 - round(100 * share), names[other])), reverse=True)
        words.append("\n".join(f"{name}: {part} %" for part, name in parts if part))
    return words
