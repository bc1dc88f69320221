"""The sign of life of a worker that may run on another machine: a file with a number that grows."""

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from cnnapp import files
from cnnapp.errors import CnnAppError

BEAT_SECONDS = 2.0
SILENT_SECONDS = 30.0

MOST_SEEN = 1024  # jobs whose workers run where this process cannot see them: more than live at once anywhere

_seen: OrderedDict[Path, tuple[str, float]] = OrderedDict()  # the last beat of each and when it came, newest last


class Heartbeat:
    """Writes a growing number to a file every two seconds, as long as the process lives and owns its job."""

    def __init__(self, path: Path, owned: Callable[[], bool]) -> None:
        self._path, self._owned = path, owned
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Beat from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._end.set()
        self._thread.join()

    def _beat(self) -> None:
        count = 0
        while True:
            count += 1
            # A full disk must not end the work; readers will say "not responding".
            with contextlib.suppress(OSError, CnnAppError):
                if not self._owned():
                    return
                files.write(self._path, str(count).encode(), durable=False)
            if self._end.wait(BEAT_SECONDS):
                return


def silent_seconds(path: Path) -> float:
    """Return for how long this process has seen no new beat, by its own clock; 0 at the first look.

    The writer's clock may be wrong or on another machine, so only the change of the number counts.
    """
    try:
        beat = path.read_text()
    except OSError:
        beat = ""
    now = time.monotonic()
    last, since = _seen.get(path, (None, now))
    if beat != last:
        _seen.pop(path, None)
        _seen[path] = (beat, now)
        while len(_seen) > MOST_SEEN:
            _seen.popitem(last=False)
        return 0.0
    return now - since
