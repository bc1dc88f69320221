import contextlib
import time
import uuid
from typing import Any, NamedTuple

from cnnapp import files, jobs
from cnnapp.errors import CnnAppError
from cnnapp.jobs import FINAL, State
from cnnapp.runs.config import RunConfig
from cnnapp.runs.starting import read_start, start_path
from cnnapp.runs.trials.folder import REQUEST, TrialFolder, trial_folders
from cnnapp.runs.trials.request import TrialKind, TrialRequest, trial_key
from cnnapp.settings import settings

KEPT = 20  # ended trials whose results stay


class Trial(NamedTuple):
    """One trial as a page shows it."""

    trial: str
    kind: TrialKind
    config: RunConfig
    state: State
    message: str
    created: float  # seconds since 1970
    what: str  # is being done now
    done: int
    total: int
    result: Any  # plain values of a model in `results`; None before

    @property
    def live(self) -> bool:
        """Whether it may still change."""
        return self.state not in FINAL


def request(kind: TrialKind, config: RunConfig) -> str:
    """Put a trial into the queue; the caller has `runs.schedule` start it. What is under way is not asked twice.

    Args:
        kind: what is to be measured.
        config: the run that it is about.

    Returns:
        The trial's id, also its folder's name.

    Raises:
        CnnAppError: the network that the run is to begin with is gone.
    """
    found = find(kind, config)
    if found is not None and found.live:
        return found.trial
    _prune()
    trial = f"{time.strftime('%Y%m%d-%H%M%S')}-{kind}-{uuid.uuid4().hex[:6]}"
    asked = TrialRequest(kind=kind, config=config, machine=jobs.machine_id(), key=trial_key(kind, config))
    start = read_start(config.recipe.fine_tuning) if config.recipe.fine_tuning else None
    with files.new_folder(settings().trials_dir / trial) as part:
        if start is not None:
            files.write(start_path(part), start, durable=False)
        files.write(part / REQUEST, asked.model_dump_json().encode(), durable=False)
        TrialFolder(part).create_state()
    return trial


def find(kind: TrialKind, config: RunConfig) -> Trial | None:
    """Return the newest trial of these settings on this machine that was not called off."""
    key, machine = trial_key(kind, config), jobs.machine_id()
    for folder in trial_folders():
        with contextlib.suppress(CnnAppError):  # damaged, or deleted meanwhile
            asked = folder.asked
            if (asked.kind, asked.key, asked.machine) == (kind, key, machine):
                trial = _read(folder)
                if trial.state != "stopped":
                    return trial
    return None


def get(trial: str) -> Trial:
    """Return one trial; raises CnnAppError when it is gone."""
    return _read(_folder(trial))


def cancel(trial: str) -> None:
    """Ask a trial to end; nothing of it is kept."""
    folder = _folder(trial)
    folder.call_off("stop")
    if folder.status().final:  # else its worker tidies up
        start_path(folder.path).unlink(missing_ok=True)


def log_tail(trial: str) -> str:
    """Return the end of what its process printed."""
    return _folder(trial).log_tail()


def _folder(trial: str) -> TrialFolder:
    for folder in trial_folders():  # a name from outside is compared, never joined to a path
        if folder.name == trial:
            return folder
    raise CnnAppError("This measurement is no longer there: measure again.")


def _read(folder: TrialFolder) -> Trial:
    asked, status = folder.asked, folder.status()
    facts = status.summary
    return Trial(
        trial=folder.name,
        kind=asked.kind,
        config=asked.config,
        state=status.state,
        message=status.message,
        created=status.created,
        what=facts.get("what", ""),
        done=facts.get("done", 0),
        total=facts.get("total", 0),
        result=folder.result,
    )


def _prune() -> None:
    """Remove the oldest of the trials that have ended, those that cannot be read, and what killed workers have left."""
    ended = []
    for folder in trial_folders():
        try:
            live = not folder.status().final
        except CnnAppError:
            live = False
        if not live:
            ended.append(folder)
    for folder in ended:
        start_path(folder.path).unlink(missing_ok=True)
    for folder in ended[KEPT - 1 :]:
        folder.remove()
