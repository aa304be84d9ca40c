"""Pages: each event moves one of them."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.paging import Call, Page, PageStatus
from bot.domain.replacing import replace


def paging(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.PageRequested(number=number, target=target, reason=reason):
            page = Page(number, target, reason, recorded.actor.id, recorded.at)
            return replace(incident, pages=(*incident.pages, page))
        case (
            e.Paged(number=number)
            | e.PageFailed(number=number)
            | e.PageAcknowledged(number=number)
            | e.PageResolved(number=number)
        ):
            pages = (_moved(page, recorded) if page.number == number else page for page in incident.pages)
            return replace(incident, pages=tuple(pages))
        case e.RespondersWanted(number=number, users=users, message=message):
            call = Call(users, message, recorded.actor.id)
            pages = (
                replace(page, calls=(*page.calls, call)) if page.number == number else page for page in incident.pages
            )
            return replace(incident, pages=tuple(pages))
        case e.RespondersAsked():
            return incident
    return None


def tried_again(pages: tuple[Page, ...], effect_id: str) -> tuple[Page, ...]:
    """Return the pages when an effect is tried again that was given up: its page is on its way once more."""
    return tuple(
        replace(page, status=PageStatus.REQUESTED, trouble="", effect_id="") if _failed_with(page, effect_id) else page
        for page in pages
    )


def _failed_with(page: Page, effect_id: str) -> bool:
    return page.status is PageStatus.FAILED and page.effect_id == effect_id


def _moved(page: Page, recorded: e.Recorded) -> Page:
    """A page never goes back: what was acknowledged before the confirmation came stays acknowledged."""
    match recorded.event:
        case e.Paged(provider_id=provider_id, url=url, paged=paged):
            status = PageStatus.PAGED if page.status in (PageStatus.REQUESTED, PageStatus.FAILED) else page.status
            known = replace(page, provider_id=provider_id, url=url, paged=paged, trouble="", effect_id="")
            return replace(known, status=status, paged_at=recorded.at)
        case e.PageFailed(effect_id=effect_id, detail=detail) if page.status is PageStatus.REQUESTED:
            return replace(page, status=PageStatus.FAILED, trouble=detail, effect_id=effect_id)
        case e.PageAcknowledged(user=user, name=name):
            on_it = replace(page, status=PageStatus.ACKNOWLEDGED, acknowledged_at=recorded.at)
            return replace(on_it, acknowledged_by=user, acknowledged_name=name)
        case e.PageResolved(reason=reason):
            return replace(page, status=PageStatus.RESOLVED, resolved_at=recorded.at, resolution=reason)
    return page
