"""Trains runs on logical CPU devices, as on GPUs: each line of stdin is one order, each answer one line of stdout.

An order is a JSON list of [run's folder, how many devices], or "layers" for what `mirrored_layers` measures.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from cnnapp import datasets
from cnnapp.runs import RunFolder
from cnnapp.training.device import Device
from cnnapp.training.loop import Trainer
from tests.kit import mirrored_layers

DEVICES = ("CPU:0", "CPU:1")
ANSWER = "answer: "  # begins a line that is one, whatever libraries print


def train(path: Path, count: int) -> None:
    folder, parts = RunFolder(path), DEVICES[:count] if count > 1 else ()
    trainer = Trainer(folder, datasets.ensure(folder.config.dataset), Device(f"{count} × CPU", False, 1, parts))
    if count > 1:
        copies = trainer.model.trainable_variables[0].value.values
        assert [copy.device[-5:] for copy in copies] == ["CPU:0", "CPU:1"]
    trainer.restore()
    trainer.run()


def carry_out(order: Any) -> Any:
    import keras

    keras.utils.clear_session()  # else the names of variables count on
    if order == "layers":
        return mirrored_layers.measure()
    for path, count in order:
        keras.utils.clear_session()
        train(Path(path), count)
    return len(order)


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration() for _ in DEVICES])
    for line in sys.stdin:
        print(ANSWER + json.dumps(carry_out(json.loads(line))), flush=True)
