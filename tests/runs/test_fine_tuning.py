"""Fine-tuning without TensorFlow: what is taken over, what is frozen when, and what is said of it."""

import json

import numpy as np
import pytest

from cnnapp import architectures, cli, files, images, runs
from cnnapp.doctor import Case, DatasetFacts, examine
from cnnapp.errors import CnnAppError
from cnnapp.figures.live_curves import PHASE, TRAIN, compute_curve, plot_curves
from cnnapp.recipes import Cosine, FineTuning, Recipe
from cnnapp.runs import EpochRow, EpochSignals, ModelCard, Plan, starting
from cnnapp.training.progress import Progress
from cnnapp.training.rates import Rates
from cnnapp.ui.experiment.recipe_facts import describe_recipe
from cnnapp.ui.experiment.start_form import describe_phases
from tests.kit.written_runs import write_run

LENET5 = architectures.get("lenet5")


def save_network(run: str) -> str:
    """Give a run a saved network, which nothing here loads; return its digest."""
    folder, data = runs.find(run), b"a network of " + run.encode()
    config = folder.config
    folder.model_path.write_bytes(data)
    card = ModelCard(
        run=run,
        dataset=config.dataset,
        dataset_digest="",
        architecture=config.architecture,
        class_names=config.class_names,
        preprocess=images.Preprocess(image_shape=config.image_shape),
        layers=config.layers,
        epoch=1,
        val_accuracy=0.9,
        test_accuracy=0.9,
        digest=files.digest(data),
    )
    folder.card_path.write_text(card.model_dump_json())
    return card.digest


@pytest.fixture
def base(home) -> str:
    """A finished run of lenet5 on digits."""
    run = write_run("finished", epochs=2, title="the base")
    save_network(run)
    return run


def tune(base: str, dataset: str = "digits", network: str = "lenet5", **fields):
    settings = {"epochs": 6, **fields.pop("settings", {})}
    return runs.configure(dataset, network, **settings, fine_tuning={"run": base, **fields})


# What is taken over


def test_other_classes_get_new_dense_layers_and_the_same_classes_keep_them():
    of_ten, of_four = (LENET5.layers((32, 32, 1), classes) for classes in (10, 4))
    same = architectures.find_fitting(of_ten, (32, 32, 1), of_ten, (32, 32, 1), same_classes=True)
    assert same == ("conv1", "conv2", "dense1", "dense2", "softmax")
    for layers, classes_named_otherwise in ((of_four, False), (of_ten, False)):
        fitting = architectures.find_fitting(
            of_ten, (32, 32, 1), layers, (32, 32, 1), same_classes=classes_named_otherwise
        )
        assert fitting == ("conv1", "conv2")


def test_images_of_another_size_keep_what_does_not_depend_on_it():
    small, large = (LENET5.layers((side, side, 1), 10) for side in (32, 48))
    fitting = architectures.find_fitting(small, (32, 32, 1), large, (48, 48, 1), same_classes=True)
    assert fitting == ("conv1", "conv2")


@pytest.mark.parametrize("network", architectures.catalog(), ids=lambda row: row.key)
def test_every_network_has_a_base_and_a_head_that_learns_alone(network):
    layers, before = network.layers((32, 32, 3), 4), network.layers((32, 32, 3), 10)
    taken = architectures.find_fitting(before, (32, 32, 3), layers, (32, 32, 3), same_classes=False)
    recipe = Recipe(epochs=3, fine_tuning=FineTuning(run="x", taken=taken, head_epochs=1))
    assert taken
    assert set(architectures.find_frozen(layers, recipe, 0)) >= set(taken)
    assert set(architectures.find_frozen(layers, recipe, 0)) < {layer.name for layer in layers}
    assert not set(architectures.find_frozen(layers, recipe, 1)) & set(architectures.list_choices(layers, taken))


def test_a_run_is_set_up_with_all_of_it_spelled_out_and_comes_back_from_json(base):
    config = tune(base, "digits", from_layer="conv2")
    tuning = config.recipe.fine_tuning
    assert tuning.taken == ("conv1", "conv2", "dense1", "dense2", "softmax")
    assert (tuning.head_epochs, tuning.learning_rate) == (3, config.recipe.learning_rate / 10)
    assert tuning.digest == files.digest(runs.find(base).model_path.read_bytes())
    assert runs.RunConfig.model_validate_json(config.model_dump_json()) == config
    frozen = [architectures.find_frozen(config.layers, config.recipe, epoch) for epoch in range(6)]
    assert frozen == [("conv1", "conv2")] * 3 + [("conv1",)] * 3
    run = runs.enqueue(config)
    assert starting.start_path(runs.find(run).path).read_bytes() == runs.find(base).model_path.read_bytes()


@pytest.mark.parametrize(
    ("dataset", "network", "fields", "sentence"),
    [
        (
            "digits",
            "lenet5",
            {"from_layer": "conv9"},
            "no layer 'conv9' to fine-tune from: choose one of conv1, conv2,",
        ),
        ("shapes", "lenet5", {}, "from images with 1 channel, but those of shapes have 3 channels"),
        ("digits-8", "dense", {}, r"No layer of the base \(lenet5\) fits dense: start from a run of dense"),
        ("digits", "lenet5", {"head_epochs": 7}, "last layers alone learn for 7 epochs, but the run has 6 in all"),
        ("digits", "lenet5", {"learning_rate": -1}, "learning rate must be above 0"),
    ],
)
def test_what_cannot_be_is_one_sentence(base, dataset, network, fields, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        tune(base, dataset, network, **fields)


def test_images_of_another_size_are_refused_where_no_layer_fits_both(home):
    run = runs.enqueue(runs.configure("digits-8", "dense"), "small")
    save_network(run)
    with pytest.raises(CnnAppError, match="images of 8×8 pixels, but those of digits are 32×32, and no layer of dense"):
        tune(run, "digits", "dense")


def test_a_run_without_a_saved_network_or_that_is_gone_is_one_sentence(home):
    with pytest.raises(CnnAppError, match="There is no run 'nobody'"):
        tune("nobody")
    run = write_run("running", epochs=1)
    with pytest.raises(CnnAppError, match="has no trained weights yet"):
        tune(run)


# Phases


def test_the_rate_in_force_is_the_one_asked_for_last_or_that_of_the_phase(home):
    base = write_run("finished", epochs=1)
    save_network(base)
    run = write_run("running", epochs=1, fine_tuning={"run": base, "head_epochs": 2, "learning_rate": 0.0003})
    assert runs.learning_rate_now(run) == runs.find(run).recipe.learning_rate
    runs.set_learning_rate(run, 0.02)
    assert runs.learning_rate_now(run) == 0.02
    runs.find(run).withdraw("learning_rate")  # as the worker does when phase 2 begins
    runs.find(run).summarise(epochs=2)
    assert runs.learning_rate_now(run) == 0.0003


def test_each_phase_has_its_rate_and_the_schedule_from_its_beginning(home):
    recipe = Recipe(
        epochs=6,
        learning_rate=0.01,
        schedule=Cosine(warmup=0),
        fine_tuning=FineTuning(run="x", head_epochs=2, learning_rate=0.001),
    )
    rates = Rates(runs.find(write_run()), recipe, 5)
    found = [rates.at(step, Progress()) for step in range(30)]
    assert (found[0], found[10]) == (0.01, 0.001)
    assert found[9] < 0.001
    assert found == [
        *(0.01 * Cosine(warmup=0).factor(step, 10, 5) for step in range(10)),
        *(0.001 * Cosine(warmup=0).factor(step, 20, 5) for step in range(20)),
    ]


def test_a_rate_asked_for_in_the_phase_before_is_done_with_until_it_is_asked_for_again(home):
    folder, progress = runs.find(write_run()), Progress()
    rates = Rates(folder, folder.recipe, 5)
    folder.request("learning_rate", 0.5)
    rates.heed_request(progress)
    assert rates.at(0, progress) == 0.5
    progress.begin_phase()
    rates.heed_request(progress)  # a worker that was killed before it could withdraw the request
    assert rates.at(0, progress) == folder.recipe.learning_rate
    folder.withdraw("learning_rate")
    rates.heed_request(progress)
    folder.request("learning_rate", 0.5)
    rates.heed_request(progress)
    assert rates.at(0, progress) == 0.5


# What is said


def test_settings_and_phases_are_told_in_words(base):
    config = tune(base, from_layer="conv2", settings={"learning_rate": 0.01})
    rows = dict(describe_recipe(config.recipe))
    assert rows["start from"] == base
    assert rows["phase 1"] == "3 epochs, the last layers alone, learning rate 0.01"
    assert rows["phase 2"] == "3 epochs, from conv2 on, learning rate 0.001"
    assert describe_phases(config) == [
        ("Phase 1 (epochs 1–3)", "conv1, conv2 frozen, learning rate 0.01"),
        ("Phase 2 (epochs 4–6)", "conv1 frozen, learning rate 0.001"),
    ]


def test_the_curves_mark_where_phase_2_begins_without_becoming_other_charts():
    curve = compute_curve(TRAIN, [1, 2, 3], [3.0, 2.0, 1.0])
    begun, not_yet = (plot_curves([curve, compute_curve(PHASE, x, [np.nan] * len(x))], "loss") for x in ([2.0], []))
    points = begun["datasets"].pop("points").to_pandas()
    not_yet["datasets"].pop("points")
    assert begun == not_yet
    assert points[points["series"] == PHASE]["epoch"].tolist() == [2.0]
    assert [layer["mark"]["type"] for layer in begun["layer"]].count("rule") == 1
    assert "rule" not in str(plot_curves([curve], "loss")["layer"])


def doctor_says(config, dead, *, epochs=4, rate=1e-5, accuracy=0.95):
    rows = [EpochRow(number, 23 * number, 0.2, accuracy, 0.2, accuracy, rate, 0.1) for number in range(1, epochs + 1)]
    signals = [EpochSignals(row.epoch, row.step, [0.9] * 10, [0.1] * 10, dead, 0.01, 0.02, 0.0) for row in rows]
    facts = DatasetFacts(class_counts=(144,) * 10, test=200)
    plan = Plan("CPU", 1437, 160, 6, 23, batch_size=64, from_step=0)
    return {found.name: found for found in examine(Case(config, facts, plan, rows, signals, [], None))}


def test_the_doctor_accuses_no_frozen_layer_and_no_small_rate_of_what_is_known(base):
    dead = {"conv1": 1.0, "dense1": 0.2}
    frozen = tune(base, from_layer="conv2")
    assert doctor_says(frozen, dead) == {}
    everything = tune(base, from_layer="conv1")
    assert set(doctor_says(everything, dead)) == {"Dead ReLUs"}
    fresh = everything.model_copy(update={"recipe": everything.recipe.model_copy(update={"fine_tuning": None})})
    assert set(doctor_says(fresh, dead)) >= {"Dead ReLUs", "Learning rate too low"}


def test_a_rate_that_is_too_high_in_phase_2_is_lowered_there(base):
    config = tune(base, learning_rate=0.5)
    fix = doctor_says(config, {}, epochs=6, rate=0.5, accuracy=0.1)["Learning rate too high"].fix
    assert fix.config.recipe.fine_tuning.learning_rate == 0.001
    assert fix.config.recipe.learning_rate == config.recipe.learning_rate


# The command line


def run_cli(capsys, *words: str) -> tuple[int, str, str]:
    code = cli.main([*words])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_line_starts_from_a_run_with_its_network(base, capsys, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)
    words = ["--from-run", base, "--fine-tune-from", "conv2", "--head-epochs", "2", "--fine-tuning-rate", "0.0003"]
    code, out, err = run_cli(capsys, "train", "--json", "--dataset", "digits", "--epochs", "5", *words)
    assert code == 0, err
    config = runs.find(json.loads(out.splitlines()[-1])["run"]).config
    tuning = config.recipe.fine_tuning
    assert (config.architecture, tuning.run, tuning.from_layer) == ("lenet5", base, "conv2")
    assert (tuning.head_epochs, tuning.learning_rate) == (2, 0.0003)


def test_fine_tuning_without_a_run_to_start_from_is_one_sentence(home, capsys):
    code, _, err = run_cli(capsys, "train", "--dataset", "digits", "--architecture", "lenet5", "--head-epochs", "2")
    assert code == 1
    assert err == "--head-epochs is for a run that starts from another: name that one with --from-run.\n"
