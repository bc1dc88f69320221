"""Python's warnings silenced while threads decode."""

import threading
import warnings
from types import TracebackType


class WithoutWarnings:
    """Silence Python warnings while at least one thread is inside.

    `warnings.catch_warnings` alone swaps a process-wide list: two threads that overlap can leave it silenced
    for good. Here the first thread in swaps it and the last one out puts it back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._caught.__exit__(kind, error, trace)
