"""The app's sources, parsed once for all rules about them, and what breaks a rule."""

import ast
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "cnnapp").rglob("*.py")])


@cache
def parse(source: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(source.read_text())


@cache
def nodes_of(source: Path) -> list[ast.AST]:
    """All nodes of a file's syntax tree."""
    return list(ast.walk(parse(source)))


def broken(rule: Callable[[Path], Iterable[str]], among: Iterable[Path] = SOURCES) -> dict[str, list[str]]:
    """The files that break a rule, each with the names by which it does."""
    found = {str(source.relative_to(ROOT)): sorted(rule(source)) for source in among}
    return {source: names for source, names in found.items() if names}
