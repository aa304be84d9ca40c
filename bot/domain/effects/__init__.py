"""Calls to make to outside systems, as facts, and what those systems answer.

Each effect names the integration that performs it, its stream within the incident (order holds inside a stream only),
what must be known before it can be tried, and, where only the newest of several matters, a key under which waiting
twins collapse into one.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.effects.documents import (
    CollectPanels,
    DocumentEffect,
    DocumentFacts,
    FileFacts,
    PanelFacts,
    RemoveFiles,
    RenderPostmortem,
    ShareCharts,
    ShareDocument,
    WrittenFacts,
)
from bot.domain.effects.messages import (
    DirectMessage,
    EditMessage,
    Fetched,
    FetchMessage,
    MessageEffect,
    MessageFacts,
    Placed,
    PostCard,
    PostMessage,
    Recipients,
    RefreshCard,
    TellAudience,
)
from bot.domain.effects.paging import (
    AcknowledgePage,
    PageFacts,
    PageOnCall,
    PagingEffect,
    PagingFacts,
    RequestResponders,
    ResolvePage,
    ResponderFacts,
)
from bot.domain.effects.publishing import PostFacts, PublishPost
from bot.domain.effects.room import (
    AddBookmark,
    ArchiveRoom,
    InviteToRoom,
    OpenRoom,
    PinCard,
    ReadRoom,
    RemoveFromRoom,
    ReopenRoom,
    RoomAnswer,
    RoomEffect,
    RoomFacts,
    RoomHeard,
    SetTopic,
)
from bot.domain.effects.stakeholders import PostBulletin, SendEmail, StakeholderEffect
from bot.domain.venue import CallFacts, CanvasDenied, CanvasFacts, OpenCall, VenueEffect, VenueFacts, WriteCanvas

__all__ = [
    "CALL",
    "CARD",
    "CHAT",
    "DOCUMENTS",
    "EMAIL",
    "METRICS",
    "PAGER",
    "ROOM",
    "STATUSPAGE",
    "SUMMARY_CARD",
    "AcknowledgePage",
    "AddBookmark",
    "ArchiveRoom",
    "CallFacts",
    "CanvasDenied",
    "CanvasFacts",
    "CollectPanels",
    "DirectMessage",
    "DocumentFacts",
    "Done",
    "EditMessage",
    "Effect",
    "Facts",
    "FetchMessage",
    "Fetched",
    "FileFacts",
    "Gone",
    "InviteToRoom",
    "OpenCall",
    "OpenRoom",
    "PageFacts",
    "PageOnCall",
    "PanelFacts",
    "PinCard",
    "Placed",
    "PostBulletin",
    "PostCard",
    "PostFacts",
    "PostMessage",
    "PublishPost",
    "ReadRoom",
    "Recipients",
    "RefreshCard",
    "RemoveFiles",
    "RemoveFromRoom",
    "RenderPostmortem",
    "ReopenRoom",
    "RequestResponders",
    "ResolvePage",
    "ResponderFacts",
    "RoomFacts",
    "RoomHeard",
    "Route",
    "SendEmail",
    "SetTopic",
    "ShareCharts",
    "ShareDocument",
    "TellAudience",
    "WriteCanvas",
    "route",
]

CHAT = "chat"
METRICS = "metrics"
DOCUMENTS = "documents"
PAGER = "pager"
EMAIL = "email"
CALL = "call"
STATUSPAGE = "statuspage"

CARD = "card"
SUMMARY_CARD = "summary_card"
ROOM = "room"


@dataclass(frozen=True, slots=True)
class Route:
    """How the outbox treats an effect. `needs` are `room` or message slots of the fold that must exist first."""

    integration: str
    stream: str
    needs: tuple[str, ...] = ()
    collapse: str = ""
    step: str = ""


Effect = RoomEffect | MessageEffect | DocumentEffect | PagingEffect | StakeholderEffect | VenueEffect | PublishPost


def route(effect: Effect) -> Route:
    """Say who performs an effect, in which stream, and after what."""
    match effect:
        case OpenRoom():
            return Route(CHAT, ROOM, step="channel")
        case InviteToRoom(step=step):
            return Route(CHAT, "people", (ROOM,), step=step)
        case RemoveFromRoom():
            return Route(CHAT, "people", (ROOM,))
        case PostCard(slot="card"):
            return Route(CHAT, ROOM, (ROOM,), step="card")
        case PostCard(slot=slot):
            return Route(CHAT, slot, step="summary")
        case RefreshCard(slot=slot):
            return Route(CHAT, f"edit:{slot}", (slot,), collapse=f"refresh:{slot}")
        case SetTopic():
            return Route(CHAT, "topic", (CARD,), collapse="topic", step="topic")
        case PinCard():
            return Route(CHAT, "furniture", (CARD,), step="pin")
        case AddBookmark(what=what):
            needs = (CARD, SUMMARY_CARD) if what == "summary" else (CARD,)
            return Route(CHAT, "furniture", needs, step="bookmarks")
        case PostMessage(place="room") | ArchiveRoom() | ReopenRoom():
            return Route(CHAT, ROOM, (ROOM,))
        case PostMessage():
            return Route(CHAT, SUMMARY_CARD, (SUMMARY_CARD,))
        case TellAudience(audience=audience):
            return Route(CHAT, f"audience:{audience}")
        case DirectMessage(user=user):
            return Route(CHAT, f"dm:{user}")
        case EditMessage(slot=slot):
            return Route(CHAT, f"edit:{slot}", (slot,), collapse=f"edit:{slot}")
        case FetchMessage(channel=channel, ts=ts):
            return Route(CHAT, f"fetch:{channel}:{ts}")
        case ReadRoom():
            return Route(CHAT, "reading", (ROOM,), collapse="reading")
        case CollectPanels():
            return Route(METRICS, "panels")
        case ShareCharts():
            return Route(CHAT, "files", (ROOM,))
        case RenderPostmortem():
            return Route(DOCUMENTS, "postmortem", collapse="postmortem")
        case PageOnCall(number=number) | AcknowledgePage(number=number) | ResolvePage(number=number):
            return Route(PAGER, f"page:{number}")
        case RequestResponders(number=number):
            return Route(PAGER, f"page:{number}")
        case SendEmail(user=user, notice=notice):
            # Of what waits to be mailed to one reader, a newer word of its kind takes an older one's place.
            return Route(EMAIL, f"mail:{user}", collapse=f"mail:{user}:{type(notice).__name__}")
        case WriteCanvas():
            return Route(CHAT, "canvas", (CARD,), collapse="canvas")
        case OpenCall():
            return Route(CALL, "call")
        case PublishPost():
            return Route(STATUSPAGE, "posts")
        case PostBulletin():
            return Route(CHAT, "bulletin")
        case ShareDocument() | RemoveFiles():
            return Route(CHAT, "documents", (ROOM,))


@dataclass(frozen=True, slots=True)
class Done:
    """Performed; nothing to remember."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The thing asked for no longer exists (a deleted message, say); not an error."""

    why: str


Facts = Done | Gone | RoomAnswer | MessageFacts | WrittenFacts | PagingFacts | VenueFacts | PostFacts
