"""What every command works with: who asks, about which incident, and the one way to carry something out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol

import aiohttp
from slack_sdk.errors import SlackClientError

from bot import telemetry
from bot.domain import duties
from bot.domain.commands import Cancel, Command, Resolve
from bot.domain.decisions.moment import Moment, permit, require_open, require_unmerged
from bot.domain.model import Actor, ActorKind, Incident
from bot.domain.paging import OnCall, Target
from bot.domain.policy import Policy
from bot.domain.priority import Board
from bot.domain.refusal import Refused
from bot.errors import UserError
from bot.ports import Accepted, Clock, Emails, Queries, Viewer
from bot.relating import Relating
from bot.service import Service
from bot.staffing import Staffing
from bot.subscribing import Subscribing
from templates import answers
from templates.message import Links, Message

BACKGROUND_SECONDS: Final = 10.0
LONG_SECONDS: Final = 40.0
"""For an answer that was announced: its work, and then its delivery."""

UNREACHABLE: Final = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call to the chat may end in."""


class Person(Protocol):
    """What is known about an account."""

    @property
    def guest(self) -> bool: ...
    @property
    def bot(self) -> bool: ...
    @property
    def deactivated(self) -> bool: ...


class People(Protocol):
    """The chat's directory, as far as commands need it. Look-ups answer within a second, from a cache if need be."""

    async def members(self, group: str) -> Sequence[str]: ...
    async def name(self, user: str) -> str: ...
    async def zone(self, user: str) -> str: ...
    def known(self, user: str) -> Person | None: ...


class OnCallBook(Protocol):
    """The paging system, as far as commands need it."""

    async def on_call(self, target: Target) -> Sequence[OnCall]:
        """Return who is on call now, in the order in which they would be asked, within two seconds.

        Raises:
            IntegrationError: that could not be found out.
        """


class Ranks(Protocol):
    """Which fire first."""

    async def board(self, viewer: Viewer, *, also: str = "") -> Board:
        """Rank the open incidents that a person may see, and `also` one that they were shown; drills are left out.

        Raises:
            Busy: the database did not answer.
        """


@dataclass(frozen=True, slots=True)
class Open:
    """Answer with a form."""

    view: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Say:
    """Answer with a message that only the asker sees.

    `instead`: it takes the place of the answer whose control was pressed, rather than standing below it. `repeat`: the
    same request was answered before, as after a double click. `then` is the answer proper, where it takes longer than
    an acknowledgement may: it is given when it is ready.
    """

    message: Message
    instead: bool = False
    repeat: bool = False
    then: Awaitable[Say] | None = None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing to say: what was done shows by itself."""


Outcome = Open | Say | Quiet


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a person, wherever it came from.

    `text` is what follows the word. `incident` is set once it is known which one is meant. `aloud`: the answer is read
    by everybody in the channel, so it tells only what everybody may know. `form_only`: open the word's form with the
    text in it, and carry nothing out.
    """

    actor: Actor
    request_id: str
    text: str = ""
    channel: str = ""
    thread_ts: str = ""
    number: int | None = None
    incident: Incident | None = None
    aloud: bool = False
    form_only: bool = False

    @property
    def viewer(self) -> Viewer:
        return Viewer("" if self.aloud else self.actor.id)

    @property
    def it(self) -> Incident:
        """The incident, for words that are only run with one."""
        assert self.incident is not None, "this word needs an incident"
        return self.incident

    def about(self, incident: Incident) -> Ask:
        return replace(self, incident=incident)

    def part(self, name: str) -> Ask:
        """The same request for one of several commands that it stands for, each carried out once."""
        return replace(self, request_id=f"{self.request_id}:{name}")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What the composition root hands to all commands. `mail` says who can be told by e-mail; None where nobody can."""

    service: Service
    queries: Queries
    subscribing: Subscribing
    people: People
    ranks: Ranks
    staffing: Staffing
    relating: Relating
    policy: Policy
    clock: Clock
    pager: OnCallBook | None = None
    command: str = "/incident"
    team: Callable[[], str] = str
    links: Callable[[Incident], Coroutine[Any, Any, Links]] | None = None
    mail: Emails | None = None
    background: set[asyncio.Task[None]] = field(default_factory=set)

    def now(self) -> datetime:
        return self.clock.now()

    async def actor(self, user: Mapping[str, Any] | str) -> Actor:
        """Build who asks from a payload's user; a person of another workspace counts as a guest, nobody as an app.

        With the chat unreachable and nobody known yet, whoever asks counts as a member and responder: an outage is no
        time to turn people away. Nobody counts as legal then.
        """
        user_id = user if isinstance(user, str) else user.get("id")
        if not isinstance(user_id, str) or not user_id:
            return Actor("", ActorKind.BOT)  # what an app says by itself comes without a user
        groups = (self.policy.responders_group, *duties.groups(self.policy))
        known, (members, *legal) = await asyncio.gather(
            self.person(user_id), asyncio.gather(*map(self._members, groups))
        )
        theirs = "" if isinstance(user, str) else str(user.get("team_id") or "")
        foreign = bool(theirs and self.team() and theirs != self.team())
        return Actor(
            id=user_id,
            kind=ActorKind.BOT if known and known.bot else ActorKind.PERSON,
            guest=foreign or bool(known and known.guest),
            responder=not members or user_id in members,
            legal=any(user_id in group for group in legal),
        )

    async def _members(self, group: str) -> Sequence[str]:
        return await self.people.members(group) if group else ()

    async def person(self, user: str) -> Person | None:
        """Return what is known about somebody, once they have been looked up."""
        await self.people.name(user)
        return self.people.known(user)

    async def execute(self, command: Command, ask: Ask) -> Accepted:
        """Carry a command out on the asked incident (or a new one); raises what `Service.execute` raises."""
        incident_id = ask.incident.id if ask.incident else None
        with telemetry.correlated(ask.request_id):
            if isinstance(command, Resolve | Cancel) and incident_id is not None:
                return await self.relating.end(incident_id, command, ask.actor, ask.request_id)
            return await self.service.execute(command, ask.actor, ask.request_id, incident_id=incident_id)

    async def find(self, ask: Ask) -> Incident | None:
        """Return the incident that is meant: by number, by the channel, or by the thread of one of its messages."""
        if ask.number is not None:
            return await self.queries.by_number(ask.number, ask.viewer)
        found = await self.queries.by_channel(ask.channel, ask.viewer) if ask.channel else None
        if found is None and ask.thread_ts:
            found = await self.queries.by_message(ask.channel, ask.thread_ts, ask.viewer)
        return found

    async def carried(self, incident_id: str, ask: Ask) -> Incident | None:
        """Return the incident that a control or form carries.

        Whoever was shown it may know of the incident, until they leave the room of a private one.
        """
        incident = await self.queries.by_id(incident_id) if incident_id else None
        if incident is None or ask.actor.id not in incident.left:
            return incident
        return incident if incident.room is not None and ask.channel == incident.room.channel else None

    def may_declare(self, actor: Actor) -> bool:
        """Whether the policy lets somebody declare: nobody is offered what would be refused."""
        try:
            self.permit_declare(actor)
        except UserError:
            return False
        return True

    def permit_declare(self, actor: Actor) -> None:
        """Refuse, before a form is filled, whoever may not declare; raises UserError."""
        try:
            permit(Moment(self.now(), actor, self.policy), "declare", None, "declare incidents")
        except Refused as refusal:
            raise UserError.of(refusal) from refusal

    def done(self, said: answers.Said, accepted: Accepted) -> Say:
        """Say that it was done; that it was so already, if nothing was left to do."""
        already = not (accepted.events or accepted.repeat)
        message = answers.done(said, accepted.incident, self.policy, now=self.now(), already=already)
        return Say(message, repeat=accepted.repeat)

    async def links_of(self, incident: Incident) -> Links:
        return await self.links(incident) if self.links else Links(command=self.command)

    def later(self, work: Coroutine[Any, Any, Any], *, within: float = BACKGROUND_SECONDS) -> None:
        """Do something after the acknowledgement; its failure is logged and costs nobody anything."""
        task = asyncio.create_task(_quietly(work, within))
        self.background.add(task)
        task.add_done_callback(self.background.discard)


def refuse_merged(incident: Incident, what: str) -> None:
    """Refuse, before a form is filled, what a merged incident takes no more; raises UserError."""
    try:
        require_unmerged(incident, what)
    except Refused as refusal:
        raise UserError.of(refusal) from refusal


def refuse_over(ask: Ask, what: str) -> None:
    """Refuse, before a form is filled, what an incident that is over takes no more; raises UserError.

    A form that only gives back what was typed opens all the same, for the words to be copied.
    """
    if ask.form_only:
        return
    try:
        require_open(ask.it, what)
    except Refused as refusal:
        raise UserError.of(refusal) from refusal


def admit(actor: Actor) -> None:
    """Refuse guests and other apps, whatever they ask: reading and changing alike."""
    if actor.guest or actor.kind is ActorKind.BOT:
        raise UserError(
            "Nothing changed. Guests and other apps may not use Firebell. Ask a member of this workspace to do it.",
            code="guest",
        )


async def _quietly(work: Coroutine[Any, Any, Any], within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await work
    except UNREACHABLE as error:
        telemetry.logger("commands").warning("an answer could not be delivered", error=type(error).__name__)
