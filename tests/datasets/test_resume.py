"""An import whose process is killed goes on where whole parts are on disk, and ends as an undisturbed one does."""

import contextlib
import os
import time
from functools import partial

import psutil
import pytest

from cnnapp import datasets, files
from cnnapp.datasets import requests, store
from cnnapp.datasets.sources.plan import parts_folder
from cnnapp.errors import CnnAppError
from cnnapp.ui import pages
from tests.kit.app_pages import open_page, press
from tests.kit.image_trees import as_folder, as_zip, classes
from tests.kit.waiting import finish, wait_until

pytestmark = pytest.mark.workers

FILES = 240
# A worker with small parts, which kills itself when some are on disk and a part is half decoded.
WORKER = """
import os, signal, sys
from pathlib import Path
from cnnapp.datasets.sources import plan, reading
plan.PART_FILES = 16
reading.FILES_PER_PROCESS = {per_process}
reading.os.sched_getaffinity = lambda _: {{0, 1}}
parts = plan.parts_folder(Path(sys.argv[1]) / "spool")
seen = 0
from cnnapp import jobs
from cnnapp.datasets import worker
call = jobs.Reporter.__call__
def report(self, what, done, total, unit="images"):
    global seen
    if what == "Reading the images":
        seen += 1
        if len(list(parts.glob("part-*.json"))) >= {after} and seen % 16 == 9:
            os.kill(os.getpid(), signal.SIGKILL)
    call(self, what, done, total, unit)
jobs.Reporter.__call__ = report
worker.main(Path(sys.argv[1]))
"""


@pytest.fixture
def photos():
    return classes("ant", "bee", each=FILES // 2) | {"ant/broken.png": b"\x89PNG nothing"}


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """Choose how the next dataset worker is made: worker(after=parts on disk at which it is killed)."""

    def make(after=10**9, per_process=10**9):
        folder = tmp_path / "modules"
        folder.mkdir(exist_ok=True)
        (folder / "small_worker.py").write_text(WORKER.format(after=after, per_process=per_process))
        monkeypatch.setenv("PYTHONPATH", str(folder))
        monkeypatch.setattr(requests, "WORKER", "small_worker")

    return make


def wait_until_killed(job):
    ended = finish(job)
    assert ended.state == "interrupted", requests.LIBRARY.find(job).log_tail()
    return ended


def wait_until_alone(job):
    """Wait for the children of a killed worker: they finish the part that they decode, and write it."""
    spool = str(requests.LIBRARY.find(job).path / requests.SPOOL)
    running = partial(psutil.process_iter, ["cmdline"])
    wait_until(lambda: not any(spool in (process.info["cmdline"] or ()) for process in running()))


def parts_on_disk(job):
    """{file of a part: when it was written}."""
    folder = parts_folder(requests.LIBRARY.find(job).path / requests.SPOOL)
    written = {}
    for path in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError):  # the worker has just cleaned up
            if path.suffix in (".json", ".npy"):
                written[path.name] = path.stat().st_mtime_ns
    return written


def assert_same(first, second):
    one, other = datasets.load(first), datasets.load(second)
    assert one.digest == other.digest
    assert one.manifest.skipped == other.manifest.skipped
    assert [list(split.facts.files) for split in one.splits.values()] == [
        list(split.facts.files) for split in other.splits.values()
    ]


@pytest.mark.parametrize("write", [as_folder, as_zip])
@pytest.mark.parametrize("per_process", [10**9, 50], ids=["threads", "processes"])
@pytest.mark.usefixtures("home")
def test_a_killed_import_asked_for_again_goes_on(tmp_path, photos, worker, write, per_process):
    source = write(tmp_path / "photos", photos)
    worker(after=4, per_process=per_process)
    killed = datasets.request_import(source, "Disturbed")
    wait_until_killed(killed)
    wait_until_alone(killed)
    before = parts_on_disk(killed)
    assert 8 <= len(before) < 2 * FILES / 16  # two files each
    assert not store.is_stored("disturbed")

    worker(per_process=per_process)
    begun = {}
    assert datasets.request_import(source, "Disturbed") == killed
    while datasets.get_job(killed).live:
        begun |= parts_on_disk(killed)
    assert finish(killed).state == "finished"
    assert {name: begun.get(name, written) for name, written in before.items()} == before  # none was decoded again
    assert finish(datasets.request_import(source, "Undisturbed")).state == "finished"
    assert_same("disturbed", "undisturbed")
    assert not (requests.LIBRARY.find(killed).path / requests.SPOOL).exists()


def test_an_upload_goes_on_from_the_page(home, photos, worker):
    worker(after=4)
    killed = datasets.request_import([*photos.items()], "Disturbed")
    assert "ended without a word" in wait_until_killed(killed).message
    worker()
    datasets.resume(killed)
    assert finish(killed).state == "finished"
    assert finish(datasets.request_import([*photos.items()], "Undisturbed")).state == "finished"
    assert_same("disturbed", "undisturbed")


def test_the_page_offers_to_go_on_or_to_discard(home, tmp_path, photos, worker):
    worker(after=4)
    killed = datasets.request_import(as_folder(tmp_path / "photos", photos), "*Disturbed*")
    wait_until_killed(killed)
    app = open_page(pages.DATASET, dataset="digits")
    assert "\\*Disturbed\\* was interrupted" in app.warning[0].value
    worker()
    press(app, "Go on")
    assert not app.warning
    assert finish(killed).state == "finished"

    worker(after=2)
    other = datasets.request_import(tmp_path / "photos", "Other")
    wait_until_killed(other)
    app.run()
    press(app, "Discard")
    assert not app.warning
    assert datasets.get_job(other).state == "stopped"


def test_a_changed_source_is_read_anew(home, tmp_path, photos, worker):
    source = as_folder(tmp_path / "photos", photos)
    worker(after=4)
    killed = datasets.request_import(source, "Disturbed")
    wait_until_killed(killed)
    as_folder(source, {"ant/0.png": photos["bee/1.png"]})
    worker()
    datasets.resume(killed)
    assert finish(killed).state == "finished"
    assert finish(datasets.request_import(source, "Undisturbed")).state == "finished"
    assert_same("disturbed", "undisturbed")


def test_other_settings_make_another_job(home, tmp_path, photos, worker):
    source = as_folder(tmp_path / "photos", photos)
    worker(after=2)
    killed = datasets.request_import(source, "Disturbed")
    wait_until_killed(killed)
    worker()
    other = datasets.request_import(source, "Disturbed", choices=datasets.Choices(images=datasets.ImageOptions(size=8)))
    assert other != killed
    assert finish(other).state == "finished"
    with pytest.raises(CnnAppError, match="already"):
        datasets.resume(killed)


def test_an_interrupted_import_can_be_discarded(home, tmp_path, photos, worker):
    worker(after=2)
    killed = datasets.request_import(as_folder(tmp_path / "photos", photos), "Disturbed")
    wait_until_killed(killed)
    datasets.cancel(killed)
    assert datasets.get_job(killed).state == "stopped"
    assert not (requests.LIBRARY.find(killed).path / requests.SPOOL).exists()
    with pytest.raises(CnnAppError, match="cannot go on"):
        datasets.resume(killed)


def test_children_end_with_a_killed_import(home, tmp_path, photos, worker):
    worker(after=2, per_process=50)
    killed = datasets.request_import(as_folder(tmp_path / "photos", photos), "Disturbed")
    wait_until_killed(killed)
    wait_until_alone(killed)


@pytest.fixture
def old(tmp_path):
    """Make an unfinished file or folder that was last changed two days ago."""

    def age(path):
        os.utime(path, (time.time() - 2 * 86400,) * 2)
        return path

    return age


def test_what_killed_writers_left_is_swept_a_day_later(tmp_path, old):
    for name in ("new", "old"):
        (tmp_path / f".{name}.part").mkdir()
        (tmp_path / f".{name}.part" / "images.npy").write_bytes(b"half")
        (tmp_path / f"{name}.json.part").write_bytes(b"half")
        (tmp_path / name).mkdir()
    old(tmp_path / ".old.part"), old(tmp_path / "old.json.part"), old(tmp_path / "old")
    files.sweep(tmp_path, 86400)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "old", ".new.part", "new.json.part"}


def test_what_a_living_process_works_on_is_not_swept(tmp_path, old):
    with files.new_folder(tmp_path / "large") as part:
        (part / "images.npy").write_bytes(b"half")
        old(part)
        files.sweep(tmp_path, 86400)
        assert (part / "images.npy").exists()
    assert (tmp_path / "large" / "images.npy").exists()


def test_links_are_not_swept(tmp_path, old):
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "link.part").symlink_to(kept)
    os.utime(tmp_path / "link.part", (0, 0), follow_symlinks=False)
    files.sweep(tmp_path, 86400)
    assert kept.exists()
