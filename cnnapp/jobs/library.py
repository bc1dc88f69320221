"""The jobs of one kind, in one folder: listed, found by name, made under ids of their own, called off, pruned."""

import os
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from cnnapp import files
from cnnapp.errors import CnnAppError
from cnnapp.jobs.folder import JobFolder

DRAWS = 100  # of an id, until one is free


class Listed(Protocol):
    """One line of a list of jobs."""

    @property
    def created(self) -> float:
        """When the job was made, in seconds since 1970."""


Folder = TypeVar("Folder", bound=JobFolder)
Line = TypeVar("Line", bound=Listed)


class JobLibrary(Generic[Folder]):
    """All jobs of one kind."""

    def __init__(self, kind: type[Folder], root: Callable[[], Path], missing: str) -> None:
        """Know the kind.

        Args:
            kind: of job folder.
            root: gives the folder that they lie in.
            missing: the sentence for a job that is not there; `{name!r}` stands for its name.
        """
        self._kind, self._root, self._missing = kind, root, missing

    def folders(self) -> list[Folder]:
        """Return the folders of all jobs, damaged ones included, in no order."""
        return [self._kind(self._root() / name) for name in self._names()]

    def find(self, name: str) -> Folder:
        """Return the folder of a job.

        Raises:
            CnnAppError: there is no such job.
        """
        # The name may come from a URL: it is compared with names that are there, never joined to a path.
        if name in self._names():
            return self._kind(self._root() / name)
        raise CnnAppError(self._missing.format(name=name[:200]))

    def listed(
        self, read: Callable[[Folder], Line], damaged: Callable[[Folder, str], Line] | None = None
    ) -> list[Line]:
        """Return a line for each job, newest first.

        Args:
            read: gives a job's line; raises CnnAppError for one that cannot be read.
            damaged: gives the line of such a job, with that error's sentence; without it, it is passed over.
        """
        lines = []
        for folder in sorted(self.folders(), key=lambda folder: folder.name, reverse=True):
            try:
                lines.append(read(folder))
            except CnnAppError as error:
                if damaged and folder.path.is_dir():  # else somebody has deleted it at this moment
                    lines.append(damaged(folder, str(error)))
        return sorted(lines, key=lambda line: line.created, reverse=True)

    def create(self, words: str, fill: Callable[[Folder], None]) -> Folder:
        """Make a queued job under an id that no other has, nor gets from another process at this moment.

        Args:
            words: what its id says beside the time.
            fill: writes into the new folder what is asked for, again where the id turns out to be taken.

        Raises:
            CnnAppError: no id is free.
            OSError: the folder cannot be written.
        """
        for _ in range(DRAWS):
            path = self._root() / new_id(words)
            try:
                with files.new_folder(path) as part:
                    folder = self._kind(part)
                    fill(folder)
                    folder.create_state()
            except FileExistsError:
                continue
            return self._kind(path)
        raise CnnAppError("No free id was found for a new job: try again.")

    def cancel(self, name: str) -> None:
        """Stop a job: at once while nobody works on it, else when its worker looks. One that has ended stays as it is.

        Raises:
            CnnAppError: there is no such job.
        """
        folder = self.find(name)
        folder.status()  # one whose worker has died has ended
        folder.call_off("stop")

    def prune(self, kept: int) -> None:
        """Of the jobs that have ended, damaged ones included, remove all but the newest `kept`.

        Of those that stay, what only a worker that was killed needed goes.
        """
        ended = [standing for standing in self.listed(_look, _give_up) if standing.ended]
        for place, standing in enumerate(ended):
            if place >= kept:
                standing.folder.discard()
            elif standing.done_with:
                standing.folder.tidy()

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._root()) as entries:
                names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []
        return [name for name in names if not name.startswith(".")]


def new_id(words: str) -> str:
    """Return a name for a job's folder, never a path: the time (UTC), `words` and six digits drawn by chance."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    return f"{stamp}-{re.sub(r'[^A-Za-z0-9_]+', '-', words)}-{draw_digits()}"


def draw_digits() -> str:
    """Return six hexadecimal digits."""
    return uuid.uuid4().hex[:6]


class _Standing(NamedTuple):
    folder: JobFolder
    created: float
    ended: bool
    done_with: bool  # it can be read and will not go on


def _look(folder: JobFolder) -> _Standing:
    status = folder.status()
    return _Standing(folder, status.created, status.final, status.final and status.state not in folder.idle)


def _give_up(folder: JobFolder, _sentence: str) -> _Standing:
    return _Standing(folder, made(folder), ended=True, done_with=False)


def made(folder: JobFolder) -> float:
    """Return about when a job was made whose state cannot be read, in seconds since 1970."""
    try:
        return folder.path.stat().st_mtime
    except OSError:
        return 0.0
