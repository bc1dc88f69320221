"""What a subcommand is made of and what it answers."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a verb found out."""

    value: Any  # plain JSON values, for --json
    text: str  # for people
    problem: str = ""  # one sentence: the answer stands, but the exit code says failure


@dataclass(frozen=True)
class Verb:
    """One subcommand; a new one is a module here and a name in `entry.VERBS`."""

    name: str
    help: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], Answer]


def no_arguments(_parser: ArgumentParser) -> None:
    """Add nothing."""
