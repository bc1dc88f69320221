"""Folders and archives of small images, written by the tests."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from cnnapp import datasets
from cnnapp.datasets import store, storing
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.image_options import ImageOptions
from cnnapp.datasets.reading import Choices
from cnnapp.datasets.sources import given
from cnnapp.settings import settings

INK = {None: "auto", True: "on", False: "off"}


def pixels(seed, shape=(12, 10, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def png(seed, shape=(12, 10, 3)):
    values = pixels(seed, shape)
    buffer = io.BytesIO()
    Image.fromarray(values[..., 0] if shape[2] == 1 else values).save(buffer, "PNG")
    return buffer.getvalue()


def classes(*names, each=4, start=0, shape=(12, 10, 3)):
    """{"ant/0.png": bytes, ...}; no two images are the same."""
    keys = [f"{name}/{number}.png" for name in names for number in range(each)]
    return {key: png(start + place, shape) for place, key in enumerate(keys)}


def under(folder, files):
    return {f"{folder}/{name}": data for name, data in files.items()}


def as_folder(path: Path, files):
    for name, data in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path


def as_zip(path: Path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def unflagged_zip(path, names, encoding):
    """A zip as Windows or macOS writes it: names in bytes, and no word on how they are encoded."""
    with zipfile.ZipFile(path, "w") as archive:
        for seed, name in enumerate(names):
            archive.writestr(Unflagged(name.encode(encoding)), png(seed))
    return path


class Unflagged(zipfile.ZipInfo):
    """A member whose name's bytes are written as they are."""

    def __init__(self, raw):
        super().__init__(raw.decode("latin-1").replace("\\", "?").replace("/", "/"))
        self._raw = raw

    def _encodeFilenameFlags(self):  # noqa: N802
        return self._raw, self.flag_bits & ~0x800


def as_tar(path: Path, files, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def take(path, ink=None, choices=None, **options):
    """Import as the worker does, without a process; returns the data set."""
    spool = settings().home / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    workspace = Workspace(spool, lambda *_: None)
    chosen = Choices(ink=INK[ink], images=ImageOptions(**options), **(choices or {}))
    draft = given.make(path, "Taken", chosen, workspace)
    if store.is_stored("taken"):
        store.remove("taken")
    storing.write("taken", draft, workspace.report)
    return datasets.load("taken")


def read(path, **choices):
    """Read as the worker does, without a process; returns the reading and its pictures."""
    spool = settings().home / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    workspace = Workspace(spool, lambda *_: None)
    reading = given.read(path, path.name, Choices(**choices), workspace)
    workspace.album.store(spool / "pictures.npy")
    return reading, np.load(spool / "pictures.npy")


def images_by_class(dataset, split="train"):
    """{class name: set of images' bytes}."""
    part = getattr(dataset, split)
    names = dataset.manifest.class_names
    found = {}
    for image, label in zip(np.asarray(part.images), part.labels, strict=True):
        found.setdefault(names[label], set()).add(image.tobytes())
    return found
