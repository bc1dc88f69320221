"""Runs: what can be configured, the list of them, and what happens to damaged ones."""

import time

import pytest

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.jobs.identity import identify
from cnnapp.recipes import Recipe
from cnnapp.runs import RunConfig
from cnnapp.settings import settings


def submit(title: str = "", **changes) -> str:
    return runs.enqueue(runs.configure("digits", "lenet5", **changes), title)


# Configuration


def test_a_run_takes_the_recipe_of_its_network_and_the_changes_to_it(home):
    config = runs.configure("digits", "lenet5", epochs=3, seed=7)
    assert config.recipe == Recipe(optimizer="adam", batch_size=64, epochs=3)
    assert (config.seed, config.image_shape, config.class_names) == (7, (32, 32, 1), tuple("0123456789"))
    assert config.layers[-1].units == 10


def test_another_recipe_can_be_given_whole(home):
    recipe = Recipe(optimizer="sgd", momentum=0.9)
    assert runs.configure("digits", "lenet5", recipe=recipe, epochs=2).recipe == Recipe(
        optimizer="sgd", momentum=0.9, epochs=2
    )


def test_a_configuration_is_the_same_after_json(home):
    config = runs.configure("x_or_o-64", "first_cnn", schedule={"kind": "cosine"})
    assert RunConfig.model_validate_json(config.model_dump_json()) == config


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dataset": "cats"}, "cats"),
        ({"architecture": "resnet50"}, "There is no network named 'resnet50'"),
        ({"dataset": "digits-8", "architecture": "food_classifier"}, "needs images of at least"),
        ({"epochs": 0}, "^Epochs must be at least 1, but is 0"),
        ({"learning_rate": -1}, "^Learning rate must be above 0"),
        ({"optimizer": "best"}, "^Optimizer must be one of adam, "),
        ({"seed": -1}, "^Seed must be at least 0"),
        ({"validation_share": 0.6}, "^Validation share must be at most 0.5"),
        ({"colour": "red"}, "^Colour: extra inputs are not permitted"),
        ({"batch_size": 1438}, "Only 1437 images are left for training, fewer than the batch size of 1438"),
        ({"validation_share": 0.0003}, "0.0003 of 1597 training images is no image at all: use at least 0.00063"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_sentence(home, changes, sentence):
    asked = {"dataset": "digits", "architecture": "lenet5"} | changes
    with pytest.raises(CnnAppError, match=sentence) as caught:
        runs.configure(asked.pop("dataset"), asked.pop("architecture"), **asked)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("changes", [{"batch_size": 1437}, {"validation_share": 0.00063}, {"validation_share": 0}])
def test_what_just_can_be_trained_is_taken(home, changes):
    runs.configure("digits", "lenet5", **changes)


def test_a_damaged_data_set_is_named_as_such(home):
    (settings().datasets_dir / "photos").mkdir(parents=True)
    with pytest.raises(CnnAppError, match="The data set photos is damaged"):
        runs.configure("photos", "lenet5")


# The list


def test_a_library_that_is_not_there_yet_has_no_runs(home):
    assert runs.list_runs() == []
    assert not home.exists()


def test_a_submitted_run_is_queued_and_described(home):
    run = submit(epochs=4)
    summary = runs.get(run)
    assert runs.list_runs() == [summary]
    assert (summary.state, summary.active, summary.title) == ("queued", False, "digits · lenet5 · 4 epochs")
    assert (summary.dataset, summary.architecture, summary.epochs, summary.epochs_wanted) == ("digits", "lenet5", 0, 4)
    assert (summary.val_accuracy, summary.test_accuracy, summary.seconds, summary.damaged) == (None, None, None, "")
    assert abs(summary.created - time.time()) < 60
    assert runs.find(run).config == runs.configure("digits", "lenet5", epochs=4)


def test_the_newest_run_comes_first(home):
    submitted = [submit() for _ in range(3)]
    assert [run.run for run in runs.list_runs()] == submitted[::-1]


def test_a_run_is_renamed_but_keeps_its_id(home):
    run = submit("first try")
    runs.describe(run, title="  the\tone \n that works  ")
    assert runs.get(run).title == "the one that works"
    assert runs.get(run).run == run


@pytest.mark.parametrize("title", ["", " \n", "x" * 101])
def test_a_title_must_be_readable(home, title):
    run = submit("before")
    with pytest.raises(CnnAppError, match="has 1 to 100 characters"):
        runs.describe(run, title=title)
    assert runs.get(run).title == "before"


def test_a_title_that_is_refused_leaves_no_run(home):
    with pytest.raises(CnnAppError):
        submit("x" * 101)
    assert runs.list_runs() == []


def test_a_deleted_run_is_gone_and_the_others_stay(home):
    gone, stays = submit(), submit()
    runs.delete(gone)
    assert [run.run for run in runs.list_runs()] == [stays]
    assert [path.name for path in settings().runs_dir.iterdir()] == [stays]
    with pytest.raises(CnnAppError, match="There is no run"):
        runs.get(gone)


def test_verbs_of_a_tab_that_still_shows_a_deleted_run_are_one_sentence(home):
    run = submit()
    folder = runs.find(run)
    runs.delete(run)
    folder.remove()
    for verb in (folder.status, folder.requeue, lambda: folder.request("stop")):
        with pytest.raises(CnnAppError, match="is not there any more: somebody has deleted it"):
            verb()


def test_a_run_whose_worker_does_not_end_is_not_deleted(home):
    run = submit()
    runs.find(run).transition("running", allowed={"queued"}, worker=identify())
    with pytest.raises(CnnAppError, match="still winding up"):
        runs.delete(run, patience=0.05)
    assert runs.get(run).state == "stopping"


def test_a_queued_run_is_stopped_at_once(home):
    run = submit()
    runs.stop(run)
    assert (runs.get(run).state, runs.get(run).message) == ("stopped", "Stopped before it began.")
    assert runs.schedule() == []


def test_stopping_a_run_that_has_ended_changes_nothing(home):
    run = submit()
    runs.find(run).transition("finished", allowed={"queued"})
    before = runs.find(run).status()
    runs.stop(run)
    assert runs.find(run).status() == before
    assert runs.find(run).requested("stop") is None


def test_runs_that_wait_for_a_data_set_are_known(home):
    waiting, ended = submit(), submit()
    runs.stop(ended)
    assert [run.run for run in runs.using_dataset("digits")] == [waiting]
    assert runs.using_dataset("x_or_o") == []


PATH_TRICKS = ("", ".", "..", "/", "../runs", "a/../b", "/etc", "~", "a\0b", "x" * 5000, "\udcff")


@pytest.mark.parametrize("name", [*PATH_TRICKS, ".hidden.part", "file", "link"])
def test_an_id_from_a_url_is_never_a_path(home, name):
    kept = submit()
    root = settings().runs_dir
    (root / ".hidden.part").mkdir()
    (root / "file").write_text("no folder")
    (root / "link").symlink_to(home)
    asks = (runs.find, runs.get, runs.stop, runs.delete, runs.find_model, lambda run: runs.describe(run, title="x"))
    for ask in asks:
        with pytest.raises(CnnAppError, match="There is no run"):
            ask(name)
    assert [run.run for run in runs.list_runs()] == [kept]


# Damage


@pytest.mark.parametrize("file", ["config.json", "state.json"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\x00", b"[]", b'{"state": "queued"}'])
def test_a_damaged_run_is_listed_as_such_and_can_be_deleted(home, file, content):
    good, bad = submit(), submit("broken")
    path = runs.find(bad).path / file
    path.unlink() if content is None else path.write_bytes(content)
    listed = {run.run: run for run in runs.list_runs()}
    assert listed[good].state == "queued"
    assert listed[bad].damaged.endswith((".", "'"))
    assert "\n" not in listed[bad].damaged
    assert (listed[bad].state, listed[bad].title, listed[bad].test_accuracy) == ("failed", "broken", None)
    runs.delete(bad)
    assert [run.run for run in runs.list_runs()] == [good]


def test_a_damaged_title_falls_back_to_the_id(home):
    run = submit("a title")
    (runs.find(run).path / "meta.json").write_bytes(b"{")
    assert runs.get(run).title == run
    runs.describe(run, title="another")
    assert runs.get(run).title == "another"
