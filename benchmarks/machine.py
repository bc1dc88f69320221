"""The machine that a benchmark ran on, in words, for its report."""

import importlib.metadata
import os
import platform


def describe_machine() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "streamlit"))
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, {versions}"
