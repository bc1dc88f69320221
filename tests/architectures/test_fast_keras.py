"""The Fast network: what its whitening layer and Muon do, and that a run of it resumes exactly."""

import numpy as np
import pytest

from cnnapp import architectures, datasets, runs
from cnnapp.jobs import CalledOffError
from cnnapp.recipes import Recipe
from tests.kit.fine_tuning_sets import at_step, call_off, submit, train, write_digits
from tests.training.test_resume import assert_same

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
SMALL = {"width": 32, "depth": 1}


def load(run: str):
    import keras

    return keras.saving.load_model(runs.find(run).path / "model.keras", compile=False, safe_mode=True)


def test_a_paused_run_ends_as_an_undisturbed_one_with_the_whitening_it_began_with(home, monkeypatch):
    undisturbed, disturbed = (submit("shapes", "fast", options=SMALL, epochs=4) for _ in range(2))
    train(undisturbed)
    with monkeypatch.context() as patch:
        at_step(patch, 18, call_off)  # in the second epoch
        with pytest.raises(CalledOffError):
            train(disturbed)
    train(disturbed)
    assert runs.History(runs.find(disturbed)).update().plan.from_step == 17
    assert_same(undisturbed, disturbed)
    assert runs.get(disturbed).test_accuracy > 0.5, "five classes, sixty steps"

    config, prepared = runs.find(disturbed).config, datasets.load("shapes")
    rows, _ = datasets.split_validation(prepared.train.labels, config.recipe.validation_share, config.seed)
    seen = prepared.train.images[rows[np.linspace(0, len(rows) - 1, architectures.WHITENED_IMAGES).astype(int)]]
    kernels, biases = architectures.whiten(config.layers, "whitening", seen)
    learned = load(disturbed).get_layer("whitening").get_weights()
    assert np.array_equal(learned[0], kernels)
    assert np.array_equal(learned[1], biases)


def test_fine_tuned_it_keeps_the_whitening_that_what_it_takes_over_has_learned_behind(home):
    write_digits("some", range(3), each=100, like="shapes")
    write_digits("others", range(2, 5), each=100, like="shapes")
    settings = {"options": SMALL, "batch_size": 50}
    base = submit("some", "fast", **settings, epochs=1)
    train(base)
    tuning = {"run": base, "head_epochs": 1}
    both, head = (submit("others", "fast", **settings, epochs=n, fine_tuning=tuning) for n in (2, 1))
    fresh = submit("others", "fast", **settings, epochs=1)
    for run in (both, head, fresh):
        train(run)
    before, tuned, phase_1, other = (load(run) for run in (base, both, head, fresh))

    def alike(one, another, name):
        return all(map(np.array_equal, one.get_layer(name).get_weights(), another.get_layer(name).get_weights()))

    taken = runs.find(both).recipe.fine_tuning.taken
    assert taken[0] == "whitening"
    assert all(alike(phase_1, before, name) for name in taken)
    assert alike(tuned, before, "whitening")
    assert not alike(other, before, "whitening"), "other images have others"
    history = runs.History(runs.find(both)).update()
    assert len(history.epochs) == 2
    if runs.find_model(both).card.epoch == 2:  # else the best one is that of phase 1
        assert not any(alike(tuned, before, name) for name in taken[1:])


def test_muon_changes_a_kernel_alike_in_all_directions_and_leaves_the_output_layer_to_adam():
    import keras

    from cnnapp.training.optimizers import build_optimizer

    recipe = Recipe(optimizer="muon", learning_rate=0.1, momentum=0.5, nesterov=True)
    layers = architectures.get("fast").layers((16, 16, 3), 4, SMALL)
    model = architectures.build(layers, (16, 16, 3))
    optimizer = build_optimizer(recipe, output_layer="logits")
    optimizer.build(model.trainable_variables)
    random = np.random.default_rng(0)
    before = {variable.path: variable.numpy() for variable in model.trainable_variables}
    gradients = [random.normal(size=variable.shape).astype(np.float32) for variable in model.trainable_variables]
    gradients[0] *= np.linspace(1, 50, gradients[0].shape[-1])  # one direction much steeper than another
    output = next(path for path in before if path.endswith("logits/kernel"))
    gradients[list(before).index(output)] += np.sign(gradients[list(before).index(output)])  # far from Adam's epsilon
    optimizer.apply([keras.ops.convert_to_tensor(gradient) for gradient in gradients], model.trainable_variables)
    after = {variable.path: variable.numpy() for variable in model.trainable_variables}

    kernel = next(path for path in before if path.endswith("conv1_1/kernel"))
    change = (after[kernel] - before[kernel]).reshape(-1, 32)
    sizes = np.linalg.svd(change, compute_uv=False)
    # Newton and Schulz' five steps bring singular values near 1; times 0.2 and the root of the larger side (9 · 24).
    assert sizes.min() > 0.5 * 0.1 * 0.2 * 216**0.5
    assert sizes.max() < 1.3 * 0.1 * 0.2 * 216**0.5
    # Adam's first step is the learning rate in every weight, here Muon's share of it.
    np.testing.assert_allclose(np.abs(after[output] - before[output]), 0.03, rtol=1e-3)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "float32"])
def test_auto_precision_is_the_devices_and_what_is_saved_is_in_float32(home, monkeypatch, precision):
    from cnnapp.training import network
    from cnnapp.training.device import Device
    from cnnapp.training.saving import in_float32

    monkeypatch.setattr(network, "fast_precision", lambda: precision)  # whatever the processor of this machine has
    config = runs.configure("shapes", "fast", options=SMALL)
    assert config.recipe.precision == "auto"
    model = network.build_network(config, config.recipe, Device("CPU", False, 2)).model
    policies = {layer.name: layer.dtype_policy.name for layer in model.layers}
    assert policies["conv1_1"] == precision
    assert {policies[name] for name in ("rescaling", "logits", "softmax")} == {"float32"}

    saved = in_float32(config, model)
    assert {layer.dtype_policy.name for layer in saved.layers} == {"float32"}
    for one, other in zip(model.get_weights(), saved.get_weights(), strict=True):
        assert np.array_equal(one, other)
