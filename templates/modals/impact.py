"""The form for an incident's impact in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain import figures
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Estimates
from templates import said
from templates.actions import OPENED, TYPED, Form
from templates.modals.building import for_incident, modal, note, text_input
from templates.modals.reading import Reader
from templates.wording import say

SOURCE: Final = "source"

_LABELS: Final[Mapping[str, str]] = {
    "degraded": "Share degraded, in percent",
    "customers": "Customers affected",
    "vips": "VIPs affected",
    "revenue_per_hour": "Revenue lost per hour",
    "data_classes": "Kinds of data touched",
    "exposed_per_hour": "Records or people newly exposed per hour",
    "backlog_per_hour": "Items by which a backlog grows per hour",
}
_UNSEEN: Final = "Somebody gave a figure; only those who may see amounts can read it. Type to replace it."
_LIST_HINT: Final = "With commas between them; `none` if there are none."


@dataclass(frozen=True, slots=True)
class ImpactForm:
    """What was changed in the form: figures by name, names of those that were emptied, and how they were typed.

    `opened_at` is when the form was drawn.
    """

    values: Mapping[str, figures.Value] = field(default_factory=lambda: MappingProxyType({}))
    cleared: tuple[str, ...] = ()
    source: str = ""
    opened_at: datetime | None = None
    typed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def impact_view(
    incident: Incident,
    policy: Policy,
    estimates: Estimates,
    reader: said.Reader,
    *,
    now: datetime,
    typed: Mapping[str, str] = MappingProxyType({}),
    clash: bool = False,
) -> dict[str, Any]:
    """Draw the form with what was said; what is unknown shows the catalog's estimate as a hint.

    `typed` holds figures (and the source) as they were typed already. `clash`: somebody else was faster.
    """
    head = say(
        "modals.impact",
        name=incident.label,
        rows=said.rows(incident, policy, reader, now=now),
        currency=policy.currency,
        clash=clash,
    )
    known = dict(said.known(incident))
    blocks: list[Block] = [note(head, "said")]
    for name, label in _LABELS.items():
        figure = known.get(name)
        seen = figure is not None and reader.sees(name, figure)
        shown = figures.written(name, figure.value) if figure is not None and seen else ""
        blocks.append(
            text_input(
                name,
                f"{label}, in {policy.currency}" if name == "revenue_per_hour" else label,
                initial=typed.get(name, shown),
                placeholder=_UNSEEN if figure and not seen else said.estimate(name, estimates, amounts=reader.amounts),
                hint=_LIST_HINT if name in figures.LISTS else "",
            )
        )
    blocks.append(
        text_input(SOURCE, "Where are the figures from?", initial=typed.get(SOURCE, ""), placeholder="Grafana, billing")
    )
    carried = {OPENED: now.isoformat(), TYPED: ",".join(name for name in typed if name in _LABELS)}
    return modal(
        Form.IMPACT, f"Impact of {incident.label}", blocks, value=for_incident(incident, **carried), submit="Save"
    )


def parse_impact(view: Mapping[str, Any], policy: Policy) -> ImpactForm:
    """Read what differs from what the form was drawn with; raises `FormError`.

    What the form brought along from a typed line counts as changed as it stands.
    """
    reader = Reader(view)
    brought = reader.value.extra.get(TYPED, "").split(",")
    values: dict[str, figures.Value] = {}
    cleared: list[str] = []
    typed: dict[str, str] = {}
    for name in _LABELS:
        text, drawn = reader.text(name), reader.text_shown(name)
        if text and (text != drawn or name in brought):
            typed[name] = text
            try:
                values[name] = figures.read(name, text, policy.currency)
            except ValueError as error:
                reader.errors[name] = str(error)
        elif not text and drawn and name not in brought:
            cleared.append(name)
    source = reader.text(SOURCE)
    if source:
        typed[SOURCE] = source
    opened = _time(reader.value.extra.get(OPENED, ""))
    reader.finish()
    return ImpactForm(MappingProxyType(values), tuple(cleared), source, opened, MappingProxyType(typed))


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
