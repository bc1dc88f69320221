"""Images that belong together stay in one part, on import and in training; a leak through them is gone."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnapp import datasets
from cnnapp.datasets.splits import find_parted
from tests.kit.image_trees import as_folder, classes, take, under

SIDE, FRAMES, SCENES = 16, 6, 24
pytestmark = pytest.mark.workers


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def scene(seed):
    """A smooth random picture, float (SIDE, SIDE, 3)."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC), float)


def frames(seed, noise):
    """Pictures of one scene, taken one after another."""
    rng, picture = np.random.default_rng(1000 + seed), scene(seed)
    moved = (picture + rng.normal(0, noise, picture.shape) for _ in range(FRAMES))
    return [np.clip(frame, 0, 255).astype(np.uint8) for frame in moved]


def scenes(name, noise=6.0):
    """Files of many scenes, whose class has nothing to do with what they show: nobody can be right but by a leak."""
    files = {}
    for number in range(SCENES):
        label = "ab"[number % 2]
        for place, frame in enumerate(frames(number, noise)):
            serial = number * 100 + place
            files[name.format(label=label, scene=f"s{number:02}", place=place, serial=serial)] = png(frame)
    return files


def nearest_neighbour_accuracy(train, test):
    """Share of test images whose nearest training image has their label."""
    known = np.asarray(train.images[:], np.float32).reshape(len(train.labels), -1)
    asked = np.asarray(test.images[:], np.float32).reshape(len(test.labels), -1)
    apart = (asked**2).sum(1)[:, None] - 2 * asked @ known.T + (known**2).sum(1)
    return float((train.labels[apart.argmin(1)] == test.labels).mean())


BY_FOLDER = {"group": "folder", "alternative": "1"}
RULES = {
    "folder": ("{label}/{scene}/{place}.png", "folder"),
    "name": ("{label}/{scene}-{place}.png", "name:{group}-{n}"),
    "looks": ("{label}/{serial}.png", ""),
}


@pytest.mark.parametrize("kind", RULES)
def test_a_leak_through_frames_of_one_scene_is_gone(home, tmp_path, kind):
    name, rule = RULES[kind]
    folder = as_folder(tmp_path / "scenes", scenes(name))
    deep = {"alternative": "1"} if kind == "folder" else {}  # folders in folders: which ones are the classes is asked
    leaking = take(folder, choices={"group": "none"} | deep)
    assert leaking.train.groups is None
    assert nearest_neighbour_accuracy(leaking.train, leaking.test) > 0.95
    honest = take(folder, choices={"group": rule} | deep)
    assert nearest_neighbour_accuracy(honest.train, honest.test) < 0.75
    assert len(find_parted({"train": honest.train.groups, "test": honest.test.groups})) == 0
    assert abs(len(honest.test.labels) - 0.15 * SCENES * FRAMES) <= FRAMES
    assert set(honest.test.labels) == {0, 1}
    assert f"{SCENES * FRAMES} of {SCENES * FRAMES} images belong to {SCENES} groups" in " ".join(
        honest.manifest.notices
    )


def test_arrays_without_a_test_part_are_split_by_their_looks_too(home, tmp_path):
    rng, images = np.random.default_rng(0), np.stack([scene(number) for number in range(40)])
    again = np.clip(images[:10] + rng.normal(0, 1, images[:10].shape), 0, 255)  # ten of them, saved once more
    labels = np.arange(50) % 2
    np.savez(tmp_path / "again.npz", x_train=np.concatenate([images, again]).astype(np.uint8), y_train=labels)
    dataset = take(tmp_path / "again.npz")
    assert "20 of 50 images belong to 10 groups, because they look alike" in " ".join(dataset.manifest.notices)
    assert len(find_parted({"train": dataset.train.groups, "test": dataset.test.groups})) == 0
    assert len(np.unique(np.concatenate([dataset.train.groups, dataset.test.groups]))) == 11


def test_validation_keeps_groups_whole_and_the_digest_tells_groups_apart(home, tmp_path):
    folder = as_folder(tmp_path / "scenes", under("train", scenes("{label}/{scene}/{place}.png")) | TEST)
    plain = take(folder, choices={"alternative": "1"})
    grouped = take(folder, choices=BY_FOLDER)
    assert plain.train.groups is None  # it comes with a test part
    assert grouped.digest != plain.digest
    rows, held = datasets.split_validation(grouped.train.labels, 0.2, 1, grouped.train.groups)
    groups = grouped.train.groups
    assert len(find_parted({"train": groups[rows], "validation": groups[held]})) == 0
    assert abs(len(held) - 0.2 * len(groups)) <= FRAMES


TEST = under("test", classes("a", "b", each=2, start=5000, shape=(SIDE, SIDE, 3)))


def test_groups_that_the_set_itself_parts_are_told(home, tmp_path):
    files = under("train", scenes("{label}/{scene}/{place}.png"))
    files |= {f"test/{name.split('/')[1]}/s03/9{place}.png": data for place, (name, data) in enumerate(TEST.items())}
    dataset = take(as_folder(tmp_path / "scenes", files), choices=BY_FOLDER)
    assert "1 group has images in more than one part of the set" in " ".join(dataset.manifest.notices)
    assert len(dataset.test.labels) == 4


def test_images_without_likeness_stand_alone_and_nothing_is_told(home, tmp_path):
    files = classes("a", "b", each=20, shape=(SIDE, SIDE, 3))
    dataset = take(as_folder(tmp_path / "plain", files))
    assert dataset.train.groups is None
    assert [notice for notice in dataset.manifest.notices if "group" in notice] == []


def test_a_class_that_is_all_alike_is_split_all_the_same_and_told(home, tmp_path):
    files = classes("a", each=20, shape=(SIDE, SIDE, 3))
    files |= {f"b/{number}.png": png(frame) for number, frame in enumerate(frames(1, 2.0) * 3)}
    dataset = take(as_folder(tmp_path / "alike", files))
    assert set(dataset.test.labels) == {0, 1}
    assert "hold most of a class" in " ".join(dataset.manifest.notices)


@pytest.mark.keras
def test_training_holds_out_whole_groups(home, tmp_path):
    from cnnapp.runs.configuring import configure
    from cnnapp.training.source import open_sources

    shape = {"size": 32, "colour": "grey"}
    dataset = take(as_folder(tmp_path / "scenes", scenes("{label}/{scene}/{place}.png")), choices=BY_FOLDER, **shape)
    config = configure("taken", "lenet5", batch_size=8, validation_share=0.2)
    train, validation, _ = open_sources(dataset, config)
    groups = dataset.train.groups
    assert len(find_parted({"train": groups[train.rows], "validation": groups[validation.rows]})) == 0
    assert len(validation)
