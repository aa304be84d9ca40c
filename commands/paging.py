"""`page` and `oncall`: call people, and see whom a page would call."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from bot.domain import commands as c
from bot.domain.decisions.paging import policy_target, require_pager, service_target, usual_target
from bot.domain.model import Incident
from bot.domain.paging import Target, TargetKind, target_name
from bot.domain.policy import Policy
from bot.domain.refusal import Refused
from bot.errors import IntegrationError, UserError
from commands import grammar
from commands.context import Ask, CommandContext, Outcome, Say
from templates import answers

_ID: Final = re.compile(r"P[A-Z0-9]{5,19}")
"""An id of PagerDuty's, as the address of a service or a policy ends."""

SHOWN: Final = 3


async def page(ctx: CommandContext, ask: Ask) -> Outcome:
    """Page a service or a policy; with people named, ask them to come through the page that stands."""
    named = grammar.take_people(ask.text)
    if named.unresolved:
        raise UserError(
            f"Nobody was paged. I do not know who {grammar.as_typed(named.unresolved)} is.", code="unknown_person"
        )
    if named.ids:
        command = c.RequestResponders(named.ids, named.rest.strip())
        return ctx.done("responders_asked", await ctx.execute(command, ask))
    target, reason = wanted(ask.text, ask.it, ctx.policy)
    return ctx.done("page_asked", await ctx.execute(c.Page(target, reason), ask))


async def on_call(ctx: CommandContext, ask: Ask) -> Outcome:
    """Who is on call: for what is named, else for the affected services, else for the default one."""
    targets = asked_about(ask.text, ask.incident or await ctx.find(ask), ctx.policy)
    assert ctx.pager is not None, "where the policy has a pager, there is one to ask"
    try:
        found = await asyncio.gather(*(ctx.pager.on_call(target) for target in targets))
    except IntegrationError as error:
        raise UserError(f"Who is on call could not be found out. {error.detail}", code="pager") from None
    names = [target_name(target, ctx.policy) for target in targets]
    return Say(answers.on_call(tuple(zip(names, found, strict=True))))


async def acknowledge(ctx: CommandContext, ask: Ask, number: int) -> Outcome:
    return ctx.done("page_acknowledged", await ctx.execute(c.AcknowledgePage(number), ask))


async def end(ctx: CommandContext, ask: Ask, number: int) -> Outcome:
    return ctx.done("page_ended", await ctx.execute(c.ResolvePage(number), ask))


def wanted(text: str, incident: Incident, policy: Policy) -> tuple[Target | None, str]:
    """Take a service or a policy off the beginning; what is left is the reason."""
    first, rest = grammar.first_word(text)
    try:
        target = _named(first, incident, policy)
    except Refused as refusal:
        raise UserError.of(refusal) from None
    return (None, text) if target is None else (target, rest)


def _named(word: str, incident: Incident | None, policy: Policy) -> Target | None:
    """Return what a word names: a service by key, name or alias, or an id of PagerDuty's; None for any other."""
    require_pager(policy)
    folded = word.casefold()
    for service in policy.services:
        if folded in {service.key, service.name.casefold(), *(alias.casefold() for alias in service.aliases)}:
            target = service_target(service.key, policy)
            if target is None:
                raise Refused(
                    "not_in_pagerduty",
                    f"{service.name} has no `pagerduty_service` and no routing key.",
                    "Name another service, or an escalation policy by its id.",
                )
            return target
        if word and word == service.pagerduty_service:
            return service_target(service.key, policy)
    if not _ID.fullmatch(word):
        return None
    return Target(TargetKind.POLICY, word) if incident is None else policy_target(word, incident, policy)


def asked_about(text: str, incident: Incident | None, policy: Policy) -> list[Target]:
    """Return what `oncall` is asked about; raises UserError."""
    word, _ = grammar.first_word(text)
    try:
        if not require_pager(policy).asks:
            raise Refused("no_token", "Who is on call is not known.", "That needs a PAGERDUTY_TOKEN.")
        named = _named(word, None, policy)
        if named is not None:
            return [_asked(named, policy)]
        if word:
            raise Refused(
                "no_such_service", f"There is no service {grammar.as_typed(word)}.", "Name one of the catalog."
            )
        affected = [service_target(key, policy) for key in incident.services] if incident else []
        known = [target for target in affected if target is not None and target.id]
        if known:
            return known[:SHOWN]
        if incident is not None:
            return [_asked(usual_target(incident, policy), policy)]
        default = require_pager(policy).default_service
        if default:
            return [Target(TargetKind.SERVICE, default)]
        raise Refused("no_such_service", "On call for what?", "Name a service of the catalog, or a policy's id.")
    except Refused as refusal:
        raise UserError.of(refusal) from None


def _asked(target: Target, policy: Policy) -> Target:
    """A service that only has a routing key cannot be asked about."""
    if not target.id:
        name = target_name(target, policy)
        raise Refused("no_id", f"{name} has no `pagerduty_service`, so who is on call is not known.", "Add it.")
    return target
