"""The command line end to end: real processes, a real network."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path

import pytest

from cnnapp import runs
from cnnapp.cli.entry import main
from tests.kit.fine_tuning_sets import submit, train
from tests.kit.waiting import wait_for, wait_until

pytestmark = [
    pytest.mark.keras,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # Keras' own, while it saves
]
DRAWINGS = Path(__file__).parents[1] / "kit" / "drawn_digits"
TRAIN = ("train", "--dataset", "digits", "--architecture", "lenet5")


def cnnapp(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "cnnapp.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def value(run: subprocess.CompletedProcess):
    return json.loads(run.stdout.splitlines()[-1])


def test_train_list_and_predict(home, tmp_path, capsys):
    trained = cnnapp(*TRAIN, "--epochs", 2, "--wait", "--json")
    assert trained.returncode == 0, trained.stderr
    result = value(trained)
    assert (result["state"], result["epochs"]) == ("finished", 2)
    assert result["test_accuracy"] > 0.7
    assert result["seconds"] > 0
    assert result["images_per_second"] > 0
    assert "epoch 2/2" in trained.stderr

    (listed,) = value(cnnapp("runs", "--json"))
    shared = ("run", "state", "epochs", "val_accuracy", "test_accuracy")
    assert {name: listed[name] for name in shared} == {name: result[name] for name in shared}

    drawing, broken = DRAWINGS / "4_mouse.png", tmp_path / "broken.png"
    broken.write_bytes(drawing.read_bytes()[:100])
    predicted = cnnapp("predict", "latest", drawing, broken, "--top-k", 2, "--json")
    good, bad = value(predicted)
    assert predicted.returncode == 1
    assert good["image"] == str(drawing)
    assert [list(guess) for guess in good["top"]] == [["class", "probability"]] * 2
    assert good["top"][0]["class"] == "4"
    assert 1 >= good["top"][0]["probability"] >= good["top"][1]["probability"] >= 0
    assert "broken.png" in bad["error"]
    assert "cropped and centred" in predicted.stderr

    capsys.readouterr()
    assert main(["predict", result["run"][:20], str(drawing)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[1] == "4"


def test_a_sigmoid_unit_names_both_classes(home, capsys):
    train(submit("x_or_o", "first_cnn", epochs=1))
    capsys.readouterr()
    assert main(["predict", "latest", str(DRAWINGS / "0_mouse.png"), "--json"]) == 0
    (answer,) = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {guess["class"] for guess in answer["top"]} == {"O", "X"}
    assert sum(guess["probability"] for guess in answer["top"]) == pytest.approx(1)


def test_ctrl_c_leaves_the_run_going_and_stop_ends_it(home):
    script = (  # a shell's background jobs ignore SIGINT
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from cnnapp.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", script, *TRAIN, "--epochs", "10000", "--wait", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        run = wait_until(runs.list_runs)[0].run
        wait_for(run, "running")
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate()
    assert waiting.returncode == 1
    assert json.loads(out)["state"] == "running"
    assert f"{run} goes on" in err.splitlines()[-1]
    assert runs.get(run).state == "running"

    stopped = cnnapp("stop", run, "--json")
    assert (stopped.returncode, value(stopped)["run"]) == (0, run)
    wait_for(run, "stopped")


def test_the_device_is_checked_in_a_process_of_its_own(home):
    checked = cnnapp("check-device", "--json")
    assert checked.returncode == 0, checked.stderr
    report = value(checked)
    assert report["device"]
    assert isinstance(report["gpu"], bool)
    assert report["images_per_second"] > 0
    assert report["memory_bytes"] > 1e6


def test_the_server_starts_answers_and_ends_on_a_signal(home):
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "cnnapp.cli", "run", "--port", str(port), "--json"]
    environment = {**os.environ, "STREAMLIT_SERVER_HEADLESS": "true"}
    log = (home.parent / "log").open("wb")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=environment) as server:
        url = json.loads(server.stdout.readline())["url"]
        wait_until(partial(answers, f"{url}/_stcore/health"))
        server.terminate()
        assert server.stdout.read() == b""
        assert server.wait() in (0, -signal.SIGTERM)


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url).read() == b"ok"  # noqa: S310 (own server)
    except OSError:
        return False
