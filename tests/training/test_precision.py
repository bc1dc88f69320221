"""Mixed precision and XLA are honoured: in the layers, in the losses, in what is saved and in what is resumed."""

import numpy as np
import pytest

from cnnapp import architectures, datasets, runs
from cnnapp.architectures.layers import Dense, Flatten
from cnnapp.modelhost.client import host
from cnnapp.runs import checkpoints
from cnnapp.runs.attempts import requeue
from cnnapp.settings import settings
from tests.kit.fine_tuning_sets import submit, train
from tests.kit.trained_library import use

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
STEPS = 12


def learn(architecture: str, **changes):
    from cnnapp.training.device import Device
    from cnnapp.training.probes.throwaway import Throwaway
    from cnnapp.training.source import open_sources

    config = runs.configure("digits", architecture, **changes)
    source, _, _ = open_sources(datasets.ensure("digits"), config)
    network = Throwaway(config, config.recipe, source, Device("CPU", False, 2))
    return network, network.take(np.full(STEPS, 0.003))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        use(tmp_path_factory.mktemp("home"), patch)
        losses = learn("lenet5")[1]
    settings.cache_clear()
    return losses


@pytest.mark.parametrize(
    ("changes", "tolerance"),
    [
        ({"precision": "mixed_bfloat16"}, 0.05),
        ({"precision": "mixed_float16"}, 0.02),
        ({"jit_compile": True}, 0.002),
    ],
)
def test_losses_are_close_to_those_in_float32(plain, home, changes, tolerance):
    network, losses = learn("lenet5", **changes)
    assert losses == pytest.approx(plain, abs=tolerance)
    assert plain[-1] < plain[0] - 0.1  # it has learnt: equal losses say something
    half = changes.get("precision", "float32")
    policies = [layer.dtype_policy.name for layer in network.model.layers]
    assert (policies[0], policies[-1]) == ("float32", "float32")  # pixels and probabilities
    assert set(policies[1:-1]) == {half}
    assert {variable.dtype for variable in network.model.trainable_variables} == {"float32"}


def test_batch_normalisation_is_computed_in_float32(home):
    def variance_seen(precision):
        layers = architectures.get("cifar10_batchnorm").layers((32, 32, 1), 10)[:3]  # rescaling, convolution, its norm
        head = [Flatten(name="flatten"), Dense(name="answer", units=10, activation="softmax")]
        model = architectures.build([*layers, *head], (32, 32, 1), precision=precision)
        model(datasets.ensure("digits").train.images[:256], training=True)
        norm = next(layer for layer in model.layers if hasattr(layer, "moving_variance"))
        assert norm.dtype_policy.name == precision
        assert norm.moving_variance.dtype == "float32"
        return norm.moving_variance.numpy()

    assert variance_seen("mixed_bfloat16") == pytest.approx(variance_seen("float32"), rel=0.02)


def test_the_scale_of_the_loss_is_part_of_the_state(home):
    import keras

    from cnnapp.training import state

    keras.backend.clear_session()  # Keras numbers the names of what one process builds several times
    network, _ = learn("lenet5", precision="mixed_float16")
    kept = state.collect(network.model, network.optimizer)
    assert any("dynamic_scale" in name for name in kept)
    after = network.take(np.full(5, 0.003))
    keras.backend.clear_session()
    again, _ = learn("lenet5", precision="mixed_float16")  # as far in its data as the first was
    again.take(np.full(1, 1e-9))
    again._done -= again.batch
    state.restore(kept, again.model, again.optimizer)
    assert np.array_equal(again.take(np.full(5, 0.003)), after)


def test_a_run_in_half_precision_is_resumed_exactly_and_saved_in_float32(home):
    half = {"precision": "mixed_bfloat16", "batch_size": 128}
    whole, cut = submit("digits", "lenet5", epochs=2, **half), submit("digits", "lenet5", epochs=1, **half)
    train(whole)
    train(cut)
    requeue(cut, epochs=2)
    train(cut)
    one, other = (checkpoints.load(checkpoints.newest(runs.find(run).path).path) for run in (whole, cut))
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)

    prepared = datasets.load("digits")
    answers = host().predict(runs.find_model(whole), prepared.test.images[:])
    assert answers.dtype == np.float32
    right = float(np.mean(answers.argmax(axis=1) == prepared.test.labels))
    assert right == pytest.approx(runs.get(whole).test_accuracy, abs=1e-9)
    host().close()
