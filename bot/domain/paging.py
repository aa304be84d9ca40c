"""Pages: people on call are woken through a paging system, and what became of that."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.policy import Policy

_KEY: Final = re.compile(r"firebell-([0-9a-zA-Z_.]{1,64})-([1-9][0-9]{0,5})")


class TargetKind(StrEnum):
    """Whom a page is for: whoever is on call for a service, or by an escalation policy."""

    SERVICE = "service"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to page.

    `id` is the paging system's ("" where a key of our own stands for the service). `service` is the key of the
    catalog's row that it came from; a policy is paged on behalf of a service, whose id in the paging system is `via`.
    """

    kind: TargetKind
    id: str
    service: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who is on call. `id` is the paging system's, `user` the chat system's ("" when they are not known
    there), `level` their step of the escalation (1 is asked first).
    """

    id: str
    name: str
    user: str = ""
    level: int = 1


class PageStatus(StrEnum):
    """How far a page has come. `paged` is said only once the paging system has confirmed it."""

    REQUESTED = "requested"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Call:
    """Further people whom `by` wants to come, and what they are told."""

    users: tuple[str, ...]
    message: str
    by: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an incident; `number` counts from 1 within it.

    `provider_id` and `url` are the paging system's, once it has confirmed; `paged` are those it asked first.
    Who acknowledged is a person of the chat, or a name of the paging system's. `resolution` says why it has ended,
    where it ended by itself. `effect_id` is the attempt that was given up, if it was; `calls` are those for further
    people.
    """

    number: int
    target: Target
    reason: str
    by: str
    at: datetime
    status: PageStatus = PageStatus.REQUESTED
    provider_id: str = ""
    url: str = ""
    paged: tuple[OnCall, ...] = ()
    paged_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    acknowledged_name: str = ""
    resolved_at: datetime | None = None
    resolution: str = ""
    trouble: str = ""
    effect_id: str = ""
    calls: tuple[Call, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody may still be called for it."""
        return self.status in (PageStatus.REQUESTED, PageStatus.PAGED, PageStatus.ACKNOWLEDGED)


def dedup_key(incident_id: str, number: int) -> str:
    """Name a page towards the paging system: the same for every attempt, so that none is doubled."""
    return f"firebell-{incident_id}-{number}"


def page_of(key: str) -> tuple[str, int] | None:
    """Return incident and number of a key that `dedup_key` made; None for one that is not ours."""
    found = _KEY.fullmatch(key)
    return (found[1], int(found[2])) if found else None


def find(pages: Iterable[Page], number: int) -> Page | None:
    """Return the page with a number."""
    return next((page for page in pages if page.number == number), None)


def target_name(target: Target, policy: Policy) -> str:
    """Return what people call a target."""
    if target.service:
        return policy.service(target.service).name
    named = next((one.name for one in policy.services if one.pagerduty_service == target.id != ""), "")
    if target.kind is TargetKind.SERVICE and named:
        return named
    return f"Escalation policy {target.id}" if target.kind is TargetKind.POLICY else f"PagerDuty service {target.id}"
