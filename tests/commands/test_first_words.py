"""Words before a mention, and words that set a switch."""

from __future__ import annotations

import pytest

from commands.events import without_mention
from commands.grammar import take_switches
from commands.words import WORDS
from tests.builders import POLICY


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("hey <@UBOT> note hello there", "note hello there"),
        ("<@UBOT> note ask <@UBOT> again", "note ask  again"),
        ("checkout is down <@UBOT>", "checkout is down"),
        ("thanks <@UBOT> for that", "thanks  for that"),
    ],
)
def test_a_greeting_before_a_known_word_is_not_part_of_the_line(said: str, heard: str) -> None:
    assert without_mention(said, "UBOT", WORDS) == heard


@pytest.mark.parametrize(
    ("typed", "switches", "rest"),
    [
        ("private sev1 leak", {"private"}, "sev1 leak"),
        ("sev1 private leak", {"private"}, "sev1 leak"),
        ("drill private sev2 game day", {"drill", "private"}, "sev2 game day"),
        ("Private", {"private"}, ""),
        ("sev1 a private key leaked", set(), "sev1 a private key leaked"),
    ],
)
def test_private_and_drill_in_front_are_switches(typed: str, switches: set[str], rest: str) -> None:
    assert take_switches(typed, POLICY) == (frozenset(switches), rest)
