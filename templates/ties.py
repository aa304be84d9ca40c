"""What is said of other incidents: on cards, and of one that became part of another."""

from __future__ import annotations

from typing import Final

from slack_sdk.models.blocks import Block

from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.relations import Other
from bot.domain.timeline.relations import RELATION_WORDS
from templates.layout import context
from templates.mrkdwn import Mrkdwn, channel
from templates.scene import Scene
from templates.wording import say
from templates.words import roles_of

TIES_SHOWN: Final = 5


def belonging(incident: Incident) -> tuple[Block, ...]:
    """What it was merged into; else what was merged into it, and what it is linked to."""
    into = incident.merged_into
    merged = context(say("relations.card_merged", label=into.label, room=room_of(into))) if into else None
    named = [("with", part.other) for part in incident.parts]
    named += [(RELATION_WORDS[tie.relation], tie.other) for tie in incident.ties]
    marked = not incident.drill
    rows = [
        {"words": words, "label": one.label, "room": room_of(one), "drill": one.drill and marked}
        for words, one in named[:TIES_SHOWN]
    ]
    more = max(0, len(named) - TIES_SHOWN)
    ties = context(say("relations.card_ties", ties=rows, more=more)) if rows else None
    return tuple(block for block in (merged, ties) if block is not None)


def merged_into(notice: n.MergedInto, scene: Scene) -> Mrkdwn:
    into = notice.into
    return say(
        "relations.merged_into",
        by=notice.by,
        name=scene.name,
        label=into.label,
        room=room_of(into),
        reason=notice.reason,
    )


def merge_undone(notice: n.MergeUndone, scene: Scene) -> Mrkdwn:
    return say(
        "relations.merge_undone",
        by=notice.by,
        name=scene.name,
        label=notice.out_of.label,
        reason=notice.reason,
        due=scene.due,
        roles=roles_of(notice.roles, scene.policy),
    )


def whereabouts(into: Other) -> Mrkdwn:
    """Say into what it was merged, and in which channel work goes on."""
    return Mrkdwn(f"Merged into {into.label}{f' {channel(into.channel)}' if into.channel else ''}")


def room_of(other: Other) -> Mrkdwn | None:
    return channel(other.channel) if other.channel else None
