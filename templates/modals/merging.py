"""Forms that make one incident of two, and two of one again: each says before what will happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import cadence, figures
from bot.domain.decisions.relations import invited
from bot.domain.merging import weightier
from bot.domain.model import Incident
from bot.domain.paging import PageStatus
from bot.domain.policy import Policy
from templates.actions import OTHER, Form
from templates.clip import clip
from templates.modals.building import for_incident, modal, note, text_input
from templates.modals.reading import Reader
from templates.mrkdwn import Mrkdwn, mention
from templates.wording import say
from templates.words import listed, name_of, plural, services_of, severity_of

REASON_SHOWN: Final = 200
"""Characters that the form shows of the reason why people may come to harm."""

NAMED_MOST: Final = 20
"""People whom the form names; of more it tells how many."""


@dataclass(frozen=True, slots=True)
class MergeForm:
    """`target` is the id of the incident that takes the other in."""

    target: str
    reason: str


def merge_view(
    source: Incident, target: Incident, policy: Policy, *, now: datetime, reason: str = "", chained: str = ""
) -> dict[str, Any]:
    """Preview a merge and ask why. `chained` is the label of a merged incident that was named for `target`."""
    blocks = [
        note(say("relations.merge_form", source=name_of(source), target=name_of(target), chained=chained)),
        note(say("relations.merge_follows", lines=_follows(source, target, policy, now))),
        text_input("reason", "Why is it the same?", initial=reason, optional=False, multiline=True, focus=True),
    ]
    value = for_incident(source, **{OTHER: target.id})
    return modal(Form.MERGE, f"Merge {source.label}", blocks, value=value, submit="Merge")


def _follows(source: Incident, target: Incident, policy: Policy, now: datetime) -> Sequence[str]:
    """What a merge will do, a line each; what does not apply is left out."""
    people = sorted(invited(target, source))
    open_pages = [one for one in source.pages if one.status is not PageStatus.RESOLVED]
    fresh = [key for key in source.services if key not in target.services]
    theirs, ours = policy.severity(source.severity), policy.severity(target.severity)
    lines = [
        f"{source.label} is over; its channel points to the one of {target.label}.",
        f"The timeline of {target.label} shows what happened in {source.label}, marked with its number.",
        f"Followers and subscribers of {source.label} hear of {target.label} as long as it is part of it, each once.",
    ]
    if people:
        lines.append(
            Mrkdwn(f"{_named(people, private=target.private)} invited, and whoever holds a role is asked to go on.")
        )
    if fresh:
        verb = "counts" if len(source.services) == 1 else "count"
        lines.append(f"{services_of(source, policy)} {verb} as affected in {target.label}.")
    lines += _weight(source, target, policy, now)
    if theirs.rank < ours.rank:
        lines.append(f"{target.label} stays {severity_of(target, policy)}, though {source.label} is {theirs.label}.")
    if open_pages:
        lines.append(f"Open pages of {source.label} end{_called_on(source, target)}.")
    if source.duties:
        lines.append(f"Possible duties to report stay with {source.label}; their clocks run on.")
    if source.private:
        lines.append("Everybody inside either of the two reads both.")
        lines += _not_invited(source, target)
    if source.number < target.number:
        lines.append(f"{source.label} is the older of the two.")
    return lines


def _named(people: Sequence[str], *, private: bool) -> str:
    """Say who is invited: where that discloses something, by name."""
    if not private or len(people) > NAMED_MOST:
        return plural(len(people), "person is", "people are")
    return f"{listed([mention(user) for user in people])} {'is' if len(people) == 1 else 'are'}"


def _not_invited(source: Incident, target: Incident) -> Sequence[str]:
    """Who of the one had left the other, or had been removed."""
    gone = sorted(source.inside.intersection(target.left))
    if not gone:
        return ()
    named = listed([mention(user) for user in gone[:NAMED_MOST]])
    return (Mrkdwn(f"{named} had left {target.label}, and {'is' if len(gone) == 1 else 'are'} not invited."),)


def _weight(source: Incident, target: Incident, policy: Policy, now: datetime) -> Sequence[str]:
    """What goes along that counts for the rank; amounts are named, not told."""
    lines = []
    if source.safety and not target.safety:
        reason = clip(source.safety.reason, REASON_SHOWN)
        lines.append(f"{target.label} becomes “safety first”, as {source.label} is, and people are told: {reason}")
    names = [figures.NAMES[name] for name in weightier(target, source, policy, now)]
    if names:
        lines.append(f"What was said of the impact goes along: {listed(names)}.")
    return lines


def _called_on(source: Incident, target: Incident) -> str:
    waiting = any(one.status in (PageStatus.REQUESTED, PageStatus.PAGED) for one in source.pages)
    alone = cadence.COMMANDER not in {role for role, users in target.roles.items() if users}
    called = any(one.is_open for one in target.pages)
    if not waiting or not alone or called:
        return ""
    return f"; since nobody has answered, the same people are called for {target.label}"


def parse_merge(view: Mapping[str, Any]) -> MergeForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    reason = reader.text("reason", need="A reason is needed; one sentence is enough.")
    target = reader.value.extra.get(OTHER, "")
    if not target:
        reader.errors["reason"] = "This form has lost what it was for. Open it again."
    reader.finish()
    return MergeForm(target, reason)


def unmerge_view(source: Incident, *, reason: str = "") -> dict[str, Any]:
    """Ask why a merged incident goes on by itself."""
    into = source.merged_into.label if source.merged_into else "the other"
    blocks = [
        note(say("relations.unmerge_form", source=name_of(source), target=into, private=source.private)),
        text_input("reason", "Why is it not the same?", initial=reason, optional=False, multiline=True, focus=True),
    ]
    return modal(Form.UNMERGE, f"Take out {source.label}", blocks, value=for_incident(source), submit="Take out")


def parse_unmerge(view: Mapping[str, Any]) -> str:
    """Read the reason; raises `FormError`."""
    reader = Reader(view)
    reason = reader.text("reason", need="A reason is needed; one sentence is enough.")
    reader.finish()
    return reason
