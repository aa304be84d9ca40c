"""What subscribers are told, worded for executives, support or engineering; and the answers to whoever subscribes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain import notices as n
from bot.domain.model import Incident, Status, Update
from bot.domain.policy import Policy
from bot.domain.subscriptions import Kind, Readers, Subscription, Way
from templates.actions import SUBSCRIPTION, Action, Value
from templates.layout import actions, button, context, link_button, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, clip_mrkdwn, escape, one_line
from templates.reports import estimate_of, figures_of
from templates.scene import Scene
from templates.ties import merge_undone, merged_into
from templates.wording import say
from templates.words import services_of, severity_of, severity_word, status_word

PUSHED: Final = 200

WAYS: Final[Mapping[Way, str]] = MappingProxyType({Way.DIRECT: "by direct message", Way.EMAIL: "by e-mail"})

Told = (
    n.IncidentAnnounced
    | n.UpdatePublished
    | n.SeverityRaisedOrLowered
    | n.IncidentReopened
    | n.IncidentOver
    | n.MergedInto
    | n.MergeUndone
    | n.WhileQuiet
)
"""What subscribers hear of."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: `ask` in a few words for phones and subjects, `body` in full, as mrkdwn."""

    ask: Mrkdwn
    body: Mrkdwn


def words(notice: Told, scene: Scene, readers: Readers = Readers.ENGINEERING) -> Words:
    """Word a notice for its readers, with the incident as it now stands."""
    match notice:
        case n.IncidentAnnounced():
            return Words(Mrkdwn("declared"), _declared(scene, readers))
        case n.UpdatePublished(number=number):
            update = next(one for one in scene.incident.updates if one.number == number)
            corrected = " (corrected)" if update.corrected_at else ""
            headline = clip_mrkdwn(escape(one_line(update.headline)), PUSHED)
            return Words(Mrkdwn(f"update {number}{corrected}: {headline}"), _update(update, scene, readers))
        case n.WhileQuiet(since=since):
            return quiet_words(scene, since)
        case n.SeverityRaisedOrLowered(old=old, new=new, reason=reason, by=by):
            raised = scene.policy.severity(new).rank < scene.policy.severity(old).rank
            before, after = scene.severity(old), scene.severity(new)
            ask = f"now {escape(after)}, was {escape(before)}"
            body = say("notices.severity_moved", old=before, new=after, raised=raised, by=by, reason=reason)
        case n.IncidentReopened(reason=reason, by=by):
            ask = "reopened"
            body = say("notices.reopened", reason=reason, by=by)
        case n.MergedInto(into=into):
            return Words(Mrkdwn(f"merged into {into.label}"), merged_into(notice, scene))
        case n.MergeUndone(out_of=out_of):
            return Words(Mrkdwn(f"no longer part of {out_of.label}"), merge_undone(notice, scene))
        case n.IncidentOver(status=status, text=text, by=by):
            cancelled = status is Status.CANCELLED
            ask = "cancelled, a false alarm" if cancelled else status.value
            wording = "notices.cancelled" if cancelled else "notices.closed"
            body = say(wording, by=by, text=text)
    return Words(Mrkdwn(ask), Mrkdwn(f"{scene.name}\n{body}"))


def render(notice: Told, scene: Scene, because: Subscription | None) -> Message:
    """Write the direct message; it says by which subscription it came and ends that one at a press."""
    told = words(notice, scene, because.readers if because else Readers.ENGINEERING)
    controls = [link_button("Open channel", scene.links.room_url), button("Status", Action.SHOW_STATUS, scene.value)]
    if because is None:
        return message(scene.push(told.ask), section(told.body), actions(*controls))
    stop = button("Unsubscribe", Action.UNSUBSCRIBE, stopping(because, scene.incident))
    return message(scene.push(told.ask), section(told.body), context(reason(because, scene)), actions(*controls, stop))


def reason(because: Subscription, scene: Scene) -> Mrkdwn:
    """Say by which subscription somebody is told."""
    return say("stakeholders.because", topic=topic(because, scene.policy, scene.incident))


def stopping(one: Subscription, incident: Incident | None = None) -> Value:
    """What a control carries that ends a subscription."""
    extra = {SUBSCRIPTION: one.mark}
    return Value(incident.id, incident.seq, extra) if incident else Value(extra=extra)


def topic(one: Subscription, policy: Policy, incident: Incident | None = None) -> str:
    """Say what a subscription is to. Of an incident that may not be named, only that it is one."""
    match one.kind:
        case Kind.INCIDENT:
            return _incident(one.name, incident) if incident else "an incident that you left"
        case Kind.SERVICE:
            return policy.service(one.name).name
        case Kind.SEVERITY:
            return f"{severity_word(one.name, policy)} incidents"
    return "every incident"


def _incident(wanted: str, incident: Incident) -> str:
    """Name the incident that somebody subscribed to, and what it has become part of."""
    into = incident.merged_into
    if wanted == incident.id:
        return f"{incident.label}, now part of {into.label}" if into else incident.label
    within = (other for part in incident.parts for other in (part.other, *part.within))
    label = next((other.label for other in within if other.id == wanted), "")
    return f"{label}, now part of {incident.label}" if label else f"a part of {incident.label}"


def subscribed(one: Subscription, policy: Policy, incident: Incident | None) -> Message:
    """Say what somebody will hear of."""
    named = topic(one, policy, incident)
    said = say(
        "stakeholders.subscribed",
        topic=named,
        what=f"incidents of {named}" if one.kind is Kind.SERVICE else named,
        one=one.kind is Kind.INCIDENT,
        way=WAYS[one.way],
        readers=one.readers.value,
    )
    row = actions(
        button("Unsubscribe", Action.UNSUBSCRIBE, stopping(one)),
        button("My subscriptions", Action.SHOW_SUBSCRIPTIONS, Value()),
    )
    return message(said, section(said), row)


def ended(one: Subscription, policy: Policy, incident: Incident | None, *, was: bool) -> Message:
    """Say that a subscription has ended, or that there `was` none."""
    said = say(f"stakeholders.{'unsubscribed' if was else 'not_subscribed'}", topic=topic(one, policy, incident))
    return message(said, section(said), actions(button("My subscriptions", Action.SHOW_SUBSCRIPTIONS, Value())))


def all_ended(count: int) -> Message:
    """Say that all of them have ended."""
    said = say("stakeholders.unsubscribed_all", count=count)
    return message(said, section(said))


def listed(mine: Sequence[Subscription], policy: Policy, incidents: Mapping[str, Incident]) -> Message:
    """List somebody's subscriptions, each with its end; `incidents` are those of them that they may know of."""
    subscribe = button("Subscribe", Action.OPEN_SUBSCRIBE, Value())
    if not mine:
        none = say("stakeholders.list_none")
        return message(none, section(none), actions(subscribe))
    head = say("stakeholders.list_head")
    rows = [
        section(
            say(
                "stakeholders.list_row",
                topic=topic(one, policy, incidents.get(one.name)),
                way=WAYS[one.way],
                readers=one.readers.value,
            ),
            accessory=button("Unsubscribe", Action.UNSUBSCRIBE, stopping(one)),
        )
        for one in mine
    ]
    everything = button("Unsubscribe from all", Action.UNSUBSCRIBE_ALL, Value())
    return message(head, section(head), *rows, actions(subscribe, everything))


def quiet_words(scene: Scene, since: datetime) -> Words:
    """Say what happened from `since` on while a reader had quiet hours, and how it stands."""
    incident = scene.incident
    latest = incident.latest_update
    updates = sum(one.at >= since for one in incident.updates)
    ended = None if incident.is_open else incident.resolved_at or incident.closed_at
    over = Status.RESOLVED if incident.resolved_at else incident.status
    facts = {
        "declared": scene.at(incident.declared_at) if incident.declared_at >= since else None,
        "reopened": scene.at(incident.reopened_at) if incident.reopened_at and incident.reopened_at >= since else None,
        "updates": updates,
        "over": over.value,
        "ended": scene.at(ended) if ended and ended >= since else None,
    }
    body = say(
        "stakeholders.while_quiet",
        happened=say("stakeholders.while_quiet_happened", **facts),
        name=scene.name,
        severity=severity_of(incident, scene.policy),
        status=status_word(incident.status),
        into=incident.merged_into.label if incident.merged_into else None,
        headline=latest.headline if latest else None,
        impact=latest.impact if latest else incident.impact,
        due=scene.due,
    )
    return Words(say("stakeholders.while_quiet_ask", status=incident.status.value, **facts), body)


def _declared(scene: Scene, readers: Readers) -> Mrkdwn:
    incident = scene.incident
    return say(
        f"stakeholders.{readers}_declared",
        severity=severity_of(incident, scene.policy),
        meaning=(scene.policy.severity(incident.severity).description or severity_of(incident, scene.policy)).rstrip(
            "."
        ),
        name=scene.name,
        by=incident.declared_by,
        services=services_of(incident, scene.policy),
        impact=incident.impact,
        figures=figures_of(incident),
        room=scene.room if incident.room else None,
        due=scene.due,
    )


def _update(update: Update, scene: Scene, readers: Readers) -> Mrkdwn:
    incident = scene.incident
    place = incident.updates.index(update)
    before = incident.updates[place - 1] if place else None
    over = update.status is Status.RESOLVED
    return say(
        f"stakeholders.{readers}_update",
        number=update.number,
        name=scene.name,
        severity=scene.severity(update.severity or incident.severity),
        severity_was=scene.severity(before.severity)
        if before and before.severity and before.severity != update.severity
        else None,
        status=status_word(update.status),
        status_was=status_word(before.status) if before and before.status is not update.status else None,
        over=over,
        headline=update.headline,
        impact=update.impact,
        doing=update.doing,
        next=update.next,
        estimate=estimate_of(update),
        figures=figures_of(incident) if update is incident.latest_update else "",
        due=scene.at(update.next_at) if update.next_at and not over else None,
        corrected=scene.at(update.corrected_at) if update.corrected_at else None,
        commander=None if over else incident.commander,
    )
