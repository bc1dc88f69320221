"""Files of arrays that want to do harm or are broken: each a few kilobytes, each to be refused in one sentence."""

import gzip
import io
import struct
import zipfile
from typing import NamedTuple

import numpy as np

from tests.kit.array_trees import idx, npy

IMAGES, LABELS = np.arange(40 * 64, dtype=np.uint8).reshape(40, 8, 8), np.arange(40) % 2
MAGIC = b"\x93NUMPY"


class Case(NamedTuple):
    name: str  # of the file
    data: bytes
    words: str  # of the refusal


def header(shape="(40, 8, 8)", descr="'|u1'", *, version=1, padding=0, length=None):
    """A `.npy` header, as it is told to be."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode() + b" " * padding + b"\n"
    size = len(text) if length is None else length
    return MAGIC + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", size) + text


def archive(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


def with_images(data):
    """An `.npz` whose images are this member."""
    return archive({"x_train.npy": data, "y_train.npy": npy(LABELS)})


def with_labels(data):
    return archive({"x_train.npy": npy(IMAGES), "y_train.npy": data})


def idx_files(images, labels, test_images=None):
    files = {
        "train-images-idx3-ubyte.gz": images,
        "train-labels-idx1-ubyte.gz": labels,
        "t10k-images-idx3-ubyte.gz": images if test_images is None else test_images,
        "t10k-labels-idx1-ubyte.gz": labels,
    }
    return archive(files)


def lying(data, size):
    """The same archive, whose list says that its first member has `size` bytes unpacked."""
    at = data.find(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def encrypted(data):
    """The same archive with the mark of encryption on every member."""
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data = data[: at + place] + b"\1\0" + data[at + place + 2 :]
            at = data.find(signature, at + 4)
    return data


BODY = IMAGES.tobytes()
GOOD = idx_files(gzip.compress(idx(IMAGES)), gzip.compress(idx(LABELS.astype(np.uint8))))
CASES = (
    Case("header-1-gib.npz", with_images(header(version=2, length=1 << 30) + bytes(200_000)), "has a header of"),
    Case("header-60-kb.npz", with_images(header(padding=60_000) + BODY), "has a header of 60,"),
    Case("header-nested.npz", with_images(header(shape="(" * 3000 + ")" * 3000) + BODY), "has a header of"),
    Case("header-nested-short.npz", with_images(header(shape="(" * 900) + BODY), "does not tell one type"),
    Case("header-cut.npz", with_images(header()[:40]), "is cut short"),
    Case("header-code.npz", with_images(header(descr="__import__('os')") + BODY), "does not tell one type"),
    Case("header-object.npz", with_images(header(descr="'|O'") + BODY), "holds Python objects"),
    Case("header-type.npz", with_images(header(descr="'<f99999'") + BODY), "that is not read"),
    Case("header-text-huge.npz", with_labels(header("(40,)", "'<U999999999'") + bytes(80)), "that is not read"),
    Case("header-void.npz", with_images(header(descr="'|V0'") + BODY), "that is not read"),
    Case("version-9.npz", with_images(header(version=2).replace(b"\x02\0", b"\x09\0", 1) + BODY), "no NumPy array"),
    Case("shape-negative.npz", with_images(header("(-40, 8, 8)") + BODY), "does not tell one type"),
    Case("shape-huge.npz", with_images(header(f"(40, {10**17}, 8)") + BODY), "axes that no array has"),
    Case("shape-overflow.npz", with_images(header(f"({2**32}, {2**32}, 1)") + BODY), "does not have the size"),
    Case("shape-many-axes.npz", with_images(header(f"({'1, ' * 40})") + BODY), "axes that no array has"),
    Case("shape-short.npz", with_images(header("(40, 8, 9)") + BODY), "does not have the size"),
    Case("labels-empty.npz", with_labels(npy(np.zeros((40, 0)))), "no labels in it"),
    Case("labels-wide.npz", with_labels(header(f"(40, {10**9})") + bytes(40)), "does not have the size"),
    Case("bomb.npz", lying(with_images(header("(1000, 1000, 1000)") + bytes(9000)), 10**9), "as a bomb does"),
    Case("encrypted.npz", encrypted(with_images(npy(IMAGES))), "encrypted"),
    Case("bzip2.npz", archive({"x_train.npy": npy(IMAGES), "y_train.npy": npy(LABELS)}, zipfile.ZIP_BZIP2), "bzip2"),
    Case("no-zip.npz", b"PK\x03\x04" + bytes(500), "damaged or cut short"),
    Case(
        "idx-sizes.zip", idx_files(idx(IMAGES), idx(LABELS.astype(np.uint8)), idx(IMAGES[:, :4])), "one shape for both"
    ),
    Case("idx-bomb.zip", idx_files(gzip.compress(struct.pack(">4I", 0x803, 200, 1000, 1000)), b""), "as a bomb does"),
    Case("idx-axes.zip", idx_files(b"\0\0\x08\xff" + bytes(1020), idx(LABELS.astype(np.uint8))), "no idx file"),
    Case("idx-cut.zip", idx_files(gzip.compress(idx(IMAGES))[:-30], idx(LABELS.astype(np.uint8))), "cut short"),
)
