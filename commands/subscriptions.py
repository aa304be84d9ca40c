"""`subscribe`, `unsubscribe` and `subscriptions`: hear of incidents without being in their rooms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.commands import Unfollow
from bot.domain.model import Incident
from bot.domain.subscriptions import Kind, Readers, Subscription, Way, of_mark
from bot.errors import NotFound, UserError
from bot.merged import parts_within
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Say, refuse_merged
from templates import stakeholders
from templates.modals.subscribe import parse_subscribe, subscribe_view

_EVERYTHING: Final = frozenset({"everything", "all", "every incident", "anything"})
_WAY: Final = re.compile(
    r"(?:^|\s)(?:by|via|per)\s+(dm|direct message|message|slack|e-?mail|mail)(?!\w)", re.IGNORECASE
)
_READERS: Final = re.compile(r"(?:^|\s)(?:as|for)\s+(engineering|engineers?|support|executives?)(?!\w)", re.IGNORECASE)
_LEAD: Final = re.compile(r"^(?:to|from)\s+", re.IGNORECASE)

HERE: Final = "here"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a line asks for: the topic as it was written, the way and the readers."""

    what: str
    way: Way
    readers: Readers


def read(text: str) -> Wish:
    """Read `checkout by email as executives`, in any order of its parts."""
    way, readers = _WAY.search(text), _READERS.search(text)
    left = _READERS.sub(" ", _WAY.sub(" ", text))
    by = way[1].lower() if way else ""
    who = readers[1].lower() if readers else ""
    kind = next((one for one in Readers if who and one.startswith(who.rstrip("s")[:8])), Readers.ENGINEERING)
    return Wish(_LEAD.sub("", " ".join(left.split())), Way.EMAIL if "mail" in by else Way.DIRECT, kind)


async def subscribe(ctx: CommandContext, ask: Ask) -> Outcome:
    """Subscribe as the line says; without words, open the form."""
    wish = read(ask.text)
    if not wish.what and ask.number is None:
        return await form(ctx, ask)
    kind, name, incident = await _topic(ctx, ask, wish.what)
    return await _subscribe(ctx, ask, Subscription(ask.actor.id, kind, name, wish.way, wish.readers), incident)


async def form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form, with the incident of this place chosen."""
    incident = ask.incident or await ctx.find(ask)
    return Open(subscribe_view(ctx.policy, incident=incident, mail=ctx.mail is not None))


async def submit(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    """Carry the form out."""
    chosen = parse_subscribe(view)
    wanted = Subscription(ask.actor.id, chosen.kind, chosen.name, chosen.way, chosen.readers)
    incident = await ctx.carried(chosen.name, ask) if chosen.kind is Kind.INCIDENT else None
    return await _subscribe(ctx, ask, wanted, incident)


async def unsubscribe(ctx: CommandContext, ask: Ask) -> Outcome:
    """End what the line names; without words, show what there is to end."""
    what = read(ask.text).what
    if not what and ask.number is None:
        incident = await ctx.find(ask)
        if incident is None:
            return await show(ctx, ask)
        what = HERE
    kind, name, incident = await _topic(ctx, ask, what)
    return await _end(ctx, ask, Subscription(ask.actor.id, kind, name), incident)


async def end(ctx: CommandContext, ask: Ask, mark: str) -> Outcome:
    """End the subscription that a control carries."""
    one = of_mark(ask.actor.id, mark)
    if one is None:
        raise UserError("Nothing changed. This button belongs to an older message.", code="stale")
    known = one.kind is Kind.INCIDENT
    return await _end(ctx, ask, one, await ctx.carried(one.name, ask) if known else None)


async def end_all(ctx: CommandContext, ask: Ask) -> Outcome:
    """End all of them."""
    return Say(stakeholders.all_ended(await ctx.subscribing.end(ask.actor.id)))


async def show(ctx: CommandContext, ask: Ask) -> Outcome:
    """List somebody's own."""
    mine = await ctx.subscribing.of(ask.actor.id)
    found = await ctx.queries.by_ids([one.name for one in mine if one.kind is Kind.INCIDENT])
    known = {key: one for key, one in found.items() if not one.private or ask.actor.id in one.inside}
    return Say(stakeholders.listed(mine, ctx.policy, known))


async def _subscribe(ctx: CommandContext, ask: Ask, wanted: Subscription, incident: Incident | None) -> Outcome:
    if wanted.kind is Kind.INCIDENT and incident is None:
        raise NotFound("Nothing changed. There is no such incident. Run `list` to see them.", code="no_incident")
    if wanted.kind is Kind.INCIDENT and incident is not None:
        refuse_merged(incident, "there is nothing more to hear of it")
    if wanted.way is Way.EMAIL:
        await _check_address(ctx, ask.actor.id)
    await ctx.subscribing.subscribe(wanted)
    return Say(stakeholders.subscribed(wanted, ctx.policy, incident))


async def _check_address(ctx: CommandContext, user: str) -> None:
    if ctx.mail is None:
        text = "Nothing changed. No e-mail is set up here. Leave “by email” out to be told by direct message."
        raise UserError(text, code="no_mail", field="way")
    if not await ctx.mail.email(user):
        text = (
            "Nothing changed. Your profile shows Firebell no e-mail address. Leave “by email” out, or try again later."
        )
        raise UserError(text, code="no_address", field="way")


async def _end(ctx: CommandContext, ask: Ask, one: Subscription, incident: Incident | None) -> Outcome:
    """End a subscription; to an incident, following ends with it, and so do those to its parts."""
    was = await ctx.subscribing.end(ask.actor.id, one.kind, one.name) > 0
    for part in await parts_within(ctx.queries.by_ids, incident) if incident is not None else ():
        was = await ctx.subscribing.end(ask.actor.id, Kind.INCIDENT, part) > 0 or was
    if incident is not None and ask.actor.id in incident.followers:
        await ctx.execute(Unfollow(), ask.about(incident))
        was = True
    return Say(stakeholders.ended(one, ctx.policy, incident, was=was))


async def _topic(ctx: CommandContext, ask: Ask, what: str) -> tuple[Kind, str, Incident | None]:
    """Find what is meant: an incident by number or place, everything, a severity, a service."""
    if ask.number is not None or what.lower() in (HERE, "this"):
        incident = await ctx.find(ask)
        if incident is None:
            which = f"no incident #{ask.number}" if ask.number is not None else "no incident here"
            raise NotFound(f"Nothing changed. There is {which}. Run `{ctx.command} list`.", code="no_incident")
        return Kind.INCIDENT, incident.id, incident
    if what.lower() in _EVERYTHING:
        return Kind.EVERYTHING, "", None
    severity = grammar.take_severity(what, ctx.policy)
    if severity.key is not None and not severity.rest:
        return Kind.SEVERITY, severity.key, None
    named = {
        name.lower(): service.key
        for service in ctx.policy.services
        for name in (service.key, service.name, *service.aliases)
    }
    if what.lower() not in named:
        close = grammar.closest(what, named)
        hint = f"Did you mean `{close}`?" if close else "Name an incident (#42), a service, a severity, or everything."
        raise UserError(
            f"Nothing changed. There is no service or severity {grammar.as_typed(what)}. {hint}", code="no_topic"
        )
    return Kind.SERVICE, named[what.lower()], None
