import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from cnnapp import architectures, files
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess
from cnnapp.jobs import JobFolder
from cnnapp.modelhost import client
from cnnapp.modelhost.client import ModelHost
from cnnapp.runs import ModelCard, ModelRef
from cnnapp.runs.checkpoints import save as save_checkpoint
from tests.kit.waiting import wait_until

pytestmark = pytest.mark.keras
SHAPE = (32, 32, 1)
IMAGES = np.random.default_rng(0).integers(0, 256, (5, *SHAPE), np.uint8)


@pytest.fixture(scope="module")
def lenet5() -> Any:
    import keras

    keras.utils.set_random_seed(5)
    return architectures.build(architectures.get("lenet5").layers(SHAPE, 10), SHAPE)


def card(digest: str) -> ModelCard:
    return ModelCard(
        run="run-1",
        dataset="digits",
        dataset_digest="d",
        architecture="lenet5",
        class_names=tuple("0123456789"),
        preprocess=Preprocess(image_shape=SHAPE),
        layers=architectures.get("lenet5").layers(SHAPE, 10),
        epoch=1,
        val_accuracy=None,
        test_accuracy=None,
        digest=digest,
    )


@pytest.fixture(scope="module")
def ref(lenet5: Any, tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    path = tmp_path_factory.mktemp("run") / "model.keras"
    with warnings.catch_warnings(action="ignore"):  # Keras' own, when it saves
        lenet5.save(path)
    digest = files.digest_file(path)
    return ModelRef("run-1", path, "keras", digest, 1, card(digest))


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelHost]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNNAPP_HOME", str(tmp_path_factory.mktemp("home")))
        client.settings.cache_clear()
        one = ModelHost()
        one.warm()
        yield one
        one.close()
        client.settings.cache_clear()


def child(host: ModelHost) -> psutil.Process:
    assert host._process is not None
    return psutil.Process(host._process.pid)


def test_probabilities_are_those_of_the_model_itself(host: ModelHost, ref: ModelRef, lenet5: Any) -> None:
    expected = lenet5.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(host.predict(ref, IMAGES), expected, atol=1e-5)


def test_all_layers_come_with_the_names_of_the_trace(host: ModelHost, ref: ModelRef) -> None:
    rows = architectures.trace(ref.card.layers, SHAPE)
    answers = host.activations(ref, IMAGES[0])
    assert [(a.name, a.spec.kind, a.maps.shape) for a in answers] == [
        (row.name, row.kind, row.output_shape) for row in rows
    ]


def test_filters_are_the_model_s_weights(host: ModelHost, ref: ModelRef, lenet5: Any) -> None:
    found = host.filters(ref, "conv1")
    kernel, bias = lenet5.get_layer("conv1").get_weights()
    np.testing.assert_array_equal(found.kernel, kernel)
    assert found.bias is not None
    np.testing.assert_array_equal(found.bias, bias)


def test_a_checkpoint_answers_like_the_model_it_was_taken_from(host: ModelHost, lenet5: Any, tmp_path: Path) -> None:
    weights = {f"model/{variable.path}": variable.numpy() for variable in lenet5.weights}
    run = JobFolder(tmp_path)
    run.create_state()
    save_checkpoint(run, 7, 1, weights, {})
    path = next(tmp_path.glob("checkpoints/*/arrays.npz"))
    digest = files.digest_file(path)
    found = host.predict(ModelRef("run-1", path, "checkpoint", digest, 1, card(digest)), IMAGES)
    np.testing.assert_allclose(found, lenet5.predict(IMAGES, verbose=0), atol=1e-5)


def test_a_host_killed_between_questions_is_replaced(host: ModelHost, ref: ModelRef) -> None:
    before = host.predict(ref, IMAGES)
    killed = child(host)
    killed.kill()
    np.testing.assert_array_equal(host.predict(ref, IMAGES), before)
    assert child(host).pid != killed.pid


def test_a_host_killed_during_a_question_is_asked_once_more(host: ModelHost, ref: ModelRef) -> None:
    before = host.predict(ref, IMAGES)
    killed = child(host)
    killed.suspend()  # the question is on its way, the answer is not
    threading.Timer(0.3, killed.kill).start()
    np.testing.assert_array_equal(host.predict(ref, IMAGES), before)
    assert child(host).pid != killed.pid


def test_a_hanging_host_is_given_up_with_a_sentence_and_replaced(host: ModelHost, ref: ModelRef) -> None:
    before = host.predict(ref, IMAGES)
    child(host).suspend()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(host, "_timeout", 0.3)
        with pytest.raises(CnnAppError, match="no answer within"):
            host.predict(ref, IMAGES)
    np.testing.assert_array_equal(host.predict(ref, IMAGES), before)


def test_warming_up_keeps_nobody_waiting_and_loads_the_model(host: ModelHost, ref: ModelRef) -> None:
    host.close()
    with host._lock:  # as while somebody else's question takes its time
        host.warm(ref)
    assert host.predict(ref, IMAGES).shape == (5, 10)
    host.warm(ref._replace(path=Path("gone.keras"), digest="2" * 64))  # told to nobody


def test_many_threads_get_their_own_answers(host: ModelHost, ref: ModelRef) -> None:
    expected = host.predict(ref, IMAGES)
    found: dict[int, list[np.ndarray[Any, Any]]] = {}

    def ask(row: int) -> None:
        found[row] = [host.predict(ref, IMAGES[row : row + 1])[0] for _ in range(20)]

    threads = [threading.Thread(target=ask, args=(row,)) for row in range(len(IMAGES))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for row, answers in found.items():
        np.testing.assert_allclose(answers, [expected[row]] * 20, atol=1e-6)


def test_sentences_of_the_host_arrive_as_they_are(host: ModelHost, ref: ModelRef) -> None:
    with pytest.raises(CnnAppError, match="32 × 32 × 1"):
        host.predict(ref, IMAGES[:, :8])
    with pytest.raises(CnnAppError, match="no kernel"):
        host.filters(ref, "pool1")


def test_a_file_that_is_not_what_was_chosen_is_never_loaded(host: ModelHost, ref: ModelRef, tmp_path: Path) -> None:
    other = tmp_path / "model.keras"
    other.write_bytes(ref.path.read_bytes() + b"!")
    with pytest.raises(CnnAppError, match="has changed"):
        host.predict(ref._replace(path=other, digest="0" * 64), IMAGES)
    with pytest.raises(CnnAppError, match="cannot be read"):
        host.predict(ref._replace(path=tmp_path / "gone.keras", digest="1" * 64), IMAGES)


def test_a_damaged_model_gives_a_plain_sentence_and_a_traceback_in_the_log(
    host: ModelHost, ref: ModelRef, tmp_path: Path
) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"not a model")
    with pytest.raises(CnnAppError, match="damaged model"):
        host.predict(ref._replace(path=path, digest=files.digest_file(path)), IMAGES)
    assert "Traceback" in (client.settings().home / client.LOG_NAME).read_text()
    assert host.predict(ref, IMAGES).shape == (5, 10)


def test_only_the_models_used_last_are_kept() -> None:
    from cnnapp.modelhost.models import ModelCache

    loaded: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cnnapp.modelhost.models._load", lambda description: loaded.append(description["digest"]))
        cache = ModelCache(capacity=2)
        for digest in "abacab":
            cache.get({"digest": digest})
    assert loaded == ["a", "b", "c", "b"]


def test_what_libraries_print_does_not_reach_the_answers(tmp_path: Path) -> None:
    code = (
        "import os, sys; from cnnapp.modelhost import host\n"
        "answers = host._private_stdout(); os.write(1, b'noise'); print('noise', flush=True)\n"
        "answers.write(b'answer'); answers.flush()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert run.stdout == b"answer"
    assert run.stderr.count(b"noise") == 2


def test_the_host_ends_with_the_server_even_if_that_is_killed(ref: ModelRef, tmp_path: Path) -> None:
    code = (
        "import sys, time; from cnnapp.modelhost.client import host\n"
        "host().warm()\nwhile not host()._process: time.sleep(0.01)\n"
        "print(host()._process.pid, flush=True); time.sleep(600)"
    )
    environment = os.environ | {"CNNAPP_HOME": str(tmp_path)}
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert server.stdout is not None
    with server.stdout:
        pid = int(server.stdout.readline())
    server.send_signal(signal.SIGKILL)
    server.wait()
    wait_until(lambda: not is_alive(pid), lambda: "the host outlived its server")


def is_alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_the_client_never_imports_keras() -> None:
    code = "import sys, cnnapp.modelhost.client; sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_memory_does_not_grow_with_questions(host: ModelHost, ref: ModelRef) -> None:
    for _ in range(50):
        host.activations(ref, IMAGES[0])
    before = child(host).memory_info().rss
    for _ in range(300):
        host.activations(ref, IMAGES[0])
        host.predict(ref, IMAGES)
    assert child(host).memory_info().rss - before < 8 * 2**20


@pytest.mark.parametrize("names", [("a", "b"), tuple("0123456789a")])
def test_network_with_other_outputs_than_classes_is_refused(host: ModelHost, ref: ModelRef, names: tuple[str, ...]):
    tampered = ref._replace(card=ref.card.model_copy(update={"class_names": names}), digest=ref.digest)
    fresh = ModelHost()
    try:
        with pytest.raises(CnnAppError, match=f"its card names {len(names)} classes"):
            fresh.predict(tampered, IMAGES)
    finally:
        fresh.close()


def test_answers_that_are_no_numbers_are_an_error(lenet5: Any, host: ModelHost, tmp_path: Path) -> None:
    import keras

    sick = keras.models.clone_model(lenet5)
    sick.set_weights([np.full_like(weight, np.nan) for weight in lenet5.get_weights()])
    with warnings.catch_warnings(action="ignore"):
        sick.save(tmp_path / "model.keras")
    digest = files.digest_file(tmp_path / "model.keras")
    with pytest.raises(CnnAppError, match="answers with NaN"):
        host.predict(ModelRef("run-1", tmp_path / "model.keras", "keras", digest, 1, card(digest)), IMAGES)
