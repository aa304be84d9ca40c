"""Who people are, looked up one by one and kept for a while. Nothing here lists a workspace's people."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from bot import telemetry
from bot.errors import IntegrationError, Reason
from bot.ports import Clock
from integrations.slack.client import SlackClient
from integrations.slack.errors import SlackError

_GROUP_ID: Final = re.compile(r"S[A-Z0-9]{5,}")
_GROUP_SECONDS: Final = 300.0
_PERSON_SECONDS: Final = 3600.0
_PATIENCE: Final = 1.0
"""Seconds that somebody who waits for an answer is kept for a first look-up."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack says about an account. `guest` is a restricted account or one of another organisation.

    `name` is what Slack shows for a mention, `full_name` the real name, `email` the address and `zone` the IANA time
    zone ("" when there is none).
    """

    id: str
    name: str
    full_name: str = ""
    email: str = ""
    zone: str = ""
    guest: bool = False
    bot: bool = False
    deactivated: bool = False


class Shelf(Generic[Item]):
    """A cache that answers with what it has: old values are fetched anew behind the reader's back."""

    def __init__(self, fetch: Callable[[str], Awaitable[Item]], clock: Clock, seconds: float) -> None:
        self._fetch = fetch
        self._clock = clock
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Item]] = {}
        self._running: dict[str, asyncio.Task[Item]] = {}

    def peek(self, key: str) -> Item | None:
        """Return what is kept, however old."""
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def put(self, key: str, item: Item) -> None:
        """Keep a value that arrived by itself."""
        self._kept[key] = (self._clock.monotonic(), item)

    def drop(self, key: str) -> None:
        """Forget a value that is known to be wrong."""
        self._kept.pop(key, None)

    async def fresh(self, key: str) -> Item:
        """Return a value that is not old, waiting for Slack if need be; raises `SlackError`."""
        kept = self._kept.get(key)
        if kept and self._clock.monotonic() - kept[0] < self._seconds:
            return kept[1]
        return await asyncio.shield(self._refresh(key))

    async def soon(self, key: str, otherwise: Item) -> Item:
        """Return the value without keeping anybody waiting: what is kept, else what comes within a second."""
        kept = self._kept.get(key)
        if kept is None:
            return await self._first(key, otherwise)
        if self._clock.monotonic() - kept[0] >= self._seconds:
            self._refresh(key)
        return kept[1]

    async def close(self) -> None:
        """End the look-ups that still run."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _first(self, key: str, otherwise: Item) -> Item:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.shield(self._refresh(key))
        except (IntegrationError, TimeoutError):
            return otherwise

    def _refresh(self, key: str) -> asyncio.Task[Item]:
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._look_up(key))
            task.add_done_callback(lambda done: self._ended(key, done))
        return task

    def _ended(self, key: str, task: asyncio.Task[Item]) -> None:
        self._running.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            telemetry.logger("slack").warning("look-up failed", detail=str(error))

    async def _look_up(self, key: str) -> Item:
        item = await self._fetch(key)
        self.put(key, item)
        return item


class SlackDirectory:
    """Implements `ports.Directory`; answers at once from what it keeps, and never fails for want of Slack."""

    def __init__(self, client: SlackClient, clock: Clock) -> None:
        self._client = client
        self._people: Shelf[Person] = Shelf(self._fetch_person, clock, _PERSON_SECONDS)
        self._members: Shelf[tuple[str, ...]] = Shelf(self._fetch_members, clock, _GROUP_SECONDS)
        self._handles: Shelf[Mapping[str, str]] = Shelf(self._fetch_handles, clock, _GROUP_SECONDS)
        self._addresses: Shelf[str] = Shelf(self._fetch_by_email, clock, _PERSON_SECONDS)

    async def members(self, group: str) -> Sequence[str]:
        """User ids of a user group (id or handle); empty when unknown."""
        return await self._members.soon(group, ())

    async def name(self, user: str) -> str:
        """A person's display name; the id itself when it cannot be had."""
        return (await self._people.soon(user, Person(user, user))).name

    async def full_name(self, user: str) -> str:
        """A person's real name, else what Slack calls them; the id itself when it cannot be had."""
        person = await self._people.soon(user, Person(user, user))
        return person.full_name or person.name

    async def zone(self, user: str) -> str:
        """A person's IANA time zone; "UTC" when it cannot be had."""
        return await self.own_zone(user) or "UTC"

    async def own_zone(self, user: str) -> str:
        """A person's IANA time zone; "" when it cannot be had."""
        return (await self._people.soon(user, Person(user, user))).zone

    async def email(self, user: str) -> str:
        """A person's e-mail; "" when it cannot be had."""
        return (await self._people.soon(user, Person(user, user))).email

    async def address(self, user: str) -> str:
        """A person's e-mail, as Slack says; "" for none and for a deactivated account; raises `SlackError`."""
        try:
            person = await self._people.fresh(user)
        except SlackError as error:
            if error.code in ("user_not_found", "users_not_found"):
                return ""
            raise
        return "" if person.deactivated else person.email

    async def user(self, email: str) -> str:
        """The id of whom an e-mail belongs to; "" when it cannot be had."""
        return await self._addresses.soon(email.casefold(), "")

    async def expand(self, group: str) -> Sequence[str]:
        """User ids of a user group, as Slack says; raises `SlackError` for a group that does not exist."""
        return await self._members.fresh(group)

    async def present(self, channel: str) -> frozenset[str]:
        """User ids of whoever is in a channel, as Slack says; raises `SlackError`."""
        pages = self._client.pages("conversations.members", "members", channel=channel)
        return frozenset([str(user) async for user in pages])

    async def person(self, user: str) -> Person:
        """What Slack says about an account; raises `SlackError`."""
        return await self._people.fresh(user)

    def known(self, user: str) -> Person | None:
        """What is kept about an account, without asking."""
        return self._people.peek(user)

    def notice(self, event: Mapping[str, Any]) -> None:
        """Learn from an event that an account or a group has changed."""
        if event.get("type") == "user_change" and isinstance(event.get("user"), Mapping):
            person = _person(event["user"])
            self._people.put(person.id, person)
        elif event.get("type") == "subteam_members_changed":
            self._members.drop(str(event.get("subteam_id")))

    async def close(self) -> None:
        """End the look-ups that still run."""
        for shelf in (self._people, self._members, self._handles, self._addresses):
            await shelf.close()

    async def _fetch_person(self, user: str) -> Person:
        return _person((await self._client.call("users.info", user=user))["user"])

    async def _fetch_by_email(self, email: str) -> str:
        try:
            answer = await self._client.call("users.lookupByEmail", email=email)
        except SlackError as error:
            if error.code == "users_not_found":
                return ""
            raise
        return str(answer["user"]["id"])

    async def _fetch_members(self, group: str) -> tuple[str, ...]:
        group_id = group if _GROUP_ID.fullmatch(group) else await self._group_id(group.removeprefix("@"))
        answer = await self._client.call("usergroups.users.list", usergroup=group_id)
        return tuple(str(user) for user in answer.get("users") or ())

    async def _group_id(self, handle: str) -> str:
        handles = await self._handles.fresh("")
        if handle not in handles:
            raise SlackError(Reason.CLIENT, f"There is no user group @{handle}.", code="no_such_subteam")
        return handles[handle]

    async def _fetch_handles(self, _key: str) -> Mapping[str, str]:
        answer = await self._client.call("usergroups.list")
        return {str(group["handle"]): str(group["id"]) for group in answer.get("usergroups") or ()}


def _person(user: Mapping[str, Any]) -> Person:
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    return Person(
        id=str(user["id"]),
        name=str(name or user["id"]),
        full_name=str(profile.get("real_name") or user.get("real_name") or ""),
        email=str(profile.get("email") or ""),
        zone=str(user.get("tz") or ""),
        guest=any(bool(user.get(flag)) for flag in ("is_restricted", "is_ultra_restricted", "is_stranger")),
        bot=bool(user.get("is_bot")),
        deactivated=bool(user.get("deleted")),
    )
