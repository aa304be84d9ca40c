"""What changed for everyone: severity, status, and the ways an incident ends or comes back."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.domain import cadence
from bot.domain import notices as n
from bot.domain.decisions.lifecycle import postmortem_wanted
from bot.domain.model import Status
from templates.actions import Action, value_for
from templates.clip import clip_words
from templates.layout import actions, button, context, link_button, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, escape, one_line
from templates.notices.updates import PUSHED
from templates.scene import Scene
from templates.wording import say
from templates.words import listed, status_word

Move = n.SeverityRaisedOrLowered | n.StatusMoved | n.IncidentOver | n.IncidentReopened | n.RankMoved


def render(notice: Move, scene: Scene) -> Message:
    match notice:
        case n.SeverityRaisedOrLowered():
            return severity_moved(notice, scene)
        case n.StatusMoved(old=old, new=new, reason=reason, by=by):
            words = say("notices.status_moved", old=status_word(old), new=status_word(new), reason=reason, by=by)
            return message(scene.push(f"now {new.value}"), section(words), context(scene.name))
        case n.RankMoved(old=old, new=new, passed=passed):
            names = listed([f"INC-{number}" for number in passed])
            words = say("notices.rank_moved", old=old, new=new, passed=names, command=scene.links.command)
            return message(scene.push(f"now rank {new}, was {old}"), section(words), context(scene.name))
        case n.IncidentReopened(reason=reason, by=by):
            words = say("notices.reopened", reason=reason, by=by)
            return message(scene.push("reopened"), section(words), _next_due(scene))
        case n.IncidentOver(status=Status.RESOLVED):
            return resolved(notice, scene)
        case n.IncidentOver():
            return ended(notice, scene)


def severity_moved(notice: n.SeverityRaisedOrLowered, scene: Scene) -> Message:
    old, new = scene.severity(notice.old), scene.severity(notice.new)
    raised = scene.policy.severity(notice.new).rank < scene.policy.severity(notice.old).rank
    words = say("notices.severity_moved", old=old, new=new, raised=raised, by=notice.by, reason=notice.reason)
    return message(scene.push(f"now {escape(new)}, was {escape(old)}"), section(words), _next_due(scene))


def resolved(notice: n.IncidentOver, scene: Scene) -> Message:
    """The end as the room reads it: what fixed it, the times that are known, and what happens next."""
    incident = scene.incident
    times = say(
        "notices.resolved_times",
        started=scene.at(incident.started_at) if incident.started_at else None,
        ended=scene.at(incident.impact_ended_at) if incident.impact_ended_at else None,
    )
    document = link_button("Postmortem", scene.links.postmortem_url)
    return message(
        scene.push(f"resolved, {escape(clip_words(one_line(notice.text), PUSHED))}"),
        section(say("notices.resolved", by=notice.by, text=notice.text)),
        context(times),
        section(_sleep(scene)),
        actions(
            document,
            button("Add action item", Action.OPEN_ACTION_ITEM, scene.value),
            button("Reopen", Action.OPEN_REASON, value_for(incident, kind="reopen")),
        ),
    )


def _sleep(scene: Scene) -> Mrkdwn:
    gate = scene.policy.severity(scene.incident.severity).postmortem
    if not postmortem_wanted(scene.incident, scene.policy):
        return say("notices.sleep_none", drill=scene.incident.drill)
    if gate == "required":
        return say("notices.sleep", owner=cadence.postmortem_owner(scene.incident))
    return say("notices.sleep_optional", severity=scene.severity(scene.incident.severity))


def ended(notice: n.IncidentOver, scene: Scene) -> Message:
    wording = "notices.cancelled" if notice.status is Status.CANCELLED else "notices.closed"
    word = "cancelled, a false alarm" if notice.status is Status.CANCELLED else notice.status.value
    return message(scene.push(word), section(say(wording, by=notice.by, text=notice.text)), context(scene.name))


def _next_due(scene: Scene) -> Block:
    return context(say("notices.next_due", name=scene.name, due=scene.due) if scene.due else scene.name)
