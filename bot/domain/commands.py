"""What can be asked of an incident. A command may be refused; an accepted one becomes events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.effects import Effect, Facts
from bot.domain.model import Absence, MessageRef, Status


@dataclass(frozen=True, slots=True)
class Declare:
    """Open an incident.

    `severity` None means "not sure". `on_call` are people who may command under the `oncall` policy.

    `role_holders` fills further roles at once: pairs (role key, user id), for instance from a user group.
    """

    title: str
    severity: str | None = None
    services: tuple[str, ...] = ()
    services_guessed: bool = False
    summary: str = ""
    impact: str = ""
    kind: str = "infrastructure"
    private: bool = False
    drill: bool = False
    started_at: datetime | None = None
    detected_by: str = ""
    origin: MessageRef | None = None
    on_call: tuple[str, ...] = ()
    role_holders: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EditDetails:
    """Change what is not None. `based_on` is the incident's seq when the form was opened."""

    title: str | None = None
    services: tuple[str, ...] | None = None
    summary: str | None = None
    impact: str | None = None
    started_at: datetime | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeSeverity:
    severity: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmSeverity:
    """An assumed severity is right after all."""


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AssignRole:
    """Give a role to a person. Where the role holds one person and is taken, `replace` must be true."""

    role: str
    user: str
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseRole:
    """Take a person out of a role; `user` None means whoever holds it."""

    role: str
    user: str | None = None


@dataclass(frozen=True, slots=True)
class VacatePerson:
    """A person was deactivated in the chat system: their roles fall vacant."""

    user: str


@dataclass(frozen=True, slots=True)
class PostUpdate:
    """A situation report. `after_update` is the number of the last update the author saw; None skips that check."""

    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""
    next_at: datetime | None = None
    status: Status | None = None
    severity: str | None = None
    severity_reason: str = ""
    after_update: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectUpdate:
    number: int
    headline: str
    impact: str = ""
    doing: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmUnchanged:
    """ "No change": a valid answer to a reminder that broadcasts nothing."""


@dataclass(frozen=True, slots=True)
class SnoozeReminder:
    """Move this one reminder on by the policy's snooze time."""


@dataclass(frozen=True, slots=True)
class AddNote:
    text: str
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestPin:
    """Put a message on the timeline; an effect fetches its text first. `via` is "reaction" or "shortcut"."""

    channel: str
    ts: str
    thread_ts: str | None = None
    via: str = "reaction"


@dataclass(frozen=True, slots=True)
class Unpin:
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """End the incident. `headline` is the last update's first line; empty means one is written from `fixed_by`."""

    fixed_by: str
    impact_ended_at: datetime | None = None
    headline: str = ""
    impact: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    reason: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """A false alarm."""

    reason: str


@dataclass(frozen=True, slots=True)
class Close:
    reason: str


@dataclass(frozen=True, slots=True)
class Follow:
    """The actor wants a direct message for each update."""


@dataclass(frozen=True, slots=True)
class Unfollow:
    pass


@dataclass(frozen=True, slots=True)
class EnterRoom:
    """Somebody came into the incident's room, by whatever way. It matters to private incidents only."""

    user: str


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Somebody left the incident's room, or was removed from it."""

    user: str


@dataclass(frozen=True, slots=True)
class CollectMetrics:
    """Draw the panels of the affected services and share them in the channel."""


@dataclass(frozen=True, slots=True)
class WritePostmortem:
    """Render the document now (again)."""


@dataclass(frozen=True, slots=True)
class EditSection:
    """Write a section that people own. `based_on` is the section's version when the form was opened (0 = empty)."""

    section: str
    text: str
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class SaveActionItem:
    """Add an action item (`id` None) or change one."""

    text: str
    owner: str = ""
    due: str = ""
    done: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class RetryEffect:
    """Try a dead effect again."""

    effect_id: str


@dataclass(frozen=True, slots=True)
class FireTimer:
    """A timer came due. `step` and `due_at` are the row's; a row that no longer matches the incident does nothing.

    `away` is when Firebell was away last, as far as it knows.
    """

    kind: str
    due_at: datetime
    step: int = 0
    away: Absence | None = None


@dataclass(frozen=True, slots=True)
class AdoptPolicy:
    """The rules in force may have changed since the incident's clock restarted."""


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """An effect was performed: what the outside system answered."""

    effect_id: str
    effect: Effect
    facts: Facts


@dataclass(frozen=True, slots=True)
class RecordFailure:
    """An effect was given up."""

    effect_id: str
    effect: Effect
    reason: str
    detail: str


Command = (
    Declare
    | EditDetails
    | ChangeSeverity
    | ConfirmSeverity
    | ChangeStatus
    | AssignRole
    | ReleaseRole
    | VacatePerson
    | PostUpdate
    | CorrectUpdate
    | ConfirmUnchanged
    | SnoozeReminder
    | AddNote
    | RequestPin
    | Unpin
    | Resolve
    | Reopen
    | Cancel
    | Close
    | Follow
    | Unfollow
    | EnterRoom
    | LeaveRoom
    | CollectMetrics
    | WritePostmortem
    | EditSection
    | SaveActionItem
    | RetryEffect
    | FireTimer
    | AdoptPolicy
    | RecordOutcome
    | RecordFailure
)
