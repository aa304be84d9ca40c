"""Regulations, services and incidents that duties may come up in, for the tests."""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.domain.policy import Policy, ServicePolicy
from bot.domain.regulation import Checked, Limit, Regulation, Span, Status, Step, Trigger, Unit
from tests.domain.world import ANA, START, World

LAWYER = Actor("ULAW", legal=True)
HOUR = timedelta(hours=1)


def rule(key: str, *steps: Step, **fields: object) -> Regulation:
    known: dict[str, object] = {
        "name": key.upper(),
        "who": "everyone",
        "source": "Article 1",
        "published": date(2020, 1, 1),
        "applies_from": date(2021, 1, 1),
        "status": Status.IN_FORCE,
        "checked": Checked.NOTHING,
    }
    return Regulation(key=key, steps=steps, **{**known, **fields})  # type: ignore[arg-type]


def hours(key: str, count: int, trigger: Trigger = Trigger.AWARENESS, after: str = "") -> Step:
    return Step(key, key.capitalize(), "the authority", (Limit(trigger, Span(count, Unit.HOURS), after),))


GDPR = rule("gdpr", hours("notice", 72), data=("personal",), regions=("eu",))
NIS2 = rule("nis2", hours("warning", 24, Trigger.SIGNIFICANCE), hours("final", 72, Trigger.FILED, "warning"))
HIPAA = rule("hipaa", hours("people", 100, Trigger.DISCOVERY), data=("health",))
LATER = rule("later", hours("notice", 72), applies_from=date(2030, 1, 1))
BOOK = MappingProxyType({row.key: row for row in (GDPR, NIS2, HIPAA, LATER)})
POLICY = Policy(
    severities=SEVERITIES,
    roles=ROLES,
    regulations=BOOK,
    legal_group="legal",
    services=(
        ServicePolicy("shop", "Shop", data_classes=("personal",), regions=("eu",)),
        ServicePolicy("abroad", "Abroad", data_classes=("personal",), regions=("br",)),
        ServicePolicy("anywhere", "Anywhere", data_classes=("personal",)),
        ServicePolicy("grid", "Grid", regulations=("nis2", "later")),
        ServicePolicy("wiki", "Wiki"),
    ),
)


def incident(*services: str, **fields: object) -> World:
    world = World(POLICY)
    world.declare("Keys leaked", "sev2", services=services, **fields)
    return world


def at_work(*services: str) -> World:
    """An incident with one clock under way, of which people know since START."""
    world = incident(*(services or ("shop",)))
    world.do(c.StartDutyClock("gdpr", Trigger.AWARENESS, START, "UANA"), ANA)
    return world


def told(world: World) -> list[f.TellAudience]:
    return [one for one in world.effects if isinstance(one, f.TellAudience) and one.audience == "regulatory"]
