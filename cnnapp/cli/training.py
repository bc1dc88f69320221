"""Start, list and stop runs; they are in the same library as those of the pages."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from cnnapp import runs
from cnnapp.cli.experiment import add_experiment_arguments, put_together
from cnnapp.cli.follow import follow
from cnnapp.cli.naming import HELP, find_run
from cnnapp.cli.output import note, percent, table
from cnnapp.cli.verbs import Answer, Verb, no_arguments
from cnnapp.runs import RunSummary


def add_train_arguments(parser: ArgumentParser) -> None:
    """Take an experiment and what to do after its start."""
    add_experiment_arguments(parser)
    parser.add_argument("--title", default="", help="what people shall call the run")
    parser.add_argument("--note", default="", help="anything else worth knowing of it")
    parser.add_argument("--wait", action="store_true", help="follow the run to its end; Ctrl-C leaves it going")


def train(arguments: Namespace) -> Answer:
    """Put a run into the queue, start it if a worker is free, and follow it if asked to."""
    run = runs.submit(put_together(arguments), arguments.title, note=arguments.note)
    if not arguments.wait:
        summary = runs.get(run)
        if summary.state == "queued":
            note("The run is queued: it starts when a run before it ends.")
        return Answer(_train_value(summary), run)
    note(f"{run}: Ctrl-C leaves it going.")
    try:
        summary = follow(run)
    except KeyboardInterrupt:
        going = f"{run} goes on: `cnnapp runs` shows how far it is, `cnnapp stop {run}` ends it."
        return Answer(_train_value(runs.get(run)), run, going)
    problem = "" if summary.state == "finished" else summary.message or f"The run is {summary.state}."
    return Answer(_train_value(summary), _in_words(summary), problem)


def list_runs(_arguments: Namespace) -> Answer:
    """List all runs, newest first."""
    every = runs.list_runs()
    for run in every:
        if run.damaged:
            note(run.damaged)
    head = ("run", "state", "owner", "dataset", "architecture", "epochs", "validation", "test")
    return Answer([_run_value(run) for run in every], table(head, map(_row, every)))


def add_run_argument(parser: ArgumentParser) -> None:
    """Take a run."""
    parser.add_argument("run", metavar="RUN", help=HELP)


def stop(arguments: Namespace) -> Answer:
    """Ask a run to stop; its network is saved."""
    return _told(arguments.run, runs.stop)


def pause(arguments: Namespace) -> Answer:
    """Ask a run to leave the device until it is resumed."""
    return _told(arguments.run, runs.pause)


def resume(arguments: Namespace) -> Answer:
    """Queue another attempt of a run that has ended or is paused."""
    changes = {name: getattr(arguments, name) for name in ("epochs", "learning_rate", "batch_size")}
    wanted = {name: value for name, value in changes.items() if value is not None}
    return _told(arguments.run, lambda run: runs.resume(run, **wanted))


def clone(arguments: Namespace) -> Answer:
    """Queue a new run with the settings of another."""
    run = runs.clone(find_run(arguments.run).run)
    return Answer({"run": run, "state": runs.get(run).state}, run)


def add_resume_arguments(parser: ArgumentParser) -> None:
    """Take a run and what to change on the way."""
    add_run_argument(parser)
    parser.add_argument("--epochs", type=int, help="epochs in all")
    parser.add_argument("--learning-rate", type=float, help="from now on")
    parser.add_argument("--batch-size", type=int, help="from now on, a smaller one: for a run that ran out of memory")


def _told(wanted: str, tell: Callable[[str], None]) -> Answer:
    run = find_run(wanted).run
    tell(run)
    state = runs.get(run).state
    return Answer({"run": run, "state": state}, f"{run}: {state}")


def _row(run: RunSummary) -> tuple[str, ...]:
    epochs = f"{run.epochs}/{run.epochs_wanted}"
    accuracies = (percent(run.val_accuracy), percent(run.test_accuracy))
    return (run.run, run.state, run.owner, run.dataset, run.architecture, epochs, *accuracies)


def _run_value(run: RunSummary) -> dict[str, Any]:
    return {
        "run": run.run,
        "state": run.state,
        "dataset": run.dataset,
        "architecture": run.architecture,
        "epochs": run.epochs,
        "val_accuracy": run.val_accuracy,
        "test_accuracy": run.test_accuracy,
        "title": run.title,
        "owner": run.owner,
        "note": run.note,
    }


def _train_value(run: RunSummary) -> dict[str, Any]:
    return {
        "run": run.run,
        "state": run.state,
        "epochs": run.epochs,
        "val_accuracy": run.val_accuracy,
        "test_accuracy": run.test_accuracy,
        "seconds": run.seconds,
        "images_per_second": run.images_per_second,
    }


def _in_words(run: RunSummary) -> str:
    return (
        f"{run.run}: {run.state} after {run.epochs} of {run.epochs_wanted} epochs, "
        f"validation accuracy {percent(run.val_accuracy)}, test accuracy {percent(run.test_accuracy)}"
    )


VERBS = (
    Verb("train", "train a network on a data set", add_train_arguments, train),
    Verb("runs", "list the runs, newest first", no_arguments, list_runs),
    Verb("stop", "stop a run and keep its network, or take it out of the queue", add_run_argument, stop),
    Verb("pause", "let a run leave the device until it is resumed", add_run_argument, pause),
    Verb("resume", "go on with a run that has ended or is paused", add_resume_arguments, resume),
    Verb("clone", "start a new run with the settings of another", add_run_argument, clone),
)
