"""The incident channel: created under a free name, filled with people, archived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.archiving import wanted
from bot.domain.slug import channel_name
from bot.errors import Reason
from bot.ports import Desk, View
from integrations.slack.errors import SlackError
from integrations.slack.evidence import Evidence
from integrations.slack.workspace import Workspace, room_of

MAX_INVITES: Final = 100
"""User ids in one conversations.invite (docs.slack.dev/reference/methods/conversations.invite)."""

_MAX_SUFFIX: Final = 20
_CLOCK_SLACK: Final = timedelta(hours=2)

_FORBIDDEN: Final = frozenset({"restricted_action", "cannot_create_channel"})
"""The workspace does not let apps create channels."""

_ARCHIVED: Final = frozenset({"already_archived", "is_archived", "channel_not_found"})
"""Nothing is left to archive: it was done by hand, or the channel was deleted."""

_THERE_OR_AWAY: Final = frozenset({"already_in_channel", "cant_invite_self", "user_not_found", "user_disabled"})
"""Nothing to do for this person: they are in already, or there is no such account any more."""


_NOT_THERE: Final = _ARCHIVED | {"not_in_channel", "user_not_found", "cant_kick_self"}
"""Nobody to take out: they are gone, or the channel is. The bot itself stays."""


class Rooms:
    """Handlers of effects on the room itself."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._evidence = Evidence(workspace)

    async def open_room(self, effect: f.OpenRoom | f.ReopenRoom, view: View, desk: Desk) -> f.Facts:
        """Create the channel under the first free name; where that is forbidden the summary thread stands in for it."""
        for suffix in range(1, _MAX_SUFFIX + 1):
            try:
                answer = await self._client.call(
                    "conversations.create",
                    desk=desk,
                    name=_name(view, suffix),
                    is_private=view.incident.private,
                )
            except SlackError as error:
                if error.code in _FORBIDDEN:
                    return await self._thread_instead(view, error)
                if error.code != "name_taken":
                    raise
                if view.first_attempt_at is not None and (ours := await self.find_room(effect, view, desk)):
                    return ours
            else:
                channel = answer["channel"]
                return f.RoomFacts(str(channel["id"]), str(channel["name"]))
        raise SlackError(
            Reason.CLIENT, f"The channel names {_name(view, 1)} to {_name(view, _MAX_SUFFIX)} are all taken."
        )

    async def find_room(self, _effect: f.OpenRoom | f.ReopenRoom, view: View, desk: Desk) -> f.Facts | None:
        """Find the channel that an earlier attempt created.

        Slack cannot be asked for a channel by name, so the bot's own channels are paged. Ours is one with our name,
        created by us since the first attempt, and held by no other incident.
        """
        me = await self._workspace.whoami.get()
        names = {_name(view, suffix) for suffix in range(1, _MAX_SUFFIX + 1)}
        channels = self._client.pages(
            "users.conversations", "channels", types="public_channel,private_channel", exclude_archived=True
        )
        async for channel in channels:
            fits = channel.get("name") in names and channel.get("creator") == me.user
            if fits and _created_since(channel, view.first_attempt_at):
                found = str(channel["id"])
                if not await desk.claimed_by_other(found):
                    return f.RoomFacts(found, str(channel["name"]))
        return None

    async def invite(self, effect: f.InviteToRoom, view: View, desk: Desk) -> f.Facts:
        """Invite people and the members of groups, a hundred at a time. Everybody who can come does."""
        room = room_of(view)
        if room.thread_ts:
            return f.Done()
        me = await self._workspace.whoami.get()
        members = [user for group in effect.groups for user in await self._workspace.directory.expand(group)]
        people = [user for user in dict.fromkeys([*effect.users, *members]) if user != me.user]
        for start in range(0, len(people), MAX_INVITES):
            await self._invite_some(room.channel, people[start : start + MAX_INVITES], desk)
        return f.Done()

    async def remove(self, effect: f.RemoveFromRoom, view: View, desk: Desk) -> f.Facts:
        """Take people out, one call each. A repeat finds those gone who are, so a lost answer does no harm."""
        room = room_of(view)
        for user in () if room.thread_ts else effect.users:
            try:
                await self._client.call("conversations.kick", desk=desk, channel=room.channel, user=user)
            except SlackError as error:
                if error.code not in _NOT_THERE:
                    raise
        return f.Done()

    async def archive(self, effect: f.ArchiveRoom, view: View, desk: Desk) -> f.Facts:
        """Archive the channel, unless it is needed again or somebody has written there.

        The summary channel is never archived. What an earlier attempt did before the channel was needed again is told.
        """
        room = room_of(view)
        if room.thread_ts:
            return f.Done()
        if not wanted(view.incident):
            return f.Done() if await self._is_archived(room.channel) else f.Gone("The channel is needed again.")
        if effect.since is not None:
            heard = await self._evidence.read_room(f.ReadRoom(effect.since), view, desk)
            if isinstance(heard, f.RoomHeard) and heard.spoken_at is not None:
                return heard
        try:
            await self._client.call("conversations.archive", desk=desk, channel=room.channel)
        except SlackError as error:
            # An earlier attempt whose answer was lost has taken Firebell out of the channel as well.
            outside = error.code == "not_in_channel" and await self._is_archived(room.channel)
            if error.code not in _ARCHIVED and not outside:
                raise
        return f.Done()

    async def reopen(self, effect: f.ReopenRoom, view: View, desk: Desk) -> f.Facts:
        """Bring the channel back, or open another under the next free name.

        Archiving takes every app out of a channel, and an app that is not in a channel may not bring it back
        (docs.slack.dev/reference/methods/conversations.unarchive, "Bug alert"): only if somebody has, it is entered.
        """
        room = room_of(view)
        if room.thread_ts:
            return f.RoomFacts(room.channel, room.name, room.thread_ts)
        for method in ("conversations.unarchive", "conversations.join"):
            try:
                await self._client.call(method, desk=desk, channel=room.channel)
            except SlackError as error:
                if error.reason not in (Reason.CLIENT, Reason.AUTH):
                    raise
            else:
                return f.RoomFacts(room.channel, room.name)
        return await self.open_room(effect, view, desk)

    async def _is_archived(self, channel: str) -> bool:
        """Whether the channel is archived or gone; a private one that Firebell is not in any more looks gone."""
        try:
            answer = await self._client.call("conversations.info", channel=channel)
        except SlackError as error:
            if error.code not in _ARCHIVED:
                raise
            return True
        return bool(answer["channel"].get("is_archived"))

    async def _thread_instead(self, view: View, refusal: SlackError) -> f.RoomFacts:
        card = view.incident.messages.get(f.SUMMARY_CARD)
        if view.incident.private:
            raise refusal
        if card is None:
            detail = (
                "The workspace forbids new channels, and the card whose thread stands in for one is not posted yet."
            )
            raise SlackError(Reason.UNREACHABLE, detail, code=refusal.code)
        summary = await self._workspace.board(view.incident).get()
        return f.RoomFacts(card.channel, summary.name, card.ts)

    async def _invite_some(self, channel: str, people: Sequence[str], desk: Desk) -> None:
        """Send one invitation. `force` brings in those who can come when others of the same call cannot."""
        try:
            await self._client.call(
                "conversations.invite", desk=desk, channel=channel, users=",".join(people), force=True
            )
        except SlackError as error:
            codes = _refusals(error)
            if not codes <= _THERE_OR_AWAY and not await self._all_deactivated(codes, people):
                raise

    async def _all_deactivated(self, codes: frozenset[str], people: Sequence[str]) -> bool:
        """Whether `cant_invite` stood for nothing but accounts that were deactivated."""
        if not codes <= _THERE_OR_AWAY | {"cant_invite"}:
            return False
        return all([(await self._workspace.directory.person(user)).deactivated for user in people])


def _name(view: View, suffix: int) -> str:
    incident = view.incident
    services = [view.policy.service(key).name for key in incident.services]
    return channel_name(
        view.policy.channel_template,
        number=incident.number,
        title=incident.title,
        severity=incident.severity,
        date=incident.declared_at.date().isoformat(),
        suffix=suffix,
        otherwise=services[0] if services else "",
    )


def _created_since(channel: Mapping[str, Any], since: datetime | None) -> bool:
    return since is None or float(channel.get("created") or 0) >= (since - _CLOCK_SLACK).timestamp()


def _refusals(error: SlackError) -> frozenset[str]:
    """Return the codes of everyone who could not be invited; Slack lists them one by one beside the first."""
    listed = error.answer.get("errors")
    rows = listed if isinstance(listed, list) else []
    return frozenset(str(row.get("error")) for row in rows if isinstance(row, Mapping)) or frozenset({error.code})
