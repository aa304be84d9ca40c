"""The status page: to the room, what became of a text; to whoever owes updates, what the page lacks."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.domain import notices as n
from bot.domain.publishing import Post, PostState, PublicStatus, find, newest
from templates import controls, customers
from templates.actions import Action
from templates.customers import NO_PAGE
from templates.layout import actions, button, link_button, message, section
from templates.message import Message
from templates.scene import Scene
from templates.wording import say


def render(notice: n.PostMoved | n.PostWanted, scene: Scene) -> Message:
    match notice:
        case n.PostMoved(number=number):
            post = find(scene.incident.posts, number)
            assert post is not None, "a post is never forgotten"
            return moved(post, scene)
        case n.PostWanted():
            return wanted(notice, scene)


def moved(post: Post, scene: Scene) -> Message:
    page = scene.policy.status_page or NO_PAGE
    # Without a provider a post is on the page as soon as it is confirmed.
    state = PostState.CONFIRMED if post.state is PostState.PUBLISHED and not post.url else post.state
    words = say(
        f"customers.{state.value}",
        by=post.by,
        at=scene.at(post.at),
        hosted=page.hosted and post.state is PostState.CONFIRMED,
        own=page.own,
        trouble=post.trouble or "no reason was given",
    )
    ask = {
        PostState.CONFIRMED: "words for customers, ",
        PostState.PUBLISHED: "published on the status page, ",
        PostState.FAILED: "not published, ",
        PostState.OVERTAKEN: "words for customers, ",
    }[post.state]
    return message(
        scene.push(f"{ask}{customers.STATUSES[post.status].lower()}"),
        section(words),
        section(customers.words_of(post, page)),
        _controls(post, scene),
    )


def _controls(post: Post, scene: Scene) -> Block | None:
    page = scene.policy.status_page or NO_PAGE
    there = link_button("Open status page", post.url or page.url or None)
    if post.state is PostState.FAILED:
        return actions(controls.retry(scene.incident, post.effect_id), there)
    return actions(button("Update the page", Action.OPEN_POST, scene.value), there)


def wanted(notice: n.PostWanted, scene: Scene) -> Message:
    """Once the page has followed, nothing is asked any more; nor where what it was to say has failed."""
    page = scene.policy.status_page or NO_PAGE
    last = newest(scene.incident.posts, own=page.own)
    if last is None:
        words = say("customers.says_nothing", name=scene.name)
        return message(scene.push("not on the status page"), section(words))
    status = customers.STATUSES[last.status]
    if _followed(last, notice, scene):
        words = say("customers.wanted_answered", status=status, at=scene.at(last.at))
        return message(scene.push("the status page was updated"), section(words))
    whole = scene.incident.merged_into
    words = say(
        "customers.wanted",
        status=status,
        said=last.text,
        update=notice.update,
        name=scene.name,
        whole=whole.label if whole else "",
        over=notice.whole_over_at is not None,
    )
    return message(
        scene.push(f"the status page still says {status.lower()}"),
        section(words),
        section(customers.words_of(customers.draft(scene.incident, scene.policy), page)),
        actions(button("Preview and publish", Action.OPEN_POST_DRAFT, scene.value, style="primary")),
    )


def _followed(last: Post, notice: n.PostWanted, scene: Scene) -> bool:
    told = next((one for one in scene.incident.updates if one.number == notice.update), None)
    merged_at = scene.incident.closed_at if scene.incident.merged_into else None
    since = notice.whole_over_at or (told.at if told is not None else merged_at)
    return last.status is PublicStatus.RESOLVED or (since is not None and last.at > since)
