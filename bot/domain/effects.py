"""Calls to make to outside systems, as facts, and what those systems answer.

Each effect names the integration that performs it, its stream within the incident (order holds inside a stream only),
what must be known before it can be tried, and, where only the newest of several matters, a key under which waiting
twins collapse into one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import PanelReading
from bot.domain.notices import Notice
from bot.domain.paging_effects import AcknowledgePage as AcknowledgePage
from bot.domain.paging_effects import PageFacts as PageFacts
from bot.domain.paging_effects import PageOnCall as PageOnCall
from bot.domain.paging_effects import PagingEffect, PagingFacts
from bot.domain.paging_effects import RequestResponders as RequestResponders
from bot.domain.paging_effects import ResolvePage as ResolvePage
from bot.domain.paging_effects import ResponderFacts as ResponderFacts
from bot.domain.publishing_effects import PostFacts as PostFacts
from bot.domain.publishing_effects import PublishPost as PublishPost
from bot.domain.quiet import Waiting
from bot.domain.reading_effects import ReadRoom as ReadRoom
from bot.domain.reading_effects import RoomHeard as RoomHeard
from bot.domain.room_effects import ArchiveRoom as ArchiveRoom
from bot.domain.room_effects import ReopenRoom as ReopenRoom
from bot.domain.room_effects import RoomEffect
from bot.domain.stakeholder_effects import PostBulletin as PostBulletin
from bot.domain.stakeholder_effects import SendEmail as SendEmail
from bot.domain.stakeholder_effects import StakeholderEffect
from bot.domain.subscriptions import Subscription
from bot.domain.venue import CallFacts as CallFacts
from bot.domain.venue import CanvasDenied as CanvasDenied
from bot.domain.venue import CanvasFacts as CanvasFacts
from bot.domain.venue import OpenCall as OpenCall
from bot.domain.venue import VenueEffect, VenueFacts
from bot.domain.venue import WriteCanvas as WriteCanvas

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


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Create the incident channel by the name template."""


@dataclass(frozen=True, slots=True)
class InviteToRoom:
    """Invite people and user groups. `step` is the checklist line it ticks ("" for none)."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class PostCard:
    """Post a card for the first time: slot `card` in the room, `summary_card` in the summary channel."""

    slot: str


@dataclass(frozen=True, slots=True)
class RefreshCard:
    """Edit a card to what the incident now is."""

    slot: str


@dataclass(frozen=True, slots=True)
class SetTopic:
    pass


@dataclass(frozen=True, slots=True)
class PinCard:
    pass


@dataclass(frozen=True, slots=True)
class AddBookmark:
    """One bookmark in the room: `what` is "summary" (the card in the summary channel), "dashboard:<service>",
    "call" or "postmortem".
    """

    what: str


@dataclass(frozen=True, slots=True)
class PostMessage:
    """Say something in the room or in the summary card's thread.

    `slot` ("" for none) is where the fold keeps the message's place.
    """

    place: str
    notice: Notice
    slot: str = ""
    broadcast: bool = False


@dataclass(frozen=True, slots=True)
class TellAudience:
    """Tell several people by direct message; expanded into one `DirectMessage` each when performed.

    `audience` is one of "followers", "leaders" (commander and deputy), "owner" (who owes the update), "declarer",
    "oncall" (members of `groups`), and "regulatory": holders of `roles` and members of `groups`; command, where those
    are nobody.

    "subscribers" are those whose subscriptions reach the incident (or one of the `severities` it just had) and who did
    not do it themselves (`by`), "mailed" those of them who read it as e-mail, "stakeholders" they and the followers,
    "waiting" those of `only` who still are subscribers: their quiet hours are over.
    """

    audience: str
    notice: Notice
    slot: str = ""
    leave_out: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    by: str = ""
    severities: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectMessage:
    """`because` is the subscription by which somebody is told; None when they are told for another reason."""

    user: str
    notice: Notice
    slot: str = ""
    because: Subscription | None = None


@dataclass(frozen=True, slots=True)
class EditMessage:
    """Re-render a message that was sent before; `slot` names it."""

    slot: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class FetchMessage:
    """Read a message that somebody wants on the timeline."""

    channel: str
    ts: str
    thread_ts: str | None
    asked_by: str


@dataclass(frozen=True, slots=True)
class CollectPanels:
    """Query the panels of the affected services. `moment` is "declare", "resolve", "after" or "asked"."""

    moment: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ShareCharts:
    """Draw stored panels and upload the pictures to the room."""

    blob: str
    moment: str


@dataclass(frozen=True, slots=True)
class RenderPostmortem:
    """Render Markdown and HTML from the log; `version` is the rendering's number."""

    version: int


@dataclass(frozen=True, slots=True)
class ShareDocument:
    """Upload one rendered file of the postmortem. `format` is "md" or "html"."""

    version: int
    format: str
    blob: str


@dataclass(frozen=True, slots=True)
class RemoveFiles:
    """Delete files that a newer rendering has replaced."""

    file_ids: tuple[str, ...]


Effect = (
    OpenRoom
    | InviteToRoom
    | PostCard
    | RefreshCard
    | SetTopic
    | PinCard
    | AddBookmark
    | PostMessage
    | TellAudience
    | DirectMessage
    | EditMessage
    | FetchMessage
    | RoomEffect
    | CollectPanels
    | ShareCharts
    | RenderPostmortem
    | ShareDocument
    | RemoveFiles
    | ReadRoom
    | PagingEffect
    | StakeholderEffect
    | VenueEffect
    | PublishPost
)


def route(effect: Effect) -> Route:
    """Say who performs an effect, in which stream, and after what."""
    match effect:
        case OpenRoom():
            return Route(CHAT, ROOM, step="channel")
        case InviteToRoom(step=step):
            return Route(CHAT, "people", (ROOM,), step=step)
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
        case PostMessage(place="room"):
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
        case ArchiveRoom() | ReopenRoom():
            return Route(CHAT, ROOM, (ROOM,))
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
class RoomFacts:
    """The channel that was created (or found to be ours); `thread_ts` when the summary thread stands in for it."""

    channel: str
    name: str
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a message now stands."""

    channel: str
    ts: str
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a `TellAudience` was expanded to; `mailed` of them are told by e-mail. `later` are still to be told."""

    users: tuple[str, ...]
    mailed: int = 0
    later: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as it was said."""

    author: str
    text: str
    permalink: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Gone:
    """The thing asked for no longer exists (a deleted message, say); not an error."""

    why: str


@dataclass(frozen=True, slots=True)
class PanelFacts:
    """Panel data was stored under `blob`. `errors` are sentences, one for each panel that could not be had."""

    blob: str
    panels: int
    errors: tuple[str, ...] = ()
    readings: tuple[PanelReading, ...] = ()


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Files that now stand in the chat system: parallel tuples."""

    file_ids: tuple[str, ...]
    names: tuple[str, ...]
    permalinks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A rendering was stored: pairs (format, blob)."""

    blobs: tuple[tuple[str, str], ...]


Facts = (
    Done
    | RoomFacts
    | Placed
    | Recipients
    | Fetched
    | Gone
    | RoomHeard
    | PanelFacts
    | FileFacts
    | DocumentFacts
    | PagingFacts
    | VenueFacts
    | PostFacts
)
