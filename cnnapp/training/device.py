"""What TensorFlow computes on in this process."""

import os
from collections.abc import Sequence
from typing import NamedTuple


class Device(NamedTuple):
    """What TensorFlow computes on in this process."""

    name: str  # for people
    gpu: bool
    intra_op_threads: int  # another number gives other roundings, so it is pinned and kept with each checkpoint
    parts: tuple[str, ...] = ()  # TensorFlow's names of several that share every batch


def set_up_device(gpus: Sequence[int] = ()) -> Device:
    """Pin TensorFlow's threads, let it see no GPU but its own and take memory there as needed; return what it uses.

    Must run before TensorFlow does its first operation.

    Args:
        gpus: which ones of the machine's are its own; none: the first, if there is one.
    """
    import tensorflow as tf

    threads = tf.config.threading.get_intra_op_parallelism_threads() or _count_cores()  # pinned once, a spare's before
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    found = tf.config.list_physical_devices("GPU")
    own = [found[gpu] for gpu in gpus if gpu < len(found)] or found[:1]
    if not own:
        return Device(f"CPU, {threads} core{'s' if threads != 1 else ''}", False, threads)
    tf.config.set_visible_devices(own, "GPU")
    for gpu in own:
        tf.config.experimental.set_memory_growth(gpu, True)
    name = str(tf.config.experimental.get_device_details(own[0]).get("device_name", "GPU"))
    if len(own) == 1:
        return Device(name, True, threads)
    return Device(f"{len(own)} × {name}", True, threads, tuple(f"GPU:{number}" for number in range(len(own))))


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
