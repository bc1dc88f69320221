"""Folders, zip and tar archives read alike: `open_container(path)` tells which by its first bytes.

`.entries()` lists regular files with harmless names, the rest goes to `.skipped`; `.read(wanted)` gives their bytes in
the order of `entries`. Nothing is unpacked to disk.
"""

from cnnapp.datasets.containers.container import Container, Content, Entry, Progress, shown
from cnnapp.datasets.containers.limits import Stream, check_total
from cnnapp.datasets.containers.opening import open_container
from cnnapp.datasets.containers.tars import Tar

__all__ = [
    "Container",
    "Content",
    "Entry",
    "Progress",
    "Stream",
    "Tar",
    "check_total",
    "open_container",
    "shown",
]
