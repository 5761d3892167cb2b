"""A name says one thing in the whole house."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.house.sources import modules, tree

BY_THE_FRAMEWORK = frozenset({"Command", "Channel", "DatabaseWrapper", "Transport"})
"""Names that Django and kombu look up in a module of a certain place."""
OWN_NAMES = {
    path: [node.name for node in tree(path).body if isinstance(node, ast.ClassDef)]
    for path in modules()
}


def twice(names: dict[Path, list[str]]) -> dict[str, list[str]]:
    """The class names that stand in more than one module, with the modules."""
    places: dict[str, list[str]] = defaultdict(list)
    for path, classes in names.items():
        for name in classes:
            places[name].append(str(path))
    return {
        name: where
        for name, where in places.items()
        if len(where) > 1 and name not in BY_THE_FRAMEWORK
    }


def hides_its_module(path: Path, body: list[ast.stmt]) -> list[str]:
    """What a module defines, or a package imports, under the name of a module beside it."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if path.name != "__init__.py":
        return [node.name for node in body if isinstance(node, kinds) and node.name == path.stem]
    beside = {other.stem for other in modules() if other.parent == path.parent}
    exported = [
        alias.asname or alias.name
        for node in body
        if isinstance(node, ast.ImportFrom)
        and node.module != ".".join(path.parent.parts)  # then it is the module that is imported
        for alias in node.names
    ]
    return [name for name in exported if name in beside]


def test_a_class_name_stands_once() -> None:
    assert twice(OWN_NAMES) == {}


def test_a_second_class_of_one_name_is_found() -> None:
    assert twice({Path("a.py"): ["Image"], Path("b.py"): ["Image", "Command"]}) == {
        "Image": ["a.py", "b.py"]
    }


def test_nothing_hides_a_module() -> None:
    found = {str(path): hides_its_module(path, tree(path).body) for path in modules()}
    assert {path: names for path, names in found.items() if names} == {}


def test_a_function_with_the_name_of_its_module_is_found() -> None:
    body = ast.parse("def probing(): ...").body
    assert hides_its_module(Path("images/renditions/probing.py"), body) == ["probing"]
    body = ast.parse("from images.renditions.probing import look as probing").body
    assert hides_its_module(Path("images/renditions/__init__.py"), body) == ["probing"]
