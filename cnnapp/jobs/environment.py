"""The environment of child processes."""

import os
from pathlib import Path

import cnnapp

TOKEN = "CNNAPP_JOB_TOKEN"  # noqa: S105 (a variable's name)


def child_environment(**more: str) -> dict[str, str]:
    """Return this process's environment with this very package first on the path, and `more`."""
    package_parent = str(Path(cnnapp.__file__).parent.parent)
    path = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, **more}
