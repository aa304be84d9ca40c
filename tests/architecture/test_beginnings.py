"""What holds for a reopened incident holds for one that was taken out of another."""

from __future__ import annotations

import ast
from pathlib import Path

DOMAIN = Path(__file__).parents[2] / "bot" / "domain"


def asked_after(path: Path) -> list[str]:
    """Return where a module asks by `isinstance` for one of the two events by its name."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    checks = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id == "isinstance"]
    named = [one for one in checks if "IncidentReopened" in ast.dump(one) or "IncidentUnmerged" in ast.dump(one)]
    return [f"{path.relative_to(DOMAIN)}:{one.lineno}" for one in named]


def test_whoever_asks_whether_an_incident_began_anew_asks_for_every_way_it_can() -> None:
    found = [place for path in sorted(DOMAIN.rglob("*.py")) for place in asked_after(path)]
    assert found == [], "ask for BEGUN_ANEW"
