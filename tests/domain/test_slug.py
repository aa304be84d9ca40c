"""Channel names say what the incident is, in letters that every chat takes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.slug import MAX_NAME, channel_name, slug

TEMPLATE = "inc-{number}-{slug}"


def name(title: str, *, otherwise: str = "", suffix: int = 1, template: str = TEMPLATE) -> str:
    return channel_name(
        template, number=7, title=title, severity="sev1", date="2026-11-03", suffix=suffix, otherwise=otherwise
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Checkout returns 500s", "inc-7-checkout-returns-500s"),
        ("Zażółć gęślą jaźń", "inc-7-zazolc-gesla-jazn"),
        ("STRASSE, Straße & Øl", "inc-7-strasse-strasse-ol"),
        ("🔥🔥 Suche tot", "inc-7-suche-tot"),
        ("500", "inc-7-500"),
        ("one two three four five six seven", "inc-7-one-two-three-four-five-six"),
    ],
)
def test_a_title_in_latin_letters_becomes_words(title: str, expected: str) -> None:
    assert name(title) == expected


@pytest.mark.parametrize(
    "title",
    ["Оплата не работает", "Оплата: ошибка 500", "חנות לא עובדת", "決済が失敗する API", "결제 실패", "🔥🔥🔥"],
)
def test_a_title_that_would_leave_crumbs_gives_way_to_the_service_or_the_number(title: str) -> None:
    assert name(title, otherwise="Checkout") == "inc-7-checkout"
    assert name(title) == "inc-7"


def test_a_title_that_is_latin_for_the_most_part_speaks_for_itself() -> None:
    assert name("Checkout (Касса) fails", otherwise="Payments") == "inc-7-checkout-fails"


def test_a_name_that_was_taken_gets_a_number_behind_it() -> None:
    assert name("決済", suffix=3) == "inc-7-3"
    assert name("決済", template="{slug}") == "inc-7"


@given(st.text(), st.text(max_size=40), st.integers(1, 99))
def test_whatever_the_title_the_name_is_one_that_slack_takes(title: str, otherwise: str, suffix: int) -> None:
    made = name(title, otherwise=otherwise, suffix=suffix)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", made)
    assert len(made) <= MAX_NAME


@given(st.text())
def test_a_slug_of_a_slug_is_itself(text: str) -> None:
    assert slug(slug(text)) == slug(text)
