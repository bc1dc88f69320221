"""What the server keeps in memory has a bound: it runs for months, and people open one run after the other."""

import ast
from pathlib import Path

from tests.kit.sources import broken, nodes_of, parse

# Empty when their module is loaded and filled later: each with what bounds it.
BOUNDED = {
    "cnnapp/datasets/quality/classes.py: _alike": "REMEMBERED",
    "cnnapp/devices.py: _watched": "processes that live (test_devices.py)",
    "cnnapp/jobs/heartbeat.py: _seen": "MOST_SEEN (test_life.py)",
    "cnnapp/jobs/processes.py: _children": "children that have not been reaped",
    "cnnapp/jobs/processes.py: _spares": "modules of workers: three",
}
COLLECTIONS = {"Counter", "OrderedDict", "WeakKeyDictionary", "defaultdict", "deque", "dict", "list", "set"}


def unbounded(function: ast.FunctionDef) -> list[str]:
    """The caches of a function that nothing bounds; one of a function without arguments holds one value."""
    found = []
    for decorator in function.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
        name = ast.unparse(call.func)
        options = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        bound = options.get("max_entries" if name.startswith("st.") else "maxsize", "None")
        if "cache" in name and name != "cached_property" and function.args.args and bound == "None":
            found.append(f"{function.name}: {name}")
    return found


def test_every_cache_says_how_much_it_keeps():
    def endless(source: Path) -> list[str]:
        functions = [node for node in nodes_of(source) if isinstance(node, ast.FunctionDef)]
        return [name for function in functions for name in unbounded(function)]

    assert broken(endless) == {}


def is_filled_later(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in COLLECTIONS and not value.args
    return (isinstance(value, ast.Dict) and not value.keys) or (isinstance(value, ast.List) and not value.elts)


def test_what_a_module_gathers_is_known_to_have_a_bound():
    def gathered(source: Path) -> list[str]:
        assigned = [node for node in parse(source).body if isinstance(node, ast.Assign | ast.AnnAssign)]
        filled = [node for node in assigned if is_filled_later(node.value)]
        targets = [node.targets[0] if isinstance(node, ast.Assign) else node.target for node in filled]
        return [ast.unparse(target) for target in targets]

    found = {f"{source}: {name}" for source, names in broken(gathered).items() for name in names}
    assert found <= set(BOUNDED)


def test_a_cache_without_a_bound_is_found():
    module = ast.parse(
        "@cache\ndef a(x): ...\n@lru_cache(maxsize=None)\ndef b(x): ...\n@st.cache_data\ndef c(x): ...\n"
        "@lru_cache(maxsize=4)\ndef d(x): ...\n@cache\ndef e(): ...\n@st.cache_resource(max_entries=5)\ndef f(x): ..."
    )
    found = [name for node in module.body if isinstance(node, ast.FunctionDef) for name in unbounded(node)]
    assert found == ["a: cache", "b: lru_cache", "c: st.cache_data"]
