"""What is known of the files that a data set's images were: kept beside the images, in the order of their rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray


class FileFacts(NamedTuple):
    """One file, as its image was made of it."""

    file: str  # its path inside the source, as text that can be shown; never a path to open
    size: tuple[int, int]  # height and width of the upright picture, before it was resized
    bytes: int
    conversions: tuple[str, ...]  # in the words of `images.decode`


class Texts(Sequence[str]):
    """Many strings in one block of bytes: whatever characters they hold, and a tenth of a list's memory."""

    def __init__(self, block: bytes, ends: NDArray[np.int64]) -> None:
        self._block, self._bounds = block, np.concatenate([[0], ends])

    @classmethod
    def of(cls, strings: Iterable[str]) -> "Texts":
        """Pack strings; what no encoding can hold (a lone surrogate) becomes a question mark."""
        encoded = [string.encode("utf-8", "replace") for string in strings]
        return cls(b"".join(encoded), np.cumsum([len(data) for data in encoded], dtype=np.int64))

    @property
    def block(self) -> bytes:
        """All of them in UTF-8, one behind the other."""
        return self._block

    @property
    def ends(self) -> NDArray[np.int64]:
        """(n,): where in `block` each one ends."""
        return self._bounds[1:]

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(len(self)))]
        row = range(len(self))[index]
        return self._block[self._bounds[row] : self._bounds[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        for start, end in pairwise(self._bounds.tolist()):
            yield self._block[start:end].decode()


@dataclass(frozen=True)
class ImageFacts:
    """The files of n images."""

    files: Sequence[str]  # n paths inside the source, as text that can be shown; never paths to open
    sizes: NDArray[np.int32]  # (n, 2): height and width of the upright pictures, before they were resized
    bytes: NDArray[np.int64]  # (n,): of the files
    kinds: tuple[str, ...]  # the conversions that occur, sorted
    converted: NDArray[np.bool_]  # (n, kinds)

    @classmethod
    def of(cls, files: Sequence[FileFacts]) -> "ImageFacts":
        """Gather what is known of single files, one for each image."""
        kinds = tuple(sorted({kind for file in files for kind in file.conversions}))
        converted = np.array([[kind in file.conversions for kind in kinds] for file in files], bool)
        return cls(
            Texts.of(file.file for file in files),
            np.array([file.size for file in files], np.int32).reshape(-1, 2),
            np.array([file.bytes for file in files], np.int64),
            kinds,
            converted.reshape(len(files), len(kinds)),
        )

    def __len__(self) -> int:
        return len(self.bytes)

    def conversions(self, row: int) -> tuple[str, ...]:
        """Return what was done to one image, in the words of `images.decode`."""
        return tuple(kind for kind, done in zip(self.kinds, self.converted[row], strict=True) if done)

    @classmethod
    def join(cls, parts: Sequence["ImageFacts"]) -> "ImageFacts":
        """Return the facts of all images of some parts, one behind the other."""
        kinds = tuple(sorted({kind for part in parts for kind in part.kinds}))
        converted = np.zeros((sum(map(len, parts)), len(kinds)), bool)
        first = 0
        for part in parts:
            converted[first : first + len(part), [kinds.index(kind) for kind in part.kinds]] = part.converted
            first += len(part)
        return cls(
            Texts.of(file for part in parts for file in part.files),
            np.concatenate([part.sizes for part in parts]),
            np.concatenate([part.bytes for part in parts]),
            kinds,
            converted,
        )

    def take(self, rows: NDArray[np.int64]) -> "ImageFacts":
        """Return the facts of some images, in the order given."""
        files = Texts.of(self.files[row] for row in rows.tolist())
        return ImageFacts(files, self.sizes[rows], self.bytes[rows], self.kinds, self.converted[rows])

    def write(self, path: Path) -> None:
        """Store them as an `.npz`; the same facts always give the same bytes."""
        files, kinds = Texts.of(self.files), Texts.of(self.kinds)
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                allow_pickle=False,
                files=np.frombuffer(files.block, np.uint8),
                file_ends=files.ends,
                sizes=self.sizes,
                bytes=self.bytes,
                kinds=np.frombuffer(kinds.block, np.uint8),
                kind_ends=kinds.ends,
                converted=self.converted,
            )

    @classmethod
    def read(cls, path: Path) -> "ImageFacts":
        """Read what `write` has stored; raises OSError, ValueError or KeyError when it is damaged."""
        with np.load(path, allow_pickle=False) as stored:
            files = Texts(stored["files"].tobytes(), stored["file_ends"])
            kinds = tuple(Texts(stored["kinds"].tobytes(), stored["kind_ends"]))
            return cls(files, stored["sizes"], stored["bytes"], kinds, stored["converted"])
