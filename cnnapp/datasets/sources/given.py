"""Import of whatever a person gives: NumPy arrays, or image files in a folder or an archive."""

from collections.abc import Sequence
from pathlib import Path

from cnnapp.datasets.containers import Entry, open_container
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.sources import arrays, cifar, idx, image_files


def make(path: Path, title: str, *, options: ImageOptions, ink: bool | None, workspace: Workspace) -> Draft:
    """Make a draft of the file or folder at `path`, told by what it holds.

    Raises:
        CnnAppError: it is nothing that can be imported; the sentence says what was expected.
    """
    workspace.report("Looking through the files", 0, 0)
    with open_container(path) as container:
        entries = container.entries()
        if _is_npz(entries):
            return arrays.make(path, title, ink=ink, workspace=workspace)
        if batches := cifar.find_files(entries):
            return cifar.make(container, batches, title, workspace)
        if files := idx.find_files(entries):
            return idx.make(container, files, title, ink=ink, workspace=workspace)
        return image_files.make((container, entries), title, options, ink=ink, workspace=workspace)


def _is_npz(entries: Sequence[Entry]) -> bool:
    return any(len(entry.parts) == 1 and entry.parts[0].endswith(".npy") for entry in entries)
