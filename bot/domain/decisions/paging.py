"""Pages: whom to call for an incident, once each, and what the paging system tells of them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, limited, permit, require_open
from bot.domain.model import FIREBELL, Incident
from bot.domain.paging import Page, PageStatus, Target, TargetKind, find, target_name
from bot.domain.policy import PagerPolicy, Policy
from bot.domain.refusal import Refused

REASON_MAX: Final = 500
NOT_CONNECTED: Final = "Nobody was paged: PagerDuty is not connected."
_STANDS: Final[Mapping[PageStatus, str]] = MappingProxyType(
    {
        PageStatus.REQUESTED: "PagerDuty has not confirmed it yet",
        PageStatus.PAGED: "nobody has acknowledged yet",
        PageStatus.ACKNOWLEDGED: "it is acknowledged",
    }
)
_ENDED_BY: Final[Mapping[type[e.Event], str]] = MappingProxyType(
    {
        e.IncidentResolved: "The incident was resolved",
        e.IncidentCancelled: "The incident was cancelled",
        e.IncidentMerged: "The incident was merged into another",
    }
)
_ANSWERS: Final = (e.UpdatePosted, e.UnchangedConfirmed)
MISSING_UPDATE: Final = "An update was due"
"""How Firebell's own reason begins when it pages since an update does not come."""

ANSWERED: Final = "The update that was missing has come"
HOW_TO_CONNECT: Final = "Whoever runs Firebell can connect it: docs/pagerduty.md says how."


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.Page():
            return page(incident, command, moment)
        case c.AcknowledgePage(number=number):
            return acknowledge(incident, number, moment)
        case c.ResolvePage(number=number):
            return resolve(incident, number, moment)
        case c.RequestResponders():
            return request(incident, command, moment)
        case c.RecordPageMove():
            return moved(incident, command)
        case c.RecordOutcome(effect=f.PageOnCall(number=number), facts=f.PageFacts() as facts):
            return (e.Paged(number, facts.provider_id, facts.url, facts.paged),)
        case c.RecordOutcome(effect=f.RequestResponders(number=number), facts=f.ResponderFacts() as facts):
            return (e.RespondersAsked(number, facts.asked, facts.unknown),)
    return None


def page(incident: Incident, command: c.Page, moment: Moment) -> tuple[e.Event, ...]:
    """Call people once for each target: whoever is called already goes on being called by the paging system."""
    permit(moment, "page", incident, "page people")
    require_open(incident, "nobody was paged")
    reason = limited(command.reason, field="reason", name="The reason", limit=REASON_MAX)
    target = command.target or usual_target(incident, moment.policy)
    if incident.drill:
        whom = target_name(target, moment.policy)
        text = f"Nobody was paged: {incident.label} is a drill. In earnest it would have been {whom}."
        raise Refused("drill", text, "Note it on the timeline, and tell whoever takes part.")
    standing = next((one for one in incident.pages if one.target == target and one.is_open), None)
    if standing is not None:
        raise Refused(
            "paged_already",
            f"{target_name(target, moment.policy)} was paged already: {_STANDS[standing.status]}.",
            "PagerDuty goes on calling by itself. Page somebody else by naming a service or a policy's id.",
        )
    return (e.PageRequested(len(incident.pages) + 1, target, reason),)


def require_pager(policy: Policy) -> PagerPolicy:
    """Return the paging system that is connected; refuse calmly when there is none."""
    if policy.pager is None:
        raise Refused("no_pager", NOT_CONNECTED, HOW_TO_CONNECT)
    return policy.pager


def usual_target(incident: Incident, policy: Policy) -> Target:
    """Return whom to page when nobody said: the most important affected service that can be, else the default."""
    pager = require_pager(policy)
    services = sorted((policy.service(key) for key in incident.services), key=lambda one: one.tier)
    for service in services:
        target = service_target(service.key, policy)
        if target is not None:
            return target
    if pager.asks and pager.default_service:
        return Target(TargetKind.SERVICE, pager.default_service)
    raise Refused(
        "nobody_to_page",
        f"Nobody was paged: no affected service of {incident.label} names one of PagerDuty's.",
        "Name a service of the catalog, or an escalation policy by its id.",
    )


def service_target(key: str, policy: Policy) -> Target | None:
    """Return how a row of the catalog is paged; None when it cannot be."""
    pager = require_pager(policy)
    service = policy.service(key)
    if key in pager.keyed or (pager.asks and service.pagerduty_service):
        return Target(TargetKind.SERVICE, service.pagerduty_service, key)
    return None


def policy_target(policy_id: str, incident: Incident, policy: Policy) -> Target:
    """Return how an escalation policy is paged: on behalf of an affected service, else of the default one."""
    pager = require_pager(policy)
    affected = (policy.service(key).pagerduty_service for key in incident.services)
    via = next((one for one in affected if one), pager.default_service)
    if not (pager.asks and via):
        raise Refused(
            "no_service_for_policy",
            "Nobody was paged: PagerDuty pages a policy on behalf of a service, and none is known.",
            "Give an affected service its `pagerduty_service`, or set `pagerduty.default_service` and PAGERDUTY_TOKEN.",
        )
    return Target(TargetKind.POLICY, policy_id, via=via)


def by_itself(incident: Incident, reason: str, moment: Moment) -> e.PageRequested | str:
    """Page whoever is usually paged, as Firebell does by itself; else say why not.

    That is "no_pager", "nobody" (who could be paged) or "standing" (they are being paged already).
    """
    if moment.policy.pager is None or incident.drill:
        return "no_pager"
    try:
        target = usual_target(incident, moment.policy)
    except Refused:
        return "nobody"
    if any(one.target == target and one.is_open for one in incident.pages):
        return "standing"
    return e.PageRequested(len(incident.pages) + 1, target, reason)


def acknowledge(incident: Incident, number: int, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "page", incident, "acknowledge pages")
    standing = _standing(incident, number)
    if standing.status in (PageStatus.ACKNOWLEDGED, PageStatus.RESOLVED):
        return ()
    return (e.PageAcknowledged(number, user=moment.actor.id, here=True),)


def resolve(incident: Incident, number: int, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "page", incident, "end pages")
    if _standing(incident, number).status is PageStatus.RESOLVED:
        return ()
    return (e.PageResolved(number, user=moment.actor.id, here=True),)


def request(incident: Incident, command: c.RequestResponders, moment: Moment) -> tuple[e.Event, ...]:
    permit(moment, "page", incident, "page people")
    require_open(incident, "nobody was asked")
    message = limited(command.message, field="reason", name="The reason", limit=REASON_MAX)
    if not require_pager(moment.policy).asks:
        raise Refused(
            "no_token", "Nobody was asked: that needs PagerDuty's REST API.", "Set PAGERDUTY_TOKEN, or page a service."
        )
    standing = next((one for one in reversed(incident.pages) if one.is_open and not _keyed(one, moment.policy)), None)
    if standing is None:
        raise Refused(
            "no_page",
            "Nobody was asked: people are added to a page, and none stands.",
            "Page a service first, then add people.",
        )
    return (e.RespondersWanted(standing.number, tuple(dict.fromkeys(command.users)), message),)


def moved(incident: Incident, command: c.RecordPageMove) -> tuple[e.Event, ...]:
    """What the paging system tells; what is known already, our own acts told back among it, changes nothing."""
    standing = find(incident.pages, command.number)
    if standing is None or standing.status is PageStatus.RESOLVED:
        return ()
    user = next((one.user for one in standing.paged if one.id == command.provider_user), "")
    if command.status == "resolved":
        return (e.PageResolved(command.number, user, command.name),)
    if standing.status is PageStatus.ACKNOWLEDGED:
        return ()
    return (e.PageAcknowledged(command.number, user, command.name),)


def follow(incident: Incident | None, events: tuple[e.Event, ...], moment: Moment) -> tuple[e.Event, ...]:
    """End every page with its incident, and one for a missing update with that: nobody is woken for what is over."""
    if incident is None:
        return ()
    over = next((one for one in events if type(one) in _ENDED_BY), None)
    answered = any(isinstance(one, _ANSWERS) for one in events)
    reason = ANSWERED if over is None else _ENDED_BY[type(over)]
    standing = (one for one in incident.pages if one.status is not PageStatus.RESOLVED)
    ended = (one for one in standing if over is not None or (answered and _for_an_update(one)))
    return tuple(e.PageResolved(one.number, user=moment.actor.id, here=True, reason=reason) for one in ended)


def _for_an_update(page: Page) -> bool:
    """Whether Firebell paged since an update did not come; what a person paged for only people can tell."""
    return page.by == FIREBELL.id and page.reason.startswith(MISSING_UPDATE)


def _standing(incident: Incident, number: int) -> Page:
    standing = find(incident.pages, number)
    if standing is None:
        raise Refused("no_page", f"{incident.label} has no such page.", "Look at the card.")
    return standing


def _keyed(page: Page, policy: Policy) -> bool:
    """Whether a page went through the Events API, which knows no people."""
    return policy.pager is not None and page.target.service in policy.pager.keyed
