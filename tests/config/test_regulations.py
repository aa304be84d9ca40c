"""regulations.yaml: the rows that Firebell brings, and what is said about a wrong file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.calendars import is_business_day
from bot.config.file import parse, policy_of
from bot.config.regulations import SHIPPED, parse_regulations, read_regulations
from bot.config.schema import ConfigFile
from bot.domain.regulation import Checked, Said, Standing, Start, Status, Trigger, clocks, filed, started
from bot.errors import ConfigError

BOOK = read_regulations()
ROW = """\
regulations:
  rule:
    name: A rule
    who: everyone
    source: Article 1
    published: 2020-01-01
    applies_from: 2021-01-01
    status: in_force
    checked: nothing
    steps:
      notice:
        name: Notice
        to: the authority
        limits:
          - {from: awareness, within: 72 hours}
"""


def limits(regulation: str, step: str) -> list[tuple[str, str]]:
    return [(limit.trigger.value, str(limit.span)) for limit in BOOK[regulation].step(step).limits]


@pytest.mark.parametrize(
    ("regulation", "step", "expected"),
    [
        ("gdpr", "authority", [("awareness", "72 hours")]),
        ("gdpr_processor", "controller", [("awareness", "24 hours")]),
        ("nis2", "early_warning", [("significance", "24 hours")]),
        ("nis2", "notification", [("significance", "72 hours")]),
        ("nis2", "final", [("filed", "1 month")]),
        ("dora", "initial", [("classification", "4 hours"), ("awareness", "24 hours")]),
        ("dora", "intermediate", [("filed", "72 hours")]),
        ("dora", "final", [("filed", "1 month")]),
        ("sec_8k", "filing", [("materiality", "4 business days")]),
        ("hipaa", "people", [("discovery", "60 days")]),
        ("ai_act", "report", [("awareness", "15 days")]),
        ("ai_act_death", "report", [("awareness", "10 days")]),
        ("ai_act_widespread", "report", [("awareness", "2 days")]),
        ("cra", "early_warning", [("awareness", "24 hours")]),
        ("cra", "notification", [("awareness", "72 hours")]),
        ("cra", "final", [("filed", "1 month")]),
        ("fda_manufacturer", "report", [("awareness", "30 days")]),
        ("fda_manufacturer_urgent", "report", [("awareness", "5 business days")]),
        ("fda_user_facility", "report", [("awareness", "10 business days")]),
        ("us_banks", "notice", [("determination", "36 hours")]),
        ("nydfs", "notice", [("determination", "72 hours")]),
    ],
)
def test_the_rows_that_firebell_brings(regulation: str, step: str, expected: list[tuple[str, str]]) -> None:
    assert limits(regulation, step) == expected


def test_no_row_claims_that_its_official_source_was_read() -> None:
    assert {row.checked for row in BOOK.values()} == {Checked.COPY, Checked.SUMMARY}
    assert all(row.checked_on for row in BOOK.values())


def test_a_law_whose_date_is_in_doubt_says_so() -> None:
    doubtful = {key for key, row in BOOK.items() if row.status is Status.CHANGING}
    assert doubtful == {"ai_act", "ai_act_death", "ai_act_widespread"}
    assert all(BOOK[key].note for key in doubtful)


def test_only_the_processors_time_is_the_houses_own() -> None:
    aims = {row.key for row in BOOK.values() for step in row.steps for limit in step.limits if not limit.binding}
    assert aims == {"gdpr_processor"}


def test_four_business_days_leave_out_thanksgiving_and_the_weekend() -> None:
    # Determined on Wednesday 25 November 2026: Friday, Monday, Tuesday, Wednesday at 17:30 in New York.
    at = datetime(2026, 11, 25, 18, tzinfo=UTC)
    standing = started(Standing("sec_8k"), Trigger.MATERIALITY, Start(at, Said("U1", at)))
    (clock,) = clocks(BOOK["sec_8k"], standing, is_business_day)
    assert clock.due_at == datetime(2026, 12, 2, 22, 30, tzinfo=UTC)


def test_the_reports_of_dora_follow_from_each_other() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    standing = started(Standing("dora"), Trigger.CLASSIFICATION, Start(at, Said("U1", at)))
    for step in ("initial", "intermediate"):
        due = {clock.step: clock.due_at for clock in clocks(BOOK["dora"], standing, is_business_day)}[step]
        assert due is not None
        standing = filed(standing, step, Said("U1", due, reference=step))
    assert clocks(BOOK["dora"], standing, is_business_day)[2].due_at == datetime(2026, 4, 5, 21, 59, tzinfo=UTC)


def test_holidays_are_those_of_the_country() -> None:
    assert not is_business_day(date(2026, 7, 3), "US")
    assert is_business_day(date(2026, 7, 3), "DE")
    assert not is_business_day(date(2026, 11, 28), "US")
    with pytest.raises(LookupError, match="no calendar"):
        is_business_day(date(2026, 7, 3), "XX")


LIMIT = "regulations.rule.steps.notice.limits.0"
WRONG = [
    ("name: A rule", "nmae: A rule", 3, "regulations.rule.nmae", "this key is not known. Known here: name, who,"),
    ("    who: everyone\n", "", 2, "regulations.rule.who", "this key is missing; add it."),
    ("rule:", "A Rule:", 2, "regulations.A Rule", "a key must begin with a letter a to z"),
    ("status: in_force", "status: valid", 8, "regulations.rule.status", "this must be 'in_force', 'changing' or"),
    ("2020-01-01", "spring", 6, "regulations.rule.published", "`spring` is no date; write it like 2026-03-02."),
    (
        "72 hours",
        "three days",
        15,
        f"{LIMIT}.within",
        "`three days` is no span; write it",
    ),
    ("72 hours", "0 hours", 15, f"{LIMIT}.within", "`0 hours` is no span; write it"),
    ("awareness", "gut", 15, f"{LIMIT}.from", "this must be 'awareness', 'significance'"),
    (
        "within: 72 hours",
        "witin: 72 hours",
        15,
        f"{LIMIT}.witin",
        "this key is not known",
    ),
    ("within: 72 hours", "step: notice", 15, LIMIT, "a limit needs either `within`"),
    ("from: awareness", "from: filed", 15, LIMIT, "`step` names the report whose"),
    (
        "from: awareness",
        "from: filed, step: notice",
        15,
        f"{LIMIT}.step",
        "`notice` is no step above this one; name the report whose filing starts the time.",
    ),
    ("72 hours", "4 business days", 2, "regulations.rule.country", "business days need a country, whose holidays"),
    (
        "who: everyone",
        "country: Utopia",
        4,
        "regulations.rule.country",
        "`Utopia` is no country; write its two",
    ),
    ("status:", "country: XX\n    status:", 8, "regulations.rule.country", "no calendar is known for `XX`;"),
    ("status:", "zone: Mars\n    status:", 8, "regulations.rule.zone", "there is no time zone `Mars`; write one like"),
    ("checked: nothing", "checked: copy", 2, "regulations.rule", "a row that was checked needs `checked_on`."),
]


@pytest.mark.parametrize(("right", "wrong", "line", "key", "says"), WRONG)
def test_a_wrong_file_names_line_and_key(right: str, wrong: str, line: int, key: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_regulations(ROW.replace(right, wrong, 1), "regulations.yaml")
    assert f"regulations.yaml, line {line}: `{key}`: {says}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "regulations.yaml, line 1: the file must begin with the key `regulations`."),
        ("- gdpr", "regulations.yaml, line 1: the file must begin with the key `regulations`."),
        ("regulations: {a: {}, a: {}}", "regulations.yaml, line 1: the key `a` stands twice; remove one of them."),
        ("regulations: [", "regulations.yaml, line 1: this is not valid YAML"),
    ],
)
def test_a_file_that_is_no_list_of_regulations_is_refused(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_regulations(text, "regulations.yaml")
    assert says in str(caught.value)


@given(st.text(max_size=60), st.integers(0, len(ROW)))
def test_any_text_is_read_or_refused_and_nothing_else(text: str, place: int) -> None:
    document = ROW[:place] + text + ROW[place:]
    try:
        rows = parse_regulations(document, "regulations.yaml").values()
    except ConfigError as error:
        complaints = str(error).splitlines()
    else:
        complaints = [] if all(row.steps for row in rows) else ["a row without steps"]
    assert all(one.startswith("regulations.yaml") for one in complaints[:1])


def test_a_file_that_cannot_be_read_says_which(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_regulations(tmp_path / "none.yaml")


def test_a_users_own_file_stands_for_itself(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(dedent(ROW), encoding="utf-8")
    assert list(read_regulations(own)) == ["rule"]
    assert SHIPPED.name == "regulations.yaml"


def test_a_services_rule_must_be_a_row_and_the_complaint_names_line_and_key(tmp_path: Path) -> None:
    text = "services:\n  shop:\n    regulations:\n      - gdpr\n      - gpdr\n"
    with pytest.raises(ConfigError) as wrong:
        parse(text, "firebell.yaml")
    assert str(wrong.value) == (
        "firebell.yaml, line 5: `services.shop.regulations.1`: `gpdr` is no row of the regulations that Firebell "
        "brings; did you mean `gdpr`?"
    )


def test_the_users_own_file_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(ROW, encoding="utf-8")
    text = "regulations_file: own.yaml\nlegal_group: '@legal'\nservices: {shop: {regulations: [rule]}}\n"
    policy = policy_of(parse(text, "firebell.yaml", folder=tmp_path), folder=tmp_path)
    assert list(policy.regulations) == ["rule"]
    assert policy.legal_group == "legal"
    with pytest.raises(ConfigError, match=r"`gdpr` is no row of own\.yaml; known: rule"):
        parse(text.replace("[rule]", "[gdpr]"), "firebell.yaml", folder=tmp_path)
    with pytest.raises(ConfigError, match=r"none\.yaml cannot be read"):
        parse("regulations_file: none.yaml", "firebell.yaml", folder=tmp_path)


def test_without_a_file_the_shipped_rows_and_their_calendar_are_in_force() -> None:
    policy = policy_of(ConfigFile())
    assert policy.regulations == BOOK
    assert not policy.is_business_day(date(2026, 11, 26), "US"), "Thanksgiving"


def test_data_and_regions_are_compared_without_capitals(tmp_path: Path) -> None:
    row = ROW + "    data: [Personal]\n    regions: [EU]\n"
    assert parse_regulations(row, "own.yaml")["rule"].is_met_by({"personal"}, {"eu"})
    with pytest.raises(ConfigError, match="`regions` narrow what `data` brings up"):
        parse_regulations(ROW + "    regions: [EU]\n", "own.yaml")
