"""Images of a data set in several files, read when they are asked for: raw pixels, or files to be decoded."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.manifest import ArrayFile
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess, decode, prepare_pixels

Pixels = NDArray[np.uint8]
Rows = NDArray[np.int64]


class Shards(Protocol):
    """Images by their place in all shards together."""

    image_shape: tuple[int, int, int]

    def __len__(self) -> int: ...

    def take(self, places: Rows) -> Pixels:
        """Return the images at `places`, uint8 (n, h, w, c), in that order."""
        ...


class RawShards:
    """Pixels as they are: each file a `.npy` of uint8 (n, h, w, c)."""

    def __init__(self, files: Sequence[Path], counts: Sequence[int], image_shape: tuple[int, int, int]) -> None:
        self._blocks = _Blocks(files)
        self._ends = np.cumsum(counts, dtype=np.int64)
        self.image_shape = image_shape

    def __len__(self) -> int:
        return int(self._ends[-1])

    def take(self, places: Rows) -> Pixels:
        """Return the images at `places`, uint8 (n, h, w, c), in that order."""
        images = np.empty((len(places), *self.image_shape), np.uint8)
        shards = np.searchsorted(self._ends, places, side="right")
        for shard in np.unique(shards):
            wanted = np.flatnonzero(shards == shard)
            block = self._blocks.open(int(shard))
            images[wanted] = block[places[wanted] - (self._ends[shard] - len(block))]
        return images


class ArrayShards:
    """Arrays (n, h, w, c), one behind the other."""

    def __init__(self, arrays: Sequence[Pixels]) -> None:
        self._arrays = arrays
        self._ends = np.cumsum([len(array) for array in arrays], dtype=np.int64)
        height, width, channels = arrays[0].shape[1:]
        self.image_shape = (height, width, channels)

    def __len__(self) -> int:
        return int(self._ends[-1])

    def take(self, places: Rows) -> Pixels:
        """Return the images at `places`, uint8 (n, h, w, c), in that order."""
        images = np.empty((len(places), *self.image_shape), np.uint8)
        owners = np.searchsorted(self._ends, places, side="right")
        for owner in np.unique(owners):
            wanted = np.flatnonzero(owners == owner)
            array = self._arrays[owner]
            images[wanted] = array[places[wanted] - (self._ends[owner] - len(array))]
        return images


class FileShards:
    """Image files, one behind the other: each shard a `.npy` of their bytes, uint8 (m,).

    A file is the image's own or a lossless one of its resized pixels; both go through the same decoding as on
    import, so the pixels are those that raw shards would hold.
    """

    def __init__(
        self, files: Sequence[Path], sizes: Sequence[int], ends: NDArray[np.int64], preprocess: Preprocess
    ) -> None:
        """`ends` (n,) says where, in the bytes of all shards together, each image ends; `sizes` are the shards'."""
        self._blocks = _Blocks(files)
        self._bounds = np.concatenate([[0], ends])
        self._shard_ends = np.cumsum(sizes, dtype=np.int64)
        self._preprocess = preprocess.model_copy(update={"ink": None})  # images of the set are not drawn anew
        self.image_shape = preprocess.image_shape

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def take(self, places: Rows) -> Pixels:
        """Return the images at `places`, uint8 (n, h, w, c), in that order; decoded on all cores.

        Raises:
            CnnAppError: a file cannot be decoded: the set is damaged.
        """
        images = np.empty((len(places), *self.image_shape), np.uint8)

        def decode_into(row: int) -> None:
            images[row] = self._decode(int(places[row]))

        workers = map if len(places) == 1 else _decoders().map
        for _ in workers(decode_into, range(len(places))):
            pass
        return images

    def file(self, place: int) -> bytes:
        """Return the image file at `place` as it is stored."""
        start, end = self._bounds[place : place + 2]
        shard = int(np.searchsorted(self._shard_ends, start, side="right"))
        block = self._blocks.open(shard)
        first = self._shard_ends[shard] - len(block)
        return block[start - first : end - first].tobytes()

    def _decode(self, place: int) -> Pixels:
        try:
            decoded = decode(self.file(place), value_range=self._preprocess.value_range)
        except CnnAppError:
            raise CnnAppError(
                f"Image {place:,} of the data set cannot be decoded: the set is damaged. Delete it and add it again."
            ) from None
        return prepare_pixels(decoded.pixels, self._preprocess)[0]


class _Blocks:
    """Memory-mapped `.npy` files, each opened when it is first needed."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._open: dict[int, Pixels] = {}

    def open(self, number: int) -> Pixels:
        block = self._open.get(number)
        if block is None:
            block = self._open[number] = np.load(self._files[number], mmap_mode="r", allow_pickle=False)
        return block


@cache
def _decoders() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="decoder")


@dataclass(frozen=True)
class ShardedImages:
    """The images of one split as an array to be indexed: `images[3]`, `images[10:20]`, `images[rows]`."""

    shards: Shards
    rows: Rows  # (n,): each image's place in the shards
    dtype = np.dtype(np.uint8)

    @cached_property
    def shape(self) -> tuple[int, int, int, int]:
        """(n, h, w, c)."""
        return (len(self.rows), *self.shards.image_shape)

    def __len__(self) -> int:
        return len(self.rows)

    def file(self, row: int) -> bytes | None:
        """Return the file that an image is stored as; None where pixels are."""
        return self.shards.file(int(self.rows[row])) if isinstance(self.shards, FileShards) else None

    @overload
    def __getitem__(self, index: int | np.integer) -> Pixels: ...
    @overload
    def __getitem__(self, index: slice | NDArray[np.integer] | NDArray[np.bool_] | Sequence[int]) -> Pixels: ...
    def __getitem__(
        self, index: int | np.integer | slice | NDArray[np.integer] | NDArray[np.bool_] | Sequence[int]
    ) -> Pixels:
        """Read images: uint8 (h, w, c) for one number, (m, h, w, c) for several."""
        places: Rows = np.asarray(self.rows[index])
        images = self.shards.take(np.atleast_1d(places))
        return images if places.ndim else np.asarray(images[0])


@dataclass(frozen=True)
class ShardFiles:
    """Shards as files: what a source hands to the store, and the store back to whoever makes a set of another."""

    folder: Path
    arrays: dict[str, ArrayFile]  # by file name, in the order of the shards
    ends: NDArray[np.int64] | None = None  # (n,): where each file ends, see `FileShards`; None: pixels are raw

    def open(self, preprocess: Preprocess) -> Shards:
        """Make them readable."""
        paths, firsts = [self.folder / name for name in self.arrays], [a.shape[0] for a in self.arrays.values()]
        if self.ends is None:
            return RawShards(paths, firsts, preprocess.image_shape)
        return FileShards(paths, firsts, self.ends, preprocess)
