"""To the room: a page, in one message that is edited as it moves; and who was asked to come as well."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.domain import notices as n
from bot.domain.paging import Page, PageStatus, find, target_name
from templates import controls, pages
from templates.actions import PAGE, Action, value_for
from templates.layout import actions, button, link_button, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, escape, mention, one_line
from templates.scene import Scene
from templates.wording import say


def render(notice: n.PageMoved | n.RespondersAsked, scene: Scene) -> Message:
    match notice:
        case n.PageMoved(number=number):
            page = find(scene.incident.pages, number)
            assert page is not None, "a page is never forgotten"
            return moved(page, scene)
        case n.RespondersAsked(users=users, unknown=unknown):
            words = say("pages.responders", name=scene.name, users=_mentions(users), unknown=_mentions(unknown))
            return message(scene.push("people were paged" if users else "nobody was paged"), section(words))


def moved(page: Page, scene: Scene) -> Message:
    target = one_line(target_name(page.target, scene.policy))
    when = page.acknowledged_at if page.status is PageStatus.ACKNOWLEDGED else page.paged_at
    at = page.resolved_at if page.status is PageStatus.RESOLVED else when
    words = say(
        f"pages.{page.status.value}",
        target=target,
        by=page.by,
        reason=pages.why(page),
        people=pages.people(page.paged),
        who=pages.acknowledger(page) or "Somebody",
        at=scene.at(at or page.at),
        resolution=page.resolution,
        trouble=page.trouble or "no reason was given",
    )
    return message(scene.push(f"{_ask(page)}{escape(target)}"), section(words), _controls(page, scene))


def _ask(page: Page) -> str:
    return {
        PageStatus.REQUESTED: "paging ",
        PageStatus.PAGED: "paged ",
        PageStatus.ACKNOWLEDGED: "page acknowledged, ",
        PageStatus.RESOLVED: "page ended, ",
        PageStatus.FAILED: "not paged, ",
    }[page.status]


def _controls(page: Page, scene: Scene) -> Block | None:
    value = value_for(scene.incident, **{PAGE: str(page.number)})
    there = link_button("Open in PagerDuty", page.url or None)
    match page.status:
        case PageStatus.FAILED:
            return actions(controls.retry(scene.incident, page.effect_id))
        case PageStatus.RESOLVED:
            return actions(there)
        case PageStatus.ACKNOWLEDGED:
            return actions(button("End page", Action.END_PAGE, value), there)
    acknowledge = button("Acknowledge", Action.ACKNOWLEDGE_PAGE, value, style="primary")
    return actions(acknowledge, button("End page", Action.END_PAGE, value), there)


def _mentions(users: tuple[str, ...]) -> Mrkdwn:
    return Mrkdwn(", ".join(mention(user) for user in users))
