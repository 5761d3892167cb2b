"""A module of the tests that is imported changes nothing: every lane imports all of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT

STARTED = frozenset({"start", "setenv", "setattr", "setitem", "update", "pop"})
"""Methods by which a module would change what others see."""
MEANT = {
    "tests/rollouts/builds.py": "gunicorn loads it as the application of a role; no test does",
    "tests/servers/oidc_provider.py": "wsgiref has no other place to silence a client's hanging up",
    "tests/temporary.py": "the place of all temporary files, settled before anything is made",
}
BEGUN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
"""What stands in these runs when it is called, not when the module is imported."""


def run_by_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs while the module is imported."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, BEGUN):
            yield child
            yield from run_by_import(child)


def _owner(node: ast.expr) -> str:
    """The name with which ``patch.object(a, "b").start`` or ``os.environ[x]`` begins."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return ""
    return node.id


def changes(source: str) -> list[str]:
    """The statements that change other modules or the environment on import."""
    module = ast.parse(source)
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    found: list[ast.AST] = []
    for node in run_by_import(module):
        if isinstance(node, ast.Call):
            function = node.func
            is_change = isinstance(function, ast.Attribute) and function.attr in STARTED
            if is_change and _owner(function) in imported:
                found.append(node)
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            kinds = ast.Attribute | ast.Subscript
            if any(isinstance(one, kinds) and _owner(one) in imported for one in targets):
                found.append(node)
    return [ast.unparse(node) for node in found]


MODULES = sorted(
    path
    for folder in ("tests", "drills", "bench")
    for path in (ROOT / folder).rglob("*.py")
    if path.name not in {"conftest.py", "__main__.py"}
)


def test_importing_a_module_changes_no_other() -> None:
    found = {
        str(path.relative_to(ROOT)): changed
        for path in MODULES
        if (changed := changes(path.read_text()))
    }
    assert set(found) == set(MEANT)


@pytest.mark.parametrize(
    "statement",
    [
        'patch.object(Run, "row", None).start()',
        "if 1:\n    patch('images.storage').start()",
        "os.environ['A'] = 'b'",
        "os.environ.update(A='b')",
        "job_execution.lease_kept = None",
        "del os.environ['A']",
    ],
)
def test_a_change_is_found(statement: str) -> None:
    imports = (
        "import os\nfrom unittest.mock import patch\nfrom images.services import job_execution\n"
    )
    assert len(changes(imports + statement)) == 1
    assert changes(imports + "def later():\n    " + statement.replace("\n", "\n    ")) == []


def test_what_a_module_makes_of_its_own_is_no_change() -> None:
    assert changes(Path(__file__).read_text()) == []
