"""What a decision knows beside the incident, and the checks that several decisions share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import cadence
from bot.domain.model import Actor, ActorKind, Identity, Incident, Status
from bot.domain.policy import Policy
from bot.domain.refusal import Refused

KEY_SHOWN: Final = 40
"""Characters that a refusal shows of a key that somebody typed."""

TITLE_MAX: Final = 300
TEXT_MAX: Final = 3_000
"""Slack's limit for one text input; longer text can only come from a slash command or the API."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, who asks, the rules in force, and (for `Declare` only) the identity a new incident would get."""

    now: datetime
    actor: Actor
    policy: Policy
    identity: Identity | None = None


def admit(moment: Moment, words: str) -> None:
    """Refuse guests and other apps, whatever they ask; `words` completes "... may not ..."."""
    if moment.actor.guest or moment.actor.kind is ActorKind.BOT:
        raise Refused("guest", f"Guests and other apps may not {words}.", "Ask a member of this workspace to do it.")


def permit(moment: Moment, act: str, incident: Incident | None, words: str) -> None:
    """Refuse what the policy's table does not allow this actor; `words` completes "... may ..."."""
    actor = moment.actor
    if actor.kind is ActorKind.FIREBELL:
        return
    admit(moment, words)
    allowed = moment.policy.permissions.get(act, "everyone")
    if allowed == "responders" and not actor.responder:
        mend = "Ask the commander, or post a note." if incident else "Tell one of them what you see."
        raise Refused("not_allowed", f"Only responders may {words} here.", mend)
    if allowed == "leaders" and incident is not None and actor.id not in cadence.leaders(incident):
        raise Refused(
            "not_allowed", f"Only the commander or the deputy may {words}.", "Ask them, or take command first."
        )


def require_unmerged(incident: Incident, what: str) -> None:
    """Refuse what would count for nothing, because the incident has become part of another."""
    if incident.merged_into is not None:
        goal = incident.merged_into
        text = f"{incident.label} was merged into {goal.label}, so {what}."
        raise Refused("not_open", text, f"Do it there: name #{goal.number}.")


def require_open(incident: Incident, what: str) -> None:
    """Refuse work on an incident that is over."""
    require_unmerged(incident, what)
    if not incident.is_open:
        raise Refused(
            "not_open",
            f"{incident.label} is {incident.status.value}, so {what}.",
            "If it is happening again, reopen it.",
        )


def require_text(value: str, *, field: str, name: str, limit: int = TEXT_MAX) -> str:
    """Return the text without surrounding space; refuse an empty or over-long one (nothing is cut silently)."""
    text = value.strip()
    if not text:
        raise Refused(f"{field}_empty", f"{name} is empty.", "Say it in a few words.", field=field)
    return limited(text, field=field, name=name, limit=limit)


def limited(value: str, *, field: str, name: str, limit: int = TEXT_MAX) -> str:
    """Return the text without surrounding space; refuse an over-long one."""
    text = value.strip()
    if len(text) > limit:
        raise Refused(
            f"{field}_too_long",
            f"{name} has {len(text):,} characters; the limit is {limit:,}.",
            "Shorten it, or put the rest into a further note." if limit == TEXT_MAX else "Shorten it.",
            field=field,
        )
    return text


def as_code(key: str) -> str:
    """Show a key that there is not as code: short, and without what would end the code."""
    shown = key.replace("`", "")
    return f"`{shown if len(shown) <= KEY_SHOWN else shown[: KEY_SHOWN - 1] + '…'}`"


def not_future(value: datetime | None, moment: Moment, *, field: str) -> datetime | None:
    """Return a time that people entered; refuse one that lies ahead."""
    if value is not None and value > moment.now:
        raise Refused(f"{field}_in_future", "That time lies in the future.", "Enter when it happened.", field=field)
    return value


def over(incident: Incident) -> bool:
    return incident.status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED, Status.MERGED)
