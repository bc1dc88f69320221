"""The reader of layouts: what people bring is read right, pixels and labels compared, and every file is told of."""

import random

import pytest

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading import tree
from cnnapp.datasets.reading.name_classes import label_in_name
from cnnapp.errors import CnnAppError
from tests.kit import image_trees
from tests.kit.image_trees import as_folder, as_zip, classes, images_by_class, png, take, under
from tests.kit.layouts import LAYOUTS, Tree


def read(path, **choices):
    return image_trees.read(path, **choices)[0]


def stored(taken):
    """split -> class -> pictures; what was set apart for testing counts as training."""
    found = {split: images_by_class(taken, split) for split in ("train", "test", "validation") if getattr(taken, split)}
    if any("set apart" in notice for notice in taken.manifest.notices):
        for label, pictures in found.pop("test").items():
            found["train"].setdefault(label, set()).update(pictures)
    return found


def told(manifest):
    return "\n".join([*manifest.notices, *(f"{skipped.file}: {skipped.reason}" for skipped in manifest.skipped)])


def counted(reading):
    """Files that the reading tells of, each once."""
    parts = sum(part.images for part in reading.parts)
    left = sum(left.files for left in reading.left_out)
    return parts + left + sum(skipped.files for skipped in reading.skipped) + len(reading.lists)


def by_label(right):
    """Class names as they are shown: long ones are shortened."""
    return {split: sorted(map(frozenset, labels.values()), key=min) for split, labels in right.items()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_is_read_right(home, tmp_path, layout):
    tree = LAYOUTS[layout]()
    path = as_zip(tmp_path / "given.zip", tree.files)
    reading, taken = read(path), take(path)
    assert by_label(stored(taken)) == by_label(tree.right)
    if "long" not in layout:
        assert stored(taken) == tree.right
    assert reading.class_names == taken.manifest.class_names
    assert {part.role: 0 for part in reading.parts}.keys() == tree.right.keys()
    for word in tree.told:
        assert word in told(taken.manifest) + str(reading.missing), told(taken.manifest)
    used = sum(len(pictures) for labels in tree.right.values() for pictures in labels.values())
    assert (
        used + len(taken.manifest.skipped) + len(reading.lists) == len(tree.files) == reading.files == counted(reading)
    )


def test_class_names_with_a_long_common_start_stay_apart(home, tmp_path):
    names = take(as_zip(tmp_path / "given.zip", LAYOUTS["long names"]().files)).manifest.class_names
    assert len(set(names)) == 2
    assert all(len(name) <= 100 for name in names)


def test_a_folder_and_an_archive_are_read_alike(home, tmp_path):
    files = LAYOUTS["seg_train"]().files
    one, other = read(as_folder(tmp_path / "given", files)), read(as_zip(tmp_path / "given.zip", files))
    assert {part.folders: part.classes for part in one.parts}.keys() == {part.folders for part in other.parts}
    assert [left.reason for left in one.left_out] == [left.reason for left in other.left_out]


def test_a_person_says_what_folders_are(home, tmp_path):
    tree = LAYOUTS["classes beside"]()
    path = as_zip(tmp_path / "given.zip", tree.files)
    as_test = take(path, choices={"roles": {"s/more": "validation", "s/test": "left out"}})
    assert (as_test.manifest.train + as_test.manifest.test, as_test.manifest.validation) == (8, 4)
    assert "left out by choice" in told(as_test.manifest)
    unlabelled = read(path, roles={"s/more": "unlabelled"})
    assert [(part.folders, part.images) for part in unlabelled.parts if part.role == "unlabelled"] == [(("s/more",), 4)]
    assert "nowhere" in "".join(read(path, roles={"nowhere": "test"}).notices)


NESTED = under("animals", classes("cats", "dogs", each=3)) | under("plants", classes("moss", "fern", each=3, start=20))


def test_two_readings_that_are_as_good_are_asked_about(home, tmp_path):
    path = as_zip(tmp_path / "given.zip", NESTED)
    question = read(path).question
    assert question is not None
    assert [alternative.value for alternative in question.alternatives] == ["1", "2"]
    with pytest.raises(CnnAppError, match="--reading"):
        take(path)
    assert take(path, choices={"alternative": "1"}).manifest.class_names == ("animals", "plants")
    assert take(path, choices={"alternative": "2"}).manifest.class_names == ("cats", "dogs", "fern", "moss")
    with pytest.raises(CnnAppError, match="no answer"):
        read(path, alternative="3")


def test_of_two_readings_the_one_that_leaves_nothing_out_counts_and_is_told(home, tmp_path):
    files = NESTED | {"plants/one.png": png(90), "animals/one.png": png(91)}
    taken = take(as_zip(tmp_path / "given.zip", files))
    assert taken.manifest.class_names == ("animals", "plants")
    assert "leaves nothing out" in told(taken.manifest)


def test_several_sets_with_splits_are_asked_about(home, tmp_path):
    tree = Tree()
    for name in ("north", "south"):
        for split in ("train", "test"):
            tree.classes(f"{name}/{split}", "ant bee", 3, split)
    path = as_zip(tmp_path / "given.zip", tree.files)
    assert [alternative.value for alternative in read(path).question.alternatives] == ["all", "north", "south"]
    assert (take(path).manifest.train, "together" in told(take(path).manifest)) == (12, True)
    assert (
        take(path, choices={"alternative": "north"}).manifest.train,
        take(path, choices={"alternative": "north"}).manifest.test,
    ) == (6, 6)


def test_folds_of_the_same_pictures_are_never_put_together(home, tmp_path):
    each = classes("ant", "bee", each=2), classes("ant", "bee", each=2, start=40)
    each = each[0], {name.replace("/", "/t"): data for name, data in each[1].items()}
    files = under("fold1/train", each[0]) | under("fold1/test", each[1])
    files |= under("fold2/train", each[1]) | under("fold2/test", each[0])
    with pytest.raises(CnnAppError, match="Expected a choice"):
        take(as_zip(tmp_path / "given.zip", files))


@pytest.mark.parametrize("files", [{f"{n}.png": png(n) for n in range(6)}, {f"IMG_{n}.png": png(n) for n in range(6)}])
def test_pictures_without_any_class_are_refused(home, tmp_path, files):
    with pytest.raises(CnnAppError, match="neither folders nor file names"):
        read(as_zip(tmp_path / "given.zip", files))


WORDS = [
    "train",
    "test",
    "val",
    "images",
    "masks",
    "cats",
    "dogs",
    "ants",
    "data",
    "docs",
    "pred",
    "unlabeled",
    "x",
    "seg_train",
    "Test1",
    "2020",
    "raw",
    "labels",
    "a",
    "b",
]


def _random_tree(seed):
    """Folders of random depth and names, some files no images."""
    rng = random.Random(seed)  # noqa: S311
    files = {}
    for number in range(rng.randint(1, 80)):
        folders = [rng.choice(WORDS) for _ in range(rng.randint(0, 4))]
        suffix = rng.choice([".png", ".png", ".png", ".jpg", ".txt", "", ".npy", ".csv"])
        stem = rng.choice([f"i{number}", f"{rng.choice(WORDS)}_{number}", f"cat.{number}", f"i{number}_mask"])
        files["/".join([*folders, stem + suffix])] = b"nothing"
    return {path: data for path, data in files.items() if not any(other.startswith(f"{path}/") for other in files)}


def test_every_file_of_any_tree_is_told_of_once(home, tmp_path):
    outcomes = set()
    for seed in range(150):
        files = _random_tree(seed)
        path = as_zip(tmp_path / "given.zip", files)
        try:
            reading = read(path)
        except CnnAppError:
            outcomes.add("refused")
            continue
        outcomes.add("asked" if reading.question else "read")
        assert counted(reading) == reading.files == len(files), seed
        assert len(reading.class_names) >= 2
        for part in reading.parts:
            assert part.images == sum(count.images for count in part.classes) or part.role == "unlabelled"
            assert {count.name for count in part.classes} <= set(reading.class_names)
    assert outcomes == {"refused", "asked", "read"}


def test_pictures_of_a_reading_are_those_of_its_files(home, tmp_path):
    reading, pictures = image_trees.read(as_zip(tmp_path / "given.zip", LAYOUTS["splits"]().files))
    shown = [example for part in reading.parts for count in part.classes for example in count.examples]
    assert len(shown) == 4 * 2 + 2 * 2
    assert pictures.shape == (len(shown), 96, 96, 3)
    assert sorted(example.picture for example in shown) == list(range(len(shown)))
    assert (reading.becomes.image_shape, reading.becomes.ink) == ((12, 10, 3), False)


def test_more_folders_than_anyone_needs_are_refused(home, tmp_path, monkeypatch):
    monkeypatch.setattr(tree, "MOST_FOLDERS", 20)
    with pytest.raises(CnnAppError, match="more than 20 folders"):
        read(as_zip(tmp_path / "given.zip", {f"{n}/{n}/{n}/x.png": b"" for n in range(10)}))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("cat.0.jpg", "cat"),
        ("dog_17.png", "dog"),
        ("benign (1).png", "benign"),
        ("class1_001.png", "class1"),
        ("cat12.jpg", "cat"),
        ("0_frog.png", "frog"),
        ("12345.png", ""),
        ("1_2.png", ""),
        ("IMG_2034.jpg", ""),
        ("great white shark 3.webp", "great white shark"),
        ("猫_3.png", "猫"),
        ("photo.png", ""),
        (".png", ""),
    ],
)
def test_class_in_a_file_name(name, label):
    assert label_in_name(Entry((name,), 0, 0)) == label
