"""What the chat system answered: rooms, messages, set-up, failures; and the panels that were stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from bot.domain import events as e
from bot.domain.effects.room import ArchiveRoom
from bot.domain.evolve import paging, publishing
from bot.domain.evolve.parts import with_item, with_step
from bot.domain.model import Failure, Incident, MessageRef, PanelSet, Room, StepState
from bot.domain.replacing import replace

_STEP_OF_SLOT: Final[Mapping[str, str]] = MappingProxyType({"card": "card", "summary_card": "summary"})


def outside(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """Where things stand in the chat system, and what could not be done there."""
    match recorded.event:
        case e.RoomOpened(channel=channel, name=name, thread_ts=thread_ts):
            done = with_step(incident, "channel", StepState.DONE)
            # What stands in a channel that is gone cannot be edited any more.
            still = {slot: one for slot, one in incident.messages.items() if not _left_behind(incident, one, channel)}
            room, moved = Room(channel, name, thread_ts), incident.room is not None and incident.room.channel != channel
            venue = incident.venue.elsewhere() if moved else incident.venue
            return replace(incident, room=room, setup=done, messages=MappingProxyType(still), venue=venue)
        case e.MessagePlaced(slot=slot, channel=channel, ts=ts, permalink=permalink):
            place = MessageRef(channel, ts, permalink=permalink)
            done = with_step(incident, _STEP_OF_SLOT.get(slot, ""), StepState.DONE)
            return replace(incident, messages=with_item(incident.messages, slot, place), setup=done)
        case e.SetupStepDone(step=step):
            return replace(incident, setup=with_step(incident, step, StepState.DONE))
        case e.EffectFailed(effect_id=effect_id, what=what, reason=reason, detail=detail, step=step):
            failure = Failure(effect_id, what, reason, detail, recorded.at)
            failed = with_step(incident, step, StepState.FAILED, error=detail, effect_id=effect_id)
            return replace(incident, failures=with_item(incident.failures, effect_id, failure), setup=failed)
        case e.EffectRetried(effect_id=effect_id, step=step):
            left = MappingProxyType({key: one for key, one in incident.failures.items() if key != effect_id})
            retried = with_step(incident, step, StepState.PENDING, effect_id=effect_id)
            pages = paging.tried_again(incident.pages, effect_id)
            posts = publishing.tried_again(incident.posts, effect_id)
            kept = _archived_after_all(incident, effect_id, recorded.at)
            return replace(incident, failures=left, setup=retried, pages=pages, posts=posts, room=kept)
        case e.PanelsStored() as stored:
            return replace(incident, panels=(*incident.panels, _panel_set(stored, recorded.at)))
    return None


def _left_behind(incident: Incident, message: MessageRef, channel: str) -> bool:
    return incident.room is not None and message.channel == incident.room.channel != channel


def _archived_after_all(incident: Incident, effect_id: str, at: datetime) -> Room | None:
    """Whoever has the archiving tried again asks for it anew: that they are there does not put it off."""
    room, failure = incident.room, incident.failures.get(effect_id)
    if room is None or room.keeping.wanted_at is None or failure is None or failure.what != ArchiveRoom.__name__:
        return room
    return replace(room, keeping=replace(room.keeping, wanted_at=at))


def _panel_set(stored: e.PanelsStored, at: datetime) -> PanelSet:
    return PanelSet(
        moment=stored.moment,
        blob=stored.blob,
        start=stored.start,
        end=stored.end,
        taken_at=at,
        panels=stored.panels,
        errors=stored.errors,
        readings=stored.readings,
    )
