"""Whatever a file holds, it is read or it is refused in our own words."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.durations import parse_span
from bot.config.file import parse, policy_of
from bot.config.schema import ConfigFile
from bot.domain.slug import channel_name
from bot.errors import ConfigError

EXAMPLE = (Path(__file__).parents[2] / "deploy" / "firebell.example.yaml").read_text(encoding="utf-8").splitlines()

KEYS = sorted(set(re.findall(r"^[ -]*([a-z_]\w+):", "\n".join(EXAMPLE), re.MULTILINE)))
WORDS = (
    "everyone",
    "responders",
    "15m",
    "0m",
    "22:00",
    "7:00",
    "Europe/Madrid",
    "required",
    "/incident",
    "{number}",
    "x",
)

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.sampled_from(WORDS) | st.text()
documents: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | scalars, inner, max_size=5),
    max_leaves=20,
)
indents = st.sampled_from(("", "  ", "    ", "\t", "- "))
pieces = st.sampled_from(
    (*KEYS, *WORDS, "&a", "*a", "<<", "!!int", "!!timestamp", "!!binary", "? ", "|", ">-", "[", "{", "#")
)


@st.composite
def scribbles(draw: st.DrawFn) -> str:
    """Lines that look like settings, and lines of the example, in any order and with any slip."""
    line = st.builds("{}{}: {}".format, indents, pieces, pieces | st.text(max_size=8)) | st.sampled_from(EXAMPLE)
    return "\n".join(draw(st.lists(line | st.text(max_size=12), max_size=12)))


def settle(text: str) -> None:
    """Read a text as `run` would: a policy, or a complaint that begins with the file's name."""
    try:
        file = parse(text, "firebell.yaml")
    except ConfigError as error:
        said = str(error)
    else:
        said = ""
        _holds_together(file)
    assert said.startswith("firebell.yaml") or not said


def _holds_together(file: ConfigFile) -> None:
    policy = policy_of(file)
    assert policy.severities
    assert policy.role("commander").label
    name = channel_name(policy.channel_template, number=42, title="Checkout 500s", severity="sev1", date="2026-03-02")
    assert "42" in name


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    settle(text)


@given(documents)
def test_any_document_is_read_or_refused(document: Any) -> None:
    settle(yaml.safe_dump(document, allow_unicode=True))


@given(scribbles())
@settings(max_examples=300)
def test_any_slip_in_a_settings_file_is_read_or_refused(text: str) -> None:
    settle(text)


@given(st.text(alphabet="0123456789dhms .-+٣") | st.from_regex(r"([0-9]{1,30}[dhms] ?){1,4}", fullmatch=True))
def test_any_span_is_between_nothing_and_a_year_or_refused(text: str) -> None:
    try:
        span = parse_span(text)
    except ValueError:
        span = timedelta(days=1)
    assert timedelta() < span <= timedelta(days=366)
