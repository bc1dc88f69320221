import os
import subprocess
import sys
import time

import pynvml
import pytest

from cnnapp import devices
from cnnapp.devices import Device, find_device, measure_usage


def test_a_hidden_gpu_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert find_device().kind == "CPU"


@pytest.mark.parametrize(
    ("facts", "precision"),
    [
        ("flags : fpu avx512f avx512_bf16 vnni", "mixed_bfloat16"),
        ("flags : fpu amx_bf16 amx_tile", "mixed_bfloat16"),
        ("flags : fpu avx512f avx512_vnni", "float32"),
        (None, "float32"),  # no Linux
    ],
)
def test_auto_precision_on_a_processor_is_what_it_has_instructions_for(monkeypatch, tmp_path, facts, precision) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    monkeypatch.setattr(devices, "CPU_FACTS", tmp_path / "cpuinfo")
    if facts is not None:
        devices.CPU_FACTS.write_text(f"processor : 0\n{facts}\n")
    assert devices.fast_precision() == precision


@pytest.mark.parametrize(("shown", "count"), [(None, 4), ("0", 1), ("1,3", 2), ("0,1,2,3,4", 4), ("", 0), ("-1", 0)])
def test_only_the_gpus_that_a_worker_would_see_are_counted(monkeypatch, shown, count) -> None:
    answers = {"nvmlInit": None, "nvmlShutdown": None, "nvmlDeviceGetCount": 4, "nvmlDeviceGetName": "NVIDIA L4"}
    for name, answer in {**answers, "nvmlDeviceGetHandleByIndex": 0}.items():
        monkeypatch.setattr(pynvml, name, lambda *_, answer=answer: answer)
    monkeypatch.setattr(devices, "_free_bytes", lambda _: None)
    if shown is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", shown)
    assert devices.count_gpus() == count


def test_without_a_driver_the_cpu_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_driver() -> None:
        raise pynvml.NVMLError_LibraryNotFound

    monkeypatch.setattr(pynvml, "nvmlInit", no_driver)
    device = find_device()
    assert device.kind == "CPU"
    assert device.count >= 1


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Device("CPU", "CPU", 1, None), "CPU, 1 core"),
        (Device("CPU", "CPU", 2, None), "CPU, 2 cores"),
        (Device("GPU", "NVIDIA H200", 1, 139_000_000_000), "NVIDIA H200, 139 GB free"),
        (Device("GPU", "NVIDIA L4", 4, None), "4 × NVIDIA L4"),
    ],
)
def test_device_in_words(device: Device, words: str) -> None:
    assert device.words == words


def test_usage_of_this_very_process_counts_its_work_and_memory():
    measure_usage(os.getpid())
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    usage = measure_usage(os.getpid())
    assert usage.cpu > 0.05
    assert usage.memory_bytes > 10_000_000
    assert "cores busy" in usage.words


def test_a_process_that_has_gone_has_no_usage():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert measure_usage(child.pid) is None


@pytest.mark.workers
def test_processes_that_have_ended_are_forgotten_when_another_one_comes():
    children = []
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        assert measure_usage(child.pid) is not None
        child.communicate()
        children.append(child.pid)
    assert [pid for pid in children if pid in devices._watched] == children[-1:]
