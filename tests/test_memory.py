"""The server's allocators: what is asked of them is done where the C library knows how, and harms nowhere."""

import gc
import subprocess
import sys
import types
import weakref
from collections.abc import Iterator

import pytest

from cnnapp import memory

SCRIPT = """
import threading
from cnnapp import memory
memory.keep_small()
import pyarrow
pieces = []
threads = [threading.Thread(target=lambda: pieces.extend(bytearray(100_000) for _ in range(100))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
pieces.clear()
print(pyarrow.default_memory_pool().backend_name)
"""


def test_small_allocators_serve_threads_and_arrow():
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "system"


class Held:
    """Garbage that only the collector finds, once nobody holds it any more."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def sweeping() -> Iterator[memory.Sweeping]:
    """One that has spared what is there."""
    found = memory.Sweeping()
    assert [found.look(), found.look(), found.look()] == [False, True, False]
    yield found
    gc.unfreeze()


def test_what_stays_is_spared_and_new_garbage_is_still_collected(sweeping: memory.Sweeping) -> None:
    assert gc.get_freeze_count() > 1000
    gone = weakref.ref(Held())
    gc.collect()
    assert gone() is None


def test_garbage_is_collected_at_each_look(sweeping: memory.Sweeping) -> None:
    gc.disable()
    try:
        gone = weakref.ref(Held())
        assert not sweeping.look()
    finally:
        gc.enable()
    assert gone() is None


def test_new_modules_are_spared_when_no_more_come(sweeping: memory.Sweeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "one_more", types.ModuleType("one_more"))
    assert [sweeping.look(), sweeping.look(), sweeping.look()] == [False, True, False]


def test_much_that_has_come_since_is_spared_and_its_garbage_collected(sweeping: memory.Sweeping) -> None:
    gone, spared = weakref.ref(Held()), gc.get_freeze_count()
    few = [[number] for number in range(100)]
    assert not sweeping.look()
    sessions = [[number] for number in range(memory.MANY)]
    assert sweeping.look()
    assert gone() is None
    assert gc.get_freeze_count() >= spared + len(few) + len(sessions)


def test_what_a_session_held_when_all_was_spared_is_freed_later(monkeypatch: pytest.MonkeyPatch) -> None:
    session, found = Held(), memory.Sweeping()
    gone = weakref.ref(session)
    found.look()
    found.look()
    del session
    gc.collect()
    assert gone() is not None  # spared
    monkeypatch.setattr(memory, "LOOK_AGAIN_SECONDS", 0.0)
    found.look()
    assert gone() is None
    gc.unfreeze()
