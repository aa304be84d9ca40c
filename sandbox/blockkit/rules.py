"""A small language for saying what a piece of Block Kit may look like; every rule reports, none raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """What Slack would refuse: ``code`` for programs, ``pointer`` (RFC 6901) to the place, ``message`` for people."""

    code: str
    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the payload under inspection; all spots of one inspection share ``found``."""

    pointer: str = ""
    found: list[Problem] = field(default_factory=list)

    def at(self, key: str | int) -> Spot:
        """Return the spot one step further in."""
        escaped = str(key).replace("~", "~0").replace("/", "~1")
        return Spot(f"{self.pointer}/{escaped}", self.found)

    def report(self, code: str, message: str) -> None:
        """Note a problem here."""
        self.found.append(Problem(code, self.pointer, message))


Rule = Callable[[Spot, Any], None]
Check = Callable[[Spot, Mapping[str, Any]], None]


def anything(_spot: Spot, _value: Any) -> None:
    """Accept whatever stands there."""


def boolean(spot: Spot, value: Any) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        spot.report("wrong_type", "must be a boolean")


def string(maximum: int, *, minimum: int = 1, pattern: str = "", wanted: str = "") -> Rule:
    """Accept text of ``minimum`` to ``maximum`` characters; ``wanted`` says in words what ``pattern`` asks for."""
    form = re.compile(pattern)

    def rule(spot: Spot, value: Any) -> None:
        if not isinstance(value, str):
            spot.report("wrong_type", "must be a string")
        elif len(value) < minimum:
            spot.report("too_short", f"must be more than {minimum - 1} characters")
        elif len(value) > maximum:
            spot.report("too_long", f"must be less than {maximum + 1} characters")
        elif not form.match(value):
            spot.report("wrong_form", f"must be {wanted}")

    return rule


def url(maximum: int = 3000) -> Rule:
    """Accept an absolute address of the web."""
    return string(maximum, pattern=r"https?://\S+$", wanted="an absolute http or https URL")


def number(minimum: int, maximum: int | None = None) -> Rule:
    """Accept a whole number between two bounds, both included."""

    def rule(spot: Spot, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            spot.report("wrong_type", "must be an integer")
        elif value < minimum or (maximum is not None and value > maximum):
            bounds = f"at least {minimum}" if maximum is None else f"between {minimum} and {maximum}"
            spot.report("out_of_range", f"must be {bounds}")

    return rule


def choice(*values: str) -> Rule:
    """Accept one of the named values."""

    def rule(spot: Spot, value: Any) -> None:
        if value not in values:
            spot.report("not_a_choice", f"must be one of {', '.join(values)}")

    return rule


def listing(item: Rule, *, minimum: int = 1, maximum: int | None = None) -> Rule:
    """Accept a list whose length lies between two bounds and whose items all pass ``item``."""

    def rule(spot: Spot, value: Any) -> None:
        if not isinstance(value, list):
            spot.report("wrong_type", "must be an array")
            return
        if len(value) < minimum:
            spot.report("too_few", f"no fewer than {minimum} items allowed")
        if maximum is not None and len(value) > maximum:
            spot.report("too_many", f"no more than {maximum} items allowed")
        for index, entry in enumerate(value):
            item(spot.at(index), entry)

    return rule


def record(
    required: Mapping[str, Rule] | None = None, optional: Mapping[str, Rule] | None = None, *checks: Check
) -> Rule:
    """Accept an object that has all required fields and no unknown ones; ``checks`` then look at it as a whole.

    A field ``type`` is left to ``by_type``.
    """
    needed = dict(required or {})
    known = {"type": anything, **(optional or {}), **needed}

    def rule(spot: Spot, value: Any) -> None:
        if not isinstance(value, Mapping):
            spot.report("wrong_type", "must be an object")
            return
        for name in needed:
            if name not in value:
                spot.report("missing_field", f"missing required field: {name}")
        for name, entry in value.items():
            if name in known:
                known[name](spot.at(name), entry)
            else:
                spot.report("unknown_field", f"invalid additional property: {name}")
        for check in checks:
            check(spot, value)

    return rule


def by_type(rules: Mapping[str, Rule], *, elsewhere: Mapping[str, str] | None = None) -> Rule:
    """Accept an object whose ``type`` names one of ``rules``; ``elsewhere`` explains known types that are refused."""
    refused = elsewhere or {}

    def rule(spot: Spot, value: Any) -> None:
        if not isinstance(value, Mapping):
            spot.report("wrong_type", "must be an object")
            return
        name = value.get("type")
        if not isinstance(name, str):
            spot.report("missing_field", "missing required field: type")
        elif name in refused:
            spot.at("type").report("not_allowed", refused[name])
        elif name not in rules:
            spot.at("type").report("unknown_type", f"unsupported type: {name}")
        else:
            rules[name](spot, value)

    return rule


def exactly_one(*names: str) -> Check:
    """Ask for one of several fields, and not for two."""

    def check(spot: Spot, value: Mapping[str, Any]) -> None:
        present = [name for name in names if name in value]
        if not present:
            spot.report("missing_field", f"must define either {' or '.join(names)}")
        elif len(present) > 1:
            spot.report("conflicting_fields", f"may not define both {' and '.join(present)}")

    return check


def at_least_one(*names: str) -> Check:
    """Ask for one of several fields, or more."""

    def check(spot: Spot, value: Mapping[str, Any]) -> None:
        if not any(name in value for name in names):
            spot.report("missing_field", f"must define either {' or '.join(names)}")

    return check
