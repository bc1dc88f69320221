"""LeNet-5 on MNIST through the app against plain `model.fit`: the same network, batch and settings, in turns.

    python -m benchmarks.small_network MNIST_NPZ [--batch 128] [--epochs 3] [--rounds 5] [--json FILE]

The app's run is a real one, by its own worker; the peer is a plain script on float32 arrays already divided by 255,
with integer labels and accuracy as its one metric. Neither validates. Images per second are of whole epochs without
the first one, which compiles; of the wall, and of each second of CPU that the process took, which says more where
others use the machine.
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

import psutil

from benchmarks.machine import describe_machine

PEER = """
import json, sys, time
import keras, numpy as np
data, batch, epochs = np.load(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
x, y = (data["x_train"][..., None] / 255).astype("float32"), data["y_train"].astype("int32")
layers = keras.layers
model = keras.Sequential([keras.Input((28, 28, 1)),
    layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
    layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
    layers.Dense(120, activation="relu"), layers.Dense(84, activation="relu"), layers.Dense(10, activation="softmax")])
model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=batch, epochs=1, verbose=0)
wall, cpu = time.perf_counter(), time.process_time()
history = model.fit(x, y, batch_size=batch, epochs=epochs - 1, verbose=0).history
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
images = len(x) * (epochs - 1)
print(json.dumps({"wall": images / wall, "cpu": images / cpu, "loss": history["loss"][-1]}))
"""


def measure_peer(data: Path, batch: int, epochs: int) -> dict[str, float]:
    command = [sys.executable, "-c", PEER, str(data), str(batch), str(epochs)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"}
    # As nice as the app's worker is, so that a busy machine serves both alike.
    answer = subprocess.run(
        ["nice", "-n", "5", *command], check=True, capture_output=True, text=True, env=environment
    ).stdout
    return json.loads(answer.splitlines()[-1])


def measure_app(batch: int, epochs: int) -> dict[str, float]:
    from cnnapp import jobs, runs

    settings = {"batch_size": batch, "epochs": epochs, "validation_share": 0.0, "early_stopping": None}
    run = runs.submit(runs.configure("mnist-benchmark", "lenet5", **settings))
    worker, history = None, runs.History(runs.find(run))
    begun = ended = 0.0
    while runs.get(run).active or not history.epochs:
        identity = runs.find(run).status().worker
        worker = worker or (psutil.Process(identity.pid) if identity else None)
        epochs_done = len(history.update().epochs)
        if worker and epochs_done >= 1 and not begun:
            begun = sum(worker.cpu_times()[:2])
        if worker and epochs_done == epochs and not ended:
            ended = sum(worker.cpu_times()[:2])
        time.sleep(0.1)
    jobs.reap()
    summary = runs.get(run)
    if summary.state != "finished":
        raise SystemExit(summary.message)
    rows = history.update().epochs[1:]
    images = history.plan.train * len(rows)
    return {"wall": images / sum(row.seconds for row in rows), "cpu": images / (ended - begun), "loss": rows[-1].loss}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNAPP_HOME"] = home
        command = [sys.executable, "-m", "cnnapp.cli", "import", str(args.data), "--name", "mnist-benchmark"]
        subprocess.run(command, check=True, capture_output=True)
        for number in range(1, args.rounds + 1):
            app, peer = measure_app(args.batch, args.epochs), measure_peer(args.data, args.batch, args.epochs)
            ratios = {kind: app[kind] / peer[kind] for kind in ("wall", "cpu")}
            rows.append({"app": app, "peer": peer, **ratios, "load": os.getloadavg()[0]})
            print(
                f"round {number}: app {app['wall']:,.0f}, fit {peer['wall']:,.0f} images/s, "
                f"ratio {ratios['wall']:.2f}; "
                f"per second of CPU {app['cpu']:,.0f} and {peer['cpu']:,.0f}, ratio {ratios['cpu']:.2f}; "
                f"loss {app['loss']:.4f} and {peer['loss']:.4f}; load {rows[-1]['load']:.1f}",
                flush=True,
            )
    wall, cpu = (median(row[kind] for row in rows) for kind in ("wall", "cpu"))
    print(f"median ratio {wall:.2f} of the wall, {cpu:.2f} of CPU, on {describe_machine()}")
    if args.json:
        args.json.write_text(json.dumps({"machine": describe_machine(), "rounds": rows, "wall": wall, "cpu": cpu}))


if __name__ == "__main__":
    main()
