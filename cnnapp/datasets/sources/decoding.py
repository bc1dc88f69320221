"""Image files to images of one shape: decoded and resized on all cores, in bounded memory, in the order given."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Content, Entry
from cnnapp.datasets.facts import FileFacts
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess, announced_pixels, decode, prepare_pixels

WINDOW_BYTES = 64 * 1024**2  # of files that are read but not decoded yet
WINDOW_IMAGES = 64
LARGE_PIXELS = 8_000_000  # images above it are decoded one at a time, so that memory does not grow with the cores


class ColourFoundError(Exception):
    """An image has colours, but the set was taken for grey by its first images."""


class ReadImage(NamedTuple):
    """One file's image in the set's shape, or why there is none."""

    entry: Entry
    pixels: NDArray[np.uint8] | None  # image_shape; None: the file is skipped
    facts: FileFacts | None = None  # of what was read
    problem: str = ""


class Decoder:
    """Decodes files in threads: Pillow frees the interpreter's lock while it decodes and resizes."""

    def __init__(self, preprocess: Preprocess, *, grey_only: bool) -> None:
        self._preprocess, self._grey_only = preprocess, grey_only
        self._large = threading.Lock()
        self.image_shape = preprocess.image_shape

    def run(self, contents: Iterable[Content]) -> Iterator[ReadImage]:
        """Decode every file, in order.

        Raises:
            ColourFoundError: `grey_only` was set, and one image is not.
        """
        waiting: deque[tuple[int, Future[ReadImage]]] = deque()
        size = 0
        pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
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
        with self._large:
            return self._decode_now(content)

    def _decode_now(self, content: Content) -> ReadImage:
        try:
            decoded = decode(content.data, "The file")
        except CnnAppError as error:
            return ReadImage(content.entry, None, problem=str(error))
        if self._grey_only and decoded.pixels.shape[2] == 3:
            raise ColourFoundError
        seen, _ = prepare_pixels(decoded.pixels, self._preprocess)
        height, width, _ = decoded.pixels.shape
        facts = FileFacts(content.entry.shown, (height, width), len(content.data), decoded.conversions)
        return ReadImage(content.entry, seen, facts)
