"""The metrics, the postmortem and its action items."""

from __future__ import annotations

from typing import Final

from bot.domain import events as e
from bot.domain.timeline.line import Line


def documents(event: e.Event, by: str) -> Line | None:
    """Return the line of an event of this subject, else None."""
    match event:
        case e.MetricsRequested(moment="asked"):
            return Line("metrics", f"{by} asked for the metrics", "detail")
        case e.MetricsRequested(moment=moment):
            return Line("metrics", f"Metrics requested ({_MOMENTS.get(moment, moment)})", "detail")
        case e.PanelsStored(moment=moment, panels=panels, errors=errors):
            missing = f", {len(errors)} could not be had" if errors else ""
            return Line("metrics", f"{panels} panels kept ({_MOMENTS.get(moment, moment)}){missing}", "detail")
        case e.ChartsShared(files=files):
            link = files[0].permalink if files else ""
            return Line("metrics", "Charts of the affected services shared", link=link)
        case e.PostmortemRequested(version=version):
            return Line("postmortem", f"Postmortem, edition {version}, asked for", "detail")
        case e.PostmortemRendered(version=version):
            return Line("postmortem", f"Postmortem, edition {version}, written", "detail")
        case e.DocumentShared(version=version, format=form, file=file):
            return Line("postmortem", f"Postmortem, edition {version}, shared as {form}", "detail", link=file.permalink)
        case e.FilesRemoved():
            return Line("postmortem", "An earlier edition of the postmortem was removed", "detail")
        case e.SectionEdited(section=section):
            return Line("postmortem", f"{by} wrote the section “{section.replace('_', ' ')}”", "detail")
        case e.ActionItemSaved(text=text, done=done):
            return Line("action item", f"{by} {'finished' if done else 'noted'} the action item: {text}", "detail")
        case e.PostmortemNudged(owner=owner):
            return Line("postmortem", f"@{{{owner}}} was asked about the open sections", "detail")
    return None


_MOMENTS: Final = {
    "declare": "as it was when declared",
    "resolve": "as it was when resolved",
    "after": "half an hour after the end",
    "asked": "on request",
}
