"""What a person would see of a new set at a glance: classes that cannot be learned or tested."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnapp import datasets
from tests.kit.image_trees import as_folder, classes, take, under


def png(values):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(values, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def nearly(grey, seed):
    """A picture that hardly differs from others of its kind."""
    return png(grey + np.random.default_rng(seed).integers(-2, 3, (12, 10, 3)))


@pytest.fixture
def faulty(home, tmp_path):
    """Class a has no training images, b few, c no test images, d one picture all over, e is as it should be."""
    files = under("train", classes("b", each=3) | classes("c", "e", each=12, start=10))
    files |= {f"train/d/{seed}.png": nearly(np.full((12, 10, 3), 120), seed) for seed in range(12)}
    files |= under("test", classes("a", "b", "e", each=2, start=200) | {"d/x.png": nearly(120, 99)})
    return take(as_folder(tmp_path / "faulty", files | {"train/b/notes.txt": b"no image"}))


def test_classes_that_cannot_be_learned_or_tested_are_told_with_their_images(faulty):
    found = datasets.find_class_faults(faulty)
    assert [(fault.kind, fault.severity) for fault in found] == [
        ("no training images", "serious"),
        ("small class", "check"),
        ("no test images", "check"),
        ("alike class", "check"),
    ]
    assert [fault.sentence.split(". ")[0] for fault in found] == [
        "1 class has no training images: a",
        "1 class has fewer than 10 training images: b (3)",
        "1 class has no test images: c",
        "1 class has training images that all look the same: d",
    ]
    for fault, name, split in zip(found, "abcd", ("test", "train", "train", "train"), strict=True):
        [group] = fault.groups
        assert {image.split for image in group} == {split}
        labels = faulty.splits[split].labels[[image.row for image in group]]
        assert {faulty.manifest.class_names[label] for label in labels} == {name}


def test_grey_images_of_one_colour_are_alike_but_lines_on_black_are_not(home, tmp_path):
    lines = np.zeros((12, 16, 16), np.uint8)
    for place in range(12):
        lines[place, 2:14, 2 + place] = 255
    files = {f"train/black/{place}.png": png(np.full((16, 16), place % 3)) for place in range(12)}
    files |= {f"train/line/{place}.png": png(line) for place, line in enumerate(lines)}
    files |= {f"test/{name}/0.png": png(np.zeros((16, 16))) for name in ("black", "line")}
    [fault] = datasets.find_class_faults(take(as_folder(tmp_path / "lines", files)))
    assert (fault.kind, fault.sentence.split(". ")[0][-7:]) == ("alike class", ": black")
