"""Training speed through the app against a tutorial's plain Keras script, side by side on one machine.

    python benchmarks/throughput.py CIFAR10_NPZ PEER_SCRIPT [--limit 10000] [--epochs 2] [--rounds 3] [--json FILE]

The peer takes `CIFAR10_NPZ --epochs E --limit N` and prints one JSON line per epoch with "train_seconds" (of all
epochs so far). The app trains the same network (cifar10_batchnorm) on the same images with the same settings,
without validation. Rounds alternate, so that a change of the machine's load hits both.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import describe_machine


def peer_speed(script: Path, data: Path, epochs: int, limit: int) -> float:
    lines = subprocess.run(
        [sys.executable, str(script), str(data), "--epochs", str(epochs), "--limit", str(limit)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return epochs * limit / json.loads(lines[-1])["train_seconds"]


def app_speed(epochs: int, limit: int) -> float:
    from cnnapp import runs

    config = runs.configure("benchmark", "cifar10_batchnorm", epochs=epochs, validation_share=0.0, early_stopping=None)
    run = runs.submit(config)
    while runs.get(run).state in ("queued", "starting", "running", "stopping"):
        time.sleep(0.2)
    summary = runs.get(run)
    if summary.state != "finished":
        raise SystemExit(summary.message)
    history = runs.History(runs.find(run)).update()
    return epochs * limit / sum(row.seconds for row in history.epochs)


def prepare(data: Path, limit: int, folder: Path) -> None:
    with np.load(data) as arrays:
        small = folder / "small.npz"
        np.savez(
            small,
            x_train=arrays["x_train"][:limit],
            y_train=arrays["y_train"][:limit],
            x_test=arrays["x_test"],
            y_test=arrays["y_test"],
        )
    command = [sys.executable, "-m", "cnnapp.cli", "import", str(small), "--name", "benchmark"]
    subprocess.run(command, check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("peer", type=Path)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNAPP_HOME"] = home
        prepare(args.data, args.limit, Path(home))
        rows = []
        for number in range(1, args.rounds + 1):
            app = app_speed(args.epochs, args.limit)
            peer = peer_speed(args.peer, args.data, args.epochs, args.limit)
            rows.append({"round": number, "app": app, "peer": peer, "ratio": app / peer})
            print(
                f"round {number}: app {app:,.0f} images/s, peer {peer:,.0f} images/s, ratio {app / peer:.2f}",
                flush=True,
            )
    ratio = median(row["ratio"] for row in rows)
    print(f"median ratio {ratio:.2f} on {describe_machine()}")
    if args.json:
        args.json.write_text(json.dumps({"machine": describe_machine(), "rounds": rows, "ratio": ratio}, indent=1))


if __name__ == "__main__":
    main()
