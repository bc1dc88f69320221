"""Which device training will find here, without TensorFlow: NVIDIA's management library, or the processor."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
import pynvml

CPU_FACTS = Path("/proc/cpuinfo")  # Linux only


@dataclass(frozen=True)
class Device:
    """What computes: the first visible NVIDIA GPU, or the CPU."""

    kind: str  # "GPU" or "CPU"
    name: str
    count: int  # GPUs, or cores that this process may use
    free_bytes: int | None  # free memory of the GPU; None where the driver does not say, and for the CPU

    @property
    def words(self) -> str:
        """The device in a few words, as the pages show it."""
        if self.kind == "CPU":
            return f"CPU, {self.count} core{'s' * (self.count != 1)}"
        several = f"{self.count} × " if self.count > 1 else ""
        free = f", {self.free_bytes / 1e9:.0f} GB free" if self.free_bytes is not None else ""
        return f"{several}{self.name}{free}"


def find_device() -> Device:
    """Return the device that a training worker started now would use."""
    return _find_gpu() or Device("CPU", "CPU", len(os.sched_getaffinity(0)), None)


def count_gpus() -> int:
    """Return how many GPUs a training worker started now would see."""
    gpu = _find_gpu()
    return gpu.count if gpu else 0


def _find_gpu() -> Device | None:
    shown = os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip()
    if shown in ("", "-1"):
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    try:
        count = pynvml.nvmlDeviceGetCount()
        if shown != "all":
            count = min(count, len(shown.split(",")))
        if not count:
            return None
        first = pynvml.nvmlDeviceGetHandleByIndex(0)
        return Device("GPU", pynvml.nvmlDeviceGetName(first), count, _free_bytes(first))
    except pynvml.NVMLError:
        return None
    finally:
        pynvml.nvmlShutdown()


def _free_bytes(gpu: object) -> int | None:
    try:
        return int(pynvml.nvmlDeviceGetMemoryInfo(gpu).free)
    except pynvml.NVMLError:  # not told on machines where GPU and CPU share their memory, or inside a MIG slice
        return None


@dataclass(frozen=True)
class Usage:
    """What one process takes of the machine now."""

    cpu: float  # cores kept busy since the last look
    memory_bytes: int
    gpu: float | None  # share of the first GPU in use, 0-1, by everybody; None without one
    gpu_bytes: int | None  # its memory in use, by everybody

    @property
    def words(self) -> str:
        """The usage in a few words, as the pages show it."""
        parts = [f"{self.cpu:.1f} cores busy", f"{self.memory_bytes / 1e9:.1f} GB of memory"]
        if self.gpu is not None and self.gpu_bytes is not None:
            parts.append(f"GPU {100 * self.gpu:.0f} % busy, {self.gpu_bytes / 1e9:.1f} GB")
        return " · ".join(parts)


def fast_precision() -> Literal["float32", "mixed_bfloat16"]:
    """Return what `auto` stands for on the device that a training worker started now would use."""
    return "mixed_bfloat16" if _multiplies_bfloat16() else "float32"


def _multiplies_bfloat16() -> bool:
    if find_device().kind == "GPU":
        try:
            pynvml.nvmlInit()
            major, _ = pynvml.nvmlDeviceGetCudaComputeCapability(pynvml.nvmlDeviceGetHandleByIndex(0))
        except pynvml.NVMLError:
            return False
        return bool(major >= 8)  # Ampere
    try:
        flags = CPU_FACTS.read_text().split()
    except OSError:  # not Linux
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


# psutil measures from one call on the same object to the next. Those that have ended go when another one comes.
_watched: dict[int, psutil.Process] = {}


def measure_usage(pid: int) -> Usage | None:
    """Return what the process takes; None when it has gone."""
    try:
        process = _watched.get(pid) or _watch(pid)
        cpu, memory = process.cpu_percent() / 100, process.memory_info().rss
    except psutil.Error:
        _watched.pop(pid, None)
        return None
    return Usage(cpu, memory, *_gpu_usage())


def _watch(pid: int) -> psutil.Process:
    process = psutil.Process(pid)
    process.cpu_percent()
    for other, watched in list(_watched.items()):
        if not watched.is_running():
            _watched.pop(other, None)  # another session may have been quicker
    _watched[pid] = process
    return process


def _gpu_usage() -> tuple[float, int] | tuple[None, None]:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None, None
    try:
        first = pynvml.nvmlDeviceGetHandleByIndex(0)
        share = pynvml.nvmlDeviceGetUtilizationRates(first).gpu / 100
        return share, int(pynvml.nvmlDeviceGetMemoryInfo(first).used)
    except pynvml.NVMLError:
        return None, None
    finally:
        pynvml.nvmlShutdown()
