"""The command line asked within this process, with workers that finish at once."""

import json
from pathlib import Path

import pytest

from cnnapp import runs
from cnnapp.cli import main
from cnnapp.runs import queue
from tests.kit.queued_runs import CHILD, reap_all

DRAWINGS = Path(__file__).parent / "drawn_digits"
TRAIN = ("train", "--dataset", "digits", "--architecture", "lenet5")
TRAIN_KEYS = ["run", "state", "epochs", "val_accuracy", "test_accuracy", "seconds", "images_per_second"]
RUN_KEYS = ["run", "state", "dataset", "architecture", "epochs", "val_accuracy", "test_accuracy", "title", "owner"]
RUN_KEYS += ["note"]


@pytest.fixture
def ask(home, capsys, monkeypatch):
    """Ask a verb; returns the exit code, the JSON value (or the text) and what was said on stderr."""
    monkeypatch.setattr(queue, "WORKER", CHILD)  # finishes at once

    def ask(*arguments: object, as_json: bool = True):
        code = main([str(argument) for argument in arguments] + ["--json"] * as_json)
        out, err = capsys.readouterr()
        return code, json.loads(out.splitlines()[-1]) if as_json and out else out, err

    yield ask
    reap_all()


def refusal(answer) -> str:
    """The one sentence of an answer that failed, with nothing on stdout."""
    code, out, err = answer
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert err.endswith(".\n")
    return err


def submit(**changes) -> str:
    return runs.enqueue(runs.configure("digits", "lenet5", **changes))
