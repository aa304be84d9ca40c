"""What follows from panels and from the postmortem."""

from __future__ import annotations

from bot.domain import effects as f
from bot.domain import events as e
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.react.telling import cards
from bot.domain.reaction import Reaction


def evidence(before: Incident | None, incident: Incident, event: e.Event) -> tuple[Reaction, ...]:
    """Panels are kept and drawn; the document is rendered, shared, and its owner asked for what is open."""
    match event:
        case e.MetricsRequested(moment=moment, start=start, end=end):
            return (f.CollectPanels(moment, start, end),)
        case e.PanelsStored(moment="asked", blob=blob, panels=panels, errors=errors):
            if panels == 0:
                return (f.PostMessage("room", n.ChartsUnavailable(errors)),)
            return (f.ShareCharts(blob, "asked"),)
        case e.PostmortemRequested(version=version):
            return (f.RenderPostmortem(version),)
        case e.PostmortemRendered(version=version, blobs=blobs):
            return tuple(f.ShareDocument(version, kind, blob) for kind, blob in sorted(blobs.items()))
        case e.DocumentShared(version=version):
            return _document_shared(before, incident, version)
        case e.PostmortemNudged(owner=owner, open_sections=sections):
            return (f.DirectMessage(owner, n.PostmortemNudge(sections)),)
    return ()


def _document_shared(before: Incident | None, incident: Incident, version: int) -> tuple[Reaction, ...]:
    """Once every format is up: say so (once; later editions edit that message), then remove what was replaced."""
    document = incident.postmortem
    if not document.is_complete:
        return ()
    removed = (f.RemoveFiles(document.stale_files),) if document.stale_files else ()
    if version < document.version:
        return removed
    first = before is None or before.postmortem.published_at is None
    slot, notice = "postmortem", n.PostmortemReady(version)
    told = f.PostMessage("room", notice, slot) if first else f.EditMessage(slot, notice)
    return (told, *removed, *cards(incident))
