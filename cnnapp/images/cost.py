"""What decoding costs: some files need several times the memory or time of others with as many pixels."""

from PIL import ImageFile

_USUAL = 7  # bytes per pixel at the peak: 4 of Pillow's image, 3 of the result
_WEBP = 16  # measured with Pillow 13: two canvases of libwebp, its copy for Python, Pillow's image
_MOST_SCANS = 10  # of a progressive JPEG at the limit, as cameras and editors write it
_BITS, _STRIP_ROWS, _TILE_WIDTH, _TILE_ROWS = 258, 278, 322, 323  # tags of TIFF 6.0


def most_pixels(image: ImageFile.ImageFile, kind: str, data: bytes, limit: int) -> int:
    """Return how many pixels an opened image may have, so that it costs no more than a usual one of `limit`."""
    most = limit * _USUAL / max(_USUAL, _bytes_per_pixel(image, kind, data))
    if kind == "JPEG":
        most = min(most, limit * _MOST_SCANS / max(1, _scans(data)))
    return int(most)


def _bytes_per_pixel(image: ImageFile.ImageFile, kind: str, data: bytes) -> float:
    if kind == "WEBP":
        return _WEBP
    if kind == "JPEG" and _scans(data) > 1:
        return 4 + 2 * _samples_per_pixel(image)  # all coefficients are kept until the last scan
    if kind == "TIFF":
        return 4 + _piece_bytes(image) / max(1, image.width * image.height)
    return _USUAL


def _scans(data: bytes) -> int:
    """Count the scans of a JPEG's first picture; its other parts are skipped by their length."""
    at, end = 2, len(data) - 4
    while at < end and data[at] == 0xFF and data[at + 1] != 0xDA:
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    end = data.find(b"\xff\xd9", at)
    return data.count(b"\xff\xda", at, end if end >= 0 else len(data))


def _samples_per_pixel(image: ImageFile.ImageFile) -> float:
    layers = [(layer[1], layer[2]) for layer in getattr(image, "layer", ())]
    if not layers:
        return 3
    most = max(across for across, _ in layers) * max(down for _, down in layers)
    return float(sum(across * down for across, down in layers) / max(1, most))


def _piece_bytes(image: ImageFile.ImageFile) -> int:
    """Return how large the strip or tile is that libtiff unpacks at a time."""
    tags = getattr(image, "tag_v2", {})
    bits = sum(tags.get(_BITS, (8,)))
    width = tags.get(_TILE_WIDTH, image.width)
    rows = tags.get(_TILE_ROWS) or min(tags.get(_STRIP_ROWS, image.height), image.height)
    return int(width * rows * bits) // 8
