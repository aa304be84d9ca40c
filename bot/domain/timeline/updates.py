"""Updates and reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.domain import events as e
from bot.domain import ladder
from bot.domain.lengths import of_minutes
from bot.domain.timeline.line import Line


def updates(event: e.Event, by: str, corrections: dict[int, e.Recorded], places: dict[str, str]) -> Line | None:
    """Return the line of an event of this subject, else None; an update reads as it was last corrected."""
    match event:
        case e.UpdatePosted(number=number, headline=headline, impact=impact):
            link = places.get(f"update:{number}:room") or places.get(f"update:{number}:summary", "")
            corrected = corrections.get(number)
            if corrected is not None and isinstance(corrected.event, e.UpdateCorrected):
                headline, impact = corrected.event.headline, corrected.event.impact
            text = f"Update {number} by {by}: {headline}" + (f" Impact: {impact}" if impact else "")
            mark = f" (corrected {corrected.at:%H:%M} UTC)" if corrected else ""
            return Line("update", text + mark, link=link)
        case e.UpdateCorrected(number=number):
            return Line("update", f"{by} corrected update {number}", "detail")
        case e.UpdateReached(number=number, people=people, mailed=mailed):
            by_mail = f", {mailed} of them by e-mail" if mailed else ""
            return Line("update", f"Update {number} was sent to {people} people one by one{by_mail}", "detail")
        case e.UnchangedConfirmed():
            return Line("update", f"{by} confirmed: no change")
        case e.ReminderSent(step=0):
            return Line("reminder", "The owner of the update got a draft", "detail")
        case e.ReminderSent() as sent:
            return Line("reminder", _reminded(sent), "key" if sent.late_minutes else "detail")
        case e.ReminderDeferred(until=until, heard=True):
            return Line("reminder", f"Nobody is paged before {until:%H:%M} UTC: people are at work here", "detail")
        case e.ReminderDeferred(until=until):
            return Line("reminder", f"Reminder deferred until {until:%Y-%m-%d %H:%M} UTC", "detail")
        case e.CadenceChanged(every_seconds=seconds, due_at=due_at):
            every = of_minutes(round(seconds / 60))
            return Line("reminder", f"New rules: updates are due every {every}, the next {due_at:%H:%M} UTC", "detail")
        case e.RoomLookWanted():
            return Line("reminder", "A page is due; the channel is read first, for whether anybody writes", "detail")
        case e.RoomLookedAt(spoken_at=None):
            return Line("reminder", "Nobody has written in the channel lately", "detail")
        case e.RoomLookedAt(spoken_at=datetime() as at):
            return Line("reminder", f"Somebody wrote in the channel at {at:%H:%M} UTC", "detail")
        case e.RemindersRescheduled(at=at):
            following = f"the next reminder comes at {at:%Y-%m-%d %H:%M} UTC" if at else "no further reminder comes"
            return Line("reminder", f"New rules: {following}", "detail")
        case e.ReminderSnoozed(until=until):
            return Line("reminder", f"{by} snoozed the reminder until {until:%H:%M} UTC", "detail")
    return None


_WHOM: Final = {
    ladder.OWNER: "the owner of the update",
    ladder.LEADERS: "commander and deputy",
    ladder.ROOM: "the channel",
    ladder.ON_CALL: "those on call",
}
_PAGED: Final = {
    "requested": "asked for a page of whoever is on call",
    "no_pager": "nobody was paged, as no paging system is connected; told the channel",
    "nobody": "nobody was paged, as no affected service can be; told the channel",
    "standing": "whoever is on call was being paged already; told the channel",
}


def _reminded(event: e.ReminderSent) -> str:
    told = _WHOM.get(event.recipients, f"whoever holds {event.recipients}")
    if event.page:
        return f"Update overdue by {of_minutes(event.late_minutes)}; {_PAGED.get(event.page, event.page)}"
    if event.away:
        between = f"between {event.away.since:%H:%M} and {event.away.until:%H:%M} UTC"
        overdue = f"overdue by {of_minutes(event.late_minutes)}" if event.late_minutes else "due"
        return f"Update {overdue}; Firebell was away {between} and told {told} afterwards"
    if event.late_minutes:
        return f"Update overdue by {of_minutes(event.late_minutes)}; told {told}"
    return f"Update due; told {told}"
