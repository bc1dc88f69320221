"""Images read by a thread before they are asked for."""

import queue
import threading

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import Images

PIECE_BYTES = 8 * 1024**2  # read in one go
AHEAD_BYTES = 256 * 1024**2  # of images that wait to be asked for
LOOK_SECONDS = 0.1  # between two looks whether anyone still waits

Rows = NDArray[np.int64]
Pixels = NDArray[np.uint8]


class ReadAhead:
    """Images in an order that is known, read by a thread before they are asked for: the network need not wait."""

    def __init__(self, images: Images, rows: Rows) -> None:
        """Begin to read `rows` of `images`."""
        self._images, self._rows, self._given = images, rows, 0
        image_bytes = max(1, int(np.prod(images.shape[1:])))
        self._step = max(1, PIECE_BYTES // image_bytes)
        self._pieces: queue.Queue[Pixels | BaseException] = queue.Queue(max(1, AHEAD_BYTES // PIECE_BYTES))
        self._rest: Pixels = np.empty((0, *images.shape[1:]), np.uint8)
        self._unwanted = threading.Event()
        threading.Thread(target=self._read, name="read ahead", daemon=True).start()

    def comes(self, rows: Rows) -> bool:
        """Whether `rows` are the next ones."""
        return np.array_equal(self._rows[self._given : self._given + len(rows)], rows)

    def take(self, count: int) -> Pixels:
        """Return the next images; whatever went wrong while they were read is raised here."""
        pieces, have = [self._rest], len(self._rest)
        while have < count:
            piece = self._pieces.get()
            if isinstance(piece, BaseException):
                raise piece
            pieces.append(piece)
            have += len(piece)
        images = np.concatenate(pieces)
        self._given += count
        self._rest = images[count:].copy()
        return images[:count]

    def stop(self) -> None:
        """Read no more."""
        self._unwanted.set()

    def _read(self) -> None:
        try:
            for first in range(0, len(self._rows), self._step):
                if self._unwanted.is_set():
                    return
                self._put(self._images[self._rows[first : first + self._step]])
        except BaseException as error:
            self._put(error)

    def _put(self, piece: Pixels | BaseException) -> None:
        while not self._unwanted.is_set():
            try:
                self._pieces.put(piece, timeout=LOOK_SECONDS)
            except queue.Full:
                continue
            return
