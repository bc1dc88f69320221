"""Versions that are split again or have classes merged: every image is there once, groups stay whole."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets import GroupRule, NewSplits, storing
from cnnapp.datasets.changes import Changes
from cnnapp.datasets.revision import revise
from cnnapp.datasets.splits import find_parted
from cnnapp.errors import CnnAppError
from tests.datasets.test_revision import revised
from tests.kit.image_trees import as_folder, classes, take, under

pytestmark = pytest.mark.workers

FILES = under("train", classes("ant", "bee", "cow", each=10)) | under(
    "test", classes("ant", "bee", "cow", each=2, start=50)
)


@pytest.fixture
def farm(home, tmp_path):
    """30 training and 6 test images of three classes, of files."""
    return take(as_folder(tmp_path / "farm", FILES))


def version_of(dataset, **changes):
    """Make a later version as the worker does, without a process."""
    name, title, version = datasets.next_version(dataset.manifest.name)
    draft = revise(dataset, Changes(**changes), lambda *_: None, title=title, version=version)
    storing.write(name, draft, lambda *_: None)
    return datasets.load(name)


def contents(dataset, names=None):
    """{image's bytes: class name} over all splits."""
    names = names or dataset.manifest.class_names
    return {
        image.tobytes(): names[label]
        for split in dataset.splits.values()
        for image, label in zip(split.images[:], split.labels, strict=True)
    }


def test_all_images_are_split_again_by_shares_and_seed(farm):
    new = revised(datasets.request_revision("taken", split=NewSplits(test_share=0.25, validation_share=0.25, seed=3)))
    assert {name: len(split.labels) for name, split in new.splits.items()} == {"train": 18, "validation": 9, "test": 9}
    assert all(np.bincount(split.labels).tolist() == [len(split.labels) // 3] * 3 for split in new.splits.values())
    assert contents(new) == contents(farm)
    for name, split in new.splits.items():
        for row in (0, len(split.labels) - 1):
            [known] = [own for own in farm.splits.values() if split.facts.files[row] in list(own.facts.files)]
            place = list(known.facts.files).index(split.facts.files[row])
            assert np.array_equal(split.images[row], known.images[place]), name
    assert new.manifest.parent.split.seed == 3
    assert datasets.info("taken-v2").description.endswith(
        "split again (25 % for testing, 25 % for validation, seed 3)."
    )
    other = version_of(farm, split=NewSplits(test_share=0.25, validation_share=0.25, seed=4))
    assert other.digest != new.digest


def test_a_set_of_arrays_is_split_again_too(home, tmp_path):
    x, y = np.random.default_rng(0).integers(0, 256, (60, 6, 5), np.uint8), np.arange(60) % 3
    np.savez(tmp_path / "arrays.npz", x_train=x[:50], y_train=y[:50], x_test=x[50:], y_test=y[50:])
    first = take(tmp_path / "arrays.npz")
    new = version_of(first, split=NewSplits(test_share=0.5, groups=GroupRule(kind="none")))
    assert np.bincount(new.test.labels).tolist() == [10, 10, 10]
    assert contents(new) == contents(first)


def test_groups_that_its_own_parts_have_torn_asunder_are_whole_after_it(home, tmp_path):
    files = {
        f"{name.rsplit('/', 1)[0]}/p{place % 7}/{place}.png": data for place, (name, data) in enumerate(FILES.items())
    }
    torn = take(as_folder(tmp_path / "torn", files), choices={"group": "folder", "alternative": "1"})
    assert len(find_parted({name: split.groups for name, split in torn.splits.items()})) > 0
    assert any("more than one part" in notice for notice in torn.manifest.notices)
    new = version_of(torn, split=NewSplits(test_share=0.3))
    assert len(find_parted({name: split.groups for name, split in new.splits.items()})) == 0
    assert not any("more than one part" in notice for notice in new.manifest.notices)
    assert new.manifest.group_rule == GroupRule(kind="folder")
    again = version_of(new, excluded={"train": {0}})
    assert np.array_equal(again.train.groups, new.train.groups[1:])


def test_classes_are_merged_and_the_others_keep_their_images(farm):
    new = version_of(farm, merged={"animal": ("ant", "cow")})
    assert new.manifest.class_names == ("animal", "bee")
    assert new.manifest.parent.merged == 2
    merged = {"ant": "animal", "bee": "bee", "cow": "animal"}
    assert contents(new) == {image: merged[name] for image, name in contents(farm).items()}
    assert np.array_equal(new.train.images[:], farm.train.images[:])


def test_everything_at_once(farm):
    merged, renamed = {"bee": ("bee", "cow")}, {"ant": "Ant"}
    relabelled = {"test": {0: 1}}
    new = version_of(
        farm, excluded={"train": {0}}, relabelled=relabelled, merged=merged, renamed=renamed, split=NewSplits()
    )
    assert new.manifest.class_names == ("Ant", "bee")
    known = contents(farm, ["Ant", "bee", "bee"])
    del known[farm.train.images[0].tobytes()]
    known[farm.test.images[0].tobytes()] = "bee"
    assert contents(new) == known


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"merged_classes": {"x": ["ant"]}}, "two classes or more"),
        ({"merged_classes": {"bee": ["ant", "cow"]}}, "Two classes would be called 'bee'"),
        ({"merged_classes": {"x": ["ant", "bee", "cow"]}}, "Only the class 'x' would be left"),
        ({"merged_classes": {"x": ["ant", "bee"], "y": ["bee", "cow"]}}, "'bee' has two changes at once"),
        ({"merged_classes": {"x": ["ant", "fox"]}}, "no class 'fox'"),
        ({"merged_classes": {" ": ["ant", "bee"]}}, "1 to 60 characters"),
    ],
)
def test_merges_that_cannot_be_are_refused_before_any_work(farm, changes, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        datasets.request_revision("taken", **changes)
    assert datasets.jobs() == []


def test_a_group_rule_that_does_not_fit_fails_in_one_sentence(farm):
    with pytest.raises(CnnAppError, match="no column 'site'"):
        version_of(farm, split=NewSplits(groups=GroupRule(kind="column", column="site")))
    with pytest.raises(ValueError, match="leave at least 10%"):
        NewSplits(test_share=0.5, validation_share=0.5)
