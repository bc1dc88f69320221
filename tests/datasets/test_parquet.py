"""Parquet files as Hugging Face's: pixels and labels compared; several files, splits, sets; hostile ones refused."""

import contextlib
import subprocess
import sys

import pyarrow as pa
import pytest

from cnnapp.errors import CnnAppError
from tests.datasets.test_array_forms import together
from tests.datasets.test_hostile_arrays import refusal
from tests.kit.hostile.parquets import cases, flipped
from tests.kit.image_trees import as_folder, as_zip, images_by_class, pixels, png, read, take
from tests.kit.parquets import NAMES, features, hub, pictures, write


def drawn(seeds, names=NAMES):
    """class -> pictures."""
    return {name: {pixels(seed).tobytes() for seed in seeds if seed % 3 == place} for place, name in enumerate(names)}


@pytest.mark.parametrize(
    "options",
    [{}, {"row_group_size": 5}, {"compression": "zstd", "data_page_size": 100}, {"use_dictionary": False}],
    ids=["plain", "row groups", "small pages", "no dictionary"],
)
def test_lone_file_is_read_right(home, tmp_path, options):
    path = tmp_path / "hub.parquet"
    path.write_bytes(hub(range(18), **options))
    (reading, shown), taken = read(path), take(path)
    assert together(taken) == drawn(range(18))
    assert (reading.form, reading.class_names, reading.images) == ("parquet", NAMES, 18)
    assert len(shown) == 15
    assert "by the names in the schema" in "".join(taken.manifest.notices)


@pytest.mark.parametrize("write_tree", [as_folder, as_zip])
def test_splits_and_parts_by_name(home, tmp_path, write_tree):
    files = {
        "data/train-00000-of-00002.parquet": hub(range(12)),
        "data/train-00001-of-00002.parquet": hub(range(12, 18)),
        "data/validation-00000-of-00001.parquet": hub(range(18, 24)),
        "data/test/0000.parquet": hub(range(24, 30)),
        "README.md": b"text",
    }
    taken = take(write_tree(tmp_path / "set.zip", files))
    for split, seeds in (("train", range(18)), ("validation", range(18, 24)), ("test", range(24, 30))):
        assert images_by_class(taken, split) == drawn(seeds)
    assert [skipped.file for skipped in taken.manifest.skipped] == ["README.md"]


@pytest.mark.parametrize("labels", [["x", "y", "z"], [4, 5, 6]])
def test_without_names_values_are_the_classes(home, tmp_path, labels):
    columns = {"picture": pa.array([png(seed) for seed in range(12)]), "target": pa.array(labels * 4)}
    (tmp_path / "a.parquet").write_bytes(write(columns | {"width": pa.array([1, 2] * 6)}))
    taken = take(tmp_path / "a.parquet")
    assert together(taken) == drawn(range(12), tuple(map(str, labels)))
    assert "by its values" in "".join(taken.manifest.notices)


def test_columns_and_sets_are_asked_for(home, tmp_path):
    columns = {"image": pictures(range(12)), "fine": pa.array([0, 1, 2] * 4), "coarse": pa.array([0, 1] * 6)}
    both = {name: {"_type": "ClassLabel", "names": [f"{name}{place}" for place in range(3)]} for name in columns}
    (tmp_path / "a.parquet").write_bytes(write(columns, features(**both | {"image": {"_type": "Image"}})))
    assert {way.value for way in read(tmp_path / "a.parquet")[0].question.alternatives} == {"fine", "coarse"}
    assert read(tmp_path / "a.parquet", label_column="coarse")[0].class_names == ("coarse0", "coarse1")
    files = {"big/train-0.parquet": hub(range(12)), "small/train-0.parquet": hub(range(12, 18))}
    path = as_zip(tmp_path / "set.zip", files)
    with pytest.raises(CnnAppError, match="not mixed"):
        take(path)
    assert together(take(path, choices={"alternative": "small"})) == drawn(range(12, 18))


def test_rows_without_a_picture_or_a_class_are_told(home, tmp_path):
    values = [{"bytes": png(seed), "path": ""} for seed in range(12)] + [{"bytes": None, "path": "/etc/passwd"}, None]
    labels = [0, 1, 2] * 3 + [0, 1, -1] + [0, 1]
    (tmp_path / "a.parquet").write_bytes(write({"image": pa.array(values), "label": pa.array(labels)}, features()))
    skipped = {skipped.file: skipped.reason for skipped in take(tmp_path / "a.parquet").manifest.skipped}
    assert {name.rpartition("/")[2]: reason.split(",")[0] for name, reason in skipped.items()} == {
        "row 12": "its row names no class",
        "row 13": "its row holds no picture",
        "row 14": "its row holds no picture",
    }


@pytest.mark.parametrize("name", sorted(set(cases()) - {"dictionary bomb"}))
def test_hostile_file_is_refused(home, tmp_path, name):
    (tmp_path / "a.parquet").write_bytes(cases()[name])
    sentence = refusal(lambda: take(tmp_path / "a.parquet"))
    assert "Arrow" not in sentence
    assert "thrift" not in sentence.lower()


def test_flipped_bits_never_crash(home, tmp_path):
    """The library's own reader of footers ends the process on some of these."""
    for seed in range(25):
        (tmp_path / "a.parquet").write_bytes(flipped(seed))
        with contextlib.suppress(CnnAppError):
            take(tmp_path / "a.parquet")


COST = """
import resource, sys
from pathlib import Path
import pyarrow.parquet
from tests.kit.image_trees import take
from cnnapp.errors import CnnAppError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    take(Path(sys.argv[1]))
except CnnAppError as error:
    assert "as a bomb does" in str(error), error
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.workers
def test_a_bomb_takes_bounded_memory(home, tmp_path):
    (tmp_path / "a.parquet").write_bytes(cases()["dictionary bomb"])
    told = subprocess.run(
        [sys.executable, "-c", COST, tmp_path / "a.parquet"], capture_output=True, text=True, check=True
    )
    assert int(told.stdout) < 250
