import pynvml
import pytest

from cnnapp.devices import Device, find_device


def test_a_hidden_gpu_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert find_device().kind == "CPU"


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
