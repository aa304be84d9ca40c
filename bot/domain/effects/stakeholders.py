"""Calls that tell people outside the room, beside direct messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.bulletins import Kind
from bot.domain.notices import Notice
from bot.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Tell one subscriber by e-mail. The address is looked up when it is sent and stored nowhere."""

    user: str
    notice: Notice
    because: Subscription


@dataclass(frozen=True, slots=True)
class PostBulletin:
    """Tell the summary channel of several incidents at once, as they are when it is posted.

    `since` is when the last of its kind was decided on, `opened` (ids) what was open then.
    """

    kind: Kind
    since: datetime
    opened: tuple[str, ...] = ()


StakeholderEffect = SendEmail | PostBulletin
