"""Archives that want to do harm or are broken: each kind many times, by seed."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from tests.kit.image_trees import classes, png, under

GOOD = classes("ant", "bee", each=6)
MEGA = 1024**2


class Case(NamedTuple):
    kind: str
    name: str  # of the file
    data: bytes
    keeps: bool  # the good images must come out of it


def cases(seeds: range) -> Iterator[Case]:
    """Yield every kind of archive for every seed."""
    for seed in seeds:
        rng = np.random.default_rng(seed)
        for kind, make, keeps in KINDS:
            for suffix, data in make(rng):
                yield Case(kind, f"{kind}-{seed}.{suffix}", data, keeps)


def zipped(members: list[tuple[zipfile.ZipInfo | str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: list[tuple[tarfile.TarInfo | str, bytes]], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members:
            member = tarfile.TarInfo(name) if isinstance(name, str) else name
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def both(files: dict[str, bytes]) -> list[tuple[str, bytes]]:
    members = list(files.items())
    return [("zip", zipped(members)), ("tar", tarred(members, "w")), ("tar.gz", tarred(members))]


def slips(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    names = ["../../{}", "/tmp/{}", "ant/../../../{}", "C:\\{}", "..\\..\\{}", "ant/{}\0.png", "\\\\host\\share\\{}"]  # noqa: S108
    evil = {str(rng.choice(names)).format(f"escaped-{number}.png"): png(number) for number in range(4)}
    return both(GOOD | evil)


def links(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    target = str(rng.choice(["/etc/passwd", "../../secret", "ant/0.png", ".", "/"]))
    zip_link = zipfile.ZipInfo("ant/link.png")
    zip_link.external_attr = (stat.S_IFLNK | 0o777) << 16
    tar_members: list[tuple[tarfile.TarInfo | str, bytes]] = []
    for number, kind in enumerate(
        (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    ):
        member = tarfile.TarInfo(f"ant/link-{number}.png")
        member.type, member.linkname = kind, target
        tar_members.append((member, b""))
    through = tarfile.TarInfo("bee/door")
    through.type, through.linkname = tarfile.SYMTYPE, "/tmp"  # noqa: S108
    tar_members += [(through, b""), ("bee/door/escaped.png", png(1))]
    good = list(GOOD.items())
    return [("zip", zipped([*good, (zip_link, target.encode())])), ("tar.gz", tarred([*good, *tar_members]))]


def bombs(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    """Zeros, packed to a thousandth; the packed megabyte is repeated, since packing them all takes seconds."""
    times = int(rng.integers(150, 200))
    squeeze = zlib.compressobj(1, wbits=-15)
    packed = squeeze.compress(bytes(MEGA)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    stored = zipped([("ant/1.bmp", packed * times + b"\3\0")], zipfile.ZIP_STORED)  # and an empty last block
    crc = zlib.crc32(bytes(times * MEGA))
    local, central = stored.index(b"PK\x03\x04"), stored.index(b"PK\x01\x02")
    announced = bytearray(stored)
    for method, sums, size in ((local + 8, local + 14, local + 22), (central + 10, central + 16, central + 24)):
        announced[method : method + 2] = struct.pack("<H", zipfile.ZIP_DEFLATED)
        announced[sums : sums + 4] = struct.pack("<I", crc)
        announced[size : size + 4] = struct.pack("<I", times * MEGA)
    member = tarfile.TarInfo("ant/1.bmp")
    member.size = times * MEGA
    return [
        ("zip", bytes(announced)),
        ("tar.gz", gzip.compress(member.tobuf()) + gzip.compress(bytes(MEGA), 1) * times),
    ]


def lying_headers(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    """An extended tar header and a member of sizes that nobody has."""
    size = int(rng.integers(2**33, 2**60))
    long_name = tarfile.TarInfo("././@LongLink")
    long_name.type, long_name.size = tarfile.GNUTYPE_LONGNAME, size
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, size
    large = tarfile.TarInfo("ant/1.png")
    large.size = size
    start = tarred(list(GOOD.items()), "w")[:-10240]
    return [("tar", start + header.tobuf(tarfile.GNU_FORMAT) + bytes(4096)) for header in (long_name, pax, large)]


def overlap(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    """A zip whose members all share the bytes of the first (Fifield 2019, in its simplest form)."""
    data = bytearray(zipped([("ant/1.png", png(1)), *((f"ant/{n}.png", b"") for n in range(2, 40))]))
    first = data.index(b"PK\x01\x02")
    entry_bytes, place = None, first
    while data[place : place + 4] == b"PK\x01\x02":
        lengths = struct.unpack("<HHH", data[place + 28 : place + 34])
        entry_bytes = entry_bytes or bytes(data[place + 16 : place + 28])
        data[place + 16 : place + 28] = entry_bytes
        data[place + 42 : place + 46] = bytes(4)
        place += 46 + sum(lengths)
    return [("zip", bytes(data))]


def cut(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    return [(suffix, data[: int(rng.integers(1, len(data) - 1100))]) for suffix, data in both(GOOD)]


def flipped(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    changed = []
    for suffix, data in both(GOOD):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), 3):
            damaged[place] ^= int(rng.integers(1, 256))
        changed.append((suffix, bytes(damaged)))
    return changed


def encrypted(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    data = bytearray(zipped([*GOOD.items(), ("ant/secret.png", png(1))]))
    local, central = data.rindex(b"PK\x03\x04"), data.rindex(b"PK\x01\x02")
    data[local + 6] |= 1
    data[central + 8] |= 1
    return [("zip", bytes(data))]


def many(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    """10,000 members, of which a dozen are images; for one seed in three, since each takes half a second."""
    if rng.integers(3):
        return []
    text = {f"ant/note-{number}.txt": b"x" for number in range(10_000)}
    return [("zip", zipped([*GOOD.items(), *text.items()], zipfile.ZIP_STORED))]


def twins(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    first, second = [("Ant", "ant"), ("caf\u00e9", "cafe\u0301"), ("\u212bnt", "\u00c5nt")][int(rng.integers(3))]
    files = under("train", classes(first, second, "bee")) | under("test", classes(first, "bee", each=2, start=50))
    return both(files)


def odd_names(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    names = ["\u202egnp.exe", "a" * 3000, "/".join("d" * 60), "<img src=x>", "`rm`", "\U0001f41c", "%s%n", "\x1b[2J"]
    return both(GOOD | {f"ant/{name}.png": png(number) for number, name in enumerate(rng.permutation(names))})


def wrong_methods(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    members = [*GOOD.items()]
    return [("zip", zipped(members, method)) for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]


def bad_images(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    """Images cut short, with other extensions, and announced as larger than any memory, among good ones."""
    whole = png(int(rng.integers(100)))
    bad = {f"ant/cut-{place}.png": whole[:place] for place in rng.integers(0, len(whole) - 20, 4)}
    bad |= {"bee/wrong.jpg": png(1), "bee/wrong.txt": png(2), "bee/Thumbs.db": rng.bytes(500)}
    header = b"IHDR" + struct.pack(">IIBBBBB", 2**31 - 1, int(rng.integers(10**4, 2**31)), 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]
    return both(GOOD | bad | {"ant/bomb.png": bomb})


def random_bytes(rng: np.random.Generator) -> list[tuple[str, bytes]]:
    magic = [b"PK\x03\x04", b"\x1f\x8b\x08\0", b"PK\x05\x06", b"", bytes(257) + b"ustar"][int(rng.integers(5))]
    noise = rng.integers(0, 256, int(rng.integers(0, 5000)), np.uint8).tobytes()
    packed = zlib.compress(noise, wbits=31)
    return [("zip", magic + noise), ("tar.gz", packed), ("tar.gz", packed[:-4])]


KINDS: list[tuple[str, Callable[[np.random.Generator], list[tuple[str, bytes]]], bool]] = [
    ("slips", slips, True),
    ("links", links, True),
    ("bombs", bombs, False),
    ("lying-headers", lying_headers, False),
    ("overlap", overlap, False),
    ("cut", cut, False),
    ("flipped", flipped, False),
    ("encrypted", encrypted, True),
    ("many", many, True),
    ("twins", twins, False),
    ("odd-names", odd_names, True),
    ("methods", wrong_methods, False),
    ("bad-images", bad_images, True),
    ("random", random_bytes, False),
]
