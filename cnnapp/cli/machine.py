"""The server, and what this machine can do."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from textwrap import shorten
from typing import Any

import cnnapp
from cnnapp.cli.output import note, table
from cnnapp.cli.verbs import Answer, Verb, no_arguments
from cnnapp.devices import find_device
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

ROOT = Path(cnnapp.__file__).parents[1]  # the repository, or where packages are installed
CHECK_SECONDS = 300


def add_run_arguments(parser: ArgumentParser) -> None:
    """Take the server's port."""
    parser.add_argument("--port", type=int, default=8501, help="the server's port (8501)")


def run_server(arguments: Namespace) -> Answer:
    """Become the server, so that signals and the exit code are the server's own."""
    app = ROOT / "app.py"
    if not (app.is_file() and (ROOT / "pages").is_dir()):
        raise CnnAppError(
            "The pages are not installed with the package: get the repository and run `make run` there, or "
            "`cnnapp run` from an installation with pip's --editable."
        )
    if arguments.json:
        print(json.dumps({"url": f"http://localhost:{arguments.port}"}), flush=True)
        os.dup2(2, 1)  # the server's own words must not follow the JSON
    os.environ["CNNAPP_HOME"] = str(settings().home)
    os.chdir(ROOT)  # where .streamlit/config.toml is
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(arguments.port)]
    os.execv(sys.executable, command)  # noqa: S606 (a list made here)


def check_device(_arguments: Namespace) -> Answer:
    """Train a few steps in a process of their own and say on what and how fast."""
    report = _train_some_steps()
    here = find_device()
    if here.kind == "GPU" and not report["gpu"]:
        note(
            f"This machine has a GPU ({here.name}), but TensorFlow does not use it: install the extra named gpu, "
            "`pip install 'cnnapp[gpu]'`, and check again."
        )
    rows = (
        ("device", report["device"]),
        ("speed", f"{report['images_per_second']:,.0f} images/s ({report['architecture']}, {report['steps']} steps)"),
        ("memory", f"{report['memory_bytes'] / 1e6:,.0f} MB at most"),
    )
    return Answer(report, table(("what", "found"), rows))


def _train_some_steps() -> dict[str, Any]:
    note("Training 20 steps; TensorFlow takes some seconds to start.")
    command = [sys.executable, "-m", "cnnapp.training.check_device"]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"}
    try:
        child = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CnnAppError(f"20 steps of training did not end within {CHECK_SECONDS} seconds: try again.") from None
    if child.returncode:
        last = (child.stderr.strip().splitlines() or [f"it ended with code {child.returncode}"])[-1]
        raise CnnAppError(f"TensorFlow could not train here: {shorten(last, 200)}")
    report: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return report


VERBS = (
    Verb("run", "start the app in the browser", add_run_arguments, run_server),
    Verb("check-device", "train 20 steps and say on what and how fast", no_arguments, check_device),
)
