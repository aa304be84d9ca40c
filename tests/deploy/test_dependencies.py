"""Every dependency has its reason written down, and no reason outlives its dependency."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_each_dependency_has_one_line_of_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = [match[0] for line in declared if (match := re.match(r"[a-z0-9-]+", line))]
    explained = re.findall(
        r"^\| `([a-z0-9-]+)` \| \S", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.M
    )
    assert sorted(explained) == sorted(names)
