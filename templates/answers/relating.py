"""Answers to whoever links or merges incidents, and to whoever writes where nobody reads any more."""

from __future__ import annotations

from bot.domain.model import Incident
from bot.domain.relations import Relation
from bot.domain.timeline.relations import RELATION_WORDS
from templates.layout import message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, channel
from templates.wording import say
from templates.words import name_of


def linked(first: Incident, second: Incident, relation: Relation, *, already: bool = False) -> Message:
    """Say what is what to whom now."""
    words = RELATION_WORDS[relation]
    if already:
        said = say("relations.already_linked", first=first.label, words=words, second=second.label)
    else:
        said = say(
            "relations.linked",
            first=first.label,
            words=words,
            second=second.label,
            shown_there=first.private == second.private,
            suggest=relation in (Relation.DUPLICATE_OF, Relation.DUPLICATED_BY)
            and (first.private, first.drill) == (second.private, second.drill),
        )
    return message(said, section(said))


def unlinked(first: Incident, second: Incident, *, already: bool = False) -> Message:
    wording = "relations.not_linked" if already else "relations.unlinked"
    said = say(wording, first=first.label, second=second.label)
    return message(said, section(said))


def merged(first: Incident, second: Incident) -> Message:
    """Say where work goes on, and the way back."""
    said = say("relations.merged", first=first.label, second=second.label, number=first.number, room=_room(second))
    return message(said, section(said))


def unmerged(first: Incident, second: Incident) -> Message:
    said = say("relations.unmerged", first=first.label, second=second.label, private=first.private)
    return message(said, section(said))


def pointer(goal: Incident) -> Message:
    """To whoever writes in the room of a merged incident: where work goes on."""
    said = say("relations.pointer", name=name_of(goal), room=_room(goal) or goal.label)
    return message(said, section(said))


def _room(incident: Incident) -> Mrkdwn | None:
    return channel(incident.room.channel) if incident.room else None
