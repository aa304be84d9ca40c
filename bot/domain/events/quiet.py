"""Subscribers who are not to be disturbed, and the end of that."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.quiet import Waiting


@dataclass(frozen=True, slots=True)
class SubscribersDeferred:
    """For these it is quiet hours: they are told at the end of them."""

    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class QuietHoursOver:
    """These are told now, in one message each, what happened while it was quiet for them."""

    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class SubscribersCaughtUp:
    """These waited no longer: what was told meanwhile reached them at once, and said what they had missed."""

    users: tuple[str, ...]


QuietTimes = SubscribersDeferred | QuietHoursOver | SubscribersCaughtUp
