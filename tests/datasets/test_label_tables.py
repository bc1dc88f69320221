"""Tables of labels beside pictures: pixels and labels compared; columns chosen or asked for; hostile ones refused."""

import re

import pytest

from cnnapp.errors import CnnAppError
from tests.datasets.test_hostile_arrays import refusal
from tests.datasets.test_layouts import counted, read, stored, told
from tests.kit.hostile.tables import PICTURES
from tests.kit.hostile.tables import TABLES as HOSTILE
from tests.kit.image_trees import as_folder, as_zip, take
from tests.kit.label_tables import LABELS, TABLES
from tests.kit.layouts import Tree


@pytest.mark.parametrize("name", TABLES)
def test_table_of_labels_is_read_right(home, tmp_path, name):
    tree = TABLES[name]()
    path = as_zip(tmp_path / "given.zip", tree.files)
    reading, taken = read(path), take(path)
    assert stored(taken) == tree.right
    assert reading.form == "table"
    assert reading.class_names == taken.manifest.class_names
    assert reading.lists
    for word in tree.told:
        assert word in told(taken.manifest) + str(reading.lists), told(taken.manifest)
    assert counted(reading) == reading.files == len(tree.files)


def _with_columns(header, row):
    tree, lines = Tree(), [header]
    for number in range(12):
        tree.add(f"all/{number:03}.png", "train", LABELS[number % 3])
        lines.append(row.format(file=f"{number:03}", label=LABELS[number % 3], number=number, half="ab"[number // 6]))
    return tree.note("table.csv", "\n".join(lines))


def test_one_of_several_columns_is_asked_for(home, tmp_path):
    tree = _with_columns("image,animal,where", "{file},{label},{half}")
    path = as_zip(tmp_path / "given.zip", tree.files)
    assert [way.value for way in read(path).question.alternatives] == ["where", "animal"]
    with pytest.raises(CnnAppError, match="--reading"):
        take(path)
    for choices in ({"alternative": "animal"}, {"label_column": "animal"}):
        assert stored(take(path, choices=choices)) == tree.right
    assert read(path, label_column="where").class_names == ("a", "b")
    with pytest.raises(CnnAppError, match="no column 'nose'"):
        read(path, label_column="nose")


def test_a_table_is_chosen(home, tmp_path):
    tree = _with_columns("image,label", "{file},{label}").note("more/other.csv", "")
    rows = "".join(f"{number:03},{'xy'[number % 2]}\n" for number in range(8))
    path = as_zip(tmp_path / "given.zip", tree.files | {"more/other.csv": f"file,label\n{rows}".encode()})
    assert read(path).class_names == LABELS
    assert {guess.key for guess in read(path).guesses} >= {"label_file"}
    assert read(path, label_file="more/other.csv").class_names == ("x", "y")
    with pytest.raises(CnnAppError, match="no table"):
        read(path, label_file="nowhere.csv")


def test_folders_and_a_table_that_differ_are_asked_about(home, tmp_path):
    tree, lines = Tree(), ["image_id,dx"]
    for number in range(12):
        tree.add(f"images_part_{number // 6}/{number:03}.png", "train", LABELS[number % 3])
        lines.append(f"{number:03},{LABELS[number % 3]}")
    path = as_folder(tmp_path / "given", tree.note("meta.csv", "\n".join(lines)).files)
    assert {way.value for way in read(path).question.alternatives} == {"table", "folders"}
    assert stored(take(path, choices={"alternative": "table"})) == tree.right
    assert len(read(path, alternative="folders").class_names) == 2


def test_folders_that_say_the_same_stay(home, tmp_path):
    tree = Tree().classes("", "ant bee", 4)
    rows = "".join(f"{path},{path[:3]}\n" for path in tree.files)
    assert read(as_zip(tmp_path / "given.zip", tree.note("labels.csv", f"path,label\n{rows}").files)).form == "folders"


def test_a_column_groups_images(home, tmp_path):
    tree = _with_columns("image,label,patient", "{file},{label},p{number}")
    text = re.sub(r"p(\d+)", lambda found: f"p{int(found[1]) // 3}", tree.files["table.csv"].decode())
    path = as_zip(tmp_path / "given.zip", tree.note("table.csv", text).files)
    taken = take(path, choices={"group": "column:patient", "label_column": "label"})
    assert taken.manifest.group_rule.column == "patient"
    with pytest.raises(CnnAppError, match="no column 'nobody'"):
        take(path, choices={"group": "column:nobody"})


def test_folders_of_a_table_get_other_roles(home, tmp_path):
    tree = TABLES["a table for each split"]()
    path = as_zip(tmp_path / "given.zip", tree.files)
    assert take(path, choices={"roles": {"validation": "left out"}}).manifest.validation == 0
    unlabelled = as_zip(tmp_path / "other.zip", TABLES["unlabelled"]().files)
    assert read(unlabelled, roles={"test": "unlabelled"}).count("unlabelled") == 3


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_table_is_refused(home, tmp_path, name):
    path = as_zip(tmp_path / "given.zip", PICTURES | {"labels.csv": HOSTILE[name]})
    refusal(lambda: take(path))
    refusal(lambda: take(path, choices={"label_file": "labels.csv"}))


def test_names_in_tables_are_told_harmlessly(home, tmp_path):
    labels = ("a\x1b[31m", "b\u202e")
    rows = "".join(f"f{number:02},{labels[number % 2]}\n" for number in range(12))
    table = f"id,label\n{rows}\x1b[2Jgone,a\x1b[31m\n".encode()
    reading = read(as_zip(tmp_path / "given.zip", PICTURES | {"labels.csv": table}))
    assert not any(mark in reading.model_dump_json() for mark in ("\\u001b", "\u202e"))
    assert len(reading.class_names) == 2
