"""Every field of every event is known to hold either what people wrote, or structure that must stay."""

from __future__ import annotations

import dataclasses
from typing import get_args, get_type_hints

import pytest

from bot.domain.events import Event
from bot.domain.notices import Notice
from bot.domain.personal import QUOTED, TEXT

STRUCTURE = frozenset(
    (
        *("id", "workspace", "kind", "severity", "old", "new", "role", "user", "replaced", "recipients", "moment"),
        *("channel", "ts", "thread_ts", "slot", "permalink", "name", "via", "author", "pinned_by", "step", "section"),
        *("effect_id", "what", "reason", "detail", "why", "blob", "format", "owner", "due", "regulation", "by"),
        *("how", "occasion", "leader", "proposal", "giver", "receiver", "asked", "commander"),
        *("provider_id", "url", "timer", "canvas", "extent", "page", "to", "unpaged"),
    )
)
"""Ids, keys and places; and, in `reason`, `detail`, `why`, what a machine said."""

MACHINES = {
    "PageFailed": {"detail"},
    "PostFailed": {"detail"},
    "PageResolved": {"reason"},
    "PinFailed": {"why"},
    "CanvasRefused": {"why"},
    "EffectFailed": {"reason", "detail", "what"},
    "PostmortemRequested": {"why"},
}


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_text_of_an_event_can_be_taken_out(kind: type) -> None:
    hints = get_type_hints(kind)
    texts = {field.name for field in dataclasses.fields(kind) if hints[field.name] in (str, str | None)}
    several = {name for name, hint in hints.items() if hint in (tuple[str, ...], tuple[str, ...] | None)}
    assert set(TEXT.get(kind, ())) <= texts | several
    left = texts - set(TEXT.get(kind, ()))
    assert left <= STRUCTURE
    said = left & {"reason", "detail", "why"}
    assert said <= MACHINES.get(kind.__name__, set()), "what a person gave as a reason is a text"


@pytest.mark.parametrize("kind", get_args(Notice), ids=lambda kind: kind.__name__)
def test_every_text_that_a_notice_repeats_can_be_taken_out(kind: type) -> None:
    hints = get_type_hints(kind)
    texts = {field.name for field in dataclasses.fields(kind) if hints[field.name] in (str, str | None)}
    assert set(QUOTED.get(kind, ())) <= texts
    machines = {"detail"} if kind.__name__ in ("SetupTrouble", "DeliveryTrouble", "PinGone") else set()
    assert texts - set(QUOTED.get(kind, ())) <= (STRUCTURE - {"reason", "detail", "why"}) | {"by"} | machines
