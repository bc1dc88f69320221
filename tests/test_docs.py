"""What the README and the architecture page say is so."""

import re
import shlex
from pathlib import Path

import pytest

from cnnapp import architectures, datasets
from cnnapp.cli.entry import VERBS, build_parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
MOST_PICTURE_BYTES = 1_500_000


def blocks(text: str) -> list[str]:
    """The fenced blocks of a page."""
    return re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    """Every call of `cnnapp` in blocks and between single backticks."""
    written = [line.strip() for block in blocks(text) for line in block.splitlines()]
    written += re.findall(r"`(cnnapp [^`]+)`", text)
    return [line for line in written if line.startswith("cnnapp ")]


def targets(text: str) -> set[str]:
    """What the page links to or shows, without addresses on the web."""
    return {target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target}


def tree(text: str) -> list[tuple[int, str]]:
    """The lines of the page's first tree of files: depth in spaces, and name."""
    block = next(block for block in blocks(text) if block.startswith("app.py"))
    return [(len(line) - len(line.lstrip()), line.split()[0]) for line in block.splitlines()]


@pytest.mark.parametrize("command", commands(README))
def test_every_command_can_be_typed_as_it_is_written(command: str) -> None:
    words = shlex.split(command, comments=True)[1:]
    if "--help" in words:
        with pytest.raises(SystemExit, match=r"^0$"):
            build_parser().parse_args(words)
    else:
        assert build_parser().parse_args(words).run_verb


def test_every_verb_is_shown() -> None:
    assert {shlex.split(command, comments=True)[1] for command in commands(README)} >= {verb.name for verb in VERBS}


def test_what_the_pages_link_to_exists() -> None:
    assert [target for target in targets(README) if not (ROOT / target).exists()] == []
    assert [target for target in targets(ARCHITECTURE) if not (ROOT / "docs" / target).exists()] == []


def test_every_picture_is_shown_and_together_they_are_light() -> None:
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert {f"docs/pictures/{picture.name}" for picture in pictures} <= targets(README)
    assert sum(picture.stat().st_size for picture in pictures) < MOST_PICTURE_BYTES


def test_every_variable_is_explained_and_none_is_made_up() -> None:
    variables = r"CNNAPP_\w+"
    read = (ROOT / "cnnapp" / "settings.py").read_text()
    assert set(re.findall(variables, README)) == set(re.findall(variables, read))


def test_every_make_target_exists() -> None:
    rules = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert (
        set(re.findall(r"\bmake ([a-z-]+)(?= |`|$)", "\n".join([*blocks(README), *re.findall("`[^`]+`", README)])))
        <= rules
    )


def test_what_can_be_downloaded_is_named(home: Path) -> None:
    titles = [info.title for info in datasets.infos() if info.source == "download"]
    assert [title for title in titles if title not in README] == []


def test_the_number_of_networks_is_right() -> None:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    assert f"{words[len(architectures.catalog())].capitalize()} networks of tutorials and papers" in README


def test_the_readme_tree_exists() -> None:
    assert [name for _, name in tree(README) if not (ROOT / name).exists()] == []


def test_every_room_of_the_package_is_on_the_architecture_page_and_the_other_way_round() -> None:
    named = {name.rstrip("/") for depth, name in tree(ARCHITECTURE) if depth == 2}
    package = ROOT / "cnnapp"
    rooms = {path.name for path in package.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    rooms |= {path.name for path in package.glob("*.py") if path.name != "__init__.py"}
    assert named == rooms
