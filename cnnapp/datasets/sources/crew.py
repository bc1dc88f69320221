"""Several processes that decode an import's parts at the same time.

Threads alone do not do on many cores: Pillow frees the interpreter's lock while it decodes and resizes, but about an
eighth of the work on a photo (opening, copying into arrays) holds it: two threads gave 1.8 times the speed of one.
"""

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from cnnapp.datasets.containers import Content
from cnnapp.datasets.sources.decoding import UnplannedError
from cnnapp.errors import CnnAppError
from cnnapp.jobs import child_environment

MODULE = "cnnapp.datasets.sources.part_worker"
Work = Iterator[tuple[int, list[Content]]]


class Crew:
    """Hands parts to child processes, one at a time to each, as they come free."""

    def __init__(self, folder: Path, work: Work, *, processes: int, threads: int) -> None:
        """Take parts from `work`: (number, files); `folder` holds the plan and takes what is read."""
        self._command = [sys.executable, "-m", MODULE, str(folder), str(threads)]
        self._work, self._guard = work, threading.Lock()
        self._news: queue.Queue[int | BaseException | None] = queue.Queue()  # images decoded, a failure, an end
        self._children: list[subprocess.Popen[bytes]] = []
        self._threads = [threading.Thread(target=self._lead, daemon=True) for _ in range(processes)]

    def run(self) -> Iterator[int]:
        """Decode all parts; yield how many images are done since the last time.

        Raises:
            UnplannedError: an image is not as the plan expects all to be.
            CnnAppError: a child ended before its time, or the source is damaged.
        """
        try:
            for thread in self._threads:
                thread.start()
            left = len(self._threads)
            while left:
                news = self._news.get()
                if isinstance(news, BaseException):
                    raise news
                if news is None:
                    left -= 1
                else:
                    yield news
        finally:
            self._dismiss()

    def _lead(self) -> None:
        try:
            child = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=child_environment()
            )
            self._children.append(child)
            while (part := self._next()) is not None:
                self._decode(child, *part)
        except BaseException as error:
            self._news.put(error)
        else:
            self._news.put(None)

    def _next(self) -> tuple[int, list[Content]] | None:
        with self._guard:  # the source is read by one thread at a time
            return next(self._work, None)

    def _decode(self, child: subprocess.Popen[bytes], number: int, contents: list[Content]) -> None:
        try:
            send_part(_pipe(child.stdin), number, contents)
            for line in _pipe(child.stdout):
                answer: dict[str, Any] = json.loads(line)
                if "unplanned" in answer:
                    raise UnplannedError(answer["unplanned"])
                if "part" in answer:
                    return
                self._news.put(answer["images"])
        except BrokenPipeError:
            pass
        raise CnnAppError(
            "A process that decodes images ended without a word (killed, or out of memory): try again, with smaller "
            "images if it happens again."
        )

    def _dismiss(self) -> None:
        for child in self._children:
            child.kill()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        for child in self._children:
            for pipe in (child.stdin, child.stdout):
                _close(pipe)
            child.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the child was started without pipes")
    return pipe


def _close(pipe: IO[bytes] | None) -> None:
    with contextlib.suppress(BrokenPipeError):  # what was on its way to a child that has been killed
        _pipe(pipe).close()


def send_part(pipe: IO[bytes], number: int, contents: Sequence[Content]) -> None:
    """Hand a part to a child, in the form that `part_worker` reads."""
    listed = [(content.entry.parts, len(content.data), content.problem) for content in contents]
    pipe.write(json.dumps({"part": number, "files": listed}).encode() + b"\n")
    for content in contents:
        pipe.write(content.data)
    pipe.flush()
