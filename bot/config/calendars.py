"""Which days are business days, by country: weekends and public holidays, from the `holidays` package."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_business_day(day: date, country: str) -> bool:
    """Whether offices work on that day in a country (ISO 3166 code).

    Country-wide public holidays only, those that a region or a trade adds are unknown here. For US that is the list of
    federal holidays, with their observed days. Raises LookupError for a country that has no calendar.
    """
    return _calendar(country).is_working_day(day)


def has_calendar(country: str) -> bool:
    """Whether the country's business days are known."""
    try:
        _calendar(country)
    except LookupError:
        return False
    return True


@cache
def _calendar(country: str) -> HolidayBase:
    # Some two hundred countries' rules stand behind this import, and most workspaces need none of them.
    from holidays import country_holidays

    try:
        return country_holidays(country)
    except NotImplementedError as error:
        raise LookupError(f"no calendar is known for {country!r}") from error
