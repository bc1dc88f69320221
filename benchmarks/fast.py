"""How soon the Fast network is good on CIFAR-10, against the 12 epochs of a tutorial's plain Keras script.

    python -m benchmarks.fast CIFAR10_NPZ PEER_SCRIPT [--network fast_wide] [--seeds 0 1 2] [--peer-epochs 2]
        [--json FILE] [--option width=48] [--epochs 3]

The app trains Fast by its own recipe (some training images are held out for validation, whose evaluation counts as
training time) and reads the test images once, with the network of the best validation epoch; no mirrored averaging.
Of the peer's 12 epochs as many are run as asked for, before and after, and their time is scaled up.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.machine import describe_machine

PEER_EPOCHS = 12


def peer_seconds(script: Path, data: Path, epochs: int) -> float:
    command = [sys.executable, str(script), str(data), "--epochs", str(epochs)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return float(json.loads(lines[-1])["train_seconds"]) * PEER_EPOCHS / epochs


def train(network: str, seed: int, options: dict[str, int], changes: dict[str, Any]) -> dict[str, float]:
    from cnnapp import runs

    run = runs.submit(runs.configure("benchmark", network, options=options, seed=seed, **changes))
    while runs.get(run).state in ("queued", "starting", "running", "stopping"):
        time.sleep(0.5)
    summary = runs.get(run)
    if summary.state != "finished" or summary.test_accuracy is None:
        raise SystemExit(summary.message)
    seconds = sum(row.seconds for row in runs.History(runs.find(run)).update().epochs)
    return {"seed": seed, "test_accuracy": summary.test_accuracy, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("peer", type=Path)
    parser.add_argument("--network", default="fast")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--peer-epochs", type=int, default=2)
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    options = {name: int(value) for name, value in (option.split("=") for option in args.option)}
    changes = {"epochs": args.epochs} if args.epochs else {}
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNAPP_HOME"] = home
        command = [sys.executable, "-m", "cnnapp.cli", "import", str(args.data), "--name", "benchmark"]
        subprocess.run(command, check=True, capture_output=True)
        peers = [peer_seconds(args.peer, args.data, args.peer_epochs)]
        rows = []
        for seed in args.seeds:
            rows.append(train(args.network, seed, options, changes))
            print(
                f"seed {seed}: {rows[-1]['test_accuracy']:.2%} of the test images after {rows[-1]['seconds']:.1f} s",
                flush=True,
            )
        peers.append(peer_seconds(args.peer, args.data, args.peer_epochs))
    accuracy, seconds, peer = (
        mean(row["test_accuracy"] for row in rows),
        mean(row["seconds"] for row in rows),
        mean(peers),
    )
    print(f"mean {accuracy:.2%} after {seconds:.1f} s; the peer's {PEER_EPOCHS} epochs take {peer:.0f} s ({peers})")
    print(f"that is 1/{peer / seconds:.1f} of it, on {describe_machine()}")
    if args.json:
        found = {"machine": describe_machine(), "runs": rows, "peer_seconds": peers}
        args.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
