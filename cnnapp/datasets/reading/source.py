"""A file or folder from outside, opened: its entries by name, and the bytes of those that are asked for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cnnapp.datasets.containers import Container, Entry, Progress, open_container
from cnnapp.errors import CnnAppError


class Source(NamedTuple):
    """What forms look at."""

    path: Path  # of the file or folder on this machine; an upload's has a name of ours
    name: str  # what the person calls it: "intel.zip"
    container: Container  # a folder, an archive, or a single file as a container of one entry
    entries: Sequence[Entry]  # all regular files with harmless names; the rest stands in `container.skipped`

    def read_one(self, entry: Entry, limit: int) -> bytes:
        """Return the bytes of a small file.

        Raises:
            CnnAppError: it has more than `limit` bytes or cannot be read.
        """
        if entry.size > limit:
            raise CnnAppError(
                f"{entry.shown} has {entry.size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that a file of its "
                "kind may have: check that it is the right one."
            )
        content = next(iter(self.container.read([entry])))
        if content.problem:
            raise CnnAppError(f"{entry.shown} cannot be read: {content.problem}.")
        return content.data


@contextmanager
def open_source(path: Path, name: str = "", encoding: str = "", progress: Progress | None = None) -> Iterator[Source]:
    """Open the file or folder at `path` and list what it holds.

    Args:
        path: of the file or folder.
        name: what the person calls it.
        encoding: of names in an archive, by Python's name; "": guessed.
        progress: hears how far a tar was gone through to list its files.

    Raises:
        CnnAppError: it cannot be read, or is damaged or hostile.
    """
    with open_container(path, encoding, name, progress) as container:
        yield Source(path, name or path.name, container, container.entries())
