"""What the parts of firebell.yaml are made of: kinds of values that several of them use."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bot.config.durations import parse_age, parse_clock, parse_span, parse_span_or_never

Span = Annotated[timedelta, BeforeValidator(parse_span)]
SpanOrNever = Annotated[timedelta, BeforeValidator(parse_span_or_never)]
Age = Annotated[timedelta, BeforeValidator(parse_age)]
ClockTime = Annotated[time, BeforeValidator(parse_clock)]
Label = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(str.casefold)]
"""A word that is only compared with others, such as `personal` or `EU`; capitals make no difference."""
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Part(BaseModel):
    """A part of the file. Every key is known: a misspelt one is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Zoned(Part):
    """A part whose times of day are meant in a zone."""

    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone `{value}`; write one like Europe/Madrid") from error
        return value


class WorkingHoursFile(Zoned):
    """When people work, Monday to Friday."""

    start: ClockTime = Field(default=time(9), alias="from")
    end: ClockTime = Field(default=time(17), alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> WorkingHoursFile:
        if self.start >= self.end:
            raise ValueError("working hours must begin before they end")
        return self
