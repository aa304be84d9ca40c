"""The names that people read for statuses, severities, steps, effects and sections, and how times are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.decisions.moment import TITLE_MAX
from bot.domain.lengths import span
from bot.domain.model import Incident, Status
from bot.domain.policy import Policy
from bot.domain.priority import Band, Cause, Held
from templates.clip import clip
from templates.mrkdwn import Mrkdwn, escape, isolate, one_line

_SQUARES: Final = ("🟥", "🟧", "🟨", "🟦")

NAMED: Final = 3
"""Incidents that a sentence names; of more it tells how many."""

METERS: Final[Mapping[Band, str]] = MappingProxyType(
    {band: "▰" * place + "▱" * (len(Band) - place) for place, band in enumerate(Band, start=1)}
)
"""How bad waiting is at a glance; the word stands beside it."""

STEP_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "channel": "Channel",
        "invite": "People invited",
        "card": "Card",
        "topic": "Topic",
        "pin": "Pin",
        "bookmarks": "Bookmarks",
        "summary": "Summary channel",
    }
)

EFFECT_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OpenRoom": "creating the channel",
        "InviteToRoom": "inviting people",
        "RemoveFromRoom": "taking people out of the channel",
        "PostCard": "posting the card",
        "RefreshCard": "updating the card",
        "SetTopic": "setting the topic",
        "PinCard": "pinning the card",
        "AddBookmark": "adding a bookmark",
        "PostMessage": "posting a message",
        "TellAudience": "telling people",
        "DirectMessage": "sending a direct message",
        "SendEmail": "sending an e-mail",
        "PostBulletin": "posting a roll-up",
        "PublishPost": "changing the status page",
        "EditMessage": "editing a message",
        "FetchMessage": "reading a message for the timeline",
        "ReadRoom": "looking whether people write in the channel",
        "ArchiveRoom": "archiving the channel",
        "ReopenRoom": "bringing the channel back",
        "WriteCanvas": "writing the canvas",
        "OpenCall": "opening a call",
        "CollectPanels": "reading the metrics",
        "ShareCharts": "sharing the charts",
        "RenderPostmortem": "writing the postmortem",
        "ShareDocument": "sharing the postmortem",
        "RemoveFiles": "removing replaced files",
        "PageOnCall": "paging whoever is on call",
        "AcknowledgePage": "acknowledging the page in PagerDuty",
        "ResolvePage": "ending the page in PagerDuty",
        "RequestResponders": "asking people to come through PagerDuty",
    }
)

SECTION_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "root_cause": "Root cause",
        "contributing": "Contributing conditions",
        "went_well": "What went well",
        "action_items": "Action items",
    }
)


def status_word(status: Status) -> str:
    return status.value.capitalize()


def severity_word(key: str, policy: Policy) -> str:
    """The severity as people read it: `SEV1`."""
    return one_line(policy.severity(key).label)


def severity_of(incident: Incident, policy: Policy) -> str:
    """The incident's severity, saying so when it was assumed: `SEV2 (assumed)`."""
    word = severity_word(incident.severity, policy)
    return f"{word} (assumed)" if incident.severity_assumed else word


def ranked_severity(incident: Incident, policy: Policy, rank: str) -> str:
    """Severity and rank, as they are said everywhere: `SEV2, rank 1`; without a rank the severity alone."""
    word = severity_of(incident, policy)
    return f"{word}, {rank}" if rank else word


def square(incident: Incident, policy: Policy) -> str:
    """A coloured square that stands beside the word for the severity, never in its place."""
    if incident.status is Status.CANCELLED:
        return "⬜"
    if not incident.is_open:
        return "🟩"
    return _SQUARES[min(policy.severity(incident.severity).rank, len(_SQUARES)) - 1]


def title_of(incident: Incident) -> str:
    """The title on one line, for plain text."""
    return isolate(clip(one_line(incident.title), TITLE_MAX))


def name_of(incident: Incident) -> Mrkdwn:
    """`INC-42 Checkout returns 500s`, for mrkdwn."""
    return escape(f"{incident.label} {title_of(incident)}")


def step_word(step: str) -> str:
    return STEP_LABELS.get(step, step.replace("_", " ").capitalize())


def effect_word(what: str) -> str:
    return EFFECT_LABELS.get(what, what)


def section_word(section: str) -> str:
    return SECTION_LABELS.get(section, section.replace("_", " ").capitalize())


def services_of(incident: Incident, policy: Policy) -> str:
    """The affected services by name; "" when none is known."""
    names = ", ".join(one_line(policy.service(key).name) for key in incident.services)
    return f"{names} (guessed)" if names and incident.services_guessed else names


def roles_of(roles: Sequence[str], policy: Policy) -> str:
    """Roles as words in a sentence: `commander and scribe`."""
    return listed([policy.role(role).label.lower() for role in roles])


def listed(words: Sequence[str]) -> str:
    """Join words as in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def numbered(incidents: Sequence[int]) -> str:
    """Name incidents by their numbers, or how many they are: `INC-7 and INC-9`, `12 others`."""
    if len(incidents) > NAMED:
        return f"{len(incidents)} others"
    return listed([f"INC-{number}" for number in incidents])


def kept_from(held: Held | None) -> str:
    """Say what keeps an incident from the place that was set by hand; empty where it has it."""
    match held:
        case None:
            return ""
        case Held(cause=Cause.SAFETY, by=by):
            is_first = "is safety first and stays" if len(by) == 1 else "are safety first and stay"
            return f"{numbered(by)} {is_first} before it"
        case Held(cause=Cause.BY_HAND, by=by):
            return f"{numbered(by)} {'stands' if len(by) == 1 else 'stand'} before it by hand"
        case Held(cause=Cause.ITSELF):
            return "it is safety first itself"
    return "fewer are open"


def what_fixed_it(incident: Incident) -> str:
    """Return what somebody said fixed it; empty once that was taken back, whatever became of it afterwards."""
    return incident.fixed_by if incident.status in (Status.RESOLVED, Status.CLOSED) else ""


def why_reopened(incident: Incident) -> str:
    """Return why it goes on again; empty once it has moved on, as its newest reason is then about that."""
    return incident.status_reason if incident.status is Status.INVESTIGATING else ""


def relative(at: datetime, now: datetime) -> str:
    """Say when something is, seen from now: `in 12 min`, `3 min ago`. Only for answers that are read at once.

    What is to come is rounded up, so that a clock of 15 minutes starts at 15; what is past is rounded down.
    """
    if abs(at - now) < timedelta(seconds=30):
        return "now"
    return f"in {span(at - now, up=True)}" if at > now else f"{span(at - now)} ago"


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def push(incident: Incident, policy: Policy, ask: str) -> Mrkdwn:
    """The text a phone shows: severity, number, what is asked, title. `ask` must be safe text or fixed words."""
    drill = "DRILL " if incident.drill else ""
    severity = escape(severity_word(incident.severity, policy))
    return Mrkdwn(f"{drill}{severity} {incident.label}: {ask} · {escape(title_of(incident))}")
