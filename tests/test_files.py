"""All or nothing, whoever is killed and whoever else writes."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cnnapp import files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_write_replaces_the_whole_file_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "state.json"
    files.write(path, b"old and long")
    files.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["state.json"]


def test_a_write_that_fails_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    files.write(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["state.json"]


def test_a_reader_never_sees_a_part_of_a_file(tmp_path):
    path, end = tmp_path / "state.json", threading.Event()
    values = [{"filler": str(digit) * 50_000} for digit in range(2)]
    files.write_json(path, values[0], durable=False)

    def rewrite() -> None:
        while not end.is_set():
            for value in values:
                files.write_json(path, value, durable=False)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        assert all(files.read_json(path) in values for _ in range(200))
    finally:
        end.set()
        writer.join()


def test_json_refuses_what_other_readers_would_not_understand(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "state.json", float("nan"))
    assert names(tmp_path) == []


def test_lines_are_read_once_and_an_unfinished_one_waits(tmp_path):
    path = tmp_path / "events.jsonl"
    assert files.read_lines(path) == ([], 0)
    files.append_line(path, {"step": 1})
    lines, offset = files.read_lines(path)
    assert lines == [{"step": 1}]
    with path.open("ab") as file:
        file.write(b'{"step"')
    assert files.read_lines(path, offset) == ([], offset)
    with path.open("ab") as file:
        file.write(b":2}\n")
    assert files.read_lines(path, offset)[0] == [{"step": 2}]


def test_a_line_that_was_cut_off_spoils_only_itself(tmp_path):
    path = tmp_path / "events.jsonl"
    files.append_line(path, {"step": 1})
    with path.open("ab") as file:
        file.write(b'{"step":2,"lo')  # a kill in the middle of a write
    files.append_line(path, {"step": 3})
    assert files.read_lines(path)[0] == [{"step": 1}, {"step": 3}]


def test_a_line_that_finds_no_room_is_an_error(monkeypatch, tmp_path):
    write = files.os.write
    monkeypatch.setattr(files.os, "write", lambda handle, data: write(handle, data[:3]))
    with pytest.raises(OSError, match="No space"):
        files.append_line(tmp_path / "events.jsonl", {"step": 1})


def test_lines_of_several_writers_do_not_mix(tmp_path):
    path = tmp_path / "events.jsonl"

    def append(writer: int) -> None:
        for count in range(200):
            files.append_line(path, [writer, count])

    writers = [threading.Thread(target=append, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines, _ = files.read_lines(path)
    assert len(lines) == 800
    for writer in range(4):
        assert [count for who, count in lines if who == writer] == list(range(200))


def test_text_of_all_scripts_survives_a_line(tmp_path):
    path = tmp_path / "events.jsonl"
    files.append_line(path, {"message": "Größe\u2028猫\r\n"})
    assert files.read_lines(path)[0] == [{"message": "Größe\u2028猫\r\n"}]


HOLDER = """
import sys, time
from pathlib import Path
from cnnapp import files
lock = Path(sys.argv[1])
with files.locked(lock):
    print("mine", flush=True)
    time.sleep(float(sys.argv[2]))
    lock.with_name("left").touch()
"""


def hold(path: Path, seconds: float) -> subprocess.Popen:
    child = subprocess.Popen([sys.executable, "-c", HOLDER, path, str(seconds)], stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"mine\n"
    return child


def test_a_lock_keeps_other_processes_out_until_it_is_left(tmp_path):
    with hold(tmp_path / "lock", 0.3) as child:
        with files.locked(tmp_path / "lock"):
            assert (tmp_path / "left").exists()
        assert child.wait() == 0


def test_a_lock_goes_with_its_holder(tmp_path):
    with hold(tmp_path / "lock", 60) as child:
        child.kill()
        with files.locked(tmp_path / "lock"):
            pass


def test_a_lock_keeps_other_threads_out(tmp_path):
    order = []

    def second() -> None:
        with files.locked(tmp_path / "lock"):
            order.append("second")

    with files.locked(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_new_folder_appears_whole(tmp_path):
    path = tmp_path / "library" / "digits"
    with files.new_folder(path) as part:
        files.write(part / "manifest.json", b"{}", durable=False)
        assert not path.exists()
    assert (path / "manifest.json").read_bytes() == b"{}"
    assert names(path.parent) == ["digits"]


def test_a_new_folder_that_fails_leaves_nothing(tmp_path):
    def fill() -> None:
        with files.new_folder(tmp_path / "digits") as part:
            files.write(part / "manifest.json", b"{}")
            raise RuntimeError("a source failed")

    with pytest.raises(RuntimeError):
        fill()
    assert names(tmp_path) == []


def test_a_new_folder_takes_nobodys_place(tmp_path):
    path = tmp_path / "digits"
    path.mkdir()
    (path / "manifest.json").write_bytes(b"first")

    def fill() -> None:
        with files.new_folder(path) as part:
            (part / "manifest.json").write_bytes(b"second")

    with pytest.raises(OSError, match=r"not empty|exists"):
        fill()
    assert (path / "manifest.json").read_bytes() == b"first"
    assert names(tmp_path) == ["digits"]


def test_a_removed_folder_is_gone_with_all_that_was_in_it(tmp_path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "run" / "checkpoints" / "arrays.npz").write_bytes(b"x")
    files.remove_folder(tmp_path / "run")
    assert names(tmp_path) == []


def test_removing_a_folder_follows_no_link_out_of_it(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.png").write_bytes(b"x")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "link").symlink_to(tmp_path / "photos")
    files.remove_folder(tmp_path / "run")
    assert names(tmp_path / "photos") == ["cat.png"]


def test_bytes_and_file_have_the_same_digest_and_size(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert files.digest(b"abc") == files.digest_file(tmp_path / "a")
    assert files.digest(b"abc").startswith("ba7816bf")  # FIPS 180-2's own example
    assert files.folder_bytes(tmp_path) == 3
