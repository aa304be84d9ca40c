"""Calls that say something or read what was said, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.notices import Notice
from bot.domain.quiet import Waiting
from bot.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class PostCard:
    """Post a card for the first time: slot `card` in the room, `summary_card` in the summary channel."""

    slot: str


@dataclass(frozen=True, slots=True)
class RefreshCard:
    """Edit a card to what the incident now is."""

    slot: str


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


MessageEffect = PostCard | RefreshCard | PostMessage | TellAudience | DirectMessage | EditMessage | FetchMessage
MessageFacts = Placed | Recipients | Fetched
