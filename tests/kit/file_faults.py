"""Faults at one numbered file operation of this process's main thread: killed before, after or amid it, or refused."""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

KINDS = ("kill before", "kill after", "kill amid", "ENOSPC", "EIO")
OPERATIONS = (
    (os, "fsync"),
    (os, "write"),
    (shutil, "rmtree"),
    (Path, "write_bytes"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (Path, "mkdir"),
)


class Faults:
    """Counts the operations; at number `at` (1-based) the fault happens, once."""

    def __init__(self, kind: str = "", at: int = 0) -> None:
        self.kind, self.at, self.count = kind, at, 0

    def install(self) -> "Faults":
        for owner, name in OPERATIONS:
            setattr(owner, name, self._faulty(getattr(owner, name), name))
        return self

    def _faulty(self, operation: Callable[..., Any], name: str) -> Callable[..., Any]:
        def faulty(*arguments: Any, **options: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():  # the heart beats when it likes
                return operation(*arguments, **options)
            self.count += 1
            if self.count != self.at:
                return operation(*arguments, **options)
            return self._happen(operation, name, *arguments, **options)

        return faulty

    def _happen(self, operation: Callable[..., Any], name: str, *arguments: Any, **options: Any) -> Any:
        if self.kind == "kill before":
            os.kill(os.getpid(), signal.SIGKILL)
        if name in ("write", "write_bytes") and self.kind != "kill after":  # a part of the bytes arrives
            target, data = arguments
            operation(target, data[: len(data) // 2])
        if self.kind == "kill after":
            operation(*arguments, **options)
        if self.kind.startswith("kill"):
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(getattr(errno, self.kind), os.strerror(getattr(errno, self.kind)))
