"""The postmortem, its sections and its action items."""

from __future__ import annotations

from types import MappingProxyType

from bot.domain import events as e
from bot.domain.evolve.parts import with_item
from bot.domain.model import ActionItem, Incident, Section
from bot.domain.replacing import replace


def documents(incident: Incident, recorded: e.Recorded) -> Incident | None:
    """A newer edition makes the files of the last one stale."""
    document = incident.postmortem
    match recorded.event:
        case e.PostmortemRequested():
            requested = replace(document, requested_at=document.requested_at or recorded.at)
            return replace(incident, postmortem=requested)
        case e.PostmortemRendered(version=version, blobs=blobs):
            stale = (*document.stale_files, *(file.file_id for file in document.files))
            return replace(
                incident,
                postmortem=replace(
                    document, version=version, blobs=MappingProxyType(dict(blobs)), files=(), stale_files=stale
                ),
            )
        case e.DocumentShared(version=version, file=file) if version < document.version:
            # A newer edition was rendered meanwhile: this file is one of those that it replaces.
            return replace(incident, postmortem=replace(document, stale_files=(*document.stale_files, file.file_id)))
        case e.DocumentShared(file=file):
            shared = replace(document, files=(*document.files, file))
            published = recorded.at if shared.is_complete else document.published_at
            return replace(incident, postmortem=replace(shared, published_at=published))
        case e.FilesRemoved(file_ids=removed):
            stale = tuple(one for one in document.stale_files if one not in removed)
            return replace(incident, postmortem=replace(document, stale_files=stale))
        case e.SectionEdited(section=section, text=text, version=version):
            written = Section(text, recorded.actor.id, recorded.at, version)
            return replace(incident, sections=with_item(incident.sections, section, written))
        case e.ActionItemSaved() as saved:
            item = ActionItem(saved.id, saved.text, saved.owner, saved.due, saved.done)
            others = tuple(one for one in incident.action_items if one.id != saved.id)
            return replace(incident, action_items=tuple(sorted((*others, item), key=lambda one: one.id)))
    return None
