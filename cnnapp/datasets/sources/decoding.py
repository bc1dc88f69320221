"""Image files to images of one shape: decoded and resized in threads, in bounded memory, in the order given."""

import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnapp import files
from cnnapp.datasets.containers import Content, Entry
from cnnapp.datasets.facts import FileFacts
from cnnapp.datasets.sources.plan import Plan
from cnnapp.errors import CnnAppError
from cnnapp.images import announced_pixels, decode, prepare_pixels

WINDOW_BYTES = 64 * 1024**2  # of files that are read but not decoded yet
WINDOW_IMAGES = 64
LARGE_PIXELS = 8_000_000  # images above it are decoded one at a time, so that memory does not grow with the cores
KEPT_PIXELS = 2_000_000  # a file with more is not kept as it is: it would be slow to read again and again


class ColourFoundError(Exception):
    """An image has colours, but the set was taken for grey by its first images."""


class ReadImage(NamedTuple):
    """One file's image as it is stored, or why there is none."""

    entry: Entry
    stored: NDArray[np.uint8] | None  # image_shape, or (bytes,) of an image file; None: the file is skipped
    facts: FileFacts | None = None  # of what was read
    problem: str = ""


class Decoder:
    """Decodes files in threads: Pillow frees the interpreter's lock while it decodes and resizes."""

    def __init__(self, plan: Plan, folder: Path, *, threads: int) -> None:
        """`folder` takes the lock that decoders in several processes share."""
        self._plan, self._threads = plan, threads
        self._large = folder / ".large.lock"

    def run(self, contents: Iterable[Content]) -> Iterator[ReadImage]:
        """Decode every file, in order.

        Raises:
            ColourFoundError: the plan is for grey images only, and one image is not.
        """
        waiting: deque[tuple[int, Future[ReadImage]]] = deque()
        size = 0
        pool = ThreadPoolExecutor(self._threads)
        try:
            for content in contents:
                waiting.append((len(content.data), pool.submit(self._decode, content)))
                size += len(content.data)
                while waiting and (size > WINDOW_BYTES or len(waiting) > WINDOW_IMAGES):
                    length, future = waiting.popleft()
                    size -= length
                    yield future.result()
            while waiting:
                yield waiting.popleft()[1].result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _decode(self, content: Content) -> ReadImage:
        if content.problem:
            return ReadImage(content.entry, None, problem=content.problem)
        if announced_pixels(content.data) <= LARGE_PIXELS:
            return self._decode_now(content)
        with files.locked(self._large):
            return self._decode_now(content)

    def _decode_now(self, content: Content) -> ReadImage:
        try:
            decoded = decode(content.data, "The file")
        except CnnAppError as error:
            return ReadImage(content.entry, None, problem=str(error))
        height, width, channels = decoded.pixels.shape
        if self._plan.grey_only and channels == 3:
            raise ColourFoundError
        stored, _ = prepare_pixels(decoded.pixels, self._plan.preprocess)
        if self._plan.encoding == "files":
            stored = _smallest_file(content.data, stored, keep=height * width <= KEPT_PIXELS)
        facts = FileFacts(content.entry.shown, (height, width), len(content.data), decoded.conversions)
        return ReadImage(content.entry, stored, facts)


def _smallest_file(data: bytes, pixels: NDArray[np.uint8], *, keep: bool) -> NDArray[np.uint8]:
    """Return the file itself, if it may be kept, or the resized image without loss, whichever is smaller."""
    buffer = io.BytesIO()
    if pixels.shape[2] == 1:
        Image.fromarray(pixels[..., 0]).save(buffer, "PNG", compress_level=1)
    else:
        Image.fromarray(pixels).save(buffer, "WEBP", lossless=True, method=0)
    lossless = buffer.getvalue()
    return np.frombuffer(data if keep and len(data) <= len(lossless) else lossless, np.uint8)
