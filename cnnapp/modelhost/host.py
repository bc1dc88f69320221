"""`python -m cnnapp.modelhost.host`: answers questions about trained networks on stdin and stdout."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cnnapp.errors import CnnAppError
from cnnapp.inspection import load_filters
from cnnapp.modelhost.models import ModelCache
from cnnapp.modelhost.protocol import Message, ProtocolError, read_message, write_message

Arrays = list[NDArray[Any]]
Answer = tuple[dict[str, Any], Arrays]
NICENESS = 2  # a little below the server's, far above the training worker's


def predict(models: ModelCache, question: Message) -> Answer:
    """Probabilities float32 (n, classes) of uint8 images (n, h, w, c)."""
    model = models.get(question.header["model"])
    return {}, [model.predict(question.arrays[0])]


def activations(models: ModelCache, question: Message) -> Answer:
    """Every layer's output for one uint8 image (h, w, c)."""
    layers = models.get(question.header["model"]).activations(question.arrays[0])
    return {"layers": list(layers)}, list(layers.values())


def filters(models: ModelCache, question: Message) -> Answer:
    """Kernel and, when there is one, bias of one layer."""
    found = load_filters(models.get(question.header["model"]).model, question.header["layer"])
    return {}, [found.kernel] if found.bias is None else [found.kernel, found.bias]


OPERATIONS: dict[str, Callable[[ModelCache, Message], Answer]] = {
    "predict": predict,
    "activations": activations,
    "filters": filters,
}


def answer(models: ModelCache, question: Message) -> Answer:
    """Answer one question; a failure becomes {"error": its sentence, or "" when it has none}."""
    try:
        header, arrays = OPERATIONS[question.header["op"]](models, question)
    except CnnAppError as error:
        return {"error": str(error)}, []
    except Exception:  # the boundary: the client says it plainly, the log has the rest
        traceback.print_exc()
        return {"error": ""}, []
    return header, [np.asarray(array) for array in arrays]


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer questions in order until their stream ends."""
    models = ModelCache()
    while True:
        try:
            question = read_message(questions)
        except EOFError:
            return
        header, arrays = answer(models, question)
        try:
            write_message(answers, header, arrays)
        except ProtocolError as error:  # raised before anything was written
            write_message(answers, {"error": f"The answer is too large to show ({error}): choose a smaller network."})


def _private_stdout() -> BinaryIO:
    """Keep the real stdout for answers; whatever libraries print goes to stderr, which is the log."""
    stdout = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return stdout


def main() -> None:
    """Import Keras at once, so that the first question waits less, then serve."""
    answers = _private_stdout()
    os.nice(NICENESS)
    import keras  # noqa: F401

    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
