"""Posts: an incident of the page's for each episode, created once, updated, and found again after a lost answer.

The API takes no idempotency key. Each call writes into the incident's metadata whose it is and which post it brings
(developer.statuspage.io: every value at the top of it must be an object), and before a second try that is looked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.model import Incident
from bot.domain.publishing import Post, PostState, find, provider_id
from bot.errors import IntegrationError, Reason
from bot.ports import Desk, View
from integrations.statuspage.client import Client
from integrations.statuspage.errors import STATUSPAGE

BUCKET: Final = "statuspage"
PACE_SECONDS: Final = 1.0
"""One call a second for each key, measured over a minute."""
BURST: Final = 5

LOOKED_THROUGH: Final = 100
"""The newest incidents of the page among which one of ours is looked for, as many as one answer holds."""

OURS: Final = "firebell"

_LISTING: Final = "the look-up of incidents"


class Posts:
    """Handlers of the page's effect. `components` are ids by our services' keys."""

    def __init__(self, client: Client, components: Mapping[str, str]) -> None:
        self._client = client
        self._components = components

    async def publish(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        """Create the page's incident, or update the one of this episode."""
        post = _post(effect, view)
        if _is_overtaken(post, view.incident):
            return f.PostFacts(overtaken=True)
        known = provider_id(view.incident.posts, post.episode)
        if not known and any(one.number != post.number and one.episode == post.episode for one in view.incident.posts):
            known = await self._left_by_another(post, view, desk)
        body = {"incident": self._wanted(post, view.incident)}
        await _turn(desk)
        if known:
            answer = await self._client.ask("the update", "PATCH", f"/incidents/{known}", body=body)
            return _facts(answer, "the update")
        return _facts(await self._client.ask("the incident", "POST", "/incidents", body=body), "the incident")

    async def find(self, effect: f.Effect, view: View, desk: Desk) -> f.Facts | None:
        """Look for what an attempt whose answer was lost may have left; None when it has left nothing."""
        post = _post(effect, view)
        known = provider_id(view.incident.posts, post.episode)
        if known:
            await _turn(desk)
            found = await self._client.ask("the look-up of the incident", "GET", f"/incidents/{known}")
            return _facts(found, "the look-up") if _mark(found).get("post") == str(post.number) else None
        wanted = _mark_of(post, view.incident)
        found = next((one for one in await self._listed(desk) if _mark(one) == wanted), None)
        return None if found is None else _facts(found, _LISTING)

    async def _left_by_another(self, post: Post, view: View, desk: Desk) -> str:
        """Return the id of what a post of the same episode made whose answer was lost for good; "" if there is none."""
        wanted = _mark_of(post, view.incident)["key"]
        found = next((one for one in await self._listed(desk) if _mark(one).get("key") == wanted), None)
        return "" if found is None else _facts(found, _LISTING).provider_id

    async def _listed(self, desk: Desk) -> list[Any]:
        await _turn(desk)
        params = {"limit": LOOKED_THROUGH, "page": 1}
        listed = await self._client.ask(_LISTING, "GET", "/incidents", params=params)
        if not isinstance(listed, list):
            raise STATUSPAGE.strange(_LISTING)
        return listed

    def _wanted(self, post: Post, incident: Incident) -> dict[str, Any]:
        states = {
            self._components[one.service]: one.state.value for one in post.components if one.service in self._components
        }
        return {
            "name": post.title,
            "status": post.status.value,
            "body": post.text,
            "components": states,
            "component_ids": list(states),
            "deliver_notifications": True,
            "metadata": {OURS: _mark_of(post, incident)},
        }


def _is_overtaken(post: Post, incident: Incident) -> bool:
    """Whether newer words of the same episode stand there already, as when an old failure is tried again."""
    return any(
        one.number > post.number and one.episode == post.episode and one.state is PostState.PUBLISHED
        for one in incident.posts
    )


def _post(effect: f.Effect, view: View) -> Post:
    assert isinstance(effect, f.PublishPost)
    post = find(view.incident.posts, effect.number)
    if post is None:
        raise IntegrationError(Reason.CLIENT, "There is no such post.")
    return post


def _mark_of(post: Post, incident: Incident) -> dict[str, str]:
    """Say whose it is and which post it brings; it tells no number or name of ours."""
    return {"key": f"{incident.id}-{post.episode}", "post": str(post.number)}


def _mark(found: Any) -> Mapping[str, Any]:
    metadata = found.get("metadata") if isinstance(found, Mapping) else None
    mark = metadata.get(OURS) if isinstance(metadata, Mapping) else None
    return mark if isinstance(mark, Mapping) else {}


def _facts(found: Any, what: str) -> f.PostFacts:
    key = found.get("id") if isinstance(found, Mapping) else None
    if not isinstance(key, str) or not key:
        raise STATUSPAGE.strange(what)
    url = found.get("shortlink")
    return f.PostFacts(key, url if isinstance(url, str) and url.startswith("https://") else "")


async def _turn(desk: Desk) -> None:
    await asyncio.sleep(await desk.pace(BUCKET, PACE_SECONDS, burst=BURST))
