"""The verbs of runs without TensorFlow: train, the list, the queue, words about a run, predict."""

import json

import pytest

from cnnapp import datasets, files, runs
from cnnapp.runs import ModelCard, queue
from cnnapp.settings import settings
from tests.kit.asked_cli import RUN_KEYS, TRAIN, TRAIN_KEYS, refusal, submit

# Train


def test_a_run_is_queued_and_started_and_its_id_printed(ask):
    code, text, _ = ask(*TRAIN, "--epochs", 2, as_json=False)
    assert code == 0
    run = text.strip()
    assert runs.get(run).epochs_wanted == 2
    assert runs.get(run).state != "queued"


def test_settings_and_title_reach_the_run(ask):
    given = {"--batch-size": 16, "--optimizer": "sgd", "--learning-rate": 0.5, "--validation-share": 0.2, "--seed": 9}
    code, value, _ = ask(*TRAIN, *(word for pair in given.items() for word in pair), "--title", "bold")
    assert (code, list(value)) == (0, TRAIN_KEYS)
    assert (value["epochs"], value["val_accuracy"], value["seconds"]) == (0, None, None)
    config = runs.find(value["run"]).config
    assert (config.recipe.batch_size, config.recipe.optimizer, config.recipe.learning_rate) == (16, "sgd", 0.5)
    assert (config.recipe.validation_share, config.seed) == (0.2, 9)
    assert runs.get(value["run"]).title == "bold"


def test_waiting_ends_with_the_run_and_its_exit_code_is_the_runs(ask, monkeypatch):
    code, value, _ = ask(*TRAIN, "--wait")
    assert (code, value["state"]) == (0, "finished")
    monkeypatch.setattr(queue, "WORKER", "tests.kit.no_such_worker")
    code, value, err = ask(*TRAIN, "--wait")
    assert (code, value["state"]) == (1, "interrupted")
    assert "ended without a word" in err.splitlines()[-1]


def test_a_run_behind_another_says_that_it_waits(ask):
    first = submit()
    runs.find(first).request("act", "wait")
    runs.schedule()
    code, value, err = ask(*TRAIN)
    assert (code, value["state"]) == (0, "queued")
    assert "it starts when a run before it ends" in err
    runs.stop(first)


def test_a_run_can_be_done_again_from_its_configuration(ask):
    first = submit(epochs=3, seed=4, schedule={"kind": "cosine"})
    code, value, _ = ask("train", "--config", runs.find(first).path / "config.json")
    assert code == 0
    assert runs.find(value["run"]).config == runs.find(first).config


def test_a_file_can_hold_settings_alone(ask, tmp_path):
    files.write_json(tmp_path / "mine.json", {"epochs": 2, "augmentation": {"zoom": 0.1}, "seed": 3})
    _, value, _ = ask(*TRAIN, "--config", tmp_path / "mine.json")
    config = runs.find(value["run"]).config
    assert (config.recipe.epochs, config.recipe.augmentation.zoom, config.seed) == (2, 0.1, 3)


def test_a_configuration_that_no_longer_fits_is_refused(ask, tmp_path):
    changed = json.loads(runs.configure("digits", "lenet5").model_dump_json()) | {"class_names": ["a", "b"]}
    files.write_json(tmp_path / "old.json", changed)
    assert "class_names in the file is not that of digits" in refusal(ask("train", "--config", tmp_path / "old.json"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"epochs: 3", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[1]", "is not an object"),
        (b'{"recipe": 1}', "recipe in"),
        (b'{"epoch": 1}', "'epoch' in the file is no setting: known are augmentation, batch_size"),
        (b'{"recipe": {"recipe": 1}}', "'recipe' in the file is no setting"),
        (b'{"dataset": 1}', "No dataset was given"),
        (b'{"epochs": 0}', "Epochs must be at least 1"),
        (b'{"seed": "x"}', "Seed: "),
    ],
)
def test_a_wrong_file_is_refused(ask, tmp_path, content, sentence):
    path = tmp_path / "mine.json"
    if content is not None:
        path.write_bytes(content)
    chosen = () if content == b'{"dataset": 1}' else TRAIN[1:]
    assert sentence in refusal(ask("train", *chosen, "--config", path))
    assert runs.list_runs() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("train",), "No dataset was given: choose one of `cnnapp datasets` with --dataset."),
        (("train", "--dataset", "digits"), "No architecture was given"),
        (("train", "--dataset", "cats", "--architecture", "lenet5"), "cats"),
        (("train", "--dataset", "cifar10", "--architecture", "lenet5"), "cifar10 is not downloaded"),
        (("train", "--dataset", "digits", "--architecture", "vgg"), "There is no network named 'vgg'"),
        ((*TRAIN, "--epochs", "0"), "Epochs must be at least 1"),
        ((*TRAIN, "--batch-size", "2000"), "fewer than the batch size"),
        ((*TRAIN, "--title", "x" * 101), "title"),
    ],
)
def test_what_cannot_be_trained_is_refused(ask, arguments, sentence):
    assert sentence in refusal(ask(*arguments))
    assert runs.list_runs() == []


def test_settings_come_from_options_or_from_a_file(ask, tmp_path):
    files.write_json(tmp_path / "mine.json", {"epochs": 2})
    said = refusal(ask(*TRAIN, "--batch-size", 8, "--config", tmp_path / "mine.json"))
    assert "--batch-size and --config are both given" in said


# Runs


def test_runs_are_listed_newest_first_with_the_named_fields(ask):
    submitted = [submit(), submit()]
    runs.find(submitted[0]).summarise(epochs=4, val_accuracy=0.5, test_accuracy=0.25)
    code, value, _ = ask("runs")
    assert code == 0
    assert [row["run"] for row in value] == submitted[::-1]
    assert list(value[1]) == RUN_KEYS
    assert list(value[1].values())[1:7] == ["queued", "digits", "lenet5", 4, 0.5, 0.25]
    _, text, _ = ask("runs", as_json=False)
    assert text.splitlines()[2].split()[-5:] == ["digits", "lenet5", "4/15", "50.0%", "25.0%"]


def test_who_waits_is_listed_in_order_and_the_order_can_be_changed(ask):
    first, second, third = (submit() for _ in range(3))
    assert ask("queue")[:2] == (
        0,
        [{"place": place, "run": run} for place, run in enumerate((first, second, third), 1)],
    )
    code, value, _ = ask("move", third, 1)
    assert (code, value) == (0, {"run": third, "place": 1})
    assert runs.waiting() == [third, first, second]
    assert ask("move", third, 50)[1] == {"run": third, "place": 3}
    _, text, _ = ask("queue", as_json=False)
    assert [line.split()[:2] for line in text.splitlines()[1:]] == [["1", first], ["2", second], ["3", third]]
    assert ask("stop", second)[1]["state"] == "stopped"
    assert runs.waiting() == [first, third]
    assert "is stopped: only a queued run has a place" in refusal(ask("move", second, 1))


def test_owner_and_note_come_from_the_operator_the_options_and_later_words(ask, monkeypatch):
    monkeypatch.setenv("CNNAPP_OWNER", "class 4b")
    settings.cache_clear()
    run = ask(*TRAIN, "--note", "first try")[1]["run"]
    assert (runs.get(run).owner, runs.get(run).note) == ("class 4b", "first try")
    assert ask("describe", run, "--owner", "Ada", "--note", "")[0] == 0
    assert (runs.get(run).owner, runs.get(run).note, runs.get(run).title) == ("Ada", "", "digits · lenet5")
    assert "note has 0 to 1000 characters" in refusal(ask("describe", run, "--note", "x" * 1001))
    assert "Nothing to change" in refusal(ask("describe", run))


def test_a_damaged_run_is_listed_and_named(ask):
    run = submit()
    (runs.find(run).path / "config.json").write_bytes(b"")
    code, value, err = ask("runs")
    assert (code, value[0]["state"], value[0]["test_accuracy"]) == (0, "failed", None)
    assert "damaged" in err


def test_a_run_is_named_by_a_unique_beginning_or_as_the_latest(ask):
    first, second = submit(), submit()
    code, value, _ = ask("stop", "latest")
    assert (code, value) == (0, {"run": second, "state": "stopped"})
    place = next(place for place, (one, other) in enumerate(zip(first, second, strict=True)) if one != other)
    assert "is the beginning of 2 runs" in refusal(ask("stop", first[:place]))
    code, value, _ = ask("stop", first[: place + 1])
    assert value == {"run": first, "state": "stopped"}
    assert "There is no run 'x'" in refusal(ask("stop", "x"))
    assert "There is no run ''" in refusal(ask("stop", ""))


def test_without_runs_there_is_nothing_to_name(ask):
    assert ask("runs") == (0, [], "")
    assert "There are no runs yet" in refusal(ask("stop", "latest"))


# Predict


@pytest.fixture
def network(home) -> str:
    """A run with a card, but whose network could not be loaded: nothing here may ask the model host."""
    run = runs.enqueue(runs.configure("x_or_o-8", "dense"))
    folder, prepared = runs.find(run), datasets.ensure("x_or_o-8")
    card = ModelCard(
        run=run,
        dataset="x_or_o-8",
        dataset_digest=prepared.digest,
        architecture="dense",
        class_names=folder.config.class_names,
        preprocess=prepared.preprocess,
        layers=folder.config.layers,
        epoch=1,
        val_accuracy=None,
        test_accuracy=None,
        digest=files.digest(b"no network"),
    )
    files.write(folder.model_path, b"no network")
    files.write(folder.card_path, card.model_dump_json().encode())
    return run


def test_every_image_that_cannot_be_read_is_told_on_its_own(ask, network, tmp_path):
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").write_bytes(b"")
    names = [str(tmp_path / name) for name in ("text.png", "empty.png", "missing.png")]
    names += [str(tmp_path), "/dev/zero"]  # the latter never ends
    code, value, err = ask("predict", network, *names)
    assert code == 1
    assert [row["image"] for row in value] == names
    assert all(list(row) == ["image", "error"] and "\n" not in row["error"] for row in value)
    assert "missing.png cannot be read (No such file or directory)" in value[2]["error"]
    assert all("is no regular file" in row["error"] for row in value[3:])
    assert err.splitlines()[-1] == "5 of 5 images could not be predicted."


def test_a_prediction_needs_a_run_with_weights_and_at_least_one_class(ask, network):
    assert "--top-k must be 1 or more" in refusal(ask("predict", network, "x.png", "--top-k", 0))
    submit()
    assert "no trained weights yet" in refusal(ask("predict", "latest", "x.png"))
