from cnnapp.runs.launchers.interface import Launcher, Life
from cnnapp.runs.launchers.local import LocalLauncher

__all__ = ["Launcher", "Life", "LocalLauncher"]
