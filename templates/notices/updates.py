"""Situation reports and the reminders for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain import cadence, ladder
from bot.domain import notices as n
from bot.domain.lengths import of_minutes
from bot.domain.model import Status, Update
from templates import controls
from templates.actions import Action, value_for
from templates.clip import INPUT_MAX, clip_words
from templates.layout import actions, context, message, overflow, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, escape, one_line, prose, restore
from templates.reports import parts_of
from templates.scene import Scene
from templates.wording import say
from templates.words import status_word

DRAFT: Final = "draft"
"""The block id under which a reminder carries its draft."""
PUSHED: Final = 200
"""How much of a headline goes into the notification, so that the title still follows."""


def render(notice: n.UpdatePublished | n.UpdateHeadsUp | n.UpdateDue | n.ReminderAnswered, scene: Scene) -> Message:
    match notice:
        case n.UpdatePublished(number=number):
            return published(number, scene)
        case n.UpdateHeadsUp():
            return heads_up(notice, scene)
        case n.UpdateDue():
            return due(notice, scene)
        case n.ReminderAnswered():
            return answered(notice, scene)


def published(number: int, scene: Scene) -> Message:
    """An update for the room, the summary card's thread and followers; after a correction, as it now reads."""
    incident = scene.incident
    place = next(index for index, update in enumerate(incident.updates) if update.number == number)
    update, before = incident.updates[place], incident.updates[place - 1] if place else None
    body = [section(say("notices.update_part", label=label, text=text)) for label, text in parts_of(update)]
    menu = overflow(
        [
            ("Correct this update", value_for(incident, do=Action.OPEN_CORRECT, update=str(number))),
            ("Follow by direct message", value_for(incident, do=Action.FOLLOW)),
            ("Stop following", value_for(incident, do=Action.UNFOLLOW)),
        ]
    )
    corrected = " (corrected)" if update.corrected_at else ""
    push = f"update {number}{corrected}: {escape(clip_words(one_line(update.headline), PUSHED))}"
    return message(
        scene.push(push), section(_first_part(update, before, scene), accessory=menu), *body, _foot(update, scene)
    )


def _first_part(update: Update, before: Update | None, scene: Scene) -> Mrkdwn:
    moved = before is not None and before.severity != update.severity
    went = before is not None and before.status is not update.status
    return say(
        "notices.update",
        number=update.number,
        severity=scene.severity(update.severity or scene.incident.severity),
        severity_was=scene.severity(before.severity) if before and moved and before.severity else None,
        status=status_word(update.status),
        status_was=status_word(before.status) if before and went else None,
        headline=update.headline,
    )


def _foot(update: Update, scene: Scene) -> Block:
    return context(
        say(
            "notices.update_foot",
            name=scene.name,
            by=update.by,
            at=scene.at(update.at),
            corrected=scene.at(update.corrected_at) if update.corrected_at else None,
            next=scene.at(update.next_at) if update.next_at and update.status is not Status.RESOLVED else None,
        )
    )


def heads_up(notice: n.UpdateHeadsUp, scene: Scene) -> Message:
    at = scene.at(notice.due_at)
    return message(
        scene.push(f"update due {at}"),
        section(say("notices.heads_up", name=scene.name, due=at)),
        *_draft(notice.draft),
        actions(*controls.reminder(scene.incident, scene.policy, scene.now, drafted=bool(notice.draft.strip()))),
    )


def due(notice: n.UpdateDue, scene: Scene) -> Message:
    drafted = bool(notice.draft.strip())
    return message(
        scene.push(_due_push(notice, scene)),
        section(_due_words(notice, scene)),
        section(say("notices.draft_follows")) if drafted else None,
        *_draft(notice.draft),
        actions(*controls.reminder(scene.incident, scene.policy, scene.now, drafted=drafted)),
    )


def answered(notice: n.ReminderAnswered, scene: Scene) -> Message:
    """One quiet line in place of the reminder: its buttons would ask for what is done."""
    line = say("notices.reminder_answered", update=notice.number, at=scene.at(notice.at))
    return message(scene.push("update reminder answered"), context(line))


def _due_push(notice: n.UpdateDue, scene: Scene) -> str:
    if notice.late_minutes == 0:
        return f"update due {scene.at(notice.due_at)}"
    if notice.again:
        return f"still no update, it was due {scene.at(notice.due_at)}"
    return f"update overdue since {scene.at(notice.due_at)}"


def _due_words(notice: n.UpdateDue, scene: Scene) -> Mrkdwn:
    at = scene.at(notice.due_at)
    if notice.away is not None:
        since, until = scene.at(notice.away.since), scene.at(notice.away.until)
        return say("notices.catch_up", since=since, until=until, name=scene.name, due=at, late=notice.late_minutes > 0)
    if notice.late_minutes == 0:
        return say("notices.due", name=scene.name)
    late = _late(notice)
    if notice.to == ladder.OWNER:
        return say("notices.overdue", name=scene.name, due=at, late=late)
    if notice.to != ladder.ROOM:
        return say("notices.overdue_leaders", name=scene.name, due=at, late=late, owner=cadence.owner(scene.incident))
    offered = controls.unchanged_offered(scene.incident, scene.policy, scene.now)
    return say(
        "notices.overdue_room",
        due=at,
        asked=scene.at(notice.due_at + timedelta(minutes=notice.late_minutes)),
        again=notice.again,
        unpaged=notice.unpaged,
        heard=_heard(scene),
        unchanged_offered=offered,
    )


def _heard(scene: Scene) -> Mrkdwn:
    """When stakeholders were last told anything."""
    latest = scene.incident.latest_update
    return scene.at(latest.at if latest else scene.incident.declared_at)


def _late(notice: n.UpdateDue) -> str:
    return of_minutes(notice.late_minutes)


def _draft(text: str) -> tuple[Block, ...]:
    return (section(prose(text, INPUT_MAX), block_id=DRAFT),) if text.strip() else ()


def draft_of(sent: Mapping[str, Any]) -> str:
    """Read the draft back from a reminder as the chat system returns it; "" when there is none."""
    for block in sent.get("blocks") or ():
        if isinstance(block, Mapping) and block.get("block_id") == DRAFT and isinstance(block.get("text"), Mapping):
            return restore(str(block["text"].get("text", "")))
    return ""
