"""Where a run's worker comes to life; one kind of place a file, and a row in the table below."""

from collections.abc import Callable

from cnnapp.runs.launchers.interface import Launcher, Life
from cnnapp.runs.launchers.local import LocalLauncher
from cnnapp.settings import LauncherName, settings

__all__ = ["LAUNCHERS", "Launcher", "Life", "LocalLauncher", "chosen_launcher"]

LAUNCHERS: dict[LauncherName, Callable[[], Launcher]] = {"local": LocalLauncher}


def chosen_launcher() -> Launcher:
    """Return the launcher that the operator has chosen."""
    return LAUNCHERS[settings().launcher]()
