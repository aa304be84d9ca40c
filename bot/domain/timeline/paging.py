"""Pages."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.paging import target_name
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line, because

KIND: Final = "page"


def paging(event: e.Event, by: str, policy: Policy) -> Line | None:
    match event:
        case e.PageRequested(target=target, reason=reason):
            return Line(KIND, f"{by} asked to page {target_name(target, policy)}{because(reason)}")
        case e.Paged(paged=paged, url=url):
            names = ", ".join(f"@{{{one.user}}}" if one.user else one.name for one in paged)
            return Line(KIND, f"Paged{': ' + names if names else ''}", link=url)
        case e.PageFailed(detail=detail):
            return Line(KIND, f"The page could not be sent: {detail}")
        case e.PageAcknowledged(user=user, name=name, here=here):
            return Line(KIND, f"{_who(user, name)} acknowledged the page{_where(here)}")
        case e.PageResolved(user=user, name=name, here=here, reason=reason):
            return Line(KIND, f"{_who(user, name)} ended the page{_where(here)}{because(reason)}")
        case e.RespondersWanted(users=users, message=message):
            return Line(KIND, f"{by} asked to page {_people(users)}{because(message)}", "detail")
        case e.RespondersAsked(users=users, unknown=unknown):
            missing = f"; PagerDuty does not know {_people(unknown)}" if unknown else ""
            return Line(KIND, f"PagerDuty asked {_people(users) or 'nobody'} to come{missing}")
    return None


def _who(user: str, name: str) -> str:
    return f"@{{{user}}}" if user else name or "PagerDuty"


def _where(here: bool) -> str:
    return "" if here else " in PagerDuty"


def _people(users: tuple[str, ...]) -> str:
    return ", ".join(f"@{{{user}}}" for user in users)
