"""Import of whatever a person gives: NumPy arrays, or image files in a folder or an archive."""

import zipfile
from pathlib import Path

from cnnapp.datasets.containers import open_container
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.sources import arrays, cifar, idx, image_files


def make(path: Path, title: str, *, options: ImageOptions, ink: bool | None, workspace: Workspace) -> Draft:
    """Make a draft of the file or folder at `path`, told by what it holds.

    Raises:
        CnnAppError: it is nothing that can be imported; the sentence says what was expected.
    """
    if _is_npz(path):
        return arrays.make(path, title, ink=ink, workspace=workspace)
    with open_container(path) as container:
        entries = container.entries()
        if batches := cifar.find_files(entries):
            return cifar.make(container, batches, title, workspace)
        if files := idx.find_files(entries):
            return idx.make(container, files, title, ink=ink, workspace=workspace)
        return image_files.make(container, title, options, ink=ink, workspace=workspace)


def _is_npz(path: Path) -> bool:
    if path.is_dir() or not zipfile.is_zipfile(path):
        return False
    with open_container(path) as container:
        entries = container.entries()
    return bool(entries) and all(entry.parts[-1].endswith(".npy") for entry in entries)
