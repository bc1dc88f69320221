"""Trains runs one after the other on logical CPU devices, as on GPUs: argv is pairs of a folder and how many."""

import os
import sys
from pathlib import Path

from cnnapp import datasets
from cnnapp.runs import RunFolder
from cnnapp.training.device import Device
from cnnapp.training.loop import Trainer

DEVICES = ("CPU:0", "CPU:1")


def train(path: Path, count: int) -> None:
    folder, parts = RunFolder(path), DEVICES[:count] if count > 1 else ()
    trainer = Trainer(folder, datasets.ensure(folder.config.dataset), Device(f"{count} × CPU", False, 1, parts))
    if count > 1:
        copies = trainer.model.trainable_variables[0].value.values
        assert [copy.device[-5:] for copy in copies] == ["CPU:0", "CPU:1"]
    trainer.restore()
    trainer.run()


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration() for _ in DEVICES])
    import keras

    for path, count in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
        keras.utils.clear_session()  # else the names of variables count on
        train(Path(path), int(count))
