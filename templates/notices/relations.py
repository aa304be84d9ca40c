"""What is said when incidents become one, or two again."""

from __future__ import annotations

from typing import Final

from bot.domain import figures
from bot.domain import notices as n
from bot.domain.lingering import without_ground
from templates.actions import ROLE, Action, value_for
from templates.layout import actions, button, confirm, link_button, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, escape, mention
from templates.scene import Scene
from templates.ties import merge_undone, merged_into, room_of
from templates.wording import say
from templates.words import listed, roles_of

Relating = n.MergedInto | n.MergedHere | n.RoleInPart | n.MergeUndone | n.PartReleased | n.BroughtIn

NAMED_MOST: Final = 30
"""People whom a message names; further ones are counted."""


def render(notice: Relating, scene: Scene) -> Message:
    match notice:
        case n.MergedInto(into=into):
            return message(scene.push(f"merged into {into.label}"), section(merged_into(notice, scene)))
        case n.MergedHere(part=part, reason=reason, by=by):
            words = say("relations.merged_here", by=by, label=part.label, room=room_of(part), reason=reason)
            return message(scene.push(f"{part.label} merged into it"), section(words))
        case n.RoleInPart():
            return _role(notice, scene)
        case n.MergeUndone(out_of=out_of):
            return message(scene.push(f"no longer part of {out_of.label}"), section(merge_undone(notice, scene)))
        case n.BroughtIn():
            return _brought_in(notice, scene)
        case n.PartReleased(part=part):
            return message(scene.push(f"{part.label} taken out of it"), section(_part_released(notice, scene)))


def _part_released(notice: n.PartReleased, scene: Scene) -> Mrkdwn:
    part = notice.part
    return say(
        "relations.part_released",
        by=notice.by,
        label=part.label,
        room=room_of(part),
        name=scene.incident.label,
        reason=notice.reason,
        safety=notice.safety,
        figures=listed([figures.NAMES[name] for name in notice.figures if name in figures.NAMES]),
        command=scene.links.command,
    )


def _brought_in(notice: n.BroughtIn, scene: Scene) -> Message:
    """Who may be taken out, with the button; then that they were, or that nobody is left whom it would be right for."""
    ungrounded = without_ground(scene.incident)
    there = [user for user in notice.users if user in ungrounded]
    gone = any(user in scene.incident.left for user in notice.users)
    named = listed([mention(user) for user in (there or notice.users)[:NAMED_MOST]])
    more = max(0, len(there or notice.users) - NAMED_MOST)
    words = say("relations.brought_in", people=Mrkdwn(named), more=more, name=scene.name, there=bool(there), gone=gone)
    if not there:
        return message(scene.push("taken out of the channel" if gone else "nobody to take out"), section(words))
    sure = confirm("Take them out?", "They can be invited again.", "Take them out")
    out = button("Take them out", Action.TAKE_OUT, value_for(scene.incident), confirm=sure)
    room = link_button("Open channel", scene.links.room_url)
    return message(scene.push("who came in by the merge?"), section(words), actions(out, room))


def _role(notice: n.RoleInPart, scene: Scene) -> Message:
    """Ask a role holder of the part to go on here: who holds their roles, and which are theirs for a press."""
    incident, policy = scene.incident, scene.policy
    vacant = [role for role in notice.roles if not incident.roles.get(role) or policy.role(role).many]
    held = [(role, incident.roles[role]) for role in notice.roles if role not in vacant]
    parts = [
        f"{listed([mention(user) for user in users])} is {escape(roles_of([role], policy))} here."
        for role, users in held
    ]
    if vacant:
        parts.append(f"Wanted here: {escape(roles_of(vacant, policy))}.")
    words = say(
        "relations.role_in_part",
        label=notice.part.label,
        roles=roles_of(notice.roles, policy),
        name=scene.name,
        state=Mrkdwn(" ".join(parts)),
    )
    offered = vacant[:1] or (
        ["deputy"] if held and not incident.roles.get("deputy") and "deputy" in _known(scene) else []
    )
    take = [
        button(f"Take {policy.role(role).label.lower()}", Action.TAKE_ROLE, value_for(incident, **{ROLE: role}))
        for role in offered
        if incident.is_open
    ]
    room = link_button("Open channel", scene.links.room_url)
    return message(scene.push(f"{notice.part.label} merged into it"), section(words), actions(*take, room))


def _known(scene: Scene) -> set[str]:
    return {role.key for role in scene.policy.roles}
