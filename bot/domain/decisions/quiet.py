"""What subscribers are owed: noted when a message is not sent to them now, looked at again when their hours end."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import reaction, reading_hours
from bot.domain.decisions.moment import Moment
from bot.domain.model import Incident
from bot.domain.quiet import merged
from bot.domain.subscriptions import AUDIENCES


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.FireTimer(kind=reaction.QUIET):
            return hours_over(incident, moment)
    return None


def hours_over(incident: Incident, moment: Moment) -> tuple[e.Event, ...]:
    """Tell those whose hours are over; without any, wait for the first."""
    due = reading_hours.due(incident, moment.policy, moment.now)
    if due:
        return (e.QuietHoursOver(due),)
    following = reading_hours.next_look(incident, moment.policy, moment.now)
    return (e.WaitExtended(reaction.QUIET, following),) if following else ()


def told(incident: Incident, effect: f.TellAudience, reached: f.Recipients) -> tuple[e.Event, ...]:
    """Note who is to be told later and was not noted yet, and who was told now although they waited."""
    if effect.audience not in AUDIENCES:
        return ()
    known = {one.user: one for one in incident.waiting}
    later = tuple(one for one in reached.later if merged(known.get(one.user), one) != known.get(one.user))
    now = tuple(user for user in reached.users if user in known)
    deferred: tuple[e.Event, ...] = (e.SubscribersDeferred(later),) if later else ()
    return (*deferred, e.SubscribersCaughtUp(now)) if now else deferred
