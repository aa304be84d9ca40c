"""The page tells what was confirmed, day by day, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.domain.public_page import COUNTED_DAYS, PublicPage, gather
from bot.domain.publishing import ComponentState, StatusPagePolicy
from templates.status_page import headline, write
from tests.status_page.facts import (
    FINE,
    INVESTIGATING,
    MAJOR,
    NOW,
    PAGE,
    PARTIAL,
    RESOLVED,
    at,
    going_on,
    long_ago,
    over,
    post,
    told,
)

ATOM = "{http://www.w3.org/2005/Atom}"


def page_of(*incidents: object) -> PublicPage:
    return gather(incidents, PAGE, NOW)  # type: ignore[arg-type]


def text_of(page: PublicPage) -> str:
    return write(page, "Larkspur status").html.decode()


def test_with_nothing_told_everything_works() -> None:
    page = page_of(told())
    assert headline(page) == "Everything works"
    assert {one.state for one in page.services} == {FINE}
    assert text_of(page).count("No incident.") == 14


def test_what_goes_on_stands_first_with_its_newest_words_on_top() -> None:
    page = page_of(over(), going_on())
    assert headline(page) == "Partial outage: Shop checkout and Card payments"
    assert [one.status for one in page.going_on[0].said] == ["identified", "investigating"]
    assert [one.state for one in page.services] == [PARTIAL, ComponentState.DEGRADED, FINE]


def test_a_problem_without_a_service_is_told_all_the_same() -> None:
    page = page_of(told(post(1, at(19, 9), INVESTIGATING, "We are looking into it.")))
    assert headline(page) == "We are looking into a problem"


def test_each_day_tells_what_ended_and_what_went_on() -> None:
    days = {one.day.day: one for one in page_of(over(), going_on()).days}
    assert [one.title for one in days[17].ended] == ["Search: degraded performance"]
    assert days[16].went_on == ("Search: degraded performance",)
    assert days[19].went_on == ("Shop checkout: outage",)
    assert (days[18].ended, days[18].went_on) == ((), ())


def test_a_day_of_ninety_counts_as_its_worst_moment() -> None:
    checkout, payments, search = page_of(over(), going_on(), long_ago()).services
    assert (checkout.troubled, payments.troubled, search.troubled) == (1, 2, 2)
    assert checkout.days[-1] is MAJOR
    place = COUNTED_DAYS - 1 - (NOW.date() - at(20, 4, month=9).date()).days
    assert payments.days[place] is MAJOR
    assert len(search.days) == COUNTED_DAYS


def test_what_began_before_the_ninety_days_counts_from_their_first() -> None:
    start = NOW - timedelta(days=200)
    (checkout, *_) = page_of(told(post(1, start, INVESTIGATING, "Broken.", ("checkout", MAJOR)))).services
    assert checkout.troubled == COUNTED_DAYS


def test_after_the_end_a_service_is_fine_whatever_the_last_words_left_it_at() -> None:
    gone = told(
        post(1, at(18, 9), INVESTIGATING, "Broken.", ("checkout", MAJOR)),
        post(2, at(18, 10), RESOLVED, "Over."),
    )
    (checkout, *_) = page_of(gone).services
    assert (checkout.state, checkout.troubled) == (FINE, 1)


def test_what_came_back_is_a_second_entry() -> None:
    back = told(
        post(1, at(18, 9), INVESTIGATING, "Broken."),
        post(2, at(18, 10), RESOLVED, "Over."),
        post(3, at(19, 10), INVESTIGATING, "Back.", episode=2),
    )
    page = page_of(back)
    assert [one.newest.text for one in page.going_on] == ["Back."]
    assert [one.newest.text for day in page.days for one in day.ended] == ["Over."]


@pytest.mark.parametrize("change", [{"private": True}, {"drill": True}])
def test_private_incidents_and_drills_never_show_whatever_they_hold(change: dict[str, object]) -> None:
    page = page_of(replace(going_on(), **change))  # type: ignore[arg-type]
    assert page == page_of()


def test_nothing_internal_stands_in_either_file() -> None:
    files = write(page_of(going_on(), over(), long_ago()), "Larkspur status")
    both = (files.html + files.feed).decode()
    incident = going_on()
    ours = [
        incident.title,
        incident.id,
        incident.label,
        "UANA",
        "U0ANA",
        "SEV1",
        *(one.headline for one in incident.updates),
    ]
    assert [word for word in ours if word in both] == []


def test_what_people_typed_is_text_and_nothing_else() -> None:
    nasty = "</style><script>alert(1)</script>\u202e\x00 & \"'"
    hostile = told(post(1, at(19, 9), INVESTIGATING, nasty, ("checkout", MAJOR), title=nasty))
    page = gather([hostile], replace(PAGE, services=(replace(PAGE.services[0], name=nasty),)), NOW)
    files = write(page, nasty)
    seen = Tags()
    seen.feed(files.html.decode())
    assert "script" not in seen.names
    assert "\u202e" not in files.html.decode()
    root = ElementTree.fromstring(files.feed)
    assert root.findtext(f"{ATOM}entry/{ATOM}content", "").startswith("</style><script>")


class Tags(HTMLParser):
    """The names of all elements, and every address that one of them loads."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]


def test_the_page_needs_nothing_beside_itself_and_runs_nothing() -> None:
    files = write(page_of(going_on()), "Larkspur status")
    seen = Tags()
    seen.feed(files.html.decode())
    assert seen.names.isdisjoint({"script", "img", "iframe", "form", "object"})
    assert set(seen.loaded) == {"feed.atom"}
    assert "default-src 'none'" in files.security
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", files.security)


def test_times_are_given_to_machines_and_as_utc_to_people() -> None:
    assert '<time datetime="2026-11-19T09:40:00Z">19 Nov 2026, 09:40 UTC</time>' in text_of(page_of(going_on()))


def test_states_are_words_and_never_colour_alone() -> None:
    html = text_of(page_of(going_on(), over()))
    assert all(word in html for word in ("Partial outage", "Degraded performance", "Operational", "Identified"))
    assert "Last 90 days: trouble on 2 days" in html


def test_the_feed_has_each_text_once_newest_first_with_lasting_names() -> None:
    feed = ElementTree.fromstring(write(page_of(going_on(), over()), "L", address="https://x.example/status").feed)
    titles = [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")]
    assert titles == [
        "Identified: Shop checkout: outage",
        "Investigating: Shop checkout: outage",
        "Resolved: Search: degraded performance",
        "Investigating: Search: degraded performance",
    ]
    names = [one.findtext(f"{ATOM}id", "") for one in feed.iter(f"{ATOM}entry")]
    assert len(set(names)) == 4
    assert feed.findtext(f"{ATOM}updated") == "2026-11-19T09:40:00Z"


def test_the_same_facts_make_the_same_bytes() -> None:
    assert write(page_of(going_on()), "L") == write(page_of(going_on()), "L")


def test_a_page_without_services_lists_what_was_told() -> None:
    page = gather([over()], StatusPagePolicy(own=True), NOW)
    assert (page.services, len(page.days[2].ended)) == ((), 1)
    assert "<h2>Services</h2>" not in write(page, "L").html.decode()


LIGHT = {
    "fine": ("17663f", "e4f2ea"),
    "warn": ("7a4a00", "fbeed6"),
    "bad": ("a3200f", "fbe5e1"),
    "soft": ("56606a", "f6f6f4"),
}
DARK = {
    "fine": ("7fd6a8", "1a2c23"),
    "warn": ("f3c069", "33270f"),
    "bad": ("ff9a87", "3a1d18"),
    "soft": ("a8b1ba", "131518"),
}


@pytest.mark.parametrize("pair", [*LIGHT.values(), *DARK.values()])
def test_words_stand_out_by_the_contrast_of_wcag_aa(pair: tuple[str, str]) -> None:
    html = text_of(page_of())
    assert all(f"#{colour}" in html for colour in pair)
    high, low = sorted((_luminance(colour) for colour in pair), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
