"""Every optimiser of the table learns at its usual rate, goes on exactly, and is the same in a run's script."""

import numpy as np
import pytest

from cnnapp import architectures, datasets, runs
from cnnapp.architectures.script_optimizer import optimizer_call, optimizer_class
from cnnapp.recipes import OPTIMIZERS, Recipe

pytestmark = [pytest.mark.keras, pytest.mark.timeout(120)]
every_optimizer = pytest.mark.parametrize("name", OPTIMIZERS)
STEPS, MORE = 160, 10  # of batches of 32: 3.5 epochs of digits
OPTIONS = {"momentum": 0.8, "nesterov": True, "weight_decay": 0.01, "clip_norm": 2.0}


def build(name: str):
    """A small network, ready to take steps at any rates, and the usual rate of its optimiser."""
    import keras

    from cnnapp.training.device import Device
    from cnnapp.training.probes.throwaway import Throwaway
    from cnnapp.training.source import open_sources

    keras.utils.clear_session()  # else the names of variables count on
    rate = OPTIMIZERS[name].rates.usual
    config = runs.configure("digits", "lenet5", optimizer=name, learning_rate=rate, batch_size=32)
    source, held_out, _ = open_sources(datasets.ensure("digits"), config)
    return Throwaway(config, config.recipe, source, Device("CPU", False, 2)), held_out, rate


@every_optimizer
def test_a_small_network_learns_and_goes_on_exactly_from_a_kept_state(home, name):
    from cnnapp.training import state

    network, held_out, rate = build(name)
    losses = network.take(np.full(STEPS, rate))
    assert losses[:10].mean() > 1.5, "ten classes: 2.3 at first"
    assert losses[-20:].mean() < losses[:10].mean() / 3
    images, rows, labels = held_out.take(np.arange(len(held_out)))
    answers = network.model.predict(images.numpy()[rows.numpy()], verbose=0).argmax(axis=1)
    assert (answers == labels.numpy()).mean() > 0.8

    kept = state.collect(network.model, network.optimizer)
    again, _, _ = build(name)
    again.take(np.full(STEPS, rate / 2))  # to the same place among the images, with other weights
    state.restore(kept, again.model, again.optimizer)
    assert np.array_equal(network.take(np.full(MORE, rate)), again.take(np.full(MORE, rate)))
    ends = [state.collect(one.model, one.optimizer) for one in (network, again)]
    assert ends[0].keys() == ends[1].keys()
    assert all(np.array_equal(ends[0][path], ends[1][path]) for path in ends[0])
    assert any(not np.array_equal(ends[0][path], kept[path]) for path in kept if path.startswith("optimizer/"))


@every_optimizer
@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["off", "on"])
def test_the_script_makes_the_same_optimiser(name, options):
    import keras

    from cnnapp.training.optimizers import build_optimizer

    recipe = Recipe(optimizer=name, learning_rate=0.004, **options)
    model = architectures.build(architectures.get("lenet5").layers((32, 32, 1), 10), (32, 32, 1))
    output = next(layer.name for layer in reversed(model.layers) if layer.weights)
    scope = {"keras": keras, "model": model}
    exec(optimizer_class(recipe), scope)  # noqa: S102
    written = eval(optimizer_call(recipe), scope)  # noqa: S307
    built = build_optimizer(recipe, output_layer=output)
    configs = [{**one.get_config(), "name": ""} for one in (written, built)]  # Keras numbers the names
    assert configs[0] == configs[1]
    assert [base.__name__ for base in type(written).__mro__] == [base.__name__ for base in type(built).__mro__]


@every_optimizer
def test_what_the_form_calls_off_is_off_and_what_an_optimiser_has_is_on(name):
    from cnnapp.training.optimizers import build_optimizer

    off, on = (build_optimizer(Recipe(optimizer=name, **some)).get_config() for some in ({}, OPTIONS))
    arguments = OPTIMIZERS[name].options
    assert {"weight_decay", "clip_norm"} <= set(arguments)
    for option in OPTIONS.keys() & arguments:
        assert not off[arguments[option]], "AdamW, say, has weight decay by default"
        assert on[arguments[option]] == OPTIONS[option]
