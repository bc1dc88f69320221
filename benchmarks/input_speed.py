"""Speed of the training input alone: images decoded, resized and augmented per second.

    python -m benchmarks.input_speed FOLDER PEER_SCRIPT [--rounds 3] [--later 10] [--cifar CIFAR10_NPZ] [--json FILE]

FOLDER holds one folder of images per class. The peer takes `FOLDER --epochs 2 --input-only` and prints one JSON line
per epoch with "images_per_second" (200x200, batches of 32, its own augmentation); starting Python is not counted.

The app's first epoch counts everything from the files on: import (all images decoded, stored and read again) and
training through the compiled step, with the same augmentation and a network of one mean per channel and one dense
layer in place of a real one. Only the compilation, which belongs to the network, is done before. Later epochs read
the prepared set. Rounds alternate with the peer's, so that a change of the machine's load hits both.

With --cifar: CIFAR-10 with flips and shifts through the same input, against the speed at which the catalog's
network cifar10_batchnorm takes images in on this machine.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.machine import describe_machine

SIZE, BATCH = 200, 32
CIFAR_IMAGES = 10_000


def run_peer(script: Path, folder: Path) -> list[float]:
    command = [sys.executable, str(script), str(folder), "--epochs", "2", "--input-only"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line)["images_per_second"] for line in lines if line.startswith("{")]


def run_app(folder: Path, later: int) -> list[float]:
    """Measure in a process of its own, as the peer does; images per second of the first and of later epochs."""
    command = [sys.executable, "-m", "benchmarks.input_speed", "--app", str(folder), str(later)]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "CNNAPP_HOME": home, "TF_CPP_MIN_LOG_LEVEL": "2"}
        answer = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return json.loads(answer.splitlines()[-1])


def measure_app(folder: Path, later: int) -> list[float]:
    from cnnapp.recipes import AUGMENTATION_PRESETS

    step = InputOnly(
        AUGMENTATION_PRESETS["food"], (SIZE, SIZE, 3), classes=sum(path.is_dir() for path in folder.iterdir())
    )
    folder = with_test_part(folder)
    began = time.perf_counter()
    images, labels = import_folder(folder)
    source = step.open(images, labels)
    step.run_epoch(source, 0)
    first = len(labels) / (time.perf_counter() - began)
    began = time.perf_counter()
    for epoch in range(1, later + 1):
        step.run_epoch(source, epoch)
    return [first, later * len(labels) / (time.perf_counter() - began)]


def with_test_part(folder: Path) -> Path:
    """Return the same images with a test part of one image per class, so that all are trained on, as the peer does."""
    from cnnapp.settings import settings

    whole = settings().home / "whole"
    shutil.copytree(folder, whole / "train")
    for kind in (path for path in folder.iterdir() if path.is_dir()):
        (whole / "test" / kind.name).mkdir(parents=True)
        shutil.copy(min(kind.iterdir()), whole / "test" / kind.name)
    return whole


def import_folder(folder: Path):
    """Import as the dataset worker does."""
    from cnnapp import datasets
    from cnnapp.datasets import storing
    from cnnapp.datasets.drafts import Workspace
    from cnnapp.datasets.sources import given
    from cnnapp.settings import settings

    spool = settings().home / "spool"
    spool.mkdir(parents=True)
    workspace = Workspace(spool, lambda *_: None)
    choices = datasets.Choices(ink="off", images=datasets.ImageOptions(size=SIZE, colour="colour"))
    storing.write("photos", given.make(folder, "Photos", choices, workspace), workspace.report)
    train = datasets.load("photos").train
    return train.images, train.labels


class InputOnly:
    """The training step with next to no network."""

    def __init__(self, rules, shape, *, classes: int) -> None:
        import keras

        from cnnapp.recipes import Recipe
        from cnnapp.training.graphs import Graphs
        from cnnapp.training.optimizers import build_optimizer

        self.rules, self.shape = rules, shape
        model = keras.Sequential(
            [keras.Input(shape), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(classes, "softmax")]
        )
        recipe = Recipe(augmentation=rules, learning_rate=1e-9)
        optimizer = build_optimizer(recipe)
        optimizer.build(model.trainable_variables)
        self.graphs = Graphs(model, optimizer, recipe, shape)
        blank = np.zeros((BATCH + 1, *shape), np.uint8)
        self.run_epoch(self.open(blank, np.zeros(BATCH + 1, np.int32)), 0)  # compiles

    def open(self, images, labels):
        from cnnapp.training.source import Source

        return Source(images, labels, np.arange(len(labels)))

    def run_epoch(self, source, epoch: int) -> None:
        import tensorflow as tf

        from cnnapp.datasets import augmentation
        from cnnapp.training.source import epoch_order

        order = epoch_order(len(source), seed=0, epoch=epoch)
        draws = augmentation.draw(self.rules, len(source), self.shape, seed=0, epoch=epoch)
        changes = {name: tf.constant(values[order]) for name, values in draws.items()}
        source.read_ahead(order)
        steps = -(-len(source) // BATCH)
        self.graphs.train(source.take(order), changes, tf.fill([steps], 1e-9), tf.constant(BATCH))[2].numpy()


def measure_cifar(archive: Path) -> dict[str, float]:
    """Images per second of CIFAR-10's input alone and of cifar10_batchnorm trained on it."""
    from benchmarks.throughput import app_speed, prepare
    from cnnapp import datasets
    from cnnapp.recipes import AUGMENTATION_PRESETS

    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNAPP_HOME"] = home
        prepare(archive, CIFAR_IMAGES, Path(home))
        train = datasets.load("benchmark").train
        step = InputOnly(AUGMENTATION_PRESETS["CIFAR-10 trained"], train.images.shape[1:], classes=10)
        source = step.open(train.images, train.labels)
        began = time.perf_counter()
        for epoch in range(3):
            step.run_epoch(source, epoch)
        speed = 3 * CIFAR_IMAGES / (time.perf_counter() - began)
        return {"input": speed, "network": app_speed(1, CIFAR_IMAGES)}


def compare(args: argparse.Namespace) -> dict[str, object]:
    rows = []
    for number in range(1, args.rounds + 1):
        app, peer = run_app(args.folder, args.later), run_peer(args.peer, args.folder)
        ratios = [ours / theirs for ours, theirs in zip(app, peer, strict=True)]
        rows.append({"app": app, "peer": peer, "ratios": ratios, "load": os.getloadavg()[0]})
        print(
            f"round {number}: first epoch {app[0]:,.0f} against {peer[0]:,.0f} images/s ({ratios[0]:.1f} times), "
            f"later {app[1]:,.0f} against {peer[1]:,.0f} ({ratios[1]:.1f} times); load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    first, later = (median(row["ratios"][which] for row in rows) for which in (0, 1))
    print(f"medians: first epoch {first:.1f} times the peer's speed, later epochs {later:.1f} times", flush=True)
    return {"rounds": rows, "first": first, "later": later}


def main() -> None:
    if sys.argv[1:2] == ["--app"]:
        print(json.dumps(measure_app(Path(sys.argv[2]), int(sys.argv[3]))))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("peer", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--later", type=int, default=10)
    parser.add_argument("--cifar", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    result = {"machine": describe_machine(), **compare(args)}
    if args.cifar:
        result["cifar"] = cifar = measure_cifar(args.cifar)
        ratio = cifar["input"] / cifar["network"]
        print(
            f"CIFAR-10: input {cifar['input']:,.0f}, network {cifar['network']:,.0f} images/s ({ratio:.1f} times); "
            f"load {os.getloadavg()[0]:.1f}"
        )
    print(f"on {result['machine']}")
    if args.json:
        args.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
