"""`cnnapp VERB …`: one table of verbs; answers on stdout, everything else on stderr."""

import json
import os
import sys
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Sequence
from typing import Any, NoReturn

from cnnapp.cli import catalogs, checking, importing, machine, measuring, predicting, queueing, training, versions
from cnnapp.cli.output import note
from cnnapp.cli.verbs import Answer
from cnnapp.errors import CnnAppError

VERBS = (
    *machine.VERBS,
    *catalogs.VERBS,
    *importing.VERBS,
    *checking.VERBS,
    *versions.VERBS,
    *measuring.VERBS,
    *training.VERBS,
    *queueing.VERBS,
    *predicting.VERBS,
)


class _Parser(ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, formatter_class=lambda prog: HelpFormatter(prog, max_help_position=32))

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:]}: see `{self.prog} --help`.\n")


def build_parser() -> ArgumentParser:
    """Return the parser of all verbs."""
    parser = _Parser(prog="cnnapp", description="CNN Lab from the command line; CNNAPP_HOME says where its library is.")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    for verb in VERBS:
        own = verbs.add_parser(verb.name, help=verb.help, description=verb.help)
        own.add_argument("--json", action="store_true", help="print one JSON value as the last line")
        own.set_defaults(run_verb=verb.run)
        verb.add_arguments(own)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.

    Returns:
        The exit code: 0 only on success, 2 for a wrong command line.
    """
    parsed = build_parser().parse_args(arguments)
    try:
        answer: Answer = parsed.run_verb(parsed)
        _print(json.dumps(answer.value, allow_nan=False) if parsed.json else answer.text)
    except CnnAppError as error:
        return _fail(str(error))
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _fail(f"The library or a file of it cannot be used ({error}): check CNNAPP_HOME and the disk.")
    except KeyboardInterrupt:
        return _fail("Interrupted.")
    return _fail(answer.problem) if answer.problem else 0


def _print(text: Any) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fail(sentence: str) -> int:
    note(sentence)
    return 1
