"""Image files to images of one shape: decoded and resized in threads, in bounded memory, in the order given."""

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnnapp import files
from cnnapp.datasets.containers import Content, Entry
from cnnapp.datasets.facts import FileFacts
from cnnapp.datasets.sources.plan import Plan
from cnnapp.errors import CnnAppError
from cnnapp.images import Deep, announced_deep, announced_pixels, decode, prepare_pixels

WINDOW_BYTES = 64 * 1024**2  # of files that are read but not decoded yet
WINDOW_IMAGES = 64
LARGE_PIXELS = 8_000_000  # images above it are decoded one at a time, so that memory does not grow with the cores
KEPT_PIXELS = 2_000_000  # a file with more is not kept as it is: it would be slow to read again and again


Result = TypeVar("Result")


class UnplannedError(Exception):
    """An image has colours, though the set was taken for grey; or it has more than 8 bits, of unknown range."""

    def __init__(self, kind: Literal["colour", "depth"]) -> None:
        super().__init__(kind)
        self.kind = kind


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
            UnplannedError: an image is not as the plan expects all to be.
        """
        return self._in_order(contents, self._decode)

    def measure(self, contents: Iterable[Content]) -> Iterator[Deep | None]:
        """Return the values of every file's image, in order; None: it has 8 bits or less, or cannot be read."""
        return self._in_order(contents, self._measure)

    def _in_order(self, contents: Iterable[Content], work: Callable[[Content], Result]) -> Iterator[Result]:
        waiting: deque[tuple[int, Future[Result]]] = deque()
        size = 0
        pool = ThreadPoolExecutor(self._threads)
        try:
            for content in contents:
                waiting.append((len(content.data), pool.submit(work, content)))
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
        with self._alone_if_large(content):
            return self._decode_now(content)

    def _measure(self, content: Content) -> Deep | None:
        if not announced_deep(content.data):
            return None
        with self._alone_if_large(content), suppress(CnnAppError):
            return decode(content.data).deep
        return None

    def _alone_if_large(self, content: Content) -> AbstractContextManager[None]:
        large = announced_pixels(content.data) > LARGE_PIXELS
        return files.locked(self._large) if large else nullcontext()

    def _decode_now(self, content: Content) -> ReadImage:
        try:
            decoded = decode(content.data, "The file", value_range=self._plan.preprocess.value_range)
        except CnnAppError as error:
            return ReadImage(content.entry, None, problem=str(error))
        height, width, channels = decoded.pixels.shape
        if self._plan.grey_only and channels == 3:
            raise UnplannedError("colour")
        if decoded.deep is not None and not self._plan.ranged:
            raise UnplannedError("depth")
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
