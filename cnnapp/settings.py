"""Where the library lives and what it may cost, as the operator has set it."""

import getpass
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

from cnnapp.errors import CnnAppError

LauncherName = Literal["local"]  # those of `runs.launchers`

Choice = TypeVar("Choice", bound=str)
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")  # a server is always reached under these, at any port


@dataclass(frozen=True)
class Settings:
    """Where the library lives and what it may cost; the operator sets it through the environment."""

    home: Path  # CNNAPP_HOME: data sets, runs, jobs and the inbox
    import_roots: tuple[Path, ...]  # CNNAPP_IMPORT_ROOTS, ':'-separated: server folders that pages may import from
    workers: int | None  # CNNAPP_WORKERS: training runs at the same time on this machine; by default one for each GPU
    gpus_per_run: int  # CNNAPP_GPUS_PER_RUN: that one run trains on
    launcher: LauncherName  # CNNAPP_LAUNCHER: where training runs come to life
    owner: str  # CNNAPP_OWNER: whose runs are those that nobody else claims; by default the system's user
    checkpoint_seconds: int  # CNNAPP_CHECKPOINT_SECONDS: how much training a crash may cost at most
    max_upload_bytes: int  # CNNAPP_MAX_UPLOAD_MB: one uploaded file
    max_dataset_bytes: int  # CNNAPP_MAX_DATASET_MB: one data set, unpacked
    allowed_hosts: tuple[
        str, ...
    ]  # CNNAPP_ALLOWED_HOSTS: further names, after a comma each, that the server answers to
    allow_private_urls: bool  # CNNAPP_ALLOW_PRIVATE_URLS=1: downloads may come from this machine and its network
    max_image_pixels: int  # CNNAPP_MAX_IMAGE_MEGAPIXELS: one image, before it is decoded

    @property
    def datasets_dir(self) -> Path:
        """Folder of the prepared data sets."""
        return self.home / "datasets"

    @property
    def runs_dir(self) -> Path:
        """Folder of the run folders."""
        return self.home / "runs"

    @property
    def probes_dir(self) -> Path:
        """Folder of what was measured before Start."""
        return self.home / "probes"

    @property
    def jobs_dir(self) -> Path:
        """Folder of the dataset worker's jobs."""
        return self.home / "jobs"

    @property
    def inbox(self) -> Path:
        """Folder whose files pages offer for import."""
        return self.home / "inbox"


def _whole_number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < 1:
        raise CnnAppError(f"{name} must be a whole number of 1 or more, but is {text!r}: correct it and start again.")
    return int(text)


def _yes_or_no(name: str) -> bool:
    text = os.environ.get(name, "0")
    if text not in ("0", "1"):
        raise CnnAppError(f"{name} must be 0 or 1, but is {text!r}: correct it and start again.")
    return text == "1"


def _one_of(name: str, choices: tuple[Choice, ...]) -> Choice:
    """Return the variable's value, the first of the choices by default."""
    text = os.environ.get(name, choices[0])
    for choice in choices:
        if choice == text:
            return choice
    raise CnnAppError(f"{name} must be {' or '.join(choices)}, but is {text[:80]!r}: correct it and start again.")


def _names(variable: str) -> tuple[str, ...]:
    return tuple(name for part in os.environ.get(variable, "").split(",") if (name := part.strip().lower()))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user that has no name
        return ""


@cache
def settings() -> Settings:
    """Return the settings, read from the environment once per process."""
    home = Path(os.environ.get("CNNAPP_HOME") or Path.home() / ".cnnapp").expanduser().absolute()
    roots = [Path(root) for root in os.environ.get("CNNAPP_IMPORT_ROOTS", "").split(os.pathsep) if root]
    mega = 1024 * 1024
    return Settings(
        home=home,
        import_roots=tuple(roots) or (home / "inbox",),
        workers=_whole_number("CNNAPP_WORKERS", 1) if "CNNAPP_WORKERS" in os.environ else None,
        gpus_per_run=_whole_number("CNNAPP_GPUS_PER_RUN", 1),
        launcher=_one_of("CNNAPP_LAUNCHER", get_args(LauncherName)),
        owner=os.environ.get("CNNAPP_OWNER") or _user(),
        checkpoint_seconds=_whole_number("CNNAPP_CHECKPOINT_SECONDS", 10),
        max_upload_bytes=_whole_number("CNNAPP_MAX_UPLOAD_MB", 1024) * mega,
        max_dataset_bytes=_whole_number("CNNAPP_MAX_DATASET_MB", 16 * 1024) * mega,
        allowed_hosts=(*OWN_HOSTS, *_names("CNNAPP_ALLOWED_HOSTS")),
        allow_private_urls=_yes_or_no("CNNAPP_ALLOW_PRIVATE_URLS"),
        max_image_pixels=_whole_number("CNNAPP_MAX_IMAGE_MEGAPIXELS", 64) * 1_000_000,
    )
