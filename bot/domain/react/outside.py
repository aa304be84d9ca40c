"""What follows from an effect that was given up."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.reaction import Reaction
from bot.domain.unread import UNREADABLE

_QUIET = (
    *("RefreshCard", "EditMessage", "TellAudience", "SendEmail", "PostBulletin", "PublishPost", "WriteCanvas"),
    "ReadRoom",
)
"""Effects whose failure shows elsewhere: on the card, in a message that is edited, in `doctor`, in a page that goes out
without the look. A message about each would be a second nuisance. What nobody could read is told of all the same: it
may have been anything.
"""


def trouble(before: Incident | None, incident: Incident, failed: e.EffectFailed) -> tuple[Reaction, ...]:
    """Make a dead effect visible once, in a place that still works, and never by way of what just failed."""
    others = [slot for slot in (f.CARD, f.SUMMARY_CARD) if slot in incident.messages]
    cards = tuple(f.RefreshCard(slot) for slot in others) if failed.what != "RefreshCard" else ()
    known = before is not None and any(
        one.what == failed.what and one.reason == failed.reason for one in before.failures.values()
    )
    unread = failed.reason == UNREADABLE
    if known or (failed.what in _QUIET and not unread):
        return cards
    if failed.step:
        if f.CARD in incident.messages or f.SUMMARY_CARD in incident.messages:
            return cards
        notice: n.Notice = n.SetupTrouble(failed.step, failed.detail, failed.effect_id)
        return (*cards, f.DirectMessage(incident.declared_by, notice))
    notice = n.DeliveryTrouble(failed.what, failed.detail, failed.effect_id)
    if failed.what == "DirectMessage" and not unread:
        return cards
    if failed.what == "PostMessage":
        return (*cards, f.DirectMessage(incident.commander or incident.declared_by, notice))
    return (*cards, f.PostMessage("room", notice))
