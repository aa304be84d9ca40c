"""`impact`: an incident's impact in figures, in a form or in one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from bot.domain import figures
from bot.domain.commands import SetImpact
from bot.domain.model import Incident
from bot.domain.priority import Scorer
from bot.domain.priority.case import case_of
from bot.errors import UserError
from commands import grammar
from commands.context import Ask, CommandContext, Open, Outcome, Quiet, Say, refuse_merged
from commands.priorities import amounts
from templates import answers
from templates.modals import impact_view, parse_impact
from templates.said import Reader

SOURCE: Final = "source"
UNKNOWN: Final = "unknown"
"""Written after a figure's name it takes back what was said: the catalog's estimate counts again."""

_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "degraded": "degraded",
        "customer": "customers",
        "customers": "customers",
        "vip": "vips",
        "vips": "vips",
        "revenue": "revenue_per_hour",
        "data": "data_classes",
        "exposed": "exposed_per_hour",
        "backlog": "backlog_per_hour",
        "from": SOURCE,
    }
)
"""Words that name a figure in a line."""

_NAMES: Final = "|".join(_KEYS)
_PER: Final = r"(?:\s*/\s*[a-z]+|\s+(?:per|an)\s+[a-z]+)"
_AMOUNT: Final = r"(?:(?-i:[A-Z]{3})\s*|[€$£¥]\s*)?[+-]?[0-9]\S{0,40}?"
_MEASURE: Final = rf"(?:\s+(?-i:(?!VIP)[A-Z]{{3}})(?![^\s,;/]))?{_PER}?"
"""What may follow an amount: a currency, and for what time it is."""

_UNIT: Final = r"%|(?:customers?|exposed|backlog|revenue|degraded)(?![^\s,;])"
_NUMBER_FIRST: Final = re.compile(
    rf"(?P<value>{_AMOUNT}{_MEASURE})\s*(?P<key>{_UNIT})(?:\s*(?:degraded|affected)(?![^\s,;]))?(?P<per>{_PER}?)",
    re.IGNORECASE,
)
_NAME_FIRST: Final = re.compile(rf"(?P<key>{_NAMES})(?:\s*[:=]\s*|\s+|$)", re.IGNORECASE)
_ONE_VALUE: Final = re.compile(rf"(?:{UNKNOWN}|{_AMOUNT}(?:\s*%)?{_MEASURE})(?=[\s;]|,\s|,?$)", re.IGNORECASE)
_NAMED: Final = rf"(?:{_NAMES})(?:\s*[:=]|\s+{_AMOUNT}(?:[\s,;%]|$))"
_NEXT: Final = re.compile(
    rf"(?:[\s,;]|and\s)+(?:{_AMOUNT}{_MEASURE}\s*(?:{_UNIT})|{_NAMED})|[,;]\s*(?:and\s+)?(?:{_NAMES})\s", re.IGNORECASE
)
"""Where names or a source end: before a number with its figure, or behind a comma before the name of the next figure.
A name such as "Big Data Corp" is not cut in two."""

_ASKED_BACK: Final = re.compile(rf"\s({_NAMES})\s")
_ENDS_A_SOURCE: Final = re.compile(r"[\s,;]+vips?\s", re.IGNORECASE)
"""Names of VIPs are for those who may see amounts, a source is not: these never become part of it."""

_BETWEEN: Final = re.compile(r"(?:[\s,;]|and\s)+", re.IGNORECASE)
_HINT: Final = "Write it like `40% 1200 customers revenue 5k vips Acme, Globex, from Grafana`."


async def run(ctx: CommandContext, ask: Ask) -> Outcome:
    """Take the figures of a line; without any, open the form."""
    typed = typed_in(grammar.free_text(ask.text))
    if not typed:
        return await form(ctx, ask)
    accepted = await ctx.execute(_of_line(typed, ctx.policy.currency), ask)
    message = answers.impact_set(
        accepted.incident,
        ctx.policy,
        await _reader(ctx, ask),
        now=ctx.now(),
        already=not (accepted.events or accepted.repeat),
    )
    return Say(message, repeat=accepted.repeat)


async def form(ctx: CommandContext, ask: Ask) -> Outcome:
    """The form, with what was said and with what a line brought along."""
    refuse_merged(ask.it, "its figures stand")
    try:
        typed = typed_in(grammar.free_text(ask.text))
    except UserError:
        typed = {}
    brought = {name: text for name, text in typed.items() if text.lower() != UNKNOWN}
    return Open(await _view(ctx, ask, ask.it, typed=brought))


async def submit(ctx: CommandContext, ask: Ask, view: Mapping[str, Any]) -> Outcome:
    """Carry out a submitted form. Where somebody else was faster it is drawn again, with what was typed."""
    filled = parse_impact(view, ctx.policy)
    command = command_of(filled.values, cleared=filled.cleared, source=filled.source, based_on=filled.opened_at)
    try:
        await ctx.execute(command, ask)
    except UserError as refusal:
        if refusal.code != "stale":
            raise
        fresh = await ctx.carried(ask.it.id, ask) or ask.it
        return Open(await _view(ctx, ask, fresh, typed=filled.typed, clash=True))
    return Quiet()


async def _view(
    ctx: CommandContext, ask: Ask, incident: Incident, *, typed: Mapping[str, str], clash: bool = False
) -> dict[str, Any]:
    now = ctx.now()
    estimates = Scorer(ctx.policy).estimates(case_of(incident, now), now)
    reader = await _reader(ctx, ask)
    return impact_view(incident, ctx.policy, estimates, reader, now=now, typed=typed, clash=clash)


async def _reader(ctx: CommandContext, ask: Ask) -> Reader:
    return Reader(ask.viewer.user, amounts=await amounts(ctx, ask.viewer) == "shown")


def command_of(
    values: Mapping[str, figures.Value],
    *,
    cleared: tuple[str, ...] = (),
    source: str = "",
    based_on: datetime | None = None,
) -> SetImpact:
    """Make the command of figures by name."""
    customers = values.get("customers")
    return SetImpact(
        degraded=_number(values.get("degraded")),
        customers=customers if isinstance(customers, int) else None,
        vips=_names(values.get("vips")),
        revenue_per_hour=_number(values.get("revenue_per_hour")),
        data_classes=_names(values.get("data_classes")),
        exposed_per_hour=_number(values.get("exposed_per_hour")),
        backlog_per_hour=_number(values.get("backlog_per_hour")),
        cleared=cleared,
        source=source,
        based_on=based_on,
    )


def _number(value: figures.Value | None) -> float | None:
    return None if value is None or isinstance(value, tuple) else float(value)


def _names(value: figures.Value | None) -> tuple[str, ...] | None:
    return value if isinstance(value, tuple) else None


def _of_line(typed: Mapping[str, str], currency: str) -> SetImpact:
    """Make the command of figures as they were typed; raises UserError for one that cannot be read."""
    values: dict[str, figures.Value] = {}
    cleared = tuple(name for name, text in typed.items() if text.lower() == UNKNOWN)
    for name, text in typed.items():
        if name == SOURCE or name in cleared:
            continue
        try:
            values[name] = figures.read(name, text, currency)
        except ValueError as error:
            label = figures.label(name)
            raise UserError(f"Nothing changed. {label}: {error}", code="no_figure", field=name) from None
    return command_of(values, cleared=cleared, source=typed.get(SOURCE, ""))


def typed_in(text: str) -> dict[str, str]:
    """Return the figures that a line names, as they are written; raises UserError for what is none of them.

    A number stands before or after its name, names stand after theirs, and `from` begins where the figures are from.
    """
    typed: dict[str, str] = {}
    rest = text.strip()
    while rest:
        name, value, rest = _first_figure(rest)
        if name in typed:
            label = "From where they are" if name == SOURCE else figures.label(name)
            raise UserError(f"Nothing changed. {label} is said twice. {_HINT}", code="no_figure", field=name)
        typed[name] = value
        between = _BETWEEN.match(rest)
        rest = rest[between.end() :] if between else rest
    return typed


def _first_figure(text: str) -> tuple[str, str, str]:
    """Take one figure off; returns its name, how it is written, and what follows."""
    number = _NUMBER_FIRST.match(text)
    if number:
        key = number["key"].lower()
        if key == "%":
            return "degraded", f"{number['value']}%", text[number.end() :]
        return _KEYS[key], number["value"] + number["per"], text[number.end() :]
    named = _NAME_FIRST.match(text)
    if named is None:
        raise UserError(f"Nothing changed. {grammar.quoted(text)} is no figure. {_HINT}", code="no_figure")
    name, after = _KEYS[named["key"].lower()], text[named.end() :]
    if name == SOURCE:
        ends = [found.start() for found in (_NEXT.search(after), _ENDS_A_SOURCE.search(after)) if found]
        end = min(ends, default=len(after))
        return name, after[:end].strip(" ,;\n"), after[end:]
    if name in figures.LISTS:
        names, rest = _names_in(after)
        if names:
            return name, names, rest
        refusal = f"Nothing changed. There are no names after `{named['key']}`; `none` says that there are none."
        raise UserError(refusal, code="no_figure")
    value = _ONE_VALUE.match(after)
    if value is None:
        raise UserError(f"Nothing changed. There is no number after `{named['key']}`. {_HINT}", code="no_figure")
    return name, value[0], after[value.end() :]


def _names_in(text: str) -> tuple[str, str]:
    """Return the names at the beginning, and what follows; what may be a name or the next figure is asked back."""
    following = _NEXT.search(text)
    end = following.start() if following else len(text)
    unclear = _ASKED_BACK.search(text, 0, end)
    if unclear:
        raise UserError(
            f"Nothing changed. {grammar.as_typed(unclear[1])} may be part of a name or begin another figure. Put a "
            "comma before it if it begins one; a name with that word goes into the form.",
            code="no_figure",
        )
    return text[:end].strip(" ,;\n"), text[end:]
