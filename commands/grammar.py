"""What people type, as values. Pure: no chat system, no store.

`/incident <word> [#42] [args]`. Slack escapes `&`, `<` and `>` and writes mentions as `<@U1|bea>`. `readable` brings a
line into the form that everything else here works on: unescaped exactly once, channels and links as plain words,
people still as `<@U1|bea>`. What a person typed as `<!channel>` is mere text before and after.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from bot.domain.policy import Policy
from templates.clip import clip
from templates.mrkdwn import clean

ALIASES: Final[Mapping[str, str]] = {
    "sev": "severity",
    "ic": "commander",
    "up": "update",
    "fixed": "resolve",
    "new": "declare",
    "open": "declare",
    "roles": "assign",
    "ls": "list",
    "ranks": "priorities",
    "pm": "postmortem",
    "graph": "metrics",
    "status-page": "statuspage",
    "publish": "statuspage",
    "charts": "metrics",
    "?": "help",
}
"""Other words for the same; the key is never a word of its own."""

MEANT: Final[Mapping[str, str]] = {"offer": "handoff"}
"""Words that people try and that may as well begin a title: only asked about, as misspelt ones are."""

ROLE_WORDS: Final = frozenset({"assign", "take", "release", "commander", "handoff", "staff"})

ROLE_ALIASES: Final[Mapping[str, str]] = {"ic": "commander", "comms": "communications", "ops": "operations"}

QUOTED_MAX: Final = 40
CLOSE_ENOUGH: Final = 75.0
"""Similarity (0 to 100) from which a misspelt word is taken for a known one in "Did you mean"."""

CLOSE_NAME: Final = 60.0
"""The same for names of roles and statuses, which stand where nothing else is meant."""

SWITCHES: Final = frozenset({"private", "drill"})
"""Words that set a switch of the declare form."""

SIMILAR_TITLES: Final = 55.0
SAME_SERVICE: Final = 25.0
"""What a shared service adds to the similarity of two titles."""

SIMILAR_MOST: Final = 3

_NUMBER: Final = re.compile(r"(?:#|inc-)(\d{1,9})(?!\w)", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"sev(?:erity)?[ -]?(\d{1,2})(?!\w)", re.IGNORECASE)
_SHORT_SEVERITY: Final = re.compile(r"[sp](\d)(?!\w)", re.IGNORECASE)
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>")
_BARE_NAME: Final = re.compile(r"(?<!\S)@([\w.-]*\w)")
_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^<>]*))?>")
_GROUP: Final = re.compile(r"<!subteam\^[A-Z0-9]+\|([^<>]+)>")
_EVERYBODY: Final = re.compile(r"<!(channel|here|everyone)(?:\|[^<>]*)?>")
_LINK: Final = re.compile(r"<((?:https?|mailto|tel):[^<>|]+)(?:\|[^<>]*)?>")
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """A parsed line. `word` is canonical or "" for a bare line; `unknown` is a first word that nothing is called.

    `number` is the incident's, if one was named; `rest` is what is left.
    """

    word: str
    number: int | None
    rest: str
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity taken off a text: its key (None when there is none of that name), what is left, what was written."""

    key: str | None
    rest: str
    written: str


@dataclass(frozen=True, slots=True)
class People:
    """People taken off a text: ids in order, what is left, and the first `@name` that Slack did not resolve."""

    ids: tuple[str, ...]
    rest: str
    unresolved: str = ""


def readable(sent: str) -> str:
    """Turn what Slack sent into what the person typed; mentions of people stay as they are."""
    plain = _CHANNEL.sub(lambda found: f"#{found[2] or found[1]}", sent)
    plain = _GROUP.sub(lambda found: found[1], plain)
    plain = _EVERYBODY.sub(lambda found: f"@{found[1]}", plain)
    plain = _LINK.sub(lambda found: found[1].removeprefix("mailto:").removeprefix("tel:"), plain)
    return unescape(plain)


def unescape(text: str) -> str:
    """Undo Slack's escaping: `&amp;` last, so that nothing is undone twice."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def free_text(text: str) -> str:
    """Turn mentions into `@name`, for text that is stored and shown again."""
    return _MENTION.sub(lambda found: f"@{found[2] or found[1]}", text).strip()


def nameless(text: str) -> tuple[str, ...]:
    """Return the people whom a text mentions by id alone, as messages do (commands bring names along)."""
    return tuple(dict.fromkeys(found[1] for found in _MENTION.finditer(text) if not found[2]))


def parse(line: str, words: Iterable[str]) -> Typed:
    """Split a readable line into word, number and rest.

    A first word that is none begins a title, unless it looks misspelt.
    """
    line = line.strip()
    first, after = first_word(line)
    known = frozenset(words)
    word = canonical(first, known)
    if word is None:
        return _without_word(line, known)
    if word == "declare":
        return Typed(word, None, after)
    number, rest = _number(after)
    if number is None and word in ROLE_WORDS:
        number, rest = _last_number(rest)
    return Typed(word, number, rest)


def _without_word(line: str, known: frozenset[str]) -> Typed:
    number, rest = _number(line)
    first, after = first_word(rest)
    if number is not None:
        word = canonical(first, known)
        return Typed(word, number, after) if word else Typed("", number, rest, first)
    misspelt = first.isascii() and suggestion(first, known) is not None
    return Typed("", None, rest, first if misspelt else "")


def canonical(word: str, known: Iterable[str]) -> str | None:
    """Return the word that a word or alias stands for."""
    lowered = word.lower()
    lowered = ALIASES.get(lowered, lowered)
    return lowered if lowered in known else None


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a misspelt one is close to."""
    lowered = word.lower().strip("`'\"")
    if len(lowered) < 3:
        return None
    meant = MEANT.get(lowered)
    if meant is not None and meant in known:
        return meant
    found = process.extractOne(lowered, sorted({*known, *ALIASES}), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return ALIASES.get(found[0], found[0]) if found else None


def closest(written: str, names: Iterable[str]) -> str | None:
    """Return the name that a misspelt one is close to."""
    found = process.extractOne(written.lower(), sorted(names), scorer=fuzz.ratio, score_cutoff=CLOSE_NAME)
    return found[0] if found else None


def first_word(text: str) -> tuple[str, str]:
    """Split at the first white space; what follows keeps its lines."""
    parts = text.split(maxsplit=1)
    return (parts[0], parts[1].strip()) if len(parts) == 2 else (text, "")


def quoted(text: str) -> str:
    """Show the first word somebody typed as code."""
    return as_typed(first_word(text)[0])


def as_typed(text: str) -> str:
    """Show what somebody typed as code: short, on one line, and without what would end the code."""
    words = " ".join(clean(text).replace("`", "").split())
    return f"`{clip(words, QUOTED_MAX)}`" if words else "That"


def _number(text: str) -> tuple[int | None, str]:
    """Take a leading incident number off."""
    found = _NUMBER.match(text)
    if found is None:
        return None, text
    return int(found[1]), text[found.end() :].strip()


def _last_number(text: str) -> tuple[int | None, str]:
    """Take an incident number off the end, where free text never stands: `take commander #42`."""
    before, _, last = text.rpartition(" ")
    number, rest = _number(last)
    return (None, text) if number is None or rest else (number, before.strip())


def take_severity(text: str, policy: Policy) -> Severity:
    """Take a leading severity off: a name of the policy, or `sev1`, `SEV-1`, `sev 1`, `s1` and `p1`, which are one.

    `S3` and `p95` begin many a title: a short form counts only where that severity exists and no service is called so.
    """
    named = {name.lower(): severity.key for severity in policy.severities for name in (severity.key, severity.label)}
    lowered = text.lower()
    for name in sorted(named, key=len, reverse=True):
        if lowered.startswith(name) and not text[len(name) : len(name) + 1].isalnum():
            return Severity(named[name], _after(text, len(name)), text[: len(name)])
    written = _SEVERITY.match(text)
    if written:
        return Severity(_numbered(int(written[1]), named), _after(text, written.end()), written[0])
    short = _SHORT_SEVERITY.match(text)
    key = _numbered(int(short[1]), named) if short and not services_in(short[0], policy) else None
    return Severity(key, _after(text, short.end()), short[0]) if short and key else Severity(None, text, "")


def take_switches(text: str, policy: Policy) -> tuple[frozenset[str], str]:
    """Take `private` and `drill` off the beginning, before or after a severity; returns them and the line without."""
    severity = take_severity(text, policy)
    lead, rest = (severity.written, severity.rest) if severity.key else ("", text.strip())
    found: set[str] = set()
    while (first := first_word(rest)[0]).lower().rstrip(":,") in SWITCHES:
        found.add(first.lower().rstrip(":,"))
        rest = first_word(rest)[1] if first != rest else ""
    return frozenset(found), " ".join(filter(None, (lead, rest)))


def _numbered(number: int, named: Mapping[str, str]) -> str | None:
    """The severity of this number, whichever way the policy writes it."""
    return next((named[name] for name in (f"sev{number}", f"p{number}", f"s{number}") if name in named), None)


def _after(text: str, position: int) -> str:
    return text[position:].strip(" \t\n:,-–—")


def take_role(text: str, policy: Policy) -> tuple[str | None, str]:
    """Take a leading role off, by key, label or alias; returns (key or None, the first word as written)."""
    lowered = text.lower()
    names = dict(ROLE_ALIASES) | {name.lower(): role.key for role in policy.roles for name in (role.key, role.label)}
    for name in sorted(names, key=len, reverse=True):
        if lowered == name or lowered.startswith(f"{name} "):
            return names[name], text[: len(name)]
    return None, first_word(text)[0]


def take_people(text: str) -> People:
    """Take all mentions off."""
    ids = tuple(dict.fromkeys(found[1] for found in _MENTION.finditer(text)))
    left = " ".join(_MENTION.sub(" ", text).split())
    bare = _BARE_NAME.search(left)
    return People(ids, left, bare[1] if bare else "")


def settle_name(text: str, user: str) -> str:
    """Put a person in the place of the first `@name` that Slack did not resolve."""
    return _BARE_NAME.sub(f"<@{user}>", text, count=1) if _BARE_NAME.search(text) else f"{text} <@{user}>".strip()


def services_in(title: str, policy: Policy) -> tuple[str, ...]:
    """Return the services that a title names, by key, name or alias as whole words, in the catalog's order."""
    padded = f" {_plain_words(title)} "
    found = []
    for service in policy.services:
        names = map(_plain_words, (service.key, service.name, *service.aliases))
        if any(name and f" {name} " in padded for name in names):
            found.append(service.key)
    return tuple(found)


def _plain_words(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


def similar(title: str, services: Sequence[str], others: Sequence[tuple[str, Sequence[str], int]]) -> list[int]:
    """Return which of `others` (title, services, number) are like this one: the best three numbers, best first."""
    scored = []
    for other, theirs, number in others:
        score = fuzz.token_set_ratio(title.lower(), other.lower())
        if set(services) & set(theirs):
            score += SAME_SERVICE
        if score >= SIMILAR_TITLES:
            scored.append((score, number))
    return [number for _, number in sorted(scored, key=lambda one: (-one[0], one[1]))[:SIMILAR_MOST]]


def with_names(text: str) -> tuple[str, dict[str, str]]:
    """Write mentions as `@name` where they can be told apart; returns the text and the id of each name."""
    people: dict[str, str] = {}
    for found in _MENTION.finditer(text):
        name = f"@{found[2]}"
        if found[2] and _BARE_NAME.fullmatch(name) and people.setdefault(name, found[1]) == found[1]:
            text = text.replace(found[0], name)
    return text, people


def with_mentions(text: str, people: Mapping[str, str]) -> str:
    """Put the mentions back that `with_names` took out."""
    return _BARE_NAME.sub(lambda found: f"<@{people[found[0]]}|{found[1]}>" if found[0] in people else found[0], text)
