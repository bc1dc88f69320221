"""The server's only way to Keras: questions to a child process that holds the models."""

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cnnapp.architectures import LayerSpec
from cnnapp.errors import CnnAppError
from cnnapp.inspection import Filters
from cnnapp.modelhost.protocol import Message, ProtocolError, read_message, write_message
from cnnapp.runs import ModelRef
from cnnapp.settings import settings

__all__ = ["Filters", "LayerMaps", "ModelHost", "describe", "host"]

LOG_NAME = "modelhost.log"
MAX_LOG_BYTES = 4 * 1024 * 1024
TIMEOUT = 60.0  # seconds for one question, the start of the host and the loading of the model included
BATCH_BYTES = 16 * 1024 * 1024  # of images in one question, so that others are not kept waiting
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",  # the GPU belongs to training
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "TF_NUM_INTRAOP_THREADS": "2",
    "TF_NUM_INTEROP_THREADS": "1",
    "KERAS_BACKEND": "tensorflow",
}
_LOST = (OSError, EOFError, ProtocolError)  # the host died, or talks nonsense and has to
_DIED_TWICE = (
    "The process that holds trained networks ended twice while it answered, perhaps for want of memory: "
    f"{LOG_NAME} in the library's folder says more."
)
_FAULT = (
    "The trained network could not be asked because of a fault in the app or a damaged model: "
    f"{LOG_NAME} in the library's folder says more; try another run."
)


class LayerMaps(NamedTuple):
    """The output of one layer for one image, without the batch axis."""

    name: str
    spec: LayerSpec
    maps: NDArray[np.float32]  # (h, w, channels) feature maps, or (values,) after flattening


class ModelHost:
    """One child process, asked by many threads in turn; started when first needed, again when it died."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def warm(self, ref: ModelRef | None = None) -> None:
        """Start the child, which imports Keras, and let it load `ref`, while nobody waits; returns at once."""
        threading.Thread(target=self._warm, args=(ref,), name="warm model host", daemon=True).start()

    def _warm(self, ref: ModelRef | None) -> None:
        if ref is None:
            with self._lock:
                self._alive()
        else:
            with contextlib.suppress(CnnAppError):  # whoever asks in earnest is told
                self.predict(ref, np.zeros((1, *ref.card.preprocess.image_shape), np.uint8))

    def close(self) -> None:
        """End the child; a later question starts another."""
        with self._lock:
            self._end()

    def predict(self, ref: ModelRef, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return probabilities float32 (n, classes) of uint8 images (n, h, w, c); a sigmoid unit gives both classes.

        Raises:
            CnnAppError: the model cannot be loaded, the images do not fit it, or the host does not answer.
        """
        size = max(1, BATCH_BYTES // max(1, images[:1].nbytes))
        batches = [images[start : start + size] for start in range(0, max(1, len(images)), size)]
        answers = np.concatenate([self._ask({"op": "predict"}, ref, batch).arrays[0] for batch in batches])
        if not np.isfinite(answers).all():
            raise CnnAppError(
                "The trained network answers with NaN, which is no probability: its weights are damaged or its "
                "training diverged. Choose another epoch or run."
            )
        return answers

    def activations(self, ref: ModelRef, image: NDArray[np.uint8]) -> list[LayerMaps]:
        """Return every layer's output for one uint8 image (h, w, c), in order; raises like `predict`."""
        answer = self._ask({"op": "activations"}, ref, image)
        specs = {layer.name: layer for layer in ref.card.layers}
        if not specs.keys() >= set(answer.header["layers"]):  # the card is of another network
            raise CnnAppError(_FAULT)
        named = zip(answer.header["layers"], answer.arrays, strict=True)
        return [LayerMaps(name, specs[name], maps) for name, maps in named]

    def filters(self, ref: ModelRef, layer: str) -> Filters:
        """Return kernel and bias of the layer named `layer`; raises `CnnAppError` when it has none."""
        kernel, *bias = self._ask({"op": "filters", "layer": layer}, ref).arrays
        return Filters(layer, kernel, bias[0] if bias else None)

    def _ask(self, header: dict[str, Any], ref: ModelRef, *arrays: NDArray[Any]) -> Message:
        question = {**header, "model": describe(ref)}
        with self._lock:
            try:
                answer = self._exchange(question, arrays)
            except _LOST:
                answer = self._exchange_again(question, arrays)
        if "error" in answer.header:
            raise CnnAppError(answer.header["error"] or _FAULT)
        return answer

    def _exchange_again(self, question: dict[str, Any], arrays: tuple[NDArray[Any], ...]) -> Message:
        try:
            return self._exchange(question, arrays)
        except _LOST as error:
            raise CnnAppError(_DIED_TWICE) from error

    def _exchange(self, question: dict[str, Any], arrays: tuple[NDArray[Any], ...]) -> Message:
        process = self._alive()
        late = threading.Event()
        timer = threading.Timer(self._timeout, _kill, (process, late))
        timer.start()
        try:
            write_message(_stream(process.stdin), question, arrays)
            return read_message(_stream(process.stdout))
        except _LOST as error:
            self._end()
            if late.is_set():
                raise CnnAppError(
                    f"The trained network gave no answer within {self._timeout:.0f} seconds, so the question was "
                    "given up: try again, with a smaller network or image."
                ) from error
            raise
        finally:
            timer.cancel()

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = _start()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()  # it holds nothing that could be lost
            process.wait()
            for stream in (process.stdin, process.stdout):
                _close(_stream(stream))


def describe(ref: ModelRef) -> dict[str, Any]:
    """Return what the host needs to load the model `ref`."""
    return {
        "path": str(ref.path),
        "kind": ref.kind,
        "digest": ref.digest,
        "image_shape": list(ref.card.preprocess.image_shape),
        "classes": len(ref.card.class_names),
        "layers": [layer.model_dump(mode="json") for layer in ref.card.layers],
    }


def _start() -> subprocess.Popen[bytes]:
    home = settings().home
    home.mkdir(parents=True, exist_ok=True)
    path = home / LOG_NAME
    full = path.exists() and path.stat().st_size > MAX_LOG_BYTES
    with path.open("wb" if full else "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "cnnapp.modelhost.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=os.environ | ENVIRONMENT,
            start_new_session=True,  # Ctrl-C is for the server; the host ends when its stdin closes
        )


def _kill(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _stream(stream: Any) -> BinaryIO:
    assert stream is not None  # noqa: S101 (Popen was given pipes)
    return stream  # type: ignore[no-any-return]


def _close(stream: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # unsent bytes for a process that is gone
        stream.close()


_HOST = ModelHost()
atexit.register(_HOST.close)


def host() -> ModelHost:
    """Return the one model host of this process."""
    return _HOST
