"""Whatever people type stays text: no mention, no link, no form beyond Slack's limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.blockkit import validate_message, validate_view
from templates import sample_data as data
from templates.message import Message
from templates.mrkdwn import clip_mrkdwn, escape, prose, restore
from tests.templates.hostile import TEXTS, drawn_with
from tests.templates.reading import Drawn, mrkdwn

TOKEN = re.compile(r"<[^<>]*>?")
OURS = re.compile(
    r"<@(U0ANA|U0BEA|U0SAM)>"
    r"|<#C0INC4[12]>"
    r"|<!date\^\d{9,}\^(\{date_short_pretty\} )?\{time\}\|[^<>|]*>"
    r"|<https?://[^<>|\s]*(\|[^<>|]*)?>"
)
SIGNS = (*"<>!@#&|^*_~`{}%\u202e\n ;:/", "<!here>", "<@U1>", "&lt;", "https://a")
LETTERS = st.lists(st.sampled_from(SIGNS), max_size=40).map("".join)


def strangers(drawn: Drawn) -> list[str]:
    """Tokens that Slack would follow and that nobody of ours wrote."""
    return [token for text in mrkdwn(drawn) for token in TOKEN.findall(text) if not OURS.fullmatch(token)]


@pytest.mark.parametrize("kind", TEXTS)
def test_hostile_text_stays_text_everywhere(kind: str) -> None:
    assert {name: strangers(drawn) for name, drawn in drawn_with(TEXTS[kind]) if strangers(drawn)} == {}


@pytest.mark.parametrize("kind", TEXTS)
def test_slack_would_take_every_message_and_form_with_it(kind: str) -> None:
    for name, drawn in drawn_with(TEXTS[kind]):
        problems = validate_message(drawn.text, drawn.blocks) if isinstance(drawn, Message) else validate_view(drawn)
        assert not problems, (name, problems)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=LETTERS)
def test_no_arrangement_of_slacks_signs_becomes_a_token(text: str) -> None:
    for name, drawn in drawn_with(text):
        assert not strangers(drawn), name


@given(text=LETTERS, limit=st.integers(1, 40))
def test_clipping_never_cuts_an_escape_or_a_token_in_two(text: str, limit: int) -> None:
    safe = prose(text)
    short = clip_mrkdwn(safe, limit)
    assert len(short) <= limit
    assert not re.search(r"<[^>]*$|&(?!amp;|lt;|gt;)", short)
    assert short == safe or short.endswith("…")


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs"]), max_size=80))
def test_what_was_sent_reads_back_as_it_was_typed(text: str) -> None:
    assert restore(escape(text)) == text
    assert restore(prose(text)) == text


def test_long_text_is_clipped_with_a_mark_in_sight() -> None:
    texts = [text for _, drawn in drawn_with(TEXTS["long"]) for text in mrkdwn(drawn) if len(text) > 200]
    assert texts
    assert all("…" in text for text in texts)


def test_only_the_neutral_token_names_a_person() -> None:
    assert prose(f"ask @{{{data.BEA}}} not <@U0EVIL>") == f"ask <@{data.BEA}> not &lt;@U0EVIL&gt;"
