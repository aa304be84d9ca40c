"""The form for a rank set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from bot.domain.lengths import span
from bot.domain.model import Incident
from templates.actions import Form
from templates.layout import option
from templates.modals.building import choice_input, for_incident, modal, note, text_input
from templates.modals.reading import Reader
from templates.mrkdwn import near
from templates.wording import say
from templates.words import name_of

LASTING: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "30m": timedelta(minutes=30),
        "1h": timedelta(hours=1),
        "2h": timedelta(hours=2),
        "4h": timedelta(hours=4),
        "8h": timedelta(hours=8),
        "24h": timedelta(hours=24),
    }
)
USUAL: Final = "2h"

_READ_BY: Final = "Everybody reads it, with your name: in the room, the summary channel, the card and the timeline."
_READ_INSIDE: Final = "Everyone in this private room reads it, with your name, and nobody outside."
_NOT_READ: Final = "Amounts and customers are not shown with it; leave them out here."


@dataclass(frozen=True, slots=True)
class OverrideForm:
    place: int
    lasting: timedelta
    reason: str


def override_view(
    incident: Incident, *, now: datetime, place: str = "", lasting: timedelta | None = None, reason: str = ""
) -> dict[str, Any]:
    """Draw the form; `place`, `lasting` and `reason` are what was already typed."""
    standing = incident.override
    chosen = next((key for key, length in LASTING.items() if length == lasting), USUAL)
    times = [option(span(length), key) for key, length in LASTING.items()]
    if lasting and lasting not in LASTING.values():
        chosen = f"{int(lasting.total_seconds())}s"
        times.insert(0, option(span(lasting), chosen))
    blocks = [
        note(
            say(
                "modals.override",
                name=name_of(incident),
                place=standing.place if standing else None,
                until=near(standing.until, now) if standing else None,
                by=standing.by if standing else "",
                reason=standing.reason if standing else "",
            )
        ),
        text_input("place", "Rank", initial=place, optional=False, placeholder="1", focus=not place),
        choice_input("lasting", "For how long?", times, initial=chosen),
        text_input(
            "reason",
            "Why?",
            initial=reason,
            optional=False,
            multiline=True,
            focus=bool(place),
            hint=f"{_READ_INSIDE if incident.private else _READ_BY} {_NOT_READ}",
        ),
    ]
    return modal(Form.OVERRIDE, f"Rank of {incident.label}", blocks, value=for_incident(incident), submit="Set")


def parse_override(view: Mapping[str, Any]) -> OverrideForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    place = reader.text("place").lstrip("#")
    if not (place.isascii() and place.isdigit() and len(place) < 10):
        reader.errors["place"] = "A rank is a number; 1 is the first."
    chosen = reader.choice("lasting", need="Choose how long it holds.")
    reason = reader.text("reason", need="A reason is needed; one sentence is enough.")
    reader.finish()
    return OverrideForm(int(place), _length(chosen), reason)


def _length(chosen: str) -> timedelta:
    if chosen in LASTING:
        return LASTING[chosen]
    seconds = chosen.removesuffix("s")
    return (
        timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdigit() and len(seconds) < 7 else timedelta()
    )
