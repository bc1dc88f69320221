"""Who waits, in which order, whose runs they are and what is worth knowing of them."""

from argparse import ArgumentParser, Namespace

from cnnapp import runs
from cnnapp.cli.naming import find_run
from cnnapp.cli.output import table
from cnnapp.cli.training import add_run_argument
from cnnapp.cli.verbs import Answer, Verb, no_arguments
from cnnapp.errors import CnnAppError


def queue(_arguments: Namespace) -> Answer:
    """List the queued runs in the order in which they will start."""
    order = [runs.get(run) for run in runs.waiting()]
    rows = [(place, run.run, run.owner, run.title) for place, run in enumerate(order, 1)]
    value = [{"place": place, "run": run.run} for place, run in enumerate(order, 1)]
    return Answer(value, table(("place", "run", "owner", "title"), rows))


def add_move_arguments(parser: ArgumentParser) -> None:
    """Take a run and its new place."""
    add_run_argument(parser)
    parser.add_argument("place", type=int, metavar="PLACE", help="1 starts next")


def move(arguments: Namespace) -> Answer:
    """Give a queued run another place."""
    run = find_run(arguments.run).run
    runs.move(run, arguments.place)
    place = runs.waiting().index(run) + 1
    return Answer({"run": run, "place": place}, f"{run}: place {place}")


def add_describe_arguments(parser: ArgumentParser) -> None:
    """Take a run and what to say of it."""
    add_run_argument(parser)
    for name in ("title", "owner", "note"):
        parser.add_argument(f"--{name}", help=f"its new {name}")


def describe(arguments: Namespace) -> Answer:
    """Change what people say about a run."""
    run = find_run(arguments.run).run
    words = {name: text for name in ("title", "owner", "note") if (text := getattr(arguments, name)) is not None}
    if not words:
        raise CnnAppError("Nothing to change was given: use --title, --owner or --note.")
    runs.describe(run, **words)
    return Answer({"run": run, **words}, f"{run}: {runs.get(run).title}")


VERBS = (
    Verb("queue", "list the runs that wait, next one first", no_arguments, queue),
    Verb("move", "give a queued run another place", add_move_arguments, move),
    Verb("describe", "change a run's title, owner or note", add_describe_arguments, describe),
)
