"""The quality report: planted faults are found, clean sets stay clean."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from cnnapp import datasets
from cnnapp.cli import main
from cnnapp.datasets.quality.check import check
from cnnapp.errors import CnnAppError
from tests.kit.image_trees import as_folder, classes, take, under
from tests.kit.waiting import finish

pytestmark = pytest.mark.workers

SHAPE = (32, 32, 3)
BASE = under("train", classes("ant", "bee", each=12, shape=SHAPE)) | under(
    "test", classes("ant", "bee", each=3, start=100, shape=SHAPE)
)


def encoded(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(seed, low, high, shape=SHAPE):
    return encoded(Image.fromarray(np.random.default_rng(seed).integers(low, high, shape, np.uint8)))


def found(dataset):
    """{kind: [groups of file names]} of a check in this process."""

    def name(image):
        return dataset.splits[image.split].facts.files[image.row]

    report = check(dataset, lambda *_: None)
    assert all(finding.sentence.endswith(".") for finding in report.findings)
    return {
        finding.kind: finding.files or [tuple(name(image) for image in group) for group in finding.groups]
        for finding in report.findings
    }


def with_faults(tmp_path, faults):
    return found(take(as_folder(tmp_path / "set", BASE | faults)))


def test_a_clean_set_has_no_findings(home, tmp_path):
    assert with_faults(tmp_path, {}) == {}


def test_the_same_pixels_twice_in_a_split_are_exact_duplicates(home, tmp_path):
    findings = with_faults(tmp_path, {"train/ant/copy.png": BASE["train/ant/2.png"]})
    assert findings == {"exact duplicate": [("train/ant/2.png", "train/ant/copy.png")]}


def test_the_same_picture_in_training_and_test_is_a_leak_and_the_worst(home, tmp_path):
    findings = with_faults(tmp_path, {"test/ant/copy.png": BASE["train/ant/2.png"]})
    assert findings == {"leak": [("train/ant/2.png", "test/ant/copy.png")]}


def test_the_same_picture_under_two_labels_is_a_conflict(home, tmp_path):
    faults = {"train/bee/copy.png": BASE["train/ant/2.png"], "test/bee/copy.png": BASE["train/ant/3.png"]}
    findings = with_faults(tmp_path, faults)
    assert [len(findings[kind]) for kind in ("leak", "conflict")] == [1, 2]


def test_dark_bright_and_flat_images_are_named(home, tmp_path):
    faults = {
        "train/ant/night.png": noise(1, 0, 40),
        "train/ant/snow.png": noise(2, 220, 256),
        "train/bee/wall.png": noise(3, 120, 124),
        "train/bee/other_wall.png": noise(4, 120, 124),
    }
    findings = with_faults(tmp_path, faults)
    assert findings == {
        "flat": [("train/bee/other_wall.png",), ("train/bee/wall.png",)],
        "dark": [("train/ant/night.png",)],
        "bright": [("train/ant/snow.png",)],
    }


def test_files_that_were_left_out_and_converted_are_named(home, tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    turned = encoded(Image.fromarray(np.random.default_rng(5).integers(0, 256, SHAPE, np.uint8)), "JPEG", exif=exif)
    findings = with_faults(tmp_path, {"train/ant/broken.png": b"no image", "train/ant/turned.jpg": turned})
    assert findings["converted"] == [("train/ant/turned.jpg",)]
    assert findings["unreadable"] == ("train/ant/broken.png",)


def test_a_class_of_few_images_and_odd_shapes_are_named(home, tmp_path):
    wasps = under("train", classes("wasp", each=4, start=200, shape=SHAPE)) | {"test/wasp/0.png": noise(6, 0, 256)}
    banner, taller = noise(7, 0, 256, (32, 320, 3)), noise(8, 0, 256, (40, 32, 3))
    faults = {"train/ant/banner.png": banner, "train/ant/taller.png": taller}
    findings = found(take(as_folder(tmp_path / "set", BASE | wasps | faults), size=32))
    assert findings["odd size"] == [("train/ant/banner.png",)]
    assert [len(group) for group in findings["small class"]] == [4]


def photos():
    """Squares of two photographs, 60 pixels wide, no two of the same place, none of them plain sky."""
    from sklearn.datasets import load_sample_images

    squares = [
        photo[top : top + 60, left : left + 60]
        for photo in load_sample_images().images
        for top in range(0, 420, 60)
        for left in range(0, 600, 60)
    ]
    return [Image.fromarray(square) for square in squares if square.std(axis=(0, 1)).max() > 25]


def cropped(image, share):
    width, height = image.size
    inner = image.crop((width * share, height * share, width * (1 - share), height * (1 - share)))
    return inner.resize(image.size, Image.Resampling.BICUBIC)


COPIES = {  # how a copy is made, and what share of such copies must be found
    "saved again": (lambda image: Image.open(io.BytesIO(encoded(image, "JPEG", quality=50))), 0.95),
    "brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.25), 0.85),
    "more contrast": (lambda image: ImageEnhance.Contrast(image).enhance(1.3), 0.95),
    "half the size": (lambda image: image.resize((30, 30), Image.Resampling.BILINEAR), 0.9),
    "cropped": (lambda image: cropped(image, 0.02), 0.7),
}


@pytest.mark.parametrize("how", COPIES)
def test_copies_of_photographs_are_found_across_splits(home, tmp_path, how):
    copy, floor = COPIES[how]
    pictures = photos()
    files = {f"train/{'ab'[place % 2]}/{place}.png": encoded(image) for place, image in enumerate(pictures)}
    copied = range(0, len(pictures), 5)
    files |= {f"test/{'ab'[place % 2]}/{place}.png": encoded(copy(pictures[place])) for place in copied}
    dataset = take(as_folder(tmp_path / "photos", files), size=60)
    pairs = {group for group in found(dataset).get("leak", []) if len(group) == 2}
    wanted = {(f"train/{'ab'[place % 2]}/{place}.png", f"test/{'ab'[place % 2]}/{place}.png") for place in copied}
    assert len(pairs & wanted) >= floor * len(wanted)
    assert len(pairs - wanted) <= 1


def test_blurred_images_are_found_among_sharp_ones(home, tmp_path):
    sharp = datasets.ensure("shapes").train.images[:400]
    blurred = range(0, 400, 20)
    files = {}
    for place, pixels in enumerate(sharp):
        image = Image.fromarray(pixels)
        shown = image.filter(ImageFilter.GaussianBlur(2)) if place in blurred else image
        files[f"{'ab'[place % 7 > 2]}/{place}.png"] = encoded(shown)
    groups = set(found(take(as_folder(tmp_path / "shapes", files)))["blurred"])
    wanted = {(name,) for name in files if int(Path(name).stem) in blurred}
    assert len(groups & wanted) >= 0.65 * len(wanted)
    assert len(groups - wanted) == 0


@pytest.mark.parametrize(("name", "most"), [("digits", 1), ("digits-8", 0), ("x_or_o", 2), ("shapes", 0)])
def test_bundled_sets_raise_no_false_alarm(home, name, most):
    report = check(datasets.ensure(name), lambda *_: None)
    assert sum(finding.images for finding in report.findings) <= most
    assert all(finding.severity != "serious" for finding in report.findings)


def test_a_check_job_leaves_a_report_until_the_set_changes(home, tmp_path):
    take(as_folder(tmp_path / "one", BASE | {"test/ant/copy.png": BASE["train/ant/2.png"]}))
    assert datasets.quality_report("taken") is None
    job = datasets.request_check("taken")
    assert finish(job).state == "finished"
    report = datasets.quality_report("taken")
    assert [finding.kind for finding in report.findings] == ["leak"]
    assert report.images == 31
    path = home / "datasets" / "taken" / "quality.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"digest": "another"}))
    assert datasets.quality_report("taken") is None
    path.write_text("{")
    assert datasets.quality_report("taken") is None


def test_a_check_can_be_called_off(home):
    job = datasets.request_check("shapes")
    assert datasets.request_check("shapes") == job
    datasets.cancel(job)
    assert finish(job).state == "stopped"
    assert datasets.quality_report("shapes") is None


def test_a_set_that_is_not_there_is_not_checked(home):
    for name in ("mnist", "nobody", "../runs"):
        with pytest.raises(CnnAppError, match="not on this"):
            datasets.request_check(name)


def test_the_command_line_counts_what_was_found(home, tmp_path, capsys):
    take(as_folder(tmp_path / "one", BASE | {"test/ant/copy.png": BASE["train/ant/2.png"]}))
    assert main(["check", "taken", "--json"]) == 0
    value = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert value == {"dataset": "taken", "images": 31, "findings": {"leak": 2}}
    assert main(["check", "nobody"]) == 1


ODD = {
    "all black": lambda row: np.zeros((8, 8), np.uint8),
    "each of one grey": lambda row: np.full((8, 8), row * 5, np.uint8),
    "all dark": lambda row: np.random.default_rng(row).integers(0, 20, (8, 8), np.uint8),
    "one that is not flat": lambda row: (np.arange(64) * (row == 3)).astype(np.uint8).reshape(8, 8),
    "two that are not flat": lambda row: (np.arange(64) * (row in (3, 9))).astype(np.uint8).reshape(8, 8),
    "one pixel": lambda row: np.full((1, 1), row, np.uint8),
    "two by two": lambda row: np.arange(4, dtype=np.uint8).reshape(2, 2) + np.uint8(row),
    "one row": lambda row: np.arange(9, dtype=np.uint8).reshape(1, 9) * np.uint8(row % 3),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
def test_sets_with_nothing_to_see_can_be_checked(home, tmp_path, make, channels):
    images = np.stack([np.repeat(make(row)[..., None], channels, 2) for row in range(24)])
    labels = np.arange(24) % 2
    path = tmp_path / "odd.npz"
    np.savez(path, x_train=images[:16], y_train=labels[:16], x_test=images[16:], y_test=labels[16:])
    report = check(take(path), lambda *_: None)
    assert report.images == 24
    assert report.findings
