"""Image files through a trained network."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnapp import images, runs
from cnnapp.cli.naming import HELP, find_run
from cnnapp.cli.output import note, percent, table
from cnnapp.cli.verbs import Answer, Verb
from cnnapp.errors import CnnAppError
from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.settings import settings

CHUNK = 64  # files that are held in memory at a time


def add_predict_arguments(parser: ArgumentParser) -> None:
    """Take a run, image files and how many classes to name."""
    parser.add_argument("run", metavar="RUN", help=HELP)
    parser.add_argument("images", metavar="IMAGE", nargs="+", help="an image file")
    parser.add_argument("--top-k", metavar="K", type=int, default=3, help="how many classes to name (3)")


def predict(arguments: Namespace) -> Answer:
    """Name the likeliest classes of each image; an image that cannot be read does not keep the others from it."""
    if arguments.top_k < 1:
        raise CnnAppError(f"--top-k must be 1 or more, but is {arguments.top_k}: give a larger one.")
    ref = runs.find_model(find_run(arguments.run).run)
    if ref.notice:
        note(ref.notice)
    value: list[dict[str, Any]] = []
    for first in range(0, len(arguments.images), CHUNK):
        value += _predict_chunk(ref, arguments.images[first : first + CHUNK], arguments.top_k)
    failed = sum("error" in entry for entry in value)
    problem = f"{failed} of {len(value)} images could not be predicted." if failed else ""
    rows = ((entry["image"], _in_words(entry)) for entry in value)
    return Answer(value, table(("image", "classes"), rows), problem)


def _predict_chunk(ref: ModelRef, names: list[str], top_k: int) -> list[dict[str, Any]]:
    seen: dict[int, NDArray[np.uint8]] = {}
    value: list[dict[str, Any]] = [{"image": name} for name in names]
    for place, name in enumerate(names):
        try:
            seen[place] = _read(name, ref)
        except CnnAppError as error:
            value[place]["error"] = str(error)
    if seen:
        probabilities = host().predict(ref, np.stack(list(seen.values())))
        for place, row in zip(seen, probabilities, strict=True):
            value[place]["top"] = _top(row, ref.card.class_names, top_k)
    return value


def _read(name: str, ref: ModelRef) -> NDArray[np.uint8]:
    path, most = Path(name).expanduser(), settings().max_upload_bytes
    try:
        if path.exists() and not path.is_file():  # a device never ends, a pipe may never begin
            raise CnnAppError(f"{name} is no regular file: give the path of an image file.")
        with path.open("rb") as file:
            data = file.read(most + 1)  # some files, as in /proc, are longer than they say
    except OSError as error:
        raise CnnAppError(f"{name} cannot be read ({error.strerror}): check the path.") from None
    if len(data) > most:
        raise CnnAppError(f"{name} is larger than CNNAPP_MAX_UPLOAD_MB allows: use a smaller file.")
    prepared = images.prepare(data, path.name, ref.card.preprocess)
    if prepared.notices:
        note(f"{name}: {', '.join(prepared.notices)}")
    return prepared.seen


def _top(probabilities: NDArray[np.float32], class_names: tuple[str, ...], top_k: int) -> list[dict[str, Any]]:
    best = np.argsort(-probabilities, kind="stable")[:top_k]
    return [{"class": class_names[index], "probability": float(probabilities[index])} for index in best]


def _in_words(entry: dict[str, Any]) -> str:
    if "error" in entry:
        return str(entry["error"])
    return " · ".join(f"{guess['class']} {percent(guess['probability'])}" for guess in entry["top"])


VERBS = (Verb("predict", "name the classes of image files", add_predict_arguments, predict),)
