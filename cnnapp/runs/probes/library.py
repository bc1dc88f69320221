"""Probes asked for, found again by what they are about, and called off."""

from typing import Any

from cnnapp import files, jobs
from cnnapp.jobs import JobFacts
from cnnapp.runs.config import RunConfig
from cnnapp.runs.probes.folder import LIBRARY, REQUEST, ProbeFolder
from cnnapp.runs.probes.request import ProbeKind, ProbeRequest, probe_key
from cnnapp.runs.starting import read_start, start_path

KEPT = 20  # ended probes whose results stay

cancel = LIBRARY.cancel


class Probe(JobFacts):
    """One probe as a page shows it."""

    asked: ProbeRequest
    result: Any  # plain values of a model in `results`; None before

    @property
    def kind(self) -> ProbeKind:
        """What is measured."""
        return self.asked.kind

    @property
    def config(self) -> RunConfig:
        """The run that it is about."""
        return self.asked.config


def enqueue(kind: ProbeKind, config: RunConfig) -> str:
    """Put a probe into the queue; arguments, return value and errors as of `runs.request_probe`."""
    found = find(kind, config)
    if found is not None and found.live:
        return found.job
    LIBRARY.prune(KEPT)
    asked = ProbeRequest(kind=kind, config=config, machine=jobs.machine_id(), key=probe_key(kind, config))
    start = read_start(config.recipe.fine_tuning) if config.recipe.fine_tuning else None

    def fill(folder: ProbeFolder) -> None:
        if start is not None:
            files.write(start_path(folder.path), start, durable=False)
        files.write(folder.path / REQUEST, asked.model_dump_json().encode(), durable=False)

    return LIBRARY.create(kind, fill).name


def find(kind: ProbeKind, config: RunConfig) -> Probe | None:
    """Return the newest probe of these settings on this machine that was not called off."""
    key, machine = probe_key(kind, config), jobs.machine_id()
    for probe in LIBRARY.listed(_read):
        asked = probe.asked
        if (asked.kind, asked.key, asked.machine) == (kind, key, machine) and probe.state != "stopped":
            return probe
    return None


def get(probe: str) -> Probe:
    """Return one probe; raises CnnAppError when it is gone."""
    return _read(LIBRARY.find(probe))


def log_tail(probe: str) -> str:
    """Return the end of what its process printed."""
    return LIBRARY.find(probe).log_tail()


def _read(folder: ProbeFolder) -> Probe:
    return Probe.read(folder, asked=folder.asked, result=folder.result)
