"""Small files that lists look at: parsed once, and again as soon as they say something else."""

import os
import time
from pathlib import Path

import pytest

from cnnapp import files


@pytest.fixture
def parsed() -> list[bytes]:
    return []


@pytest.fixture
def remembered(parsed: list[bytes]) -> files.Remembered[int]:
    def parse(data: bytes) -> int:
        parsed.append(data)
        return int(data)

    return files.Remembered(parse)


def write_long_ago(path: Path, data: bytes) -> None:
    files.write(path, data)
    past = time.time() - 60
    os.utime(path, (past, past))


def test_an_old_file_is_parsed_once(remembered: files.Remembered[int], parsed: list[bytes], tmp_path: Path) -> None:
    path = tmp_path / "number"
    write_long_ago(path, b"7")
    assert [remembered.read(path) for _ in range(3)] == [7, 7, 7]
    assert parsed == [b"7"]


def test_a_replaced_file_is_read_again_at_once(remembered: files.Remembered[int], tmp_path: Path) -> None:
    path = tmp_path / "number"
    write_long_ago(path, b"7")
    assert remembered.read(path) == 7
    for digit in range(10):  # same size, faster than the clock's grain
        files.write(path, b"%d" % digit, durable=False)
        assert remembered.read(path) == digit


def test_a_file_that_is_gone_or_damaged_is_not_remembered(remembered: files.Remembered[int], tmp_path: Path) -> None:
    path = tmp_path / "number"
    write_long_ago(path, b"7")
    remembered.read(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        remembered.read(path)
    write_long_ago(path, b"seven")
    with pytest.raises(ValueError, match="seven"):
        remembered.read(path)


def test_no_more_is_remembered_than_allowed(parsed: list[bytes], tmp_path: Path) -> None:
    few = files.Remembered(int, most=2)
    for digit in range(5):
        write_long_ago(tmp_path / str(digit), b"%d" % digit)
        assert few.read(tmp_path / str(digit)) == digit
    assert len(few._known) <= 2
