"""A wrong firebell.yaml: every complaint names the file, the line, the key and what would be right."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from bot.config.file import parse, read_file
from bot.errors import ConfigError

SPAN = "write it like 15m, 1h or 1d."
CLOCK = 'write it like "22:00", in quotes.'
TEMPLATE = "this is no name template; it knows {number}, {slug}, {severity} and {date} only."
MAPPING = "this must hold keys and values, each on an indented line of its own."
EMPTY = "there is no value; give it one, or remove the key to keep the default."

WRONG_KEYS = [
    ("servces: {}", 1, "servces", "this key is not known. Did you mean `services`?"),
    ("services:\n  web:\n    teir: 1", 3, "services.web.teir", "this key is not known. Did you mean `tier`?"),
    (
        "services:\n  web:\n    panels:\n      - title: Latency\n        qery: up",
        5,
        "services.web.panels.0.qery",
        "this key is not known. Did you mean `query`?",
    ),
    ("quiet_hours:\n  from: 22:00\n  until: 7:00", 1, "quiet_hours.to", "this key is missing; add it."),
    (
        "quiet_hours:\n  from: 22:00\n  until: 7:00",
        3,
        "quiet_hours.until",
        "this key is not known. Known here: zone, from, to, weekends.",
    ),
    ("durations:\n  snoze: 5m", 2, "durations.snoze", "this key is not known. Did you mean `snooze`?"),
    ("severities:\n  sev1:\n    label: SEV1", 2, "severities.sev1.cadence", "this key is missing; add it."),
    (
        "services:\n  Web Shop:\n    tier: 1",
        2,
        "services.Web Shop",
        "a key must begin with a letter a to z and hold only a to z, 0 to 9, - and _; rename it.",
    ),
    ("2: x", 1, "2", "a key must be text; put it in quotes."),
    ("roles:\n  scribe:\n    label: Scribe", 1, "roles", "there must be a role `commander`; add it."),
    (
        "permissions:\n  decalre: everyone",
        2,
        "permissions.decalre",
        "`decalre` is not among the choices; write 'declare', 'edit', 'status', 'lower_severity', 'override', 'roles', "
        "'update', 'note', 'resolve', 'reopen', 'cancel', 'close', 'link', 'merge', 'postmortem', 'page', 'publish' or "
        "'staff'.",
    ),
]

WRONG_VALUES = [
    (
        "command: incident",
        1,
        "command",
        "`incident` does not fit; write it like /incident: a slash, then a to z, 0 to 9, - or _.",
    ),
    (
        "summary_channel: all hands",
        1,
        "summary_channel",
        "`all hands` does not fit; write it like incidents, without spaces.",
    ),
    (
        "channel_name: inc-{slug}",
        1,
        "channel_name",
        "the name template needs {number}, or two incidents would ask for the same channel.",
    ),
    (
        'channel_name: "inc-{{number}}"',
        1,
        "channel_name",
        "the name template needs {number}, or two incidents would ask for the same channel.",
    ),
    ('channel_name: "{number.real}"', 1, "channel_name", TEMPLATE),
    ('channel_name: "{number:>99999999}"', 1, "channel_name", TEMPLATE),
    ('channel_name: "{number"', 1, "channel_name", TEMPLATE),
    ('channel_name: "{number}-{team}"', 1, "channel_name", TEMPLATE),
    ("severities:\n  sev1:\n    cadence: 15", 3, "severities.sev1.cadence", f"`15` is no span of time; {SPAN}"),
    ("severities:\n  sev1:\n    cadence: 1:30", 3, "severities.sev1.cadence", f"`90` is no span of time; {SPAN}"),
    ("severities:\n  sev1:\n    cadence: soon", 3, "severities.sev1.cadence", f"`soon` is no span of time; {SPAN}"),
    ("durations:\n  snooze: 0m", 2, "durations.snooze", f"a span of time must be above zero; {SPAN}"),
    ("durations:\n  snooze: 99999999999999d", 2, "durations.snooze", "a span of time may be a year at most."),
    ("durations:\n  snooze: -5m", 2, "durations.snooze", f"`-5m` is no span of time; {SPAN}"),
    (
        "severities:\n  sev1:\n    cadence: 1h\n    postmortem: always",
        4,
        "severities.sev1.postmortem",
        "`always` is not among the choices; write 'required', 'optional' or 'none'.",
    ),
    ("services:\n  web:\n    tier: 0", 3, "services.web.tier", "this must be greater than or equal to 1."),
    ("services:\n  web:\n    name: 404", 3, "services.web.name", "this must be text; put it in quotes."),
    ("services:\n  web:\n    aliases: shop", 3, "services.web.aliases", "this must be a list, like [one, two]."),
    (
        "services:\n  web:\n    dashboard: grafana/d/web",
        3,
        "services.web.dashboard",
        "`grafana/d/web` does not fit; write it like https://grafana.example.com/d/checkout.",
    ),
    ("services: [web, shop]", 1, "services", MAPPING),
    ("working_hours: nine to five", 1, "working_hours", MAPPING),
    ("\n\nservices:\n", 3, "services", EMPTY),
    ("quiet_hours:\n  from: 24:00\n  to: 7:00", 2, "quiet_hours.from", f"`1440` is no time of day; {CLOCK}"),
    ("quiet_hours:\n  from: 22:00\n  to: 7", 3, "quiet_hours.to", f"`7` is no time of day; {CLOCK}"),
    ('quiet_hours:\n  from: 22:00\n  to: "07:00Z"', 3, "quiet_hours.to", f"`07:00Z` is no time of day; {CLOCK}"),
    (
        "quiet_hours:\n  from: 7:00\n  to: 7:00",
        1,
        "quiet_hours",
        "quiet hours must end at another time than they begin.",
    ),
    ("working_hours:\n  from: 17:00\n  to: 9:00", 1, "working_hours", "working hours must begin before they end."),
    (
        "working_hours:\n  zone: Mars/Olympus",
        2,
        "working_hours.zone",
        "there is no time zone `Mars/Olympus`; write one like Europe/Madrid.",
    ),
    (
        "working_hours:\n  zone: Europe",
        2,
        "working_hours.zone",
        "there is no time zone `Europe`; write one like Europe/Madrid.",
    ),
]

MISFITS = [
    (
        "services:\n  web:\n    depends_on:\n      - db",
        4,
        "services.web.depends_on.0",
        "`db` is no service in this file; add it or remove this line.",
    ),
    (
        "services:\n  web:\n    depends_on: [web]",
        3,
        "services.web.depends_on.0",
        "`web` depends on itself; remove this line.",
    ),
    (
        "services:\n  web:\n    aliases: [shop]\n  app:\n    aliases:\n      - Shop",
        6,
        "services.app.aliases.0",
        "`Shop` already means the service `web`; choose another word.",
    ),
    (
        "services:\n  web:\n    panels:\n      - {title: Latency, query: a}\n      - {title: latency, query: b}",
        5,
        "services.web.panels.1.title",
        "another panel of `web` is called `Latency`; give this one a title or `key` of its own.",
    ),
    (
        "permissions:\n  close: responders",
        2,
        "permissions.close",
        "nobody could, as there is no `responders_group`; name the group at the top of the file.",
    ),
    (
        "permissions:\n  declare: leaders",
        2,
        "permissions.declare",
        "an incident that is not declared has no leaders; write everyone or responders.",
    ),
]


LADDERS = [
    ("[{tell: ower}]", "tell", "`ower` is nobody who can be told; did you mean `owner`?"),
    ("[{tell: owner, afer: 5m}]", "afer", "this key is not known. Did you mean `after`?"),
    (
        "[{tell: owner, after: soon}]",
        "after",
        "`soon` is no time; write a share of the cadence like 20% or 1/3, or 5m.",
    ),
    (
        "[{tell: owner, after: 2000%}]",
        "after",
        "`2000%` is no share of the cadence; write it like 20% or 1/3, at most 1000%.",
    ),
    ("[{tell: room}, {tell: owner, before: 5m}]", "before", "only the first step may come before the due time"),
    ("[{tell: owner, before: 100%}, {tell: owner}]", "before", "that is no later than the update before"),
    ("[{tell: owner, repeat: true}]", "repeat", "only the room is told again; remove this key."),
    ("[{tell: owner, silent_for: 5m}]", "silent_for", "only a page waits for this; remove this key."),
    ("[{tell: owner}, {tell: owner, after: 5m}]", "tell", "`owner` is told at an earlier step; a person is told once"),
    ("[{tell: owner, after: 9m}, {tell: room, after: 5m}]", "after", "this step comes before the one above it"),
    ("[{tell: owner, after: 9m}, {tell: room}]", "tell", "this step comes before the one above it"),
    ("[{tell: owner}, {tell: room, repeat: yes please}]", "repeat", "write true or false"),
    ("[{tell: [room, owner]}]", "tell", "this must be one text, and it is a list; write one of them here"),
    ("[{tell: leaders}]", "tell", "nobody would hear of an overdue update; add a step"),
]

MISTAKES_IN_A_LADDER = """
severities:
  sev1:
    cadence: 15m
    ladder:
      - {tell: ownr, after: 5m}
      - {tell: room, before: 200%}
      - {tell: leaders, after: 9m, missed_updates: 2, silent_for: 5m}
"""


@pytest.mark.parametrize(("ladder", "key", "mend"), LADDERS)
def test_a_ladder_that_cannot_be_climbed_is_told_by_its_step(ladder: str, key: str, mend: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"severities:\n  sev1:\n    cadence: 15m\n    ladder: {ladder}", "firebell.yaml")
    place = 1 if "}, {" in ladder and "before: 100%" not in ladder else 0
    told = str(caught.value).splitlines()
    assert len(told) == 1, "one mistake is told once"
    assert told[0].startswith(f"firebell.yaml, line 4: `severities.sev1.ladder.{place}.{key}`: {mend}")


def test_each_mistake_in_a_ladder_is_told_once_and_all_of_them() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(MISTAKES_IN_A_LADDER, "firebell.yaml")
    assert [line.partition(": ")[2] for line in str(caught.value).splitlines()] == [
        "`severities.sev1.ladder.0.tell`: `ownr` is nobody who can be told; did you mean `owner`?",
        "`severities.sev1.ladder.1.before`: only the first step may come before the due time, and only for people who "
        "hold a role.",
        "`severities.sev1.ladder.2.missed_updates`: only a page waits for this; remove this key.",
        "`severities.sev1.ladder.2.silent_for`: only a page waits for this; remove this key.",
    ]


def test_an_empty_ladder_is_told_in_plain_words() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("severities:\n  sev1:\n    cadence: 15m\n    ladder: []", "firebell.yaml")
    told = "`severities.sev1.ladder`: there is nothing in it; give it an item."
    assert str(caught.value) == f"firebell.yaml, line 4: {told}"


@pytest.mark.parametrize(
    ("step", "mend"),
    [
        (
            "{tell: owner, before: 5m, after: 5m}",
            "a step comes `before` the due time or `after` it; remove one of them.",
        ),
        ("{tell: owner, at_most: 5m}", "`at_least` and `at_most` hold a time, and there is none; write `before`"),
        ("{tell: owner, after: 1/3, at_least: 9m, at_most: 5m}", "`at_least` is longer than `at_most`; exchange them."),
    ],
)
def test_a_step_has_one_time(step: str, mend: str) -> None:
    with pytest.raises(ConfigError, match="ladder") as caught:
        parse(f"severities:\n  sev1:\n    cadence: 15m\n    ladder: [{step}]", "firebell.yaml")
    assert mend in str(caught.value)


@pytest.mark.parametrize(("text", "line", "key", "mend"), [*WRONG_KEYS, *WRONG_VALUES, *MISFITS])
def test_a_complaint_names_file_line_key_and_mend(text: str, line: int, key: str, mend: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "firebell.yaml")
    assert f"firebell.yaml, line {line}: `{key}`: {mend}" in str(caught.value).splitlines()


NO_YAML = [
    ("command: /incident\nseverities: [", 2, "not valid YAML"),
    ("command: /incident\n\tsummary_channel: x", 2, "not valid YAML"),
    ("command: @here", 1, "not valid YAML"),
    ("summary_channel: *nowhere", 1, "undefined alias"),
    ("working_hours:\n  from: 2026-02-30", 2, "`2026-02-30` is no timestamp"),
    ("services: !!bool perhaps", 1, "`perhaps` is no bool"),
    ("command: /incident\nsummary_channel: a\x07b", 2, "a character that YAML does not allow; remove it."),
    ("- command\n- channel", 1, "the file must hold keys and values"),
    ("command: /a\nsummary_channel: x\ncommand: /b", 3, "the key `command` stands twice; remove one of them."),
    ("services:\n  web: {tier: 1}\n  web: {tier: 2}", 3, "the key `web` stands twice; remove one of them."),
]


@pytest.mark.parametrize(("text", "line", "words"), NO_YAML)
def test_what_is_no_proper_yaml_is_told_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "firebell.yaml")
    assert str(caught.value).startswith(f"firebell.yaml, line {line}: ")
    assert words in str(caught.value)


def test_several_mistakes_are_told_at_once() -> None:
    text = dedent(
        """\
        comand: /incident
        severities:
          sev1:
            cadence: 15
        durations:
          snooze: never
        """
    )
    with pytest.raises(ConfigError) as caught:
        parse(text, "firebell.yaml")
    assert [line.split(": `")[0] for line in str(caught.value).splitlines()] == [
        "firebell.yaml, line 4",
        "firebell.yaml, line 6",
        "firebell.yaml, line 1",
    ]


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &a {b: *a}", "[" * 5000, "!!set {? &x [*x]}"])
def test_a_document_that_holds_itself_or_never_ends_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text, "firebell.yaml")


def test_an_anchor_used_again_and_again_is_read_once() -> None:
    levels = [f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]" for n in range(1, 30)]
    with pytest.raises(ConfigError, match="this key is not known"):
        parse("\n".join(["k0: &k0 [x]", *levels]), "firebell.yaml")


def test_a_file_that_is_not_there_names_its_path_and_the_variable(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    with pytest.raises(ConfigError, match="FIREBELL_CONFIG") as caught:
        read_file(missing)
    assert str(missing) in str(caught.value)


def test_a_file_that_is_no_text_names_its_path_and_the_variable(tmp_path: Path) -> None:
    binary = tmp_path / "firebell.yaml"
    binary.write_bytes(b"\xff\xfe\x00command")
    with pytest.raises(ConfigError, match="FIREBELL_CONFIG") as caught:
        read_file(binary)
    assert str(binary) in str(caught.value)
