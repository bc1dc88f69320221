"""What a probe before Start says, from its figures alone; and what a container's limit leaves."""

import sys
from pathlib import Path

import pytest

from cnnapp.runs.probes import Mode, PreflightResult
from cnnapp.training.probes import memory, modes

PLAIN = Mode(precision="float32", jit_compile=False, images_per_second=1000.0, first_step_seconds=2.0)
FOUND = PreflightResult(
    device="CPU, 2 cores",
    train=5000,
    validation=500,
    test=1000,
    batch_size=64,
    memory_bytes=900_000_000,
    budget_bytes=4_000_000_000,
    largest_batch=2000,
    largest_tried=1024,
    timed_batch=64,
    modes=(PLAIN,),
    evaluated_per_second=5000.0,
    draws_seconds=0.1,
    seconds=9.0,
)


def with_speeds(half: float | None, xla: float | None) -> PreflightResult:
    modes = (
        PLAIN,
        Mode(precision="mixed_bfloat16", jit_compile=False, images_per_second=half),
        Mode(precision="float32", jit_compile=True, images_per_second=xla),
    )
    return FOUND.model_copy(update={"modes": modes})


def test_a_run_takes_its_epochs_their_validation_and_one_test():
    assert FOUND.epoch_seconds(PLAIN) == pytest.approx(5 + 0.1 + 0.1)
    assert FOUND.run_seconds(PLAIN, 10) == pytest.approx(2 + 52 + 0.2)


@pytest.mark.parametrize(
    ("half", "xla", "fastest"),
    [
        (1050.0, 900.0, "float32"),  # within the noise
        (1500.0, 900.0, "mixed_bfloat16"),
        (1500.0, 3000.0, "float32 and XLA"),
        (None, None, "float32"),
    ],
)
def test_another_mode_is_the_fastest_only_where_it_is_worth_it(half, xla, fastest):
    assert with_speeds(half, xla).fastest.words == fastest


def test_a_run_that_fits_is_not_warned_of():
    assert (FOUND.fits, FOUND.too_much) == (True, "")


def test_a_batch_that_cannot_fit_is_told_in_one_sentence_with_what_would():
    found = FOUND.model_copy(update={"memory_bytes": 9_000_000_000, "batch_size": 4096})
    assert found.too_much == (
        "At a batch size of 4,096 this run needs about 9.0 GB, but 4.0 GB may be used: try a batch of 2,000 or less."
    )
    nothing = found.model_copy(update={"largest_batch": 0})
    assert nothing.too_much.endswith("try a smaller network or smaller images.")


class Runner:
    """Stands in for a network whose speed is known: each lap is one of `speeds`, the last one for ever."""

    def __init__(self, *speeds: float) -> None:
        self._speeds, self.laps = list(speeds), 0

    def lap(self) -> float:
        self.laps += 1
        return self._speeds.pop(0) if len(self._speeds) > 1 else self._speeds[0]


def test_modes_take_turns_so_that_a_load_that_comes_favours_none():
    load = [1, 1, 1, 1, 0.2, 0.2, 0.2]
    plain, half = Runner(*(1000 * share for share in load)), Runner(*(1500 * share for share in load))
    heeded = []
    assert modes.race([plain, half], lambda: heeded.append(1)) == pytest.approx([200, 300])
    assert len(heeded) == 14


def test_a_hopeless_mode_is_not_waited_for():
    plain, slow = Runner(1000), Runner(1, 50)
    assert modes.race([plain, slow], lambda: None) == pytest.approx([1000, 50])
    assert (plain.laps, slow.laps) == (7, 2)


def write_group(folder: Path, **values: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in values.items():
        (folder / name.replace("__", ".")).write_text(f"{value}\n")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def test_the_limit_of_any_group_above_counts_and_cached_files_do_not(tmp_path, own):
    own.write_text("0::/outer/inner\n")
    root = tmp_path / "fs"
    write_group(root / "outer" / "inner", memory__max="max", memory__current=100, memory__stat="inactive_file 10")
    write_group(root / "outer", memory__max=1000, memory__current=700, memory__stat="anon 5\ninactive_file 200")
    assert memory._free_in_group(root, own) == 500


def test_the_limits_of_the_first_version_are_read(tmp_path, own):
    own.write_text("7:cpu,cpuacct:/job\n4:memory:/job\n")
    write_group(
        tmp_path / "memory" / "job",
        memory__limit_in_bytes=1000,
        memory__usage_in_bytes=900,
        memory__stat="total_inactive_file 50",
    )
    assert memory._free_in_group(tmp_path, own) == 150


def test_without_groups_nothing_is_limited(tmp_path, own):
    assert memory._free_in_group(tmp_path, own) == sys.maxsize
    own.write_text("0::/\n")
    assert memory._free_in_group(tmp_path, own) == sys.maxsize
