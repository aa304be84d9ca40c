"""Habits that a linter does not hold: where errors may be swallowed, what types the domain, what doubles are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import Source, shipped, sources

MAY_CATCH_ALL = ("bot/outbox", "bot/scheduler", "bot/tasks")
BROAD = frozenset(("Exception", "BaseException"))
MOCKS = frozenset(("unittest.mock", "mock", "pytest_mock", "asynctest", "flexmock", "doublex"))


def _names(node: ast.expr | None) -> set[str]:
    if node is None:
        return {"BaseException"}
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _passes_on(handler: ast.ExceptHandler) -> bool:
    """Whether it only tidies up: the error goes on as it came."""
    last = handler.body[-1]
    leaves = any(isinstance(node, ast.Return) for node in ast.walk(handler))
    return isinstance(last, ast.Raise) and last.exc is None and not leaves


def _broad(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        caught: set[str] = set()
        if isinstance(node, ast.ExceptHandler) and not _passes_on(node):
            caught = _names(node.type)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = set().union(*(_names(argument) for argument in node.args))
        if caught & BROAD:
            yield f"{source.path}:{getattr(node, 'lineno', 0)}"


def test_only_loops_that_must_outlive_a_bug_swallow_any_error() -> None:
    found = [place for source in sources() for place in _broad(source)]
    assert [place for place in found if not place.startswith(MAY_CATCH_ALL)] == []


def test_an_ignored_rule_is_never_the_one_about_broad_excepts_elsewhere() -> None:
    silenced = [source.path for source in shipped() if "BLE001" in source.text]
    assert [path for path in silenced if not path.startswith(MAY_CATCH_ALL)] == []


def test_the_domain_is_typed_without_any() -> None:
    found = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if source.path.startswith("bot/domain/")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert found == []


def _imported(source: Source) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_doubles_are_small_classes_that_work_not_mocks() -> None:
    assert {source.path: found for source in sources() if (found := _imported(source) & MOCKS)} == {}


def test_only_the_edges_read_the_environment() -> None:
    readers = {
        source.path
        for source in shipped()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }
    assert {path for path in readers if not path.startswith(("bot/cli/", "bot/app.py"))} == set()


def test_no_test_is_left_out_without_naming_what_it_lacks() -> None:
    markers = {
        f"{source.path}:{node.lineno}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in ("skip", "xfail")
        and ast.unparse(node.value) == "pytest.mark"
    }
    assert markers == set()


def test_no_work_is_left_for_later_in_a_comment() -> None:
    words = tuple(f"{first}{rest}" for first, rest in (("TO", "DO"), ("FIX", "ME"), ("XX", "X:")))
    found = [
        f"{source.path}:{number}"
        for source in sources()
        for number, line in enumerate(source.text.splitlines(), 1)
        if "#" in line and any(word in line.split("#", 1)[1] for word in words)
    ]
    assert found == []
