"""How much memory a process or its GPU takes, and how much it may take."""

import contextlib
import resource
import sys
from pathlib import Path

import psutil

from cnnapp.devices import find_device
from cnnapp.training.device import Device

RESERVE = 0.1  # of what is free stays so: others grow, too


class Memory:
    """The device's memory as this process uses it: the GPU's, or the machine's."""

    def __init__(self, device: Device) -> None:
        self._gpu = device.gpu
        free = (find_device().free_bytes if device.gpu else min(_free_bytes(), _free_in_group())) or 0
        self.budget = int(self.now() + free * (1 - RESERVE))  # bytes that may be in use
        self.free = int(free)

    def now(self) -> int:
        """Return the bytes in use."""
        if self._gpu:
            import tensorflow as tf

            return int(tf.config.experimental.get_memory_info("GPU:0")["current"])
        return int(psutil.Process().memory_info().rss)

    def forget_peak(self) -> None:
        """Let `peak` begin again, where the system can; else it only ever grows."""
        if self._gpu:
            import tensorflow as tf

            tf.config.experimental.reset_memory_stats("GPU:0")
        else:
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak is now what is in use

    def peak(self) -> int:
        """Return the most bytes that were in use at a time."""
        if self._gpu:
            import tensorflow as tf

            return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
        return _peak_of_process()


def _peak_of_process() -> int:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2) counts in KiB, macOS in bytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _free_bytes() -> int:
    return int(psutil.virtual_memory().available)


def _free_in_group(root: Path = Path("/sys/fs/cgroup"), own: Path = Path("/proc/self/cgroup")) -> int:
    """Return what a container's limit leaves (cgroups version 2 or 1); very much where there is none.

    Files that are only cached count as used there, but go when memory is asked for.
    """
    left = sys.maxsize
    try:
        groups = [line.split(":", 2) for line in own.read_text().splitlines()]
    except OSError:
        return left
    for _, kinds, path in groups:
        folder, names = root / path.lstrip("/"), ("memory.max", "memory.current", "inactive_file")
        if kinds:
            if "memory" not in kinds.split(","):
                continue
            folder = root / "memory" / path.lstrip("/")
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        for place in (folder, *folder.parents):  # a container sees its own group as the root, and each may have a limit
            if not place.is_relative_to(root):
                break
            left = min(left, _left(place, *names))
    return left


def _left(group: Path, limit: str, used: str, cached: str) -> int:
    try:
        most, now = (group / limit).read_text().strip(), int((group / used).read_text())
        facts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        return sys.maxsize if most == "max" else max(0, int(most) - now + int(facts.get(cached, 0)))
    except (OSError, ValueError):
        return sys.maxsize
