"""Data from every source that a browser offers, made by the tests: archives, folders, addresses, arrays."""

import gzip
import pickle  # noqa: TID251 (the tests write what the app must read with care)
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.browser.importing import begin_import, expect_reading, finish_import
from tests.browser.server import choose, drop, no_errors
from tests.browser.training import press
from tests.kit.image_trees import as_folder, as_tar, as_zip, classes, under
from tests.kit.web import serve_folder

pytestmark = pytest.mark.browser
FILES = under("train", classes("ant", "bee", each=5)) | under("test", classes("ant", "bee", each=2, start=50))
NUMBERS = "9 train · 1 validation · 4 test · 2 classes · 12×10×3"
IMAGES = np.random.default_rng(0).integers(0, 256, (120, 3072), np.uint8)  # a row each, as CIFAR keeps them
NOTES = {"train/ant/notes.txt": b"text"}


@pytest.fixture
def files_server(tmp_path: Path) -> Iterator[str]:
    """The address of the folder `served` over http."""
    folder = tmp_path / "served"
    folder.mkdir()
    with serve_folder(folder) as address:
        yield address


def finish(page: Page, name: str, numbers: str) -> None:
    """Name the set that was read, import it, and wait for it with the numbers that it must have."""
    name = f"{name} {token_hex(2)}"  # another one at a second try
    expect_reading(page)
    finish_import(page, name, sum(map(int, re.findall(r"(\d+) (?:train|validation|test)", numbers))))
    expect(page.get_by_text(numbers)).to_be_visible()
    slug = name.lower().replace(" ", "-").replace(".", "-")
    expect(page).to_have_url(re.compile(rf"[?&]dataset={slug}(&|$)"))  # links to other pages take it along
    no_errors(page)


def test_a_dropped_archive(server: str, page: Page, tmp_path: Path) -> None:
    drop(begin_import(page, server), as_tar(tmp_path / "photos.tar.gz", FILES | NOTES))
    finish(page, "Dropped", NUMBERS)
    expect(page.get_by_text("One file was left out")).to_be_visible()


def test_a_chosen_folder(server: str, page: Page, tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "photos", FILES)
    begin_import(page, server, "Folder")
    expect(page.get_by_text("Drop a folder")).to_be_visible()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(folder)
    finish(page, "A folder", NUMBERS)


def test_a_folder_of_the_server(server: str, page: Page, import_root: Path) -> None:
    as_folder(import_root / "scanned", FILES)
    begin_import(page, server)
    choose(page, "or take one from the inbox", "scanned")
    finish(page, "Of the server", NUMBERS)


def test_an_address(server: str, page: Page, tmp_path: Path, files_server: str) -> None:
    as_zip(tmp_path / "served" / "photos.zip", FILES)
    begin_import(page, server, "Address")
    page.get_by_role("textbox", name="Address").fill(f"{files_server}/photos.zip")
    press(page, "Read it")
    finish(page, "From afar", NUMBERS)
    expect(page.get_by_text("SHA-256")).to_be_visible()


def test_arrays_of_numpy(server: str, page: Page, tmp_path: Path) -> None:
    images, labels = IMAGES.reshape(-1, 32, 32, 3), np.arange(120) % 3
    np.savez(tmp_path / "own.npz", x_train=images[:90], y_train=labels[:90], x_test=images[90:], y_test=labels[90:])
    drop(begin_import(page, server), tmp_path / "own.npz")
    finish(page, "Arrays", "81 train · 9 validation · 30 test · 3 classes · 32×32×3")


def test_the_archive_of_cifar_10(server: str, page: Page, tmp_path: Path) -> None:
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    labels = (np.arange(20) % 10).tolist()
    parts = {
        name: {"labels": labels, "data": data} for name, data in zip(names, IMAGES.reshape(6, 20, -1), strict=True)
    }
    parts["batches.meta"] = {"label_names": [*"abcdefghij"]}
    files = {f"cifar-10-batches-py/{name}": pickle.dumps(part, 2) for name, part in parts.items()}
    drop(begin_import(page, server), as_tar(tmp_path / "cifar-10-python.tar.gz", files))
    finish(page, "Small images", "90 train · 10 validation · 20 test · 10 classes · 32×32×3")


def test_the_files_of_mnist_dropped_together(server: str, page: Page, tmp_path: Path) -> None:
    images, labels = IMAGES[:, :784].reshape(-1, 28, 28), (np.arange(120) % 10).astype(np.uint8)
    files = {
        "train-images-idx3-ubyte.gz": images[:100],
        "train-labels-idx1-ubyte.gz": labels[:100],
        "t10k-images-idx3-ubyte.gz": images[100:],
        "t10k-labels-idx1-ubyte.gz": labels[100:],
    }
    folder = as_folder(tmp_path / "mnist", {name: gzip.compress(idx(values)) for name, values in files.items()})
    drop(begin_import(page, server, "Folder"), *sorted(folder.iterdir()))
    finish(page, "Numerals", "90 train · 10 validation · 20 test · 10 classes · 28×28×1")


def idx(values: NDArray[np.uint8]) -> bytes:
    """Bytes in the format of MNIST's authors."""
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()
