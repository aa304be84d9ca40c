"""The form to subscribe: to what, by which way, worded for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.subscriptions import Kind, Readers, Subscription, Way
from templates.actions import Form
from templates.clip import OPTION_VALUE_MAX, OPTIONS_MAX
from templates.layout import option
from templates.modals.building import choice_input, menu_input, modal, note
from templates.modals.reading import Reader
from templates.stakeholders import topic
from templates.wording import say

READERS: Final[Mapping[Readers, tuple[str, str]]] = {
    Readers.ENGINEERING: ("Engineering", "everything: impact, what is being done, what is next"),
    Readers.SUPPORT: ("Support", "what customers notice and what to tell them"),
    Readers.EXECUTIVES: ("Executives", "impact first, who leads, when the next word comes"),
}


@dataclass(frozen=True, slots=True)
class SubscribeForm:
    kind: Kind
    name: str
    way: Way
    readers: Readers


def subscribe_view(policy: Policy, *, incident: Incident | None = None, mail: bool = False) -> dict[str, Any]:
    """Draw the form; with an `incident` that one is chosen. E-mail is offered only where it can be sent (`mail`)."""
    wishes = [
        *([Subscription("", Kind.INCIDENT, incident.id)] if incident else []),
        Subscription("", Kind.EVERYTHING),
        *(Subscription("", Kind.SEVERITY, one.key) for one in policy.severities),
        *(Subscription("", Kind.SERVICE, one.key) for one in policy.services),
    ]
    offered = [one for one in wishes if len(_value(one)) <= OPTION_VALUE_MAX][:OPTIONS_MAX]
    options = [option(_first_upper(topic(one, policy, incident)), _value(one)) for one in offered]
    left = len(wishes) - len(offered)
    hint = f"{left} more services do not fit here; name one in the command." if left else ""
    readers = [option(label, kind.value, text) for kind, (label, text) in READERS.items()]
    blocks = [
        note(say("stakeholders.form_intro")),
        menu_input("topic", "Subscribe to", options, initial=_value(offered[0]), optional=False, hint=hint),
        *([choice_input("way", "How", _ways(), initial=Way.DIRECT)] if mail else []),
        choice_input("readers", "Worded for", readers, initial=Readers.ENGINEERING),
    ]
    return modal(Form.SUBSCRIBE, "Subscribe", blocks, submit="Subscribe")


def _ways() -> list[Any]:
    return [option("By direct message", Way.DIRECT), option("By e-mail", Way.EMAIL)]


def _value(one: Subscription) -> str:
    return f"{one.kind}|{one.name}"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def parse_subscribe(view: Mapping[str, Any]) -> SubscribeForm:
    """Read a submitted form; raises `FormError`."""
    reader = Reader(view)
    kind, _, name = reader.choice("topic", need="Choose what to subscribe to.").partition("|")
    way, readers = reader.choice("way"), reader.choice("readers")
    if kind not in set(Kind):
        reader.errors["topic"] = "Choose what to subscribe to."
    reader.finish()
    return SubscribeForm(
        Kind(kind),
        name,
        Way(way) if way in set(Way) else Way.DIRECT,
        Readers(readers) if readers in set(Readers) else Readers.ENGINEERING,
    )
