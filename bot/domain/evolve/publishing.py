"""Posts on the status page: each event moves one of them."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain.model import Incident
from bot.domain.publishing import Post, PostState
from bot.domain.replacing import replace


def publishing(incident: Incident, recorded: e.Recorded) -> Incident | None:
    match recorded.event:
        case e.PostConfirmed() as confirmed:
            post = Post(
                number=confirmed.number,
                episode=confirmed.episode,
                title=confirmed.title,
                text=confirmed.text,
                status=confirmed.status,
                components=confirmed.components,
                by=recorded.actor.id,
                at=recorded.at,
            )
            return replace(incident, posts=(*incident.posts, post))
        case e.PostPublished(number=number) | e.PostFailed(number=number) | e.PostOvertaken(number=number):
            posts = (_moved(post, recorded.event) if post.number == number else post for post in incident.posts)
            return replace(incident, posts=tuple(posts))
        case e.CustomersAsked():
            return replace(incident, whole_over_at=recorded.at)
    return None


def tried_again(posts: tuple[Post, ...], effect_id: str) -> tuple[Post, ...]:
    """Return the posts when an effect is tried again that was given up: its post is on its way once more."""
    return tuple(
        replace(post, state=PostState.CONFIRMED, trouble="", effect_id="")
        if post.state is PostState.FAILED and post.effect_id == effect_id
        else post
        for post in posts
    )


def _moved(post: Post, event: e.Event) -> Post:
    match event:
        case e.PostPublished(provider_id=provider_id, url=url):
            there = replace(post, state=PostState.PUBLISHED, provider_id=provider_id, url=url)
            return replace(there, trouble="", effect_id="")
        case e.PostFailed(effect_id=effect_id, detail=detail) if post.state is PostState.CONFIRMED:
            return replace(post, state=PostState.FAILED, trouble=detail, effect_id=effect_id)
        case e.PostOvertaken():
            return replace(post, state=PostState.OVERTAKEN, trouble="", effect_id="")
    return post
