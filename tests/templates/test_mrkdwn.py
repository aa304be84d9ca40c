"""Safe text, links, dates and clipping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from templates.clip import clip, clip_words, pieces
from templates.mrkdwn import clean, date, escape, isolate, link, mention, near, prose

AT = datetime(2026, 11, 3, 2, 47, tzinfo=UTC)


def test_the_three_signs_are_escaped_once() -> None:
    assert escape("a < b & c > d") == "a &lt; b &amp; c &gt; d"


def test_a_date_shows_in_the_readers_zone_and_else_in_utc() -> None:
    assert date(AT) == f"<!date^{int(AT.timestamp())}^{{date_short_pretty}} {{time}}|03 Nov 2026 02:47 UTC>"


def test_a_near_time_needs_no_day() -> None:
    assert near(AT, AT + timedelta(hours=1)) == f"<!date^{int(AT.timestamp())}^{{time}}|02:47 UTC>"
    assert near(AT, AT + timedelta(days=2)) == date(AT)


@pytest.mark.parametrize(
    ("user", "shown"), [("U0ANA", "<@U0ANA>"), ("firebell", "Firebell"), ("!channel>", "!channel&gt;")]
)
def test_only_ids_are_mentioned(user: str, shown: str) -> None:
    assert mention(user) == shown


def test_a_links_label_cannot_end_it() -> None:
    assert link("https://x.example/?a=1&b=2", "evil|<!here>") == ("<https://x.example/?a=1&amp;b=2|evil¦&lt;!here&gt;>")


def test_addresses_in_prose_are_linked_without_the_full_stop() -> None:
    assert prose("See https://x.example/a.") == "See <https://x.example/a>."


def test_right_to_left_text_does_not_reorder_its_neighbours() -> None:
    assert isolate("الدفع") == "\u2068الدفع\u2069"
    assert isolate("Checkout") == "Checkout"


def test_overrides_and_control_characters_are_dropped() -> None:
    assert clean("a\u202eb\x00c\nd") == "abc\nd"


def test_clipped_text_ends_with_a_mark_within_the_limit() -> None:
    assert clip("abcdef", 4) == "abc…"
    assert clip("abcd", 4) == "abcd"
    assert clip_words("the checkout is broken", 18) == "the checkout is…"


@pytest.mark.parametrize("limit", range(1, 30))
def test_clipping_between_words_keeps_the_limit(limit: int) -> None:
    assert len(clip_words("the checkout is broken for all", limit)) <= limit


def test_an_emoji_is_not_left_with_a_dangling_joiner() -> None:
    assert clip("👨‍👩‍👧‍👦", 3) == "👨…"


def test_pieces_lose_nothing() -> None:
    assert pieces("abcdefg", 3) == ["abc", "def", "g"]
    assert pieces("", 3) == [""]
