"""A new job folder, and a process that has ended."""

import subprocess
from pathlib import Path

import pytest

from cnnapp.jobs import JobFolder
from cnnapp.jobs.identity import Identity, identify


@pytest.fixture
def job(tmp_path: Path) -> JobFolder:
    job = JobFolder(tmp_path / "job")
    job.path.mkdir()
    job.create_state()
    return job


def dead() -> Identity:
    """The identity of a process that has ended."""
    with subprocess.Popen(["sleep", "60"]) as child:
        identity = identify(child.pid)
        child.kill()
    return identity
