"""What follows for the channel of what is over, and for one that is needed again."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain import reaction
from bot.domain.archiving import announced, archived, next_step, put_away, wanted
from bot.domain.beginnings import BEGUN_ANEW
from bot.domain.decisions.lifecycle import bookmarks
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.react.declaring import invited_groups
from bot.domain.react.telling import to_summary
from bot.domain.reaction import Arm, Disarm, Reaction

SLOT = "archive"


def reopened(after: Incident, event: e.Event) -> tuple[Reaction, ...]:
    """Open an archived channel first of all, since everything else that follows is said there.

    An archiving that was already being carried out when the channel came to be needed again is taken back, too.
    """
    again = isinstance(event, (*BEGUN_ANEW, e.RoomArchived)) and not put_away(after)
    return (f.ReopenRoom(),) if again and archived(after) else ()


def archiving(before: Incident | None, after: Incident, event: e.Event, policy: Policy) -> tuple[Reaction, ...]:
    """Return what an event means for the channel; the timer follows from the incident as it is."""
    found: tuple[Reaction, ...] = ()
    match event:
        case e.ArchiveAnnounced(due_at=due_at):
            found = (f.PostMessage("room", n.ArchiveAhead(due_at), SLOT),)
        case e.ArchiveWanted(since=since):
            found = (f.ArchiveRoom(since),)
        case e.RoomOpened() if before is not None and before.room is not None:
            found = _moved(before, after, policy)
    off = before is not None and announced(before) and not announced(after) and not wanted(after)
    if off and SLOT in after.messages:
        found = (*found, f.EditMessage(SLOT, n.ArchivePutOff()))
    old = next_step(before, policy) if before is not None else None
    new = next_step(after, policy)
    if old == new:
        return found
    return (*found, Arm(reaction.ARCHIVE, new.at, new.step) if new else Disarm(reaction.ARCHIVE))


def _moved(before: Incident, after: Incident, policy: Policy) -> tuple[Reaction, ...]:
    """Set a channel up that takes an archived one's place, and say so; in the same one, say where things stand now."""
    old, new = before.room, after.room
    if old is None or new is None:
        return ()
    if old.channel == new.channel:
        return (f.SetTopic(),) if archived(before) else ()
    notice = n.RoomReplaced(old.channel)
    marks = bookmarks(after.private, after.services, policy)
    call = ("call",) if after.venue.call_url else ()
    return (
        f.InviteToRoom(tuple(sorted(after.inside)), invited_groups(after, policy)),
        f.PostCard(f.CARD),
        f.SetTopic(),
        f.PinCard(),
        *(f.AddBookmark(mark) for mark in dict.fromkeys((*marks, *call))),
        f.PostMessage("room", notice),
        *to_summary(after, notice, broadcast=False),
    )
