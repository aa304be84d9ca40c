"""What people type, as values. Pure: no chat system, no store.

`/incident <word> [#42] [args]`. Slack escapes `&`, `<` and `>` and writes mentions as `<@U1|bea>`; a text is unescaped
exactly once, after mentions have been found, so that what a person typed as `<!channel>` stays mere text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from bot.domain.policy import Policy

ALIASES: Final[Mapping[str, str]] = {
    "sev": "severity",
    "ic": "commander",
    "up": "update",
    "fixed": "resolve",
    "new": "declare",
    "open": "declare",
    "roles": "assign",
    "ls": "list",
    "pm": "postmortem",
    "graph": "metrics",
    "charts": "metrics",
    "?": "help",
}
"""Other words for the same; the key is never a word of its own."""

ROLE_WORDS: Final = frozenset({"assign", "take", "release", "commander"})

CLOSE_ENOUGH: Final = 75.0
"""Similarity (0 to 100) from which a misspelt word is taken for a known one in "Did you mean"."""

SIMILAR_TITLES: Final = 55.0
SIMILAR_MOST: Final = 3

_NUMBER: Final = re.compile(r"(?:#|inc-)(\d{1,9})(?!\w)", re.IGNORECASE)
_SEVERITY: Final = re.compile(r"(?:sev(?:erity)?[ -]?|s|p)(\d)(?!\w)", re.IGNORECASE)
_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_NAMED_MENTION: Final = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_BARE_NAME: Final = re.compile(r"(?<!\S)@([\w.-]+)")
_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^>]*))?>")
_WORDS: Final = re.compile(r"[^\W_]+")
_LINK: Final = re.compile(r"<((?:https?|mailto):[^>|]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Typed:
    """A parsed line. `word` is canonical or "" for a bare line; `unknown` is a first word that nothing is called.

    `number` is the incident's, if one was named; `rest` what is left, as a person would read it.
    """

    word: str
    number: int | None
    rest: str
    unknown: str = ""


def parse(text: str, words: Iterable[str]) -> Typed:
    """Split a line into word, number and rest. A first word that is none begins a title, unless it looks misspelt."""
    line = text.strip()
    first, _, after = line.partition(" ")
    known = frozenset(words)
    word = canonical(first, known)
    if word is None:
        number, rest = _number(line)
        misspelt = first.lower() if suggestion(first, known) and first.isascii() else ""
        return Typed("", number, readable(rest), misspelt)
    if word == "declare":
        return Typed(word, None, readable(after.strip()))
    number, rest = _number(after.strip())
    if number is None and word in ROLE_WORDS:
        number, rest = _last_number(rest)
    return Typed(word, number, readable(rest))


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
    choices = sorted({*known, *ALIASES})
    found = process.extractOne(lowered, choices, scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return ALIASES.get(found[0], found[0]) if found else None


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


def readable(text: str) -> str:
    """Turn channel references and links into plain words and unescape once; mentions of people stay as they are."""
    plain = _CHANNEL.sub(lambda found: f"#{found[2] or found[1]}", text)
    plain = _LINK.sub(lambda found: found[1].removeprefix("mailto:"), plain)
    return unescape(plain)


def free_text(text: str) -> str:
    """Turn mentions into `@name`, for text that is stored and shown again."""
    return _NAMED_MENTION.sub(lambda found: f"@{found[2] or found[1]}", text)


def unescape(text: str) -> str:
    """Undo Slack's escaping: `&amp;` last, so that nothing is undone twice."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def take_severity(text: str, policy: Policy) -> tuple[str | None, str, str]:
    """Take a leading severity off: `sev1`, `SEV-1`, `sev 1`, `s1` and `p1` are one.

    Returns (key or None, rest, what was written). A severity that does not exist gives None with what was written.
    """
    found = _SEVERITY.match(text)
    if found:
        key = f"sev{found[1]}"
        rest = text[found.end() :].strip(" :,-")
        if any(severity.key == key for severity in policy.severities):
            return key, rest, found[0]
        return None, rest, found[0]
    first, _, rest = text.partition(" ")
    for severity in policy.severities:
        if first.lower() in (severity.key.lower(), severity.label.lower()):
            return severity.key, rest.strip(), first
    return None, text, ""


def take_role(text: str, policy: Policy) -> tuple[str | None, str, str]:
    """Take a leading role off, by key or label; returns (key or None, rest, what was written)."""
    lowered = text.lower()
    names = {name.lower(): role.key for role in policy.roles for name in (role.key, role.label)}
    names["ic"], names["comms"] = "commander", "communications"
    for name in sorted(names, key=len, reverse=True):
        if lowered == name or lowered.startswith(f"{name} "):
            return names[name], text[len(name) :].strip(), text[: len(name)]
    first, _, rest = text.partition(" ")
    return None, rest.strip(), first


def role_suggestion(written: str, policy: Policy) -> str | None:
    """Return the role key that a misspelt one is close to."""
    keys = [role.key for role in policy.roles]
    found = process.extractOne(written.lower(), keys, scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else None


def take_person(text: str) -> tuple[str | None, str, str]:
    """Take the first mention off; returns (user id or None, rest, a bare @name that Slack did not resolve)."""
    found = _MENTION.search(text)
    if found:
        return found[1], " ".join((text[: found.start()] + text[found.end() :]).split()), ""
    bare = _BARE_NAME.search(text)
    if bare:
        return None, " ".join((text[: bare.start()] + text[bare.end() :]).split()), bare[1]
    return None, text.strip(), ""


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
            score += 25
        if score >= SIMILAR_TITLES:
            scored.append((score, number))
    return [number for _, number in sorted(scored, key=lambda one: (-one[0], one[1]))[:SIMILAR_MOST]]
