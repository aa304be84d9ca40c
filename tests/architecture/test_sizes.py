"""Files and functions stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
from itertools import chain

from tests.architecture.tree import ROOT, sources

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
MOST_POSITIONAL = 5


def test_no_python_file_is_longer_than_400_lines() -> None:
    lengths = {source.path: len(source.text.splitlines()) for source in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_script_or_style_of_the_page_is_longer_than_400_lines() -> None:
    files = chain.from_iterable((ROOT / "sandbox").rglob(f"*.{kind}") for kind in ("js", "css", "html"))
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_longer_than_60_lines() -> None:
    too_long = {
        f"{source.path}:{function.lineno} {function.name}": lines
        for source in sources()
        for function in source.functions()
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > MOST_FUNCTION_LINES
    }
    assert too_long == {}


def _positional(arguments: ast.arguments) -> list[str]:
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def test_more_than_five_parameters_are_given_by_name() -> None:
    too_many = [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources()
        for function in source.functions()
        if len(_positional(function.args)) > MOST_POSITIONAL
    ]
    assert too_many == []
