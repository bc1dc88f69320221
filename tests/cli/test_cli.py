"""The command line without TensorFlow: what it prints, where, and its exit codes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.cli import entry, machine, main, output
from cnnapp.settings import settings
from tests.kit.asked_cli import TRAIN, refusal
from tests.kit.image_trees import as_folder, classes, png, take, under

# Catalogs


def test_datasets_are_listed_with_the_named_fields(ask):
    code, value, err = ask("datasets")
    assert (code, err) == (0, "")
    assert {tuple(row) for row in value} == {("name", "title", "image_shape", "classes", "train", "test", "status")}
    by_name = {row["name"]: row for row in value}
    assert by_name["digits"] == {
        "name": "digits",
        "title": "Handwritten digits",
        "image_shape": [32, 32, 1],
        "classes": list("0123456789"),
        "train": 1597,
        "test": 200,
        "status": "ready",
    }
    assert by_name["mnist"]["status"] == "not downloaded"


def test_networks_are_listed_with_their_recipes(ask):
    _, value, _ = ask("architectures")
    by_key = {row["architecture"]: row for row in value}
    assert by_key["lenet5"]["recipe"]["batch_size"] == 64
    assert "cifar10_batchnorm" in by_key


def test_people_get_aligned_tables(ask):
    _, text, _ = ask("datasets", as_json=False)
    head, digits, *_ = text.splitlines()
    assert head.split() == ["NAME", "TITLE", "IMAGE", "CLASSES", "TRAIN", "TEST", "STATUS"]
    assert digits.split()[-5:] == ["32×32×1", "10", "1,597", "200", "ready"]
    assert head.index("TRAIN") + len("TRAIN") == digits.index("1,597") + len("1,597")


def test_a_table_without_rows_is_its_head():
    assert output.table(("run", "state"), []) == "RUN  STATE"


def test_text_of_other_people_cannot_steer_the_terminal():
    assert output.table(("class",), [["\x1b[2Jcat\n"]]) == "CLASS\n?[2Jcat?"


# Import


def write_npz(path: Path, **changes) -> Path:
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (40, 12, 12, 3), np.uint8),
        "y_train": np.arange(40) % 4,
        "x_test": rng.integers(0, 256, (8, 12, 12, 3), np.uint8),
        "y_test": np.arange(8) % 4,
    }
    np.savez(path, **(arrays | changes))
    return path


@pytest.mark.workers
def test_an_import_waits_and_tells_what_came_of_it(ask, tmp_path):
    code, value, err = ask("import", write_npz(tmp_path / "noise.npz"), "--name", "My Noise")
    assert code == 0
    counts = ["train", "validation", "test", "unlabelled"]
    assert list(value) == ["name", "classes", *counts, "skipped", "converted", "notices"]
    assert (value["name"], value["train"], value["test"], len(value["classes"])) == ("my-noise", 40, 8, 4)
    assert (value["skipped"], value["converted"]) == ([], {})
    assert err  # progress
    assert datasets.load("my-noise").train.images.shape == (40, 12, 12, 3)


@pytest.mark.workers
def test_a_version_is_split_again_with_classes_merged_and_leaves_as_a_zip(ask, home, tmp_path):
    files = {f"{name}/p{place % 4}/{place}.png": png(place, (9, 9, 1)) for name in "abc" for place in range(16)}
    take(as_folder(tmp_path / "bugs", files), choices={"alternative": "1"})
    split = ("--test-share", 0.25, "--seed", 2, "--group", "folder", "--merge", "x", "a", "c", "--rename", "b", "y")
    code, value, err = ask("revise", "taken", *split)
    assert (code, value["name"], value["classes"]) == (0, "taken-v2", ["x", "y"])
    assert (value["train"], value["test"]) == (36, 12)
    assert "48 of 48 images belong to 4 groups, by the folder they lie in" in err
    code, value, err = ask("dataset-export", "taken-v2", "--to", tmp_path / "bugs.zip")
    assert (code, value["images"]) == (0, 48)
    assert "--size 9 --colour grey" in err
    again = take(tmp_path / "bugs.zip")
    assert [again.manifest.train, again.manifest.test, again.manifest.class_names] == [36, 12, ("x", "y")]
    assert "is no rule for groups" in refusal(ask("revise", "taken", "--group", "patients"))
    assert "Test share must be at most 0.9" in refusal(ask("revise", "taken", "--test-share", 1.5))
    assert "something of this name already" in refusal(ask("dataset-export", "taken", "--to", tmp_path / "bugs.zip"))


@pytest.mark.workers
def test_a_folder_of_images_is_imported_with_its_own_validation_part(ask, tmp_path):
    photos = {}
    for part in ("train", "val", "test"):
        photos |= under(part, classes("ant", "bee", each=2))
    source = as_folder(tmp_path / "photos", photos | {"train/ant/notes.txt": b"text"})
    code, value, _ = ask("import", source, "--name", "Photos", "--size", 8, "--colour", "grey")
    assert code == 0
    assert [value[part] for part in ("train", "validation", "test")] == [4, 4, 4]
    assert [skipped["file"] for skipped in value["skipped"]] == ["train/ant/notes.txt"]
    assert datasets.load("photos").manifest.image_shape == (8, 8, 1)
    assert "must be at least 8" in refusal(ask("import", source, "--name", "Small", "--size", 2))


@pytest.mark.workers
def test_an_import_of_something_else_is_refused(ask, tmp_path):
    (tmp_path / "notes.npz").write_text("hello")
    code, out, err = ask("import", tmp_path / "notes.npz", "--name", "notes")
    assert (code, out) == (1, "")
    assert "notes.npz is a text file, no data set" in err.splitlines()[-1]
    assert "There is no file" in refusal(ask("import", tmp_path / "nothing.npz", "--name", "nothing"))
    assert "comes with the app" in refusal(ask("import", tmp_path / "notes.npz", "--name", "digits"))


# The command itself


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "The following arguments are required: VERB: see `cnnapp --help`."),
        (["dance"], "Argument VERB: invalid choice: 'dance'"),
        (["import", "x.npz"], "The following arguments are required: --name: see `cnnapp import --help`."),
        ([*TRAIN, "--epochs", "many"], "Argument --epochs: invalid int value: 'many'"),
        (["runs", "--colour"], "Unrecognized arguments: --colour"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_exit_code_2(capsys, arguments, sentence):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capsys.readouterr()
    assert (caught.value.code, out) == (2, "")
    assert err.startswith(sentence)
    assert err.count("\n") == 1


def test_all_verbs_are_there():
    verbs = ["run", "check-device", "datasets", "architectures", "import", "check", "revise", "dataset-export"]
    verbs += ["find-rate", "preflight"]
    verbs += ["train", "runs", "stop", "pause", "resume", "clone", "queue", "move", "describe", "predict"]
    assert [verb.name for verb in entry.VERBS] == verbs


def test_a_library_that_cannot_be_used_is_one_sentence(ask, home):
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file in its place")
    assert "check CNNAPP_HOME and the disk" in refusal(ask(*TRAIN))


def test_an_environment_that_makes_no_sense_is_one_sentence(ask, monkeypatch):

    monkeypatch.setenv("CNNAPP_WORKERS", "many")
    settings.cache_clear()
    assert "CNNAPP_WORKERS must be a whole number" in refusal(ask("runs"))


def test_without_the_pages_the_server_cannot_start(ask, monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    assert "The pages are not installed with the package" in refusal(ask("run"))


@pytest.mark.workers
def test_the_command_needs_neither_keras_nor_streamlit(home):
    script = """
import sys
from cnnapp.cli import main
assert main(["datasets"]) == main(["architectures"]) == main(["runs"]) == 0
heavy = {"keras", "sklearn", "streamlit", "tensorflow"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(home):
    script = f"{sys.executable} -m cnnapp.cli datasets | true"
    run = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert run.stderr == ""
