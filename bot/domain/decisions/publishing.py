"""The status page: customers read only what somebody saw in a preview and confirmed."""

from __future__ import annotations

from bot.domain import cadence
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain import events as e
from bot.domain.decisions.moment import Moment, permit, require_open, require_text
from bot.domain.decisions.relations import named
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.publishing import (
    TEXT_MAX,
    TITLE_MAX,
    Component,
    Post,
    PublicStatus,
    StatusPagePolicy,
    goes_on,
    newest,
    next_episode,
)
from bot.domain.refusal import Refused


def decide(incident: Incident, command: c.Command, moment: Moment) -> tuple[e.Event, ...] | None:
    match command:
        case c.PublishPost():
            return publish(incident, command, moment)
        case c.AskAfterEnd(whole=whole, by=by):
            return ask_after_end(incident, whole, by, moment)
        case c.RecordOutcome(effect=f.PublishPost(number=number), facts=f.PostFacts(overtaken=True)):
            return (e.PostOvertaken(number),)
        case c.RecordOutcome(effect=f.PublishPost(number=number), facts=f.PostFacts() as facts):
            return (e.PostPublished(number, facts.provider_id, facts.url),)
    return None


def publish(incident: Incident, command: c.PublishPost, moment: Moment) -> tuple[e.Event, ...]:
    """Confirm words for customers. On a provider's page they are published once it says so; on our own at once."""
    page = check(incident, moment)
    last = newest(incident.posts, own=page.own)
    title = require_text(command.title, field="title", name="The title", limit=TITLE_MAX)
    text = require_text(command.text, field="text", name="The text", limit=TEXT_MAX)
    components = _known(command.components, page)
    if last is not None and _same(last, title, text, command.status, components):
        return ()
    newer = incident.posts[-1] if incident.posts else None
    if newer is not None and command.after_post is not None and newer.number > command.after_post:
        raise Refused(
            "stale",
            f"@{{{newer.by}}} published while you were writing: “{newer.text[:120]}”.",
            "Look at the preview again.",
            field="text",
        )
    number = len(incident.posts) + 1
    confirmed = e.PostConfirmed(number, next_episode(incident.posts), title, text, command.status, components)
    return (confirmed,) if page.hosted else (confirmed, e.PostPublished(number))


def ask_after_end(incident: Incident, whole: Incident, by: str, moment: Moment) -> tuple[e.Event, ...]:
    """Ask whoever owes updates of the whole, else who ended it, where customers still read of the part."""
    page = moment.policy.status_page
    if incident.merged_into is None or page is None or not page.asks or not goes_on(incident.posts, page):
        return ()
    return (e.CustomersAsked(named(whole), cadence.owner(whole) or by),)


def check(incident: Incident, moment: Moment) -> StatusPagePolicy:
    """Refuse what must not be published, before anybody writes a word of it."""
    permit(moment, "publish", incident, "publish on the status page")
    page = require_page(moment.policy)
    if incident.private:
        raise Refused(
            "private",
            f"Nothing was published: {incident.label} is private, and everybody reads the status page.",
            "What customers must know of it is told by another way than Firebell.",
        )
    if incident.drill:
        raise Refused("drill", f"Nothing was published: {incident.label} is a drill.", "Use the preview alone.")
    if goes_on(incident.posts, page):
        return page
    if page.severities and incident.severity not in page.severities:
        label = moment.policy.severity(incident.severity).label
        raise Refused(
            "severity",
            f"Nothing was published: {label} is not told to customers here.",
            "Change the severity, or ask whoever runs Firebell about `status_page.severities`.",
        )
    require_open(incident, "nothing was published")
    return page


def require_page(policy: Policy) -> StatusPagePolicy:
    """Return where customers are told; refuse calmly when that is nowhere."""
    if policy.status_page is None:
        raise Refused(
            "no_status_page",
            "Nothing was published: there is no status page.",
            "Whoever runs Firebell can set one up: docs/statuspage.md says how.",
        )
    return policy.status_page


def _known(components: tuple[Component, ...], page: StatusPagePolicy) -> tuple[Component, ...]:
    """Leave out what customers do not know, in the page's order."""
    given = {one.service: one for one in components}
    return tuple(given[one.key] for one in page.services if one.key in given)


def _same(last: Post, title: str, text: str, status: PublicStatus, components: tuple[Component, ...]) -> bool:
    return (last.title, last.text, last.status, last.components) == (title, text, status, components)
