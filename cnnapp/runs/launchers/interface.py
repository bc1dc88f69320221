"""What a launcher must be able to do."""

from typing import Literal, Protocol

from cnnapp.jobs import JobFolder

Life = Literal["waiting", "alive", "gone"]  # its process is still to come, is there, or will not come (back)


class Launcher(Protocol):
    """Has a run's worker come to life somewhere, on this machine or on another one that sees the same library.

    A launcher moves a process, never a run: what is wanted and what has become of it stands in the run folder,
    written before anybody is told. The worker reads it before it imports TensorFlow and at every dispatch, claims
    the run with its token, and may come as late, as often or as seldom as the launcher's machines will have it:
    token and attempt fence all but one.
    """

    def submit(self, module: str, job: JobFolder, token: str) -> None:
        """Have `python -m module FOLDER` carried out, with `token` in the variable `jobs.TOKEN`; do not wait for it.

        A launcher whose process nobody on this machine can see says what it knows it by: `job.handed_over`.

        Raises:
            OSError: it cannot be carried out; the run has failed then.
        """

    def status(self, job: JobFolder) -> Life:
        """Say what is known of the process. "gone" ends an attempt whose worker has never claimed it."""

    def stop(self, job: JobFolder) -> None:
        """End the process at once, without asking it; it does nothing when there is none.

        Raises:
            CnnAppError: it is out of reach.
        """

    def logs(self, job: JobFolder) -> str:
        """Return the end of what the process printed."""
