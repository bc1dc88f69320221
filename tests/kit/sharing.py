"""Which tests stay in one of the processes that share the suite: those that share a server or a trained network.

xdist's own groups need more of pytest than it promises: with pytest 9.2 it keeps none together.
"""

from xdist.scheduler import LoadFileScheduling

TOGETHER = {  # what is shared: the files that do
    "server": ("tests/browser/",),
    "trained_once": (
        "tests/training/test_worker.py",
        "tests/ui/inside/",
        "tests/ui/live/test_pinned.py",
        "tests/ui/predict/",
    ),
}
APART = ("tests/browser/test_survival.py",)  # it has a server of its own, to kill


class SharingScheduling(LoadFileScheduling):
    """Whole files, one after the other, to whoever is free; files that share something to the same process."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        sharing = (name for name, files in TOGETHER.items() if file.startswith(files) and not file.startswith(APART))
        return next(sharing, file)
