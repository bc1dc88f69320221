"""Who may import whom: docs/architecture.md's table of floors as data, checked against every import in the sources."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.sources import ROOT, SOURCES, broken, nodes_of, parse

# Upper floor: what a page, the shared widgets and the command line may use.
SERVER = {
    "architectures",
    "datasets",
    "devices",
    "doctor",
    "memory",
    "figures",
    "images",
    "jobs",
    "modelhost",
    "modelhost.client",
    "recipes",
    "runs",
    "settings",
    "texts",
}
FLOORS = {
    "app": {"downloads", "hosts", "lifecycle"},
    "pages": SERVER | {"ui"},
    "ui": SERVER | {"files"},  # for its digests, the keys of caches
    "downloads": {"datasets"},
    "cli": SERVER | {"lifecycle"},
    "lifecycle": SERVER | {"files", "memory"},  # it sweeps what killed writers left
    "training": {"architectures", "datasets", "devices", "files", "images", "jobs", "recipes", "runs", "settings"},
    "doctor": {"architectures", "datasets", "recipes", "runs"},
    "modelhost": {"architectures", "files", "images", "inspection", "prediction", "runs", "settings"},
    "inspection": {"images"},
    "prediction": {"images", "inspection"},
    "runs": {"architectures", "datasets", "devices", "files", "images", "jobs", "recipes", "settings"},
    "datasets": {"files", "images", "jobs", "recipes", "settings"},
    "architectures": {"files", "recipes", "settings"},
    "jobs": {"files", "settings"},
    "images": {"settings"},
    "figures": set(),
    "devices": set(),
    "hosts": {"settings"},
    "memory": set(),
    "files": set(),
    "recipes": set(),
    "settings": set(),
    "texts": set(),
    "errors": set(),
    "__init__": set(),
}
# The wings of cnnapp/ui, from the ground up: a wing may use those of the floors below it, never its neighbours.
UI_FLOORS = (
    {"pages"},
    {"kit"},
    {"components"},
    {"choice"},
    {"home", "learn", "data", "network", "inside", "evaluate"},
    {"experiment", "predict", "take_away"},
    {"run"},
    {"live", "sweep", "machine"},
)
INTERNALS = "cnnapp.ui.kit.internals"  # the one module that may use what Streamlit does not promise to keep
PROMISED = {"streamlit", "streamlit.testing"}
ONLY_IN_CHILDREN = {"imagehash", "keras", "scipy", "sklearn", "tensorflow"}
SHOWS_PAGES = {"app", "pages", "ui"}

wings = [source for source in SOURCES if source.is_relative_to(ROOT / "cnnapp" / "ui") and source.stem != "__init__"]


def room_of(source: Path) -> str:
    """The room of a file: its first name below cnnapp/, or app, or pages."""
    parts = source.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "cnnapp" else parts[0]


def imports(nodes: list[ast.AST], source: Path) -> set[str]:
    """Dotted names of the modules that `nodes` import; `from a import b` counts as a and as a.b."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{source} imports relatively: write the name in full"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def allowed(name: str, room: str) -> bool:
    """Whether a module of `room` may import the dotted `name` below cnnapp."""
    parts = name.split(".")[1:]
    if parts[0] in (room, "errors"):
        return True
    if parts[0] == "modelhost":  # the client is for the server, the rest for the child process
        return "modelhost.client" in FLOORS[room] and parts[1] == "client"
    return parts[0] in FLOORS[room]


def test_modules_import_only_from_their_floor_downwards() -> None:
    def upwards(source: Path) -> set[str]:
        room = room_of(source)
        assert room in FLOORS, f"{room} is a new room: give it a floor here and in docs/architecture.md"
        names = {name for name in imports(nodes_of(source), source) if name.startswith("cnnapp.")}
        return {name for name in names if not allowed(name, room)}

    assert broken(upwards) == {}


def floor_of(name: str) -> int:
    """The floor of a module below cnnapp.ui, 0 at the ground."""
    wing = name.split(".")[2]
    return next(floor for floor, wings in enumerate(UI_FLOORS) if wing in wings)


def module_of(source: Path) -> str:
    """The dotted name of a source file."""
    parts = source.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_wings_use_only_wings_below_them() -> None:
    def upwards(source: Path) -> set[str]:
        own = module_of(source)
        names = imports(nodes_of(source), source)
        others = {name for name in names if name.startswith("cnnapp.ui.") and name.split(".")[2] != own.split(".")[2]}
        return {name for name in others if floor_of(name) >= floor_of(own)}

    assert broken(upwards, wings) == {}


def test_few_files_lie_flat_in_ui() -> None:
    assert len(list((ROOT / "cnnapp" / "ui").glob("*.py"))) <= 6


def test_one_module_alone_uses_the_insides_of_streamlit() -> None:
    def private(source: Path) -> set[str]:
        modules = {node.module or "" for node in nodes_of(source) if isinstance(node, ast.ImportFrom)}
        return {name for name in modules if name.split(".")[0] == "streamlit" and name not in PROMISED}

    assert broken(private, [source for source in SOURCES if module_of(source) != INTERNALS]) == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count, too: they hide a circle, they do not open it."""
    known = {module_of(source): source for source in SOURCES}
    uses = {}
    for name, source in known.items():
        found = imports(nodes_of(source), source)
        uses[name] = {target for found_name in found if (target := _longest_known(found_name, known)) not in ("", name)}
    assert find_circle(uses) == []


def _longest_known(name: str, known: dict[str, Path]) -> str:
    """The module that a dotted name is in; the name of a package alone stands for its __init__."""
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


def find_circle(uses: dict[str, set[str]]) -> list[str]:
    """One circle of names, [] where there is none."""
    done: set[str] = set()

    def follow(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for target in sorted(uses.get(name, ())):
            if circle := follow(target, [*way, name]):
                return circle
        done.add(name)
        return []

    return next((circle for name in sorted(uses) if (circle := follow(name, []))), [])


def test_a_circle_is_found_and_a_diamond_is_none() -> None:
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_circle({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}}) == []


def libraries(nodes: list[ast.AST], source: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(nodes, source)}


def test_only_app_pages_and_ui_know_streamlit() -> None:
    others = [source for source in SOURCES if room_of(source) not in SHOWS_PAGES]
    assert broken(lambda source: libraries(nodes_of(source), source) & {"streamlit"}, others) == {}


def test_heavy_libraries_are_imported_inside_functions_of_children_only() -> None:
    def heavy(source: Path) -> set[str]:
        nodes = nodes_of(source) if room_of(source) in SHOWS_PAGES else list(parse(source).body)
        return libraries(nodes, source) & ONLY_IN_CHILDREN

    assert broken(heavy) == {}


@pytest.mark.workers
def test_no_page_brings_heavy_libraries_into_the_server(tmp_path: Path) -> None:
    script = """
import sys
from streamlit.testing.v1 import AppTest
from cnnapp.ui.pages import HOME, PAGES

app = AppTest.from_file("pages/navigation.py", default_timeout=30).run()
for entry in PAGES:
    if entry.path != HOME:
        app.switch_page(entry.path).run()
    assert not app.exception, (entry.path, app.exception)
heavy = {"imagehash", "keras", "scipy", "sklearn", "tensorflow"} & set(sys.modules)
assert not heavy, heavy
"""
    environment = {"CNNAPP_HOME": str(tmp_path / "home"), "PATH": "", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
