"""The options that decide what a source is read as."""

from argparse import ArgumentParser, Namespace
from typing import Any, get_args

from pydantic import ValidationError

from cnnapp.datasets import Choices, Colour, Ink, Role
from cnnapp.errors import CnnAppError
from cnnapp.images import ResizeMode
from cnnapp.recipes import explain

RULES = (
    "auto, none, alike, folder, folder:LEVEL (1: the one a file lies in), name:PATTERN (as {group}_{n}), column:NAME"
)

# option: (field of Choices, METAVAR, help)
_TEXTS = {
    "--form": ("form", "NAME", "read it as this form; `--dry-run` names the form that is taken by itself"),
    "--reading": ("alternative", "VALUE", "the answer, where `--dry-run` asks which reading is meant"),
    "--encoding": ("encoding", "NAME", "of the names in an archive, as cp932 (default: guessed)"),
    "--set": ("array_set", "NAME", "which one, where a source holds several sets"),
    "--labels": ("label_file", "FILE", "the table of labels inside the source"),
    "--file-column": ("file_column", "NAME", "its column of files"),
    "--label-column": ("label_column", "NAME", "its column of classes"),
    "--group": ("group", "RULE", f"which images stay in one part: {RULES}"),
}


def add_choice_arguments(parser: ArgumentParser) -> None:
    """Take what is known of the source, and what image files shall become."""
    parser.add_argument("--size", type=int, metavar="N", help="height and width of the images (default: by the files)")
    parser.add_argument("--resize-mode", choices=get_args(ResizeMode), default="stretch", help="default: stretch")
    parser.add_argument(
        "--colour", choices=get_args(Colour), default="auto", help="default: auto, grey when all images are grey"
    )
    parser.add_argument("--ink", choices=get_args(Ink), default="auto", help="pen-and-ink images (default: guessed)")
    parser.add_argument(
        "--role",
        action="append",
        default=[],
        metavar="FOLDER=ROLE",
        help=f"what a folder holds: {', '.join(get_args(Role))}; may be given several times",
    )
    parser.add_argument(
        "--range", nargs=2, type=float, metavar=("LOW", "HIGH"), help="values of arrays that become black and white"
    )
    parser.add_argument(
        "--test-from",
        choices=("training", "validation"),
        default="training",
        help="what gives a test part to a source without one (default: a share of the training images)",
    )
    for option, (field, metavar, text) in _TEXTS.items():
        parser.add_argument(option, dest=field, default="", metavar=metavar, help=text)


def read_choices(arguments: Namespace) -> Choices:
    """Return the choices on the command line; raises CnnAppError for those that cannot be."""
    images: dict[str, Any] = {"size": arguments.size, "resize_mode": arguments.resize_mode, "colour": arguments.colour}
    texts = {field: getattr(arguments, field) for field, *_ in _TEXTS.values()}
    pixel_range = tuple(arguments.range) if arguments.range else None
    roles = dict(map(_role, arguments.role))
    try:
        return Choices.model_validate(
            {
                **texts,
                "images": images,
                "ink": arguments.ink,
                "pixel_range": pixel_range,
                "roles": roles,
                "test_from": arguments.test_from,
            }
        )
    except ValidationError as error:
        raise CnnAppError(explain(error)) from None


def _role(text: str) -> tuple[str, str]:
    folder, sign, role = text.rpartition("=")
    if not sign or role not in get_args(Role):
        raise CnnAppError(f"--role {text[:80]} is none: expected FOLDER=ROLE with {', '.join(get_args(Role))}.")
    return folder.rstrip("/") or ".", role
