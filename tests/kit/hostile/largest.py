"""Images as large as may be read, in every way that costs more than another: some must be read, some refused."""

import zlib
from collections.abc import Iterator

from PIL import Image

from tests.kit.hostile import writers
from tests.kit.hostile.case import Case
from tests.kit.hostile.photos import exif
from tests.kit.hostile.pictures import Random
from tests.kit.hostile.writers import encode

SIDE = 8000  # 64 million pixels, the operator's limit as it comes


def png(colour: int, depth: int, channels: int, interlace: int = 0) -> bytes:
    """All zeros: a thousandth of its pixels' bytes."""
    row_bytes, squeeze = 1 + SIDE * channels * depth // 8, zlib.compressobj(1)
    data = b"".join(squeeze.compress(bytes(row_bytes)) for _ in range(SIDE * (1 + interlace))) + squeeze.flush()
    header = writers.png_header(SIDE, SIDE, depth, colour, interlace)
    palette = [(b"PLTE", bytes(range(9)))] * (colour == 3)
    return writers.png_chunks(header, *palette, (b"IDAT", data), (b"IEND", b""))


def many_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    data = encode(Image.new("L", (SIDE, SIDE)), "JPEG", progressive=True)
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:last] + data[last:end] * times + data[end:]


def largest(rng: Random) -> Iterator[Case]:
    shape = (SIDE, SIDE)
    for colour, depth, channels in ((0, 1, 1), (0, 16, 1), (2, 8, 3), (3, 8, 1), (6, 8, 4), (6, 16, 4)):
        yield Case(f"{colour}-{depth}.png", png(colour, depth, channels), "either")
    yield Case("interlaced.png", png(2, 8, 3, interlace=1), "either")
    colour = Image.new("RGB", shape, tuple(rng.integers(0, 256, 3).tolist()))
    for name, kind, options in (
        ("plain.jpg", "JPEG", {}),
        ("turned.jpg", "JPEG", {"exif": b"Exif\0\0" + exif(6)}),
        ("progressive.jpg", "JPEG", {"progressive": True, "subsampling": 0}),
        ("lossless.webp", "WEBP", {"lossless": True, "quality": 0, "method": 0}),
        ("deflate.tif", "TIFF", {"compression": "tiff_adobe_deflate"}),
        ("plain.bmp", "BMP", {}),
    ):
        yield Case(name, encode(colour, kind, **options), "either")
    small = colour.resize((5200, 5200))  # a WebP needs more than twice the memory of others
    yield Case("within.webp", encode(small, "WEBP", lossless=True, quality=0, method=0), "read")
    for mode in ("CMYK", "I;16", "F"):
        data = encode(Image.new(mode, shape), "TIFF", compression="tiff_adobe_deflate")
        yield Case(f"{mode}.tif", data, "either")
    yield Case("indexed.gif", encode(Image.new("P", shape), "GIF"), "either")
    yield Case("scans.jpg", many_scans(200), "refused", words="million are read")
