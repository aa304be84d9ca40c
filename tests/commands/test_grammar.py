"""What a typed line means, as tables; and that no line, however odd, breaks or loses anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain.policy import Policy, ServicePolicy, SeverityPolicy
from commands import grammar
from commands.grammar import ALIASES, People, Severity, Typed
from commands.words import WORDS

POLICY = Policy(
    severities=SEVERITIES,
    roles=ROLES,
    services=(
        ServicePolicy("checkout", "Checkout", aliases=("cart", "pay button")),
        ServicePolicy("search", "Product search"),
        ServicePolicy("ml-rank", "Ranking"),
    ),
)
LINES = st.text(max_size=300)
"""Any text a person or a hostile client may send, surrogates left out as JSON over HTTP leaves them out."""


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", Typed("", None, "")),
        ("   ", Typed("", None, "")),
        ("status", Typed("status", None, "")),
        ("STATUS", Typed("status", None, "")),
        ("status #42", Typed("status", 42, "")),
        ("status INC-42", Typed("status", 42, "")),
        ("#42", Typed("", 42, "")),
        ("inc-42", Typed("", 42, "")),
        ("#42 status", Typed("status", 42, "")),
        ("#42 update All is well", Typed("update", 42, "All is well")),
        ("#42 sttus", Typed("", 42, "sttus", unknown="sttus")),
        ("update #42 All is well", Typed("update", 42, "All is well")),
        ("update we fixed #42 at last", Typed("update", None, "we fixed #42 at last")),
        ("update  two\nlines ", Typed("update", None, "two\nlines")),
        ("update\nfrom the first line on", Typed("update", None, "from the first line on")),
        ("take commander #42", Typed("take", 42, "commander")),
        ("take #42", Typed("take", 42, "")),
        ("assign scribe <@U1|bea> #42", Typed("assign", 42, "scribe <@U1|bea>")),
        ("declare sev1 checkout is down", Typed("declare", None, "sev1 checkout is down")),
        ("declare #42 is back", Typed("declare", None, "#42 is back")),
        ("the shop is down", Typed("", None, "the shop is down")),
        ("магазин не работает", Typed("", None, "магазин не работает")),
        ("stauts", Typed("", None, "stauts", unknown="stauts")),
        ("reslove rolled back", Typed("", None, "reslove rolled back", unknown="reslove")),
        ("?", Typed("help", None, "")),
        ("note #4 the #42 tram", Typed("note", 4, "the #42 tram")),
    ],
)
def test_a_line_is_word_number_and_rest(line: str, meant: Typed) -> None:
    assert grammar.parse(line, WORDS) == meant


@pytest.mark.parametrize(("alias", "word"), ALIASES.items())
def test_an_alias_is_its_word(alias: str, word: str) -> None:
    assert grammar.parse(f"{alias.upper()} #7", WORDS).word == word


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("a &amp; b &lt; c &gt; d", "a & b < c > d"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&lt;!channel&gt; help", "<!channel> help"),
        ("<!channel> and <!here|here> help", "@channel and @here help"),
        ("see <#C1|general> now", "see #general now"),
        ("see <#C1> now", "see #C1 now"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|example.com> is down", "https://example.com is down"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("<!subteam^S1|@oncall> look", "@oncall look"),
        ("<@U1|bea> and <@U2>", "<@U1|bea> and <@U2>"),
    ],
)
def test_what_slack_sends_is_unescaped_once(sent: str, typed: str) -> None:
    assert grammar.readable(sent) == typed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sev1 checkout", Severity("sev1", "checkout", "sev1")),
        ("SEV-1: checkout", Severity("sev1", "checkout", "SEV-1")),
        ("sev 1 checkout", Severity("sev1", "checkout", "sev 1")),
        ("severity 1", Severity("sev1", "", "severity 1")),
        ("s1 checkout", Severity("sev1", "checkout", "s1")),
        ("P1 checkout", Severity("sev1", "checkout", "P1")),
        ("sev01 checkout", Severity("sev1", "checkout", "sev01")),
        ("sev9 checkout", Severity(None, "checkout", "sev9")),
        ("sev10 checkout", Severity(None, "checkout", "sev10")),
        ("p95 latency is high", Severity(None, "p95 latency is high", "")),
        ("p9 pods are gone", Severity(None, "p9 pods are gone", "")),
        ("several shops are down", Severity(None, "several shops are down", "")),
        ("checkout sev1", Severity(None, "checkout sev1", "")),
        ("", Severity(None, "", "")),
    ],
)
def test_every_way_to_write_a_severity_is_one(text: str, found: Severity) -> None:
    assert grammar.take_severity(text, POLICY) == found


def test_a_short_form_that_a_service_is_called_is_no_severity() -> None:
    policy = replace(POLICY, services=(ServicePolicy("storage", "Storage", aliases=("S3",)),))
    assert grammar.take_severity("S3 uploads fail", policy) == Severity(None, "S3 uploads fail", "")
    assert grammar.take_severity("S2 uploads fail", policy).key == "sev2"


def test_an_operators_own_severities_are_found_by_key_label_and_number() -> None:
    names = (("p1", "Major outage"), ("p2", "Minor"))
    severities = tuple(
        replace(SeverityPolicy("", "", rank, "", SEVERITIES[0].cadence), key=key, label=label)
        for rank, (key, label) in enumerate(names, 1)
    )
    policy = replace(POLICY, severities=severities)
    for written in ("p1", "P1", "major outage", "sev1", "SEV-1", "s1"):
        assert grammar.take_severity(f"{written} the shop", policy) == Severity("p1", "the shop", written)
    assert grammar.take_severity("minority report", policy).key is None


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("scribe", "scribe"),
        ("Scribe please", "scribe"),
        ("communications lead", "communications"),
        ("comms", "communications"),
        ("IC", "commander"),
        ("ops", "operations"),
        ("scribee", None),
        ("scribes", None),
    ],
)
def test_a_role_is_found_by_key_label_and_alias(text: str, role: str | None) -> None:
    assert grammar.take_role(text, POLICY)[0] == role


def test_misspelt_names_lead_to_the_right_ones() -> None:
    assert grammar.suggestion("stauts", WORDS) == "status"
    assert grammar.suggestion("timelin", WORDS) == "timeline"
    assert grammar.suggestion("zzz", WORDS) is None
    assert grammar.suggestion("up", WORDS) is None, "two letters are too few to guess from"
    assert grammar.closest("scribee", (role.key for role in ROLES)) == "scribe"
    assert grammar.closest("xylophone", (role.key for role in ROLES)) is None


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("scribe <@U1|bea>", People(("U1",), "scribe")),
        ("<@U1|bea> scribe", People(("U1",), "scribe")),
        ("ops <@U1> <@W2|sam> <@U1>", People(("U1", "W2"), "ops")),
        ("scribe @bea", People((), "scribe @bea", "bea")),
        ("scribe @bea.lind.", People((), "scribe @bea.lind.", "bea.lind")),
        ("scribe me@example.com", People((), "scribe me@example.com")),
        ("scribe", People((), "scribe")),
    ],
)
def test_people_are_taken_off(text: str, people: People) -> None:
    assert grammar.take_people(text) == people


def test_a_name_that_was_asked_back_takes_its_place() -> None:
    assert grammar.settle_name("scribe @bea for now", "U1") == "scribe <@U1> for now"
    assert grammar.settle_name("scribe", "U1") == "scribe <@U1>"


@pytest.mark.parametrize(
    ("title", "services"),
    [
        ("checkout returns 500s", ("checkout",)),
        ("The PAY BUTTON, and product-search", ("checkout", "search")),
        ("cartridge sales", ()),
        ("precheckout", ()),
        ("ml rank is odd", ("ml-rank",)),
        ("", ()),
    ],
)
def test_services_are_guessed_from_whole_words_only(title: str, services: tuple[str, ...]) -> None:
    assert grammar.services_in(title, POLICY) == services


def test_similar_incidents_are_the_best_three() -> None:
    others = [
        ("checkout answers 500", ("checkout",), 1),
        ("checkout returns 500s", ("checkout",), 2),
        ("search is slow", ("search",), 3),
        ("checkout returns errors", ("checkout",), 4),
        ("checkout 500s", ("checkout",), 5),
    ]
    found = grammar.similar("Checkout returns 500s", ("checkout",), others)
    assert len(found) == 3
    assert set(found[:2]) == {2, 5}, "one has the same words, the other only such words"
    assert 3 not in found
    assert grammar.similar("gift cards", (), others) == []


def test_mentions_become_names_that_lead_back() -> None:
    line = "assign ops <@U1|bea> <@U2|sam> <@U3|Sam O> <@U4>"
    shown, people = grammar.with_names(line)
    assert shown == "assign ops @bea @sam <@U3|Sam O> <@U4>"
    assert people == {"@bea": "U1", "@sam": "U2"}
    assert grammar.with_mentions(shown, people) == line


def test_two_people_of_one_name_are_not_mixed_up() -> None:
    shown, people = grammar.with_names("<@U1|bea> hands over to <@U2|bea>")
    assert shown == "@bea hands over to <@U2|bea>"
    assert people == {"@bea": "U1"}


def test_a_stored_text_names_people_without_mentioning_them() -> None:
    assert grammar.free_text(" <@U1|bea> and <@U2> look ") == "@bea and @U2 look"


def escaped(text: str) -> str:
    """As Slack sends what a person typed."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(LINES)
def test_whatever_is_typed_arrives_as_it_was(text: str) -> None:
    assert grammar.readable(escaped(text)) == text


@given(LINES)
def test_no_line_breaks_the_parser_and_none_loses_its_words(line: str) -> None:
    typed = grammar.parse(grammar.readable(line), WORDS)
    kept = " ".join((typed.word, "" if typed.number is None else str(typed.number), typed.rest)).split()
    assert kept or not grammar.readable(line).strip()
    if not typed.word and typed.number is None:
        assert typed.rest == grammar.readable(line).strip()


@given(LINES)
def test_a_handed_back_line_means_what_it_meant(line: str) -> None:
    assert grammar.with_mentions(*grammar.with_names(line)) == line


@given(LINES)
def test_taking_things_off_never_fails_and_keeps_the_rest(text: str) -> None:
    severity = grammar.take_severity(text, POLICY)
    assert severity.rest in text
    assert severity.written in text
    people = grammar.take_people(text)
    assert set(people.rest.split()) <= set(text.split()) or "<@" in text
    role, written = grammar.take_role(text, POLICY)
    assert role is None or written
    assert set(grammar.services_in(text, POLICY)) <= {"checkout", "search", "ml-rank"}


@given(st.sampled_from(sorted(WORDS)), st.integers(1, 999_999_999), st.text(max_size=50))
def test_a_word_with_a_number_keeps_both(word: str, number: int, rest: str) -> None:
    typed = grammar.parse(f"{word} #{number} {rest}", WORDS)
    if word != "declare":
        assert (typed.word, typed.number, typed.rest) == (word, number, rest.strip())
