"""From the options of `train`, or a file, to the configuration of a run."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnapp import datasets, runs
from cnnapp.cli.naming import HELP, find_run
from cnnapp.errors import CnnAppError
from cnnapp.recipes import SETTINGS, Recipe
from cnnapp.runs import RunConfig

OPTIONS = {name: row.cli for name, row in SETTINGS.items() if row.cli}  # the rest of a recipe is set with --config
FINE_TUNING: dict[str, tuple[str, Callable[[str], Any], str]] = {  # option -> field, type, help
    "fine_tune_from": ("from_layer", str, "first layer that learns in phase 2; without it all do"),
    "head_epochs": ("head_epochs", int, "of phase 1, in which the last layers alone learn; without it half of all"),
    "fine_tuning_rate": ("learning_rate", float, "of phase 2; without it a tenth of the other"),
}
DERIVED = ("image_shape", "class_names", "layers")  # in a run's config.json; they follow from data set and network


def add_experiment_arguments(parser: ArgumentParser) -> None:
    """Take an experiment: data set, network and settings."""
    parser.add_argument("--dataset", metavar="D", help="a name of `cnnapp datasets`")
    parser.add_argument("--architecture", "--network", metavar="A", help="a name of `cnnapp architectures`")
    fields: dict[str, Any] = {**Recipe.model_fields, **RunConfig.model_fields}
    for name, words in OPTIONS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=fields[name].annotation, help=words)
    parser.add_argument(
        "--option", metavar="NAME=N", action="append", default=[], help="a size that the network leaves open: width=128"
    )
    parser.add_argument("--from-run", metavar="RUN", help=f"start with the weights of a finished run: {HELP}")
    for name, (_, kind, words) in FINE_TUNING.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=words)
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help="JSON with any settings of a recipe, or the config.json of a run to do again",
    )


def put_together(arguments: Namespace) -> RunConfig:
    """Return the run that the options of `train` describe.

    Raises:
        CnnAppError: something is missing, unknown or out of range.
    """
    given = {name: value for name in OPTIONS if (value := getattr(arguments, name)) is not None}
    given |= _fine_tuning(arguments)
    described = _read(arguments.config) if arguments.config else {}
    if "fine_tuning" in given and not arguments.architecture:
        arguments.architecture = runs.find(given["fine_tuning"]["run"]).config.architecture
    if described and given:
        raise CnnAppError(
            f"Settings come from options or from a file, but --{next(iter(given)).replace('_', '-')} and --config are "
            "both given: put all settings into the file."
        )
    dataset = _chosen("dataset", arguments.dataset, described.pop("dataset", None))
    architecture = _chosen("architecture", arguments.architecture, described.pop("architecture", None))
    _check_ready(dataset)
    options = _options(arguments.option, described.pop("options", {}))
    derived = {name: described.pop(name) for name in DERIVED if name in described}
    _check_known(described)
    config = runs.configure(dataset, architecture, options=options, **given, **described)
    _check_same(config, derived)
    return config


def _options(given: list[str], from_file: Any) -> dict[str, int]:
    if not isinstance(from_file, dict):
        raise CnnAppError('options in the file is not an object: expected sizes such as {"width": 128}.')
    options = dict(from_file)
    for text in given:
        name, _, number = text.partition("=")
        if not number.isdecimal():
            raise CnnAppError(f"--option is a name and a number, as in width=128, but is {text!r}.")
        options[name] = int(number)
    return options


def _fine_tuning(arguments: Namespace) -> dict[str, Any]:
    fields = {field: getattr(arguments, name) for name, (field, _, _) in FINE_TUNING.items()}
    chosen = {field: value for field, value in fields.items() if value is not None}
    if arguments.from_run is None:
        if chosen:
            option = next(name for name, (field, _, _) in FINE_TUNING.items() if field in chosen).replace("_", "-")
            raise CnnAppError(f"--{option} is for a run that starts from another: name that one with --from-run.")
        return {}
    return {"fine_tuning": {"run": find_run(arguments.from_run).run, **chosen}}


def _chosen(name: str, option: str | None, from_file: Any) -> str:
    value = option or from_file
    if not isinstance(value, str):
        raise CnnAppError(f"No {name} was given: choose one of `cnnapp {name}s` with --{name}.")
    return value


def _check_ready(dataset: str) -> None:
    info = datasets.info(dataset)
    if info.status == "preparing":
        raise CnnAppError(f"The data set {dataset} is being prepared: try again when `cnnapp datasets` calls it ready.")
    if info.status == "not downloaded":
        raise CnnAppError(
            f"The data set {dataset} is not downloaded: download it on the Data set page (`cnnapp run`), or import an "
            f".npz file of it with `cnnapp import PATH --name {dataset}`."
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_bytes())
    except OSError as error:
        raise CnnAppError(f"{path} cannot be read ({error.strerror}): check the path.") from None
    except ValueError:
        raise CnnAppError(f'{path} is not JSON: expected an object such as {{"epochs": 5}}.') from None
    if not isinstance(described, dict):
        raise CnnAppError(f'{path} is not an object: expected settings such as {{"epochs": 5}}.')
    recipe = described.pop("recipe", {})
    if not isinstance(recipe, dict):
        raise CnnAppError(f'recipe in {path} is not an object: expected settings such as {{"epochs": 5}}.')
    return {**described, **recipe}


def _check_known(described: dict[str, Any]) -> None:
    if unknown := sorted(described.keys() - SETTINGS.keys()):
        raise CnnAppError(f"{unknown[0]!r} in the file is no setting: known are {', '.join(sorted(SETTINGS))}.")


def _check_same(config: RunConfig, derived: dict[str, Any]) -> None:
    """Refuse a run's config.json whose data set or network has changed since, rather than train something else."""
    now = config.model_dump(mode="json", include=set(derived))
    for name, value in derived.items():
        if value != now[name]:
            raise CnnAppError(
                f"{name} in the file is not that of {config.dataset} and {config.architecture} today: take it out of "
                "the file to train with today's."
            )
