"""What an incident is: the values that a fold over its events yields.

All times are timezone-aware UTC. People are named by the chat system's stable user id. Roles, severities and services
are keys, not enums, because operators rename and remove them while old logs must still fold and render.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.communication import NOTHING_TOLD, Tally
from bot.domain.handoffs import Handoff
from bot.domain.impact import NO_IMPACT, Impact, Override, Safety
from bot.domain.pace import Clock as Clock
from bot.domain.paging import Page
from bot.domain.publishing import Post
from bot.domain.quiet import Waiting
from bot.domain.regulation import Standing
from bot.domain.relations import Other, Part, Tie
from bot.domain.room import MessageRef as MessageRef
from bot.domain.room import Room as Room
from bot.domain.shifts import NO_SHIFTS, Shifts
from bot.domain.venue import NO_VENUE, Venue
from bot.domain.watch import Watch


class Status(StrEnum):
    """Where an incident stands. The first five are open and may move freely among each other."""

    DECLARED = "declared"
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MITIGATING = "mitigating"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATUSES


OPEN_STATUSES = (Status.DECLARED, Status.INVESTIGATING, Status.IDENTIFIED, Status.MITIGATING, Status.MONITORING)


class ActorKind(StrEnum):
    """Who acts: a person, another program in the chat, or Firebell itself."""

    PERSON = "person"
    BOT = "bot"
    FIREBELL = "firebell"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever gives a command.

    `guest` is a restricted or foreign-workspace person, `responder` a member of the responders group, `legal` one of
    those whom regulatory matters are for in every incident they may see.
    """

    id: str
    kind: ActorKind = ActorKind.PERSON
    guest: bool = False
    responder: bool = True
    legal: bool = False


FIREBELL = Actor(id="firebell", kind=ActorKind.FIREBELL)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a new incident is given by the store: a globally unique id and the workspace's next number."""

    id: str
    workspace: str
    number: int


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch in which Firebell did not run: from when it was last known to run until it was back.

    It signs in about once a minute, so it may have run up to a minute beyond `since`.
    """

    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        """Its length in whole minutes, at least 1."""
        return max(1, round((self.until - self.since).total_seconds() / 60))


class StepState(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One line of the set-up checklist on the card. `effect_id` names the dead effect that Retry revives (or did)."""

    name: str
    state: StepState = StepState.PENDING
    error: str = ""
    effect_id: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An effect that was given up. `what` is the effect's type name, `reason` a value of `errors.Reason`."""

    effect_id: str
    what: str
    reason: str
    detail: str
    at: datetime


class Confidence(StrEnum):
    """How sure an estimate is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Update:
    """A situation report as it now reads (after corrections). `estimate` says in words when it may be over."""

    number: int
    by: str
    at: datetime
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status = Status.INVESTIGATING
    severity: str = ""
    corrected_at: datetime | None = None
    estimate: str = ""
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class PanelReading:
    """Where the highest line of a panel stood at the end of a window. `service` and `panel` are keys of the catalog."""

    service: str
    panel: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PanelSet:
    """Stored panel data: `blob` is the SHA-256 (hex) of the JSON document; `moment` says why it was taken."""

    moment: str
    blob: str
    start: datetime
    end: datetime
    taken_at: datetime
    panels: int
    errors: tuple[str, ...] = ()
    readings: tuple[PanelReading, ...] = ()


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file Firebell uploaded to the chat system."""

    file_id: str
    name: str
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A postmortem section that people own. `version` counts its edits, so that a stale modal is noticed."""

    text: str
    by: str
    at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class ActionItem:
    """Something to do so that this does not happen again. `due` is an ISO date (no time of day)."""

    id: int
    text: str
    owner: str = ""
    due: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Postmortem:
    """The state of the document: `version` counts editions, `files` are those of the newest that are shared by now
    (Markdown, HTML). `published_at` is when an edition was last up in every format.
    """

    version: int = 0
    requested_at: datetime | None = None
    published_at: datetime | None = None
    blobs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[SharedFile, ...] = ()
    stale_files: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the newest edition is up in every format."""
        return len(self.files) >= len(self.blobs) > 0


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as its events so far make it. Built only by `evolve.apply`.

    `figures` says in numbers what `impact` says in words; with `safety` and `override` it is what people said for the
    priority. `recent` keeps the last few notes and pinned messages since the last update (for its draft), `human_at`
    when a person last did something here, `edited_seq` the seq of the last edit of the details, `unchanged_since` when
    impact last changed if that was said. `joined` and `left` follow the room of a private incident. `duties` are the
    possible ones, by regulation; `duties_told_at` is when those they are for were last told of any.

    `posts` are for customers. `ties` are links to other incidents, `parts` those merged into this one,
    `merged_into` what it became part of, `whole_over_at` when that ended and customers still read of this.
    `lingering` are in the room of a private incident by nothing but merges that were taken back. `waiting` are
    subscribers whom their quiet hours keep from hearing of it.
    """

    id: str
    workspace: str
    number: int
    seq: int
    title: str
    severity: str
    status: Status
    declared_by: str
    declared_at: datetime
    clock: Clock
    severity_assumed: bool = False
    kind: str = "infrastructure"
    services: tuple[str, ...] = ()
    services_guessed: bool = False
    summary: str = ""
    impact: str = ""
    figures: Impact = NO_IMPACT
    safety: Safety | None = None
    override: Override | None = None
    shifts: Shifts = NO_SHIFTS
    private: bool = False
    drill: bool = False
    origin: MessageRef | None = None
    started_at: datetime | None = None
    detected_by: str = ""
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    impact_ended_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    status_reason: str = ""
    fixed_by: str = ""
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    followers: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    updates: tuple[Update, ...] = ()
    unchanged_since: datetime | None = None
    recent: tuple[str, ...] = ()
    human_at: datetime | None = None
    edited_seq: int = 0
    room: Room | None = None
    messages: Mapping[str, MessageRef] = field(default_factory=lambda: MappingProxyType({}))
    setup: tuple[SetupStep, ...] = ()
    failures: Mapping[str, Failure] = field(default_factory=lambda: MappingProxyType({}))
    pins: tuple[str, ...] = ()
    panels: tuple[PanelSet, ...] = ()
    sections: Mapping[str, Section] = field(default_factory=lambda: MappingProxyType({}))
    action_items: tuple[ActionItem, ...] = ()
    postmortem: Postmortem = field(default_factory=Postmortem)
    duties: Mapping[str, Standing] = field(default_factory=lambda: MappingProxyType({}))
    duties_told_at: datetime | None = None
    pages: tuple[Page, ...] = ()
    posts: tuple[Post, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    watch: Watch | None = None
    venue: Venue = NO_VENUE
    told: Tally = NOTHING_TOLD
    caught_up: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    ties: tuple[Tie, ...] = ()
    merged_into: Other | None = None
    whole_over_at: datetime | None = None
    parts: tuple[Part, ...] = ()
    lingering: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status.is_open

    @property
    def label(self) -> str:
        """The name people use: `INC-42`."""
        return f"INC-{self.number}"

    @property
    def commander(self) -> str | None:
        holders = self.roles.get("commander", ())
        return holders[0] if holders else None

    @property
    def inside(self) -> frozenset[str]:
        """Who belongs to the incident: declarer, role holders, followers and who joined, without those who left.

        Leaving moves no role: command never moves by presence, and the card goes on to name the holder until somebody
        takes over. A holder who left knows of a private incident again when they rejoin or are given a role anew.
        """
        holders = (user for users in self.roles.values() for user in users)
        return frozenset((self.declared_by, *holders, *self.followers, *self.joined)).difference(self.left)

    @property
    def latest_update(self) -> Update | None:
        return self.updates[-1] if self.updates else None

    @property
    def unheard_since(self) -> datetime | None:
        """When it was reopened, as long as no update has followed: what was said last is then about the time before."""
        latest = self.latest_update
        return self.reopened_at if self.reopened_at and (latest is None or latest.at < self.reopened_at) else None

    def pinned_by(self, channel: str, ts: str) -> tuple[str, ...]:
        """Who marks a message at present, in the order in which they did."""
        start = f"{pin_key(channel, ts)}:"
        return tuple(pin.removeprefix(start) for pin in self.pins if pin.startswith(start))

    @property
    def setup_finished(self) -> bool:
        return all(step.state is StepState.DONE for step in self.setup)


def pin_key(channel: str, ts: str) -> str:
    """How a pinned message is named; `Incident.pins` adds `:` and who marked it, once for each of them."""
    return f"{channel}:{ts}"
