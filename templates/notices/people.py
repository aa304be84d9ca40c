"""What is said to and about people: roles, command, the assumed severity, the declarer's receipt."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.domain import notices as n
from bot.domain.lengths import of_minutes
from bot.domain.policy import RolePolicy
from templates import controls
from templates.actions import Action, value_for
from templates.layout import actions, button, confirm, context, link_button, message, section
from templates.message import Message
from templates.mrkdwn import escape
from templates.scene import Scene
from templates.wording import say

PeopleNotice = n.RoleDuties | n.RoleMoved | n.RoleTakenOver | n.NoCommander | n.SeverityQuestion | n.DeclaredReceipt
FIRST_ACTS = 3


def render(notice: PeopleNotice, scene: Scene) -> Message:
    match notice:
        case n.RoleDuties():
            return duties(notice, scene)
        case n.RoleMoved():
            return role_moved(notice, scene)
        case n.RoleTakenOver(role=role, by=by):
            label = scene.policy.role(role).label.lower()
            words = say("notices.role_taken_over", role=label, by=by, name=scene.name)
            return message(scene.push(f"{escape(label)} was taken over"), section(words))
        case n.NoCommander(minutes=minutes):
            take = actions(controls.take_role(scene.incident, "commander", "Commander"))
            words = say("notices.no_commander", waited=of_minutes(minutes), name=scene.name)
            return message(scene.push("no commander"), section(words), take)
        case n.SeverityQuestion(severity=severity):
            return severity_question(severity, scene)
        case n.DeclaredReceipt():
            return receipt(notice, scene)


def duties(notice: n.RoleDuties, scene: Scene) -> Message:
    """The role card: the duties and the first three acts as buttons; in its short form one line with "Show duties"."""
    role = scene.policy.role(notice.role)
    held = section(
        say(
            "notices.role_held",
            role=role.label.lower(),
            name=scene.name,
            by=_other(notice, scene),
            reason=notice.reason,
        ),
        accessory=button("Show duties", Action.SHOW_DUTIES, value_for(scene.incident, role=role.key))
        if notice.short
        else None,
    )
    push = scene.push(f"you are {escape(role.label.lower())}")
    if notice.short:
        return message(push, held)
    listed = section(say("notices.role_duties", duties=role.duties)) if role.duties else None
    where = context(say("notices.role_release", due=scene.due, room=scene.room, command=scene.links.command))
    return message(push, held, listed, actions(*_first_acts(role, scene)), where)


def _other(notice: n.RoleDuties, scene: Scene) -> str | None:
    """Who gave the role, unless the holder took it or Firebell's policy gave it."""
    itself = notice.by in scene.incident.roles.get(notice.role, ())
    return None if itself or notice.by == "firebell" else notice.by


def _first_acts(role: RolePolicy, scene: Scene) -> list[InteractiveElement | None]:
    acts: list[InteractiveElement | None] = [
        controls.of_word(scene.incident, label, word) for label, word in role.first_acts[:FIRST_ACTS]
    ]
    return [*acts, link_button("Open channel", scene.links.room_url)]


def role_moved(notice: n.RoleMoved, scene: Scene) -> Message:
    role = scene.policy.role(notice.role)
    label = escape(role.label.lower())
    if notice.user is not None:
        by = notice.by if notice.by not in (notice.user, "firebell") else None
        words = say(
            "notices.role_moved",
            role=role.label,
            user=notice.user,
            replaced=notice.replaced,
            by=by,
            reason=notice.reason,
        )
        return message(scene.push(f"new {label}"), section(words))
    itself = notice.by == notice.replaced
    by = None if itself or notice.by == "firebell" else notice.by
    words = say(
        "notices.role_vacant", role=role.label, replaced=notice.replaced, itself=itself, by=by, reason=notice.reason
    )
    vacant: Block | None = actions(controls.take_role(scene.incident, role.key, role.label))
    return message(scene.push(f"{label} is vacant"), section(words), vacant if scene.incident.is_open else None)


def severity_question(severity: str, scene: Scene) -> Message:
    word = scene.severity(severity)
    description = scene.policy.severity(severity).description.strip().rstrip(".")
    words = say("notices.severity_question", name=scene.name, severity=word, description=description)
    keep = button(f"Yes, {word}", Action.CONFIRM_SEVERITY, scene.value, style="primary")
    other = controls.pick_severity(scene.incident, scene.policy)
    return message(scene.push(f"is {escape(word)} right?"), section(words), actions(keep, other))


def receipt(notice: n.DeclaredReceipt, scene: Scene) -> Message:
    """To the declarer, with the way back while it is open."""
    words = say(
        "notices.receipt",
        name=scene.name,
        severity=scene.severity(scene.incident.severity),
        room=scene.room if scene.incident.room else None,
    )
    open_still = scene.incident.is_open and scene.now < notice.undo_until
    undo = button(
        "Declared by mistake",
        Action.DECLARED_BY_MISTAKE,
        scene.value,
        confirm=confirm("Declared by mistake?", "The incident is cancelled and everyone is told.", "Cancel it"),
    )
    return message(
        scene.push("declared"),
        section(words),
        context(say("notices.receipt_undo", until=scene.at(notice.undo_until))) if open_still else None,
        actions(link_button("Open channel", scene.links.room_url), undo if open_still else None),
    )
