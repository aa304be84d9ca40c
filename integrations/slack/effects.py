"""Which handler performs which effect, and which can be found again after an answer was lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.domain import effects as f
from bot.domain.archiving import archived
from bot.domain.model import Incident
from bot.ports import Desk, Handler, Reconcile, View
from integrations.slack.canvas import Canvases
from integrations.slack.evidence import Evidence
from integrations.slack.files import Draw, Files
from integrations.slack.furniture import Furniture
from integrations.slack.messages import Messages
from integrations.slack.rooms import Rooms
from integrations.slack.workspace import Workspace

Kind = TypeVar("Kind")
Answer = TypeVar("Answer")


def handlers(workspace: Workspace, draw: Draw) -> tuple[dict[str, Handler], dict[str, Reconcile]]:
    """Return handlers and reconcilers by effect type name.

    Effects without a reconciler may simply be done again: an edit, a canvas, an invitation, a topic, a pin, a bookmark
    that is looked for first, a look-up, an archiving, a removal.
    """
    rooms, messages, furniture = Rooms(workspace), Messages(workspace), Furniture(workspace)
    evidence, files, canvases = Evidence(workspace), Files(workspace, draw), Canvases(workspace)
    performing: tuple[tuple[str, Handler], ...] = (
        _for(f.OpenRoom, rooms.open_room),
        _for(f.InviteToRoom, rooms.invite),
        _for(f.RemoveFromRoom, rooms.remove),
        _for(f.ArchiveRoom, rooms.archive),
        _for(f.ReopenRoom, rooms.reopen),
        _for(f.PostCard, messages.post_card),
        _for(f.RefreshCard, messages.refresh_card),
        _for(f.PostMessage, messages.post_message),
        _for(f.DirectMessage, messages.direct_message),
        _for(f.PostBulletin, messages.post_bulletin),
        _for(f.EditMessage, messages.edit_message),
        _for(f.SetTopic, furniture.set_topic),
        _for(f.PinCard, furniture.pin_card),
        _for(f.AddBookmark, furniture.add_bookmark),
        _for(f.WriteCanvas, canvases.write),
        _for(f.FetchMessage, evidence.fetch),
        _for(f.ReadRoom, evidence.read_room),
        _for(f.ShareCharts, files.share_charts),
        _for(f.ShareDocument, files.share_document),
        _for(f.RemoveFiles, files.remove),
    )
    finding: tuple[tuple[str, Reconcile], ...] = (
        _for(f.OpenRoom, rooms.find_room),
        _for(f.ReopenRoom, rooms.find_room),
        _for(f.PostCard, messages.find_card),
        _for(f.PostMessage, messages.find_message),
        _for(f.DirectMessage, messages.find_direct_message),
        _for(f.PostBulletin, messages.find_bulletin),
        _for(f.ShareCharts, files.find_shared),
        _for(f.ShareDocument, files.find_shared),
    )
    return dict(performing), dict(finding)


def _for(
    kind: type[Kind], handle: Callable[[Kind, View, Desk], Awaitable[Answer]]
) -> tuple[str, Callable[[f.Effect, View, Desk], Awaitable[Answer | f.Gone]]]:
    """Register a handler of one kind of effect under that kind's name."""

    async def perform(effect: f.Effect, view: View, desk: Desk) -> Answer | f.Gone:
        assert isinstance(effect, kind)
        if _said_in_archive(effect, view.incident):
            return f.Gone("The channel is archived.")
        return await handle(effect, view, desk)

    return kind.__name__, perform


def _said_in_archive(effect: f.Effect, incident: Incident) -> bool:
    """Whether an effect would say or change something in a channel that Firebell has archived: nobody expects it."""
    room = incident.room
    if room is None or not archived(incident) or isinstance(effect, f.ArchiveRoom | f.ReopenRoom | f.RemoveFiles):
        return False
    stands = (incident.messages.get(slot) for slot in f.route(effect).needs)
    return f.ROOM in f.route(effect).needs or any(one is not None and one.channel == room.channel for one in stands)
