"""How a page is named and where it stands, for the messages, cards and answers that speak of one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.model import FIREBELL, Incident
from bot.domain.paging import OnCall, Page, PageStatus, target_name
from bot.domain.policy import Policy
from templates.mrkdwn import Mrkdwn, escape, mention, near, one_line, prose
from templates.wording import say

_REASON_LENGTH: Final = 500
_UTC_TIME: Final = re.compile(r"\b([01][0-9]|2[0-3]):([0-5][0-9]) UTC\b")

_STATES: Final[Mapping[PageStatus, str]] = MappingProxyType(
    {
        PageStatus.REQUESTED: "not confirmed yet",
        PageStatus.PAGED: "not acknowledged yet",
        PageStatus.ACKNOWLEDGED: "acknowledged",
        PageStatus.RESOLVED: "ended",
        PageStatus.FAILED: "not sent",
    }
)


def people(found: Sequence[OnCall]) -> Mrkdwn:
    """People by mention where the chat knows them, else by name."""
    return Mrkdwn(", ".join(person(one) for one in found))


def person(one: OnCall) -> Mrkdwn:
    return mention(one.user) if one.user else escape(one_line(one.name))


def acknowledger(page: Page) -> Mrkdwn:
    """Who is on it; "" when the paging system named nobody."""
    return mention(page.acknowledged_by) if page.acknowledged_by else escape(one_line(page.acknowledged_name))


def why(page: Page) -> Mrkdwn:
    """The reason as it reads in the chat. Firebell's own names a time in UTC for the paging system; here each reader
    sees it in their own zone. What people wrote is left as they wrote it.
    """
    text = prose(page.reason, _REASON_LENGTH)
    if page.by != FIREBELL.id:
        return text
    return Mrkdwn(_UTC_TIME.sub(lambda found: near(_latest(found, page.at), page.at), text))


def _latest(found: re.Match[str], before: datetime) -> datetime:
    """Return the last moment of a time of day that is not after another moment."""
    day = before.astimezone(UTC)
    at = datetime.combine(day, time(int(found[1]), int(found[2])), UTC)
    return at if at <= day else at - timedelta(days=1)


def newest(incident: Incident) -> Page | None:
    """The page that a card speaks of: the newest, unless all have ended."""
    standing = [page for page in incident.pages if page.status is not PageStatus.RESOLVED]
    return standing[-1] if standing else None


def card_line(incident: Incident, policy: Policy) -> Mrkdwn | None:
    """The card's word on the newest page that has not ended; None without one."""
    page = newest(incident)
    if page is None:
        return None
    who = acknowledger(page) if page.status is PageStatus.ACKNOWLEDGED else ""
    return say("pages.card", target=one_line(target_name(page.target, policy)), state=_STATES[page.status], who=who)
