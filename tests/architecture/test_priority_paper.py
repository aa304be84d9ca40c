"""The paper on priority says what the code does: every factor, its settings, and what is shown to whom."""

from __future__ import annotations

import dataclasses
import re

from bot.domain.policy import PriorityPolicy
from bot.domain.priority import KEPT, ON_CARDS, Band, Key
from templates.answers.ranks import RANKS_A_PAGE
from tests.architecture.tree import ROOT

PAPER = (ROOT / "docs" / "priority.md").read_text(encoding="utf-8")
COLUMNS = ("factor", "formula", "inputs and units", "source", "default")
WORDS = {10: "ten"}


def table() -> dict[str, list[str]]:
    """The rows of the table of factors, by key."""
    lines = [line.strip("| ").split(" | ") for line in PAPER.splitlines() if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in lines}


def test_every_factor_has_its_formula_unit_source_and_default() -> None:
    assert set(table()) == {key.value for key in Key}
    assert " | ".join(COLUMNS) in PAPER
    assert all(len(row) == len(COLUMNS) - 1 and all(cell.strip() for cell in row) for row in table().values())


def test_every_figure_that_ranks_is_named_in_the_paper_or_among_the_settings() -> None:
    named = set(re.findall(r"`priority\.(\w+)`", PAPER))
    known = {field.name for field in dataclasses.fields(PriorityPolicy)}
    assert named <= known
    assert known - named == {"bands"}, "the bands are in the settings' own table"


def test_bands_and_places_are_those_of_the_code() -> None:
    assert ",\n  ".join(("low", "moderate, high, severe, extreme")) in PAPER
    assert [band.value for band in Band] == ["low", "moderate", "high", "severe", "extreme"]
    assert f"first {KEPT} places" in PAPER
    assert f"first {WORDS[ON_CARDS]} places" in PAPER
    assert f'"rank {ON_CARDS + 1}+"' in PAPER
    assert f"{WORDS[RANKS_A_PAGE]} places a page" in PAPER
