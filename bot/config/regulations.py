"""regulations.yaml: the regulations that may ask for a report, as data that users edit.

Complaints name file, line and key, as those about firebell.yaml do. `deploy/regulations.yaml` is what Firebell brings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from bot.config.calendars import has_calendar
from bot.config.document import causes, load, mend, refuse_duplicates, sentence
from bot.config.durations import parse_clock
from bot.config.parts import Label
from bot.domain.regulation import END_OF_DAY, Checked, Limit, Regulation, Span, Status, Step, Trigger, Unit
from bot.errors import ConfigError

SHIPPED: Final = Path(__file__).resolve().parents[2] / "deploy" / "regulations.yaml"
"""What is used where the user has no file of their own."""

_SPAN: Final = re.compile(r"(\d{1,3}) (hour|day|month|business day)s?")

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]


def parse_legal_span(value: object) -> Span:
    """Read a span as laws write it; raises ValueError, with examples of what would be right."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise ValueError(f"`{value}` is no span; write it like 72 hours, 15 days, 1 month or 4 business days")
    return Span(int(found[1]), Unit(f"{found[2]}s"))


def parse_date(value: object) -> date:
    """Read a date; raises ValueError."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"`{value}` is no date; write it like 2026-03-02")
    return value


def parse_zone(value: object) -> str:
    """Read a time zone's name; raises ValueError."""
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone `{value}`; write one like Europe/Brussels") from error


LegalSpan = Annotated[Span, BeforeValidator(parse_legal_span)]
Date = Annotated[date, BeforeValidator(parse_date)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class LimitFile(_Part):
    """One bound: `within` is the law's, `aim` is the house's where the law says "without undue delay"."""

    trigger: Trigger = Field(alias="from")
    step: str = ""
    within: LegalSpan | None = None
    aim: LegalSpan | None = None
    unless_later: Trigger | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> LimitFile:
        if (self.within is None) == (self.aim is None):
            raise ValueError("a limit needs either `within` (the law's) or `aim` (your own)")
        if (self.trigger is Trigger.FILED) != bool(self.step):
            raise ValueError("`step` names the report whose filing starts the time, so it goes with `from: filed` only")
        return self


class StepFile(_Part):
    name: str = Field(min_length=1, max_length=60)
    to: str = Field(min_length=1, max_length=80)
    limits: tuple[LimitFile, ...] = Field(min_length=1)


class RegulationFile(_Part):
    """One row of the file."""

    name: str = Field(min_length=1, max_length=80)
    who: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    published: Date
    applies_from: Date
    status: Status
    checked: Checked
    checked_on: Date | None = None
    note: str = Field(default="", max_length=600)
    owner: str = Field(default="legal", min_length=1, max_length=80)
    country: Country = ""
    zone: Annotated[str, BeforeValidator(parse_zone)] = "UTC"
    closes: Annotated[time, BeforeValidator(parse_clock)] = END_OF_DAY
    data: tuple[Label, ...] = ()
    regions: tuple[Label, ...] = ()
    steps: dict[Key, StepFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _regions_need_data(self) -> RegulationFile:
        if self.regions and not self.data:
            raise ValueError("`regions` narrow what `data` brings up; add `data`, or leave `regions` out")
        return self

    @model_validator(mode="after")
    def _was_checked_some_day(self) -> RegulationFile:
        if self.checked is not Checked.NOTHING and self.checked_on is None:
            raise ValueError("a row that was checked needs `checked_on`")
        return self


class RegulationsFile(_Part):
    """The whole file."""

    regulations: dict[Key, RegulationFile]


@cache
def shipped_regulations() -> Mapping[str, Regulation]:
    """Return the rows that Firebell brings."""
    return read_regulations(SHIPPED)


def read_regulations(path: Path = SHIPPED) -> Mapping[str, Regulation]:
    """Read a file; raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Check the path of the regulations' file.") from error
    return parse_regulations(text, str(path))


def parse_regulations(text: str, name: str) -> Mapping[str, Regulation]:
    """Check a document; `name` is how errors call it. Raises `ConfigError`, and nothing else whatever the text."""
    root, data = load(text, name)
    if not isinstance(data, dict):
        raise ConfigError(f"{name}, line 1: the file must begin with the key `regulations`.")
    refuse_duplicates(root, name)
    try:
        file = RegulationsFile.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(one, root, name) for one in causes(error.errors()))) from error
    misfits = [sentence(name, root, path, text) for path, text in _misfits(file)]
    if misfits:
        raise ConfigError("\n".join(misfits))
    return MappingProxyType({key: _regulation(key, row) for key, row in file.regulations.items()})


def _complaint(error: ErrorDetails, root: yaml.Node | None, name: str) -> str:
    path = tuple(part for part in error["loc"] if part != "[key]")
    if error["type"] == "extra_forbidden":
        return sentence(name, root, path, f"this key is not known. Known here: {', '.join(_known_beside(path))}")
    if error["type"] == "string_pattern_mismatch" and path[-1] == "country":
        return sentence(name, root, path, f"`{error['input']}` is no country; write its two letters, like US or DE")
    if error["type"] == "string_pattern_mismatch":
        text = "a key must begin with a letter a to z and hold only a to z, 0 to 9 and _; rename it"
        return sentence(name, root, path, text)
    return sentence(name, root, path, mend(error))


def _known_beside(path: tuple[int | str, ...]) -> Iterator[str]:
    """Yield the keys that may stand where this one does; the depth says which part of the file that is."""
    models: Mapping[int, type[BaseModel]] = {1: RegulationsFile, 3: RegulationFile, 5: StepFile}
    model = models.get(len(path), LimitFile)
    return (field.alias or name for name, field in model.model_fields.items())


def _misfits(file: RegulationsFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what does not fit together: the keys that lead to it, and how to mend it."""
    for key, row in file.regulations.items():
        here = ("regulations", key)
        if not row.country and _counts_business_days(row):
            yield (*here, "country"), "business days need a country, whose holidays count; add it, like US"
        if row.country and not has_calendar(row.country):
            yield (*here, "country"), f"no calendar is known for `{row.country}`; write another country"
        before: set[str] = set()
        for step, one in row.steps.items():
            for number, limit in enumerate(one.limits):
                if limit.step and limit.step not in before:
                    text = f"`{limit.step}` is no step above this one; name the report whose filing starts the time"
                    yield (*here, "steps", step, "limits", number, "step"), text
            before.add(step)


def _counts_business_days(row: RegulationFile) -> bool:
    spans = (limit.within or limit.aim for step in row.steps.values() for limit in step.limits)
    return any(span is not None and span.unit is Unit.BUSINESS_DAYS for span in spans)


def _regulation(key: str, row: RegulationFile) -> Regulation:
    return Regulation(
        key=key,
        name=row.name,
        who=row.who,
        source=row.source,
        published=row.published,
        applies_from=row.applies_from,
        status=row.status,
        checked=row.checked,
        checked_on=row.checked_on,
        note=row.note,
        owner=row.owner,
        country=row.country,
        zone=row.zone,
        closes=row.closes,
        data=row.data,
        regions=row.regions,
        steps=tuple(
            Step(step, one.name, one.to, tuple(_limit(limit) for limit in one.limits))
            for step, one in row.steps.items()
        ),
    )


def _limit(limit: LimitFile) -> Limit:
    span = limit.within or limit.aim
    assert span is not None
    return Limit(limit.trigger, span, limit.step, binding=limit.within is not None, waived_by=limit.unless_later)
