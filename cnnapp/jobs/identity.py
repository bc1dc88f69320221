"""Which process a worker is, and whether it still runs."""

import os
import platform
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
    machine: str = ""  # tells a reboot of this machine from another machine; empty in what older versions wrote
    namespace: str = ""  # containers on one machine have the same boot, but pids of their own


@cache
def boot_id() -> str:
    """Return what tells this boot of this machine from every other one."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else f"{platform.node()}-{psutil.boot_time():.0f}"


@cache
def machine_id() -> str:
    """Return what stays the same when this machine boots again."""
    path = Path("/etc/machine-id")  # cloned machines may share it, but not the name as well
    return f"{path.read_text().strip() if path.exists() else ''} {platform.node()}"


@cache
def _namespace() -> str:
    path = Path("/proc/self/ns/pid")
    return str(path.readlink()) if path.is_symlink() else ""


def _stat(pid: int) -> list[str]:
    # proc(5): the command name may hold spaces and brackets, so count from its closing one; the first is field 3.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _started(pid: int) -> float:
    if Path("/proc/self/stat").exists():
        return float(_stat(pid)[22 - 3])
    return float(psutil.Process(pid).create_time())


def identify(pid: int | None = None) -> Identity:
    """Return the identity of a running process, by default of this one.

    Raises:
        OSError: there is no such process.
        psutil.Error: likewise, where there is no /proc.
    """
    pid = os.getpid() if pid is None else pid
    return Identity(boot=boot_id(), pid=pid, started=_started(pid), machine=machine_id(), namespace=_namespace())


def is_alive(identity: Identity) -> bool | None:
    """Say whether the process still runs; a zombie does not. None: it lives elsewhere, nobody here can tell."""
    if identity.boot != boot_id():
        return False if identity.machine == machine_id() else None
    if identity.namespace not in ("", _namespace()):
        return None
    try:
        if _started(identity.pid) != identity.started:
            return False
        return bool(psutil.Process(identity.pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except (OSError, psutil.Error):
        return False


def ending_signal(identity: Identity) -> int | None:
    """Return the signal that ended a process (0: none), as long as its parent has not collected it; else None."""
    try:
        if identity.boot != boot_id() or _started(identity.pid) != identity.started:
            return None
        fields = _stat(identity.pid)
    except (OSError, psutil.Error, ValueError):
        return None
    return int(fields[52 - 3]) & 0x7F if fields[0] == "Z" else None  # field 52 is its status as of wait(2)
