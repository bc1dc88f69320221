"""What a file is, told from its first bytes, so that a refusal can name it."""

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
_CALLED = {
    "JPEG": ".jpg .jpeg .jpe .jfif .mpo",
    "PNG": ".png .apng",
    "WEBP": ".webp",
    "BMP": ".bmp .dib",
    "GIF": ".gif",
    "TIFF": ".tif .tiff",
}
USUAL_SUFFIX = {kind: called.split()[0] for kind, called in _CALLED.items()}
"""What a file of each format is called when the app writes it."""
SUFFIXES = frozenset(suffix for called in _CALLED.values() for suffix in called.split())
"""What files of these formats are called."""
_FOREIGN = ".heic .heif .avif .jxl .jp2 .j2k .psd .svg .ico .exr .hdr .tga .ppm .pgm .pbm .pnm .dcm .cr2 .nef .arw .dng"
FOREIGN_SUFFIXES = frozenset(_FOREIGN.split())
"""Names of pictures in formats that are not read."""
_ALL_SUFFIXES = SUFFIXES | FOREIGN_SUFFIXES

_READ = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"BM", "BMP"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_NOT_READ = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "a Parquet file"),
    (b"8BPS", "a Photoshop image"),
    (b"\0\0\x01\0", "an icon"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x76\x2f\x31\x01", "an OpenEXR image"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
)
_BRANDS = {"avif": "an AVIF image", "avis": "an AVIF image", "qt  ": "a video"}
_HEIC_BRANDS = {"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}


def suffix_of(name: str) -> str:
    """Return a file name's suffix in lower case, ".jpg"; "" without one."""
    return name[len(stem_of(name)) :].lower()


def stem_of(name: str) -> str:
    """Return a file name without its suffix."""
    dot = name.rfind(".")  # pathlib takes ten times as long, which counts for 200,000 names
    return name[:dot] if dot > 0 else name


def is_called_image(name: str) -> bool:
    """Whether a file has the name of an image that is read; what it is, only its bytes tell."""
    return suffix_of(name) in SUFFIXES


def is_called_picture(name: str) -> bool:
    """Whether a file has the name of any picture, read or not."""
    return suffix_of(name) in _ALL_SUFFIXES


def readable_kind(data: bytes) -> str | None:
    """Return the format among `FORMATS` that the first bytes of `data` announce, or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _READ if data.startswith(magic)), None)


def foreign_kind(data: bytes) -> str | None:
    """Return what `data` is, with its article ("a HEIC image"), when it is of a known kind that is not read."""
    if data[4:8] == b"ftyp":
        return _iso_media_kind(data)
    for magic, name in _NOT_READ:
        if data.startswith(magic):
            return name
    return _text_kind(data[:4096])


def _iso_media_kind(data: bytes) -> str:
    # mif1 alone says only "an image in this container": the compatible brands tell AVIF from HEIC.
    size = min(max(int.from_bytes(data[:4], "big"), 12), 256)
    brands = [data[at : at + 4].decode("latin-1") for at in (8, *range(16, size, 4))]
    for brand in brands:
        if brand in _BRANDS:
            return _BRANDS[brand]
    return "a HEIC image" if _HEIC_BRANDS.intersection(brands) else "a video"


def _text_kind(start: bytes) -> str | None:
    text = start.decode("utf-8", errors="replace").lstrip("\ufeff").strip().lower()
    if "<svg" in text and text.startswith("<"):
        return "an SVG drawing"
    if text.startswith(("<!doctype html", "<html")):
        return "a web page"
    # One cut-off character at the end of the sample is not damage.
    if text and "\0" not in text and "\ufffd" not in text[:-1]:
        return "a text file"
    return None
