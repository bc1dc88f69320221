"""Names in archives, links inside them, and why an archive is not read."""

import io
import struct
import tarfile
import zipfile

import pytest

from cnnapp.datasets.containers.encodings import find_encoding
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.reading import Choices
from cnnapp.datasets.sources import given
from cnnapp.errors import CnnAppError
from cnnapp.jobs import CalledOffError
from tests.kit import image_trees
from tests.kit.image_trees import (
    Unflagged,
    as_folder,
    as_tar,
    as_zip,
    classes,
    images_by_class,
    pixels,
    png,
    take,
    under,
    unflagged_zip,
)


def named(*labels, each=4):
    return [f"{label}/{number}.png" for label in labels for number in range(each)]


NAMES = {
    "cp932": ("表面", "表紙", "裏"),  # a trail byte of each of the first two is a backslash
    "big5": ("功能", "許可"),  # here, too
    "gbk": ("苹果", "香蕉", "橙子"),
    "cp949": ("고양이", "강아지"),
    "cp866": ("кошки", "собаки"),
    "cp1251": ("кошки", "собаки"),
    "cp850": ("Äpfel", "Nüsse"),
    "cp1252": ("Straße", "Höfe"),
    "cp737": ("γάτες", "σκύλοι"),
    "utf-8": ("Äpfel", "표면"),
}


@pytest.mark.parametrize("encoding", NAMES)
def test_names_that_say_no_encoding_are_read_and_told(home, tmp_path, encoding):
    labels = NAMES[encoding]
    path = unflagged_zip(tmp_path / "given.zip", named(*labels), encoding)
    taken = take(path)
    assert set(taken.manifest.class_names) == set(labels)
    train, test = images_by_class(taken), images_by_class(taken, "test")
    for place, label in enumerate(labels):
        assert train[label] | test.get(label, set()) == {
            pixels(seed).tobytes() for seed in range(place * 4, place * 4 + 4)
        }
    assert any("does not say how its names" in notice for notice in taken.manifest.notices) == (encoding != "utf-8")


def test_a_person_chooses_the_encoding(home, tmp_path):
    path = unflagged_zip(tmp_path / "given.zip", named("jabłko", "gruszka"), "cp852")
    guess = next(guess for guess in image_trees.read(path)[0].guesses if guess.key == "encoding")
    offered = {alternative.value: alternative.title for alternative in guess.alternatives}
    assert "jabłko" in offered["cp852"]
    taken = take(path, choices={"encoding": "cp852"})
    assert set(taken.manifest.class_names) == {"jabłko", "gruszka"}
    with pytest.raises(CnnAppError, match="no known encoding"):
        take(path, choices={"encoding": "rot13"})


def test_a_wrong_encoding_merges_no_classes(home, tmp_path):
    path = unflagged_zip(tmp_path / "given.zip", named("表面", "表紙", "裏"), "cp932")
    assert len(take(path, choices={"encoding": "utf-8"}).manifest.class_names) == 3


def test_a_name_in_the_extra_field_counts(home, tmp_path):
    with zipfile.ZipFile(tmp_path / "given.zip", "w") as archive:
        for seed, name in enumerate(named("Äpfel", "Nüsse")):
            raw = name.encode("cp437")
            member = Unflagged(raw)
            utf8 = name.encode()
            crc = zipfile.crc32(raw)
            member.extra = struct.pack("<HHBI", 0x7075, 5 + len(utf8), 1, crc) + utf8
            archive.writestr(member, png(seed))
    taken = take(tmp_path / "given.zip")
    assert set(taken.manifest.class_names) == {"Äpfel", "Nüsse"}
    assert not any("does not say" in notice for notice in taken.manifest.notices)


def test_few_short_names_are_guessed_by_what_they_look_like():
    for encoding, names in {"cp932": "猫 犬", "gb18030": "正常 异常", "big5": "貓 狗", "cp874": "แมว หมา"}.items():
        if encoding != "cp874":  # two words of Thai fit too many
            assert find_encoding([name.encode(encoding) for name in names.split()]).encoding == encoding


def test_names_of_a_tar_that_are_no_utf8(home, tmp_path):
    with tarfile.open(tmp_path / "given.tar", "w", encoding="cp932", format=tarfile.GNU_FORMAT) as archive:
        for seed, name in enumerate(named("表面", "表紙")):
            member = tarfile.TarInfo(name)
            member.size = len(png(seed))
            archive.addfile(member, io.BytesIO(png(seed)))
    assert set(take(tmp_path / "given.tar").manifest.class_names) == {"表面", "表紙"}


def linked_tar(path, links, pool=None):
    """A tar whose sets are hard links."""
    files = pool or classes("pool/cat", "pool/dog", each=4)
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.LNKTYPE, target
            archive.addfile(member)
    return path


def test_hard_links_are_the_files_that_they_name(home, tmp_path):
    links = []
    for label in ("cat", "dog"):
        links += [(f"sets/train/{label}/{n}.png", f"pool/{label}/{n}.png") for n in (2, 0, 1)]
        links += [
            (f"sets/test/{label}/3.png", f"pool/{label}/3.png"),
            (f"again/{label}.png", f"sets/test/{label}/3.png"),
        ]
    taken = take(linked_tar(tmp_path / "given.tar.gz", links))
    seeds = {"cat": 0, "dog": 4}
    assert images_by_class(taken) == {
        label: {pixels(first + n).tobytes() for n in range(3)} for label, first in seeds.items()
    }
    assert images_by_class(taken, "test") == {label: {pixels(first + 3).tobytes()} for label, first in seeds.items()}


@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "pool/cat/9.png", "later/0.png"])
def test_hard_links_never_lead_outside(home, tmp_path, target):
    taken = take(linked_tar(tmp_path / "given.tar.gz", [("pool/cat/x.png", target)]))
    assert [skipped.file for skipped in taken.manifest.skipped] == ["pool/cat/x.png"]
    assert "hard link" in taken.manifest.skipped[0].reason


def test_many_links_to_one_large_file_are_a_bomb(home, tmp_path, monkeypatch):
    pool = {"pool/cat/0.png": bytes(10**6), "pool/dog/0.png": png(1)}
    links = [(f"pool/cat/{n}.png", "pool/cat/0.png") for n in range(1, 200)]
    with pytest.raises(CnnAppError, match="as a bomb does"):
        take(linked_tar(tmp_path / "given.tar.gz", links, pool))


def encrypted(path):
    data = bytearray(as_zip(path, classes("ant", "bee")).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 1)
    path.write_bytes(data)
    return path


def with_method(path, number):
    data = bytearray(as_zip(path, classes("ant", "bee")).read_bytes())
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset : place + offset + 2] = struct.pack("<H", number)
            place = data.find(mark, place + 1)
    path.write_bytes(data)
    return path


def plain(path, data):
    path.write_bytes(data)
    return path


def absolute(path):
    with tarfile.open(path, "w") as archive:
        for name, data in classes("ant", "bee").items():
            member = tarfile.TarInfo(f"/data/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


REFUSED = {
    "encrypted": (encrypted, "is encrypted"),
    "bzip2": (lambda path: as_zip(path, classes("ant", "bee"), zipfile.ZIP_BZIP2), "compressed with bzip2"),
    "LZMA": (lambda path: as_zip(path, classes("ant", "bee"), zipfile.ZIP_LZMA), "compressed with LZMA"),
    "Deflate64": (lambda path: with_method(path, 9), "compressed with Deflate64"),
    "Zstandard": (lambda path: with_method(path, 93), "compressed with Zstandard"),
    "archives inside": (lambda path: as_zip(path, {"train.zip": b"PK", "test.zip": b"PK"}), "an archive inside"),
    "absolute names": (absolute, "its path is absolute"),
    "RAR": (lambda path: plain(path, b"Rar!\x1a\x07\x01\0" + bytes(600)), "a RAR archive"),
    "7-Zip": (lambda path: plain(path, b"7z\xbc\xaf\x27\x1c" + bytes(600)), "a 7-Zip archive"),
    "xz": (lambda path: plain(path, b"\xfd7zXZ\0" + bytes(600)), "an xz archive"),
    "one image": (lambda path: plain(path, png(1)), "one PNG image"),
    "a web page": (lambda path: plain(path, b"<!doctype html><html>sign in</html>"), "a web page"),
    "only texts": (lambda path: as_zip(path, {"a/readme.txt": b"text", "b/readme.txt": b"text"}), "a text file"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read_is_refused_by_its_own_name(home, tmp_path, case):
    write, reason = REFUSED[case]
    with pytest.raises(CnnAppError, match=reason) as refusal:
        take(write(tmp_path / "given.zip"))
    assert "\n" not in str(refusal.value)


def test_some_encrypted_files_are_left_out_with_the_reason(home, tmp_path):
    path = as_zip(tmp_path / "given.zip", classes("ant", "bee") | {"bee/z.png": png(50)})
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(data)
    assert ["encrypted" in skipped.reason for skipped in take(path).manifest.skipped] == [True]


def test_a_folder_keeps_its_names(home, tmp_path):
    source = as_folder(tmp_path / "given", under("a\\b", classes("表面")) | under("a\\b", classes("裏", start=20)))
    assert set(take(source).manifest.class_names) == {"表面", "裏"}


def test_tars_and_folders_say_no_encoding(home, tmp_path):
    reading, _ = image_trees.read(as_tar(tmp_path / "given.tar.gz", classes("Äpfel", "Nüsse")))
    assert not any(guess.key == "encoding" for guess in reading.guesses)


def test_a_tar_tells_how_far_it_was_gone_through_and_can_be_called_off(home, tmp_path):
    path, heard = as_tar(tmp_path / "given.tar", classes("ant", "bee"), "w"), []

    def report(what, done, total, unit="images"):
        heard.append((done, total))
        if done:
            raise CalledOffError

    with pytest.raises(CalledOffError):
        given.read(path, "", Choices(), Workspace(tmp_path, report))
    assert heard[-1][1] == path.stat().st_size
