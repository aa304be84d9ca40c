"""Roles on their way from one person to another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferHandoff:
    """The actor offers roles that they hold, with a note. An earlier offer of theirs for one of them is replaced."""

    receiver: str
    roles: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class AcceptHandoff:
    """The receiver takes over what is offered under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class DeclineHandoff:
    number: int


@dataclass(frozen=True, slots=True)
class WithdrawHandoff:
    """The giver takes the offer back."""

    number: int


Handoffs = OfferHandoff | AcceptHandoff | DeclineHandoff | WithdrawHandoff
