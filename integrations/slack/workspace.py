"""What every handler works with: the client, who we are, where the summary channel is, who people are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.bulletins import Gathered
from bot.domain.effects import SUMMARY_CARD, PostBulletin
from bot.domain.model import Incident, Room
from bot.domain.priority import Standing
from bot.errors import Reason
from bot.ports import Clock, View
from integrations.slack.client import SlackClient
from integrations.slack.directory import SlackDirectory
from integrations.slack.errors import SlackError
from integrations.slack.identity import BotIdentity, Whoami
from integrations.slack.summary import SummaryChannel
from templates.message import Links

Standings = Callable[[Incident, str], Awaitable[Standing | None]]
"""Where an incident stands for the readers of the card in this slot, which is drawn now; None where it has no place."""


Gather = Callable[[PostBulletin], Awaitable[Gathered]]
"""What a bulletin tells, as things stand when it is posted."""


async def nothing_gathered(_: PostBulletin) -> Gathered:
    """Where nothing is gathered, as in a look at the settings alone."""
    return Gathered(())


async def unranked(_: Incident, __: str) -> None:
    """Where nothing is ranked, as in a look at the settings alone."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """One Slack workspace as the bot sees it."""

    client: SlackClient
    whoami: Whoami
    summary: SummaryChannel
    operators: SummaryChannel | None
    drills: SummaryChannel | None
    directory: SlackDirectory
    clock: Clock
    command: str
    standing: Standings = unranked
    gather: Gather = nothing_gathered

    def board(self, incident: Incident) -> SummaryChannel:
        """Where the incident has its card for everybody."""
        return self.drills if incident.drill and self.drills is not None else self.summary

    async def links(self, incident: Incident) -> Links:
        """Collect the addresses that a message about this incident may link to, waiting for Slack if need be."""
        return self._links(incident, await self.whoami.get())

    def links_now(self, incident: Incident) -> Links:
        """Collect them without waiting; those that cannot be told yet are left out."""
        return self._links(incident, self.whoami.current)

    def _links(self, incident: Incident, me: BotIdentity | None) -> Links:
        card, room = incident.messages.get(SUMMARY_CARD), incident.room
        summary_url = card.permalink or None if card else None
        room_url = me.room_url(room.channel) if me and room else None
        in_thread = room is not None and room.thread_ts is not None
        return Links(summary_url if in_thread else room_url, summary_url, _document_url(incident), self.command)


def _document_url(incident: Incident) -> str | None:
    """Return the page rather than the Markdown, when both are shared."""
    files = sorted(incident.postmortem.files, key=lambda file: not file.name.endswith(".html"))
    return files[0].permalink or None if files else None


def room_of(view: View) -> Room:
    """Return the incident's room; effects that need one are not tried before there is one."""
    if view.incident.room is None:
        raise SlackError(Reason.CLIENT, "The incident has no channel yet.")
    return view.incident.room
