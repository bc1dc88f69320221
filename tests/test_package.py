"""An installed package is whole: every file that is no Python stands in pyproject's package-data."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def packages(name: str) -> Path:
    return ROOT.joinpath(*name.split("."))


def test_every_file_beside_the_sources_is_installed_with_them():
    there = {path for path in (ROOT / "cnnapp").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")}
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    named = {path for name, patterns in data.items() for one in patterns for path in packages(name).glob(one)}
    assert there - named == set()
    assert all((packages(name) / "__init__.py").is_file() for name in data)
