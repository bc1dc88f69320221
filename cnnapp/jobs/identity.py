import os
from functools import cache
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict


class Identity(BaseModel):
    """Names one process for good: a pid is reused, a pid with its start time and its boot is not."""

    model_config = ConfigDict(frozen=True)

    boot: str
    pid: int
    started: float  # clock ticks since boot on Linux, which no clock change moves; elsewhere seconds since 1970


@cache
def boot_id() -> str:
    """Return what tells this boot of this machine from every other one."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else f"{os.uname().nodename}-{psutil.boot_time():.0f}"


def _started(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        # proc(5): the command name may hold spaces and brackets, so count from its closing one; starttime is field 22.
        return float(stat.read_text().rpartition(")")[2].split()[19])
    return float(psutil.Process(pid).create_time())


def identify(pid: int | None = None) -> Identity:
    """Return the identity of a running process, by default of this one.

    Raises:
        OSError: there is no such process.
        psutil.Error: likewise, where there is no /proc.
    """
    pid = os.getpid() if pid is None else pid
    return Identity(boot=boot_id(), pid=pid, started=_started(pid))


def is_alive(identity: Identity) -> bool | None:
    """Say whether the process still runs; a zombie does not. None: it lives on another boot, nobody here can tell."""
    if identity.boot != boot_id():
        return None
    try:
        if _started(identity.pid) != identity.started:
            return False
        return bool(psutil.Process(identity.pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except (OSError, psutil.Error):
        return False
