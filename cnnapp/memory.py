"""The server's memory kept small and quickly swept: it serves many threads, most of which hold nothing for long.

Measured over a whole journey through the pages: 244 MB without `keep_small`, about 200 MB with it.
"""

import ctypes
import gc
import os
import sys
import time

# Parameters of mallopt (malloc.h of the GNU C library).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_ARENAS = 1  # one thread at a time holds the interpreter's lock
# The library would learn from the first picture to keep up to 64 MB: a fixed threshold lets arrays go at once.
_LARGE_BYTES = 128 * 1024

LOOK_AGAIN_SECONDS = 300.0  # after which what sessions held when it was spared may be garbage
MANY = 5_000  # objects that are not spared: looking at them takes a tenth of a millisecond


def keep_small() -> None:
    """Let the allocators keep less in reserve; to be called before pyarrow is imported and threads are many.

    Without the GNU C library (musl, macOS) only Arrow's part takes effect.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # Arrow's own pool keeps what tables have left
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):
        return
    mallopt(_M_ARENA_MAX, _ARENAS)
    mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    mallopt(_M_TRIM_THRESHOLD, _LARGE_BYTES)


class Sweeping:
    """Collects garbage once a second, and spares the collector what stays: modules, classes, what sessions hold.

    Streamlit would collect after every run of a script, each tick of a live panel included, which is a tenth of the
    tick even when all else is spared; `.streamlit/config.toml` forbids it. Looking at the 140,000 objects of the
    libraries would take 35 to 65 ms of the only interpreter each time.
    """

    def __init__(self) -> None:
        self._seen = self._spared = 0  # modules
        self._since = 0.0

    def look(self) -> bool:
        """Collect garbage. Spare what is there when no more modules come, or when the last time is long ago.

        What sessions hold at that moment is spared, too, so the next time looks at it again. In between, what has come
        is spared as it is once it is much. To be called once a second.

        Returns:
            Whether something was spared.
        """
        count, now = len(sys.modules), time.monotonic()
        settled, self._seen = count == self._seen, count
        anew = settled and (count != self._spared or now - self._since >= LOOK_AGAIN_SECONDS)
        if anew:
            self._spared, self._since = count, now
            gc.unfreeze()
        elif not self._spared:
            return False
        gc.collect()
        if not anew and len(gc.get_objects()) < MANY:
            return False
        gc.freeze()
        return True
