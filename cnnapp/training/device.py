import os
from typing import NamedTuple


class Device(NamedTuple):
    """What TensorFlow computes on in this process."""

    name: str  # for people
    gpu: bool
    intra_op_threads: int  # another number gives other roundings, so it is pinned and kept with each checkpoint


def set_up_device() -> Device:
    """Pin TensorFlow's threads, let it take GPU memory as needed, and return what it will use.

    Must run before TensorFlow does its first operation.
    """
    import tensorflow as tf

    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if gpus:
        name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
        return Device(str(name), True, threads)
    return Device(f"CPU, {threads} core{'s' if threads != 1 else ''}", False, threads)
