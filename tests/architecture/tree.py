"""The project's own files, read once, for tests that look at the code rather than run it."""

from __future__ import annotations

import ast
import gc
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("bot", "commands", "integrations", "templates", "migrations", "sandbox")
FOLDERS: Final = (*PACKAGES, "tests", "benchmarks", "docs", "deploy", ".ci", ".github")
"""Every top-level folder that the repository holds."""

TEXT: Final = frozenset(
    (".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".j2", ".jinja", ".html", ".css", ".js", ".mako", ".svg")
)
type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file: its path from the root, its lines, its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/", 1)[0]

    @property
    def module(self) -> str:
        """The dotted name that imports it."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def functions(self) -> Iterator[type_of_function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, type_of_function))


@cache
def sources() -> tuple[Source, ...]:
    """Return every Python file of the packages, the tests and the benchmarks."""
    folders = (*PACKAGES, "tests", "benchmarks")
    files = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    read = tuple(_read(path) for path in files if "node_modules" not in path.parts)
    gc.freeze()  # a million nodes stay for good: each later look for garbage would go through them
    return read


def _read(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text, str(path)))


def shipped() -> tuple[Source, ...]:
    """Return the Python files that an installed Firebell has."""
    return tuple(source for source in sources() if source.package in PACKAGES)


@cache
def papers() -> tuple[Path, ...]:
    """Return every text file of the repository, whatever its kind."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    deep = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    chosen = (path for path in (*top, *deep) if path.suffix in TEXT or path.suffix == "")
    return tuple(sorted(path for path in chosen if not {"__pycache__", "node_modules"} & set(path.parts)))


@cache
def project() -> Any:
    """Return pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
