"""Calls that tell people outside the room, beside direct messages."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.notices import Notice
from bot.domain.subscriptions import Subscription


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Tell one subscriber by e-mail. The address is looked up when it is sent and stored nowhere."""

    user: str
    notice: Notice
    because: Subscription


StakeholderEffect = SendEmail
