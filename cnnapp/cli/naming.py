"""Which run the words of a command mean."""

from cnnapp import runs
from cnnapp.errors import CnnAppError
from cnnapp.runs import RunSummary

LATEST = "latest"
HELP = f"a run's id, the beginning of one, or {LATEST!r}"


def find_run(words: str) -> RunSummary:
    """Return the run that `words` mean: its id, a beginning that no other run shares, or "latest".

    Raises:
        CnnAppError: no run or several runs are meant.
    """
    every = runs.list_runs()
    if not every:
        raise CnnAppError("There are no runs yet: start one with `cnnapp train`.")
    if words == LATEST:
        return every[0]
    exact = [run for run in every if run.run == words]
    meant = exact or [run for run in every if words and run.run.startswith(words)]
    if not meant:
        raise CnnAppError(f"There is no run {words!r}: `cnnapp runs` lists them all.")
    if len(meant) > 1:
        some = ", ".join(run.run for run in meant[:3]) + " …" * (len(meant) > 3)
        raise CnnAppError(f"{words!r} is the beginning of {len(meant)} runs ({some}): give more of it.")
    return meant[0]
