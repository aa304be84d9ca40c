"""What outside systems answered, as events."""

from __future__ import annotations

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.decisions import quiet
from bot.domain.decisions.lifecycle import bookmarks, postmortem_wanted
from bot.domain.decisions.moment import Moment
from bot.domain.merging import own_services
from bot.domain.model import Incident, SharedFile, Status, StepState
from bot.domain.publishing import PostState
from bot.domain.unread import Unread


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.RecordOutcome(effect=f.AddBookmark(what=what), effect_id=effect_id):
            return _ticked(incident, "bookmarks") if _ends_bookmarks(incident, what, effect_id, moment) else ()
        case c.RecordOutcome(effect=effect, facts=facts):
            return outcome(incident, effect, facts, moment)
        case c.RecordFailure():
            return failure(incident, command, moment)
    return None


def outcome(incident: Incident, effect: f.Effect, facts: f.Facts, moment: Moment) -> tuple[e.Event, ...]:
    match effect, facts:
        case f.OpenRoom() | f.ReopenRoom(), f.RoomFacts(channel=channel, name=name, thread_ts=thread_ts):
            return (e.RoomOpened(channel, name, thread_ts),)
        case ((f.PostCard(slot=slot) | f.PostMessage(slot=slot) | f.DirectMessage(slot=slot)), f.Placed() as placed):
            return (e.MessagePlaced(slot, placed.channel, placed.ts, placed.permalink),) if slot else ()
        case f.FetchMessage() as fetch, f.Fetched() as found:
            return _pinned(incident, fetch, found)
        case f.FetchMessage(channel=channel, ts=ts), f.Gone(why=why):
            return (e.PinFailed(channel, ts, why),)
        case f.CollectPanels() as panels, f.PanelFacts() as stored:
            return _panels(incident, panels, stored, moment)
        case f.ShareCharts(moment=when), f.FileFacts() as files:
            return (e.ChartsShared(when, _files(files)),)
        case f.RenderPostmortem(version=version), f.DocumentFacts(blobs=blobs):
            # Two may have been asked for before the first was there; each is an edition of its own.
            return (e.PostmortemRendered(max(version, incident.postmortem.version + 1), dict(blobs)),)
        case f.ShareDocument(version=version, format=kind), f.FileFacts() as files:
            return tuple(e.DocumentShared(version, kind, file) for file in _files(files))
        case f.TellAudience() as audience, f.Recipients() as told:
            return (*_reached(audience, told), *quiet.told(incident, audience, told))
        case f.RemoveFiles(file_ids=file_ids), _:
            return (e.FilesRemoved(file_ids),)
        case f.WriteCanvas(), f.CanvasFacts(canvas=canvas):
            return () if canvas == incident.venue.canvas else (e.CanvasOpened(canvas),)
        case f.WriteCanvas(), f.CanvasDenied(why=why, extent=extent):
            return () if incident.venue.refused else (e.CanvasRefused(why, extent),)
        case f.OpenCall(), f.CallFacts(url=url):
            return () if incident.venue.call_url else (e.CallOpened(url),)
    return _ticked(incident, f.route(effect).step)


def says_nothing(effect: f.Effect, facts: f.Facts) -> bool:
    """Whether nothing follows from this outcome however the incident stands, so that nobody need read it to know."""
    match effect, facts:
        case ((f.PostMessage() | f.DirectMessage()), f.Placed()):
            return not effect.slot
        case ((f.AddBookmark() | f.RemoveFiles() | f.ArchiveRoom()), _):
            return False
        case _, f.Done():
            return not f.route(effect).step
    return False


def _reached(effect: f.TellAudience, told: f.Recipients) -> tuple[e.Event, ...]:
    if not isinstance(effect.notice, n.UpdatePublished) or not effect.slot:
        return ()
    return (e.UpdateReached(effect.notice.number, len(told.users), told.mailed),)


def _ticked(incident: Incident, step: str) -> tuple[e.Event, ...]:
    waiting = any(one.name == step and one.state is not StepState.DONE for one in incident.setup)
    return (e.SetupStepDone(step),) if waiting else ()


def _ends_bookmarks(incident: Incident, what: str, effect_id: str, moment: Moment) -> bool:
    """Whether the bookmarks now stand: not while one of them is given up, but once that one was retried they do."""
    step = next((one for one in incident.setup if one.name == "bookmarks"), None)
    if step is None or step.state is StepState.FAILED:
        return False
    return step.effect_id == effect_id or _is_last_bookmark(incident, what, moment)


def _is_last_bookmark(incident: Incident, what: str, moment: Moment) -> bool:
    """Whether no other bookmark of set-up follows; what a merge brought was not planned for. Once the services were
    edited, the plan of the declaration is not known any more: then the first that stands counts, rather than a step
    that stays open for ever.
    """
    planned = bookmarks(incident.private, own_services(incident), moment.policy)
    return not planned or what == planned[-1] or incident.edited_seq > 0


def _pinned(incident: Incident, fetch: f.FetchMessage, found: f.Fetched) -> tuple[e.Event, ...]:
    if not incident.pinned_by(fetch.channel, fetch.ts):
        return ()
    return (
        e.MessagePinned(
            fetch.channel, fetch.ts, found.author, found.text, found.permalink, found.said_at, fetch.asked_by
        ),
    )


def _panels(incident: Incident, effect: f.CollectPanels, facts: f.PanelFacts, moment: Moment) -> tuple[e.Event, ...]:
    stored = e.PanelsStored(
        effect.moment, facts.blob, effect.start, effect.end, facts.panels, facts.errors, facts.readings
    )
    return (stored, *_after_panels(incident, effect.moment, moment))


def _after_panels(incident: Incident, taken: str, moment: Moment) -> tuple[e.Event, ...]:
    """The postmortem waits for the charts taken at resolve, and renders itself again half an hour later."""
    over = incident.status in (Status.RESOLVED, Status.CLOSED)
    wanted = taken in ("resolve", "after") and over and postmortem_wanted(incident, moment.policy)
    why = "resolved" if taken == "resolve" else "panels"
    return (e.PostmortemRequested(incident.postmortem.version + 1, why),) if wanted else ()


def failure(incident: Incident, command: c.RecordFailure, moment: Moment) -> tuple[e.Event, ...]:
    effect = command.effect
    if isinstance(effect, Unread):
        return _never_read(incident, command, effect, moment)
    failed = e.EffectFailed(
        command.effect_id, type(effect).__name__, command.reason, command.detail, f.route(effect).step
    )
    if isinstance(effect, f.PageOnCall):
        return (failed, e.PageFailed(effect.number, command.effect_id, command.detail))
    if isinstance(effect, f.PublishPost):
        return (failed, e.PostFailed(effect.number, command.effect_id, command.detail))
    if isinstance(effect, f.CollectPanels):
        return (failed, *_after_panels(incident, effect.moment, moment))
    return (failed,)


def _never_read(incident: Incident, command: c.RecordFailure, effect: Unread, moment: Moment) -> tuple[e.Event, ...]:
    """What waited for an unread effect is told of it by what its row says, so that no step, page or post stays open,
    and the postmortem goes on without its charts.
    """
    unfinished = {step.name for step in incident.setup if step.state is not StepState.DONE}
    step = effect.step if effect.step in unfinished else ""
    failed = e.EffectFailed(command.effect_id, effect.what, command.reason, command.detail, step)
    if effect.page is not None:
        return (failed, e.PageFailed(effect.page, command.effect_id, command.detail))
    if effect.what == f.PublishPost.__name__:
        # Posts go out one after another, so that it was the first that is still on its way.
        posts = [post for post in incident.posts if post.state is PostState.CONFIRMED]
        return (failed, *(e.PostFailed(post.number, command.effect_id, command.detail) for post in posts[:1]))
    if effect.what == f.CollectPanels.__name__ and not _end_is_drawn(incident):
        return (failed, *_after_panels(incident, "resolve", moment))
    return (failed,)


def _end_is_drawn(incident: Incident) -> bool:
    """Whether the charts that the postmortem waits for have come since it was resolved."""
    over = incident.resolved_at
    return over is not None and any(one.moment == "resolve" and one.taken_at >= over for one in incident.panels)


def _files(facts: f.FileFacts) -> tuple[SharedFile, ...]:
    rows = zip(facts.file_ids, facts.names, facts.permalinks, strict=True)
    return tuple(SharedFile(file_id, name, permalink) for file_id, name, permalink in rows)
