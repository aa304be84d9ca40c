"""One believable night, told through the real rules: an outage from its declaration to a half-written postmortem."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.config.defaults import ROLES, SEVERITIES
from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.events import Recorded
from bot.domain.model import FIREBELL, Absence, Actor, MessageRef, SharedFile, Status
from bot.domain.policy import Panel, Policy, ServicePolicy
from tests.domain.world import START, World

ANA, BEA, CARLA, SAM = Actor("UANA"), Actor("UBEA"), Actor("UCARLA"), Actor("USAM", responder=False)
NAMES = {"UANA": "Ana Ruiz", "UBEA": "Bea Lind", "UCARLA": "Carla Moreau", "USAM": "Sam Okafor"}
LINK = "https://larkspur.example/archives"


def panels(service: str) -> tuple[Panel, ...]:
    return (
        Panel("latency", "Latency, 99th percentile", f'p99{{service="{service}"}}', "seconds"),
        Panel("errors", "Requests answered 5xx", f'errors{{service="{service}"}}', "ratio"),
        Panel("requests", "Requests", f'requests{{service="{service}"}}', "per_second"),
    )


POLICY = Policy(
    severities=SEVERITIES,
    roles=ROLES,
    services=(
        ServicePolicy("checkout", "Checkout", tier=1, panels=panels("checkout"), owner="Checkout team"),
        ServicePolicy("payments", "Payments", tier=1, panels=panels("payments")),
    ),
)


def night(until: str = "written") -> World:
    """Play the outage up to a scene: "declared", "mitigated", "resolved" or "written"."""
    world = World(POLICY)
    for scene in (_declared, _mitigated, _resolved, _written):
        scene(world)
        if scene.__name__ == f"_{until}":
            break
    return world


def night_log() -> tuple[Recorded, ...]:
    return tuple(night().log)


def _declared(world: World) -> None:
    """02:47. An alert, a sev2, a room; at 02:53 it is a sev1."""
    alert = MessageRef("CALERTS", "1.0", permalink=f"{LINK}/CALERTS/p1")
    world.declare("Checkout returns 500s", "sev2", services=("checkout",), origin=alert)
    world.settle(f.OpenRoom(), f.RoomFacts("CROOM", "inc-42-checkout-returns-500s"))
    world.settle(f.PostCard(f.CARD), f.Placed("CROOM", "1.1", f"{LINK}/CROOM/p11"))
    world.settle(f.PostCard(f.SUMMARY_CARD), f.Placed("CSUM", "1.2", f"{LINK}/CSUM/p12"))
    _collect(world, "declare", START)
    world.wait(minutes=1)
    world.do(c.AssignRole("commander", "UANA"))
    world.do(c.AssignRole("communications", "UBEA"))
    world.do(c.EditDetails(services=("checkout", "payments"), started_at=START - timedelta(minutes=7)))
    world.wait(minutes=3)
    _pin(world, "2.1", "UCARLA", "Every second call to /pay answers 500.\nIt began with release 2026.11.18-4.")
    world.wait(minutes=2)
    world.do(c.ChangeSeverity("sev1", "About half of all payments fail"))


def _mitigated(world: World) -> None:
    """Two updates, the second late because Firebell was away; then a rollback."""
    world.wait(minutes=2)
    headline = "Half of all payments fail. We are looking for the cause."
    _update(world, c.PostUpdate(headline, "About half of the customers cannot pay.", "Reading the payment logs"))
    world.wait(minutes=27)
    due = world.now - timedelta(minutes=12)
    world.do(c.FireTimer("update", due, 1, Absence(due - timedelta(seconds=20), world.now)), FIREBELL)
    world.wait(minutes=1)
    _update(
        world,
        c.PostUpdate(
            "The release of last night is the cause. A rollback is under way.",
            "About half of the customers can not pay.",
            "Rolling back checkout",
            "Watching the error rate",
            world.now + timedelta(minutes=15),
            Status.MITIGATING,
        ),
        BEA,
    )
    world.wait(minutes=1)
    fixed = "Yesterday's release is the cause. A rollback is under way."
    impact = "About half of the customers cannot pay."
    world.do(c.CorrectUpdate(2, fixed, impact, "Rolling back checkout", "Watching the error rate"), BEA)
    world.do(c.AddNote("Rolled back checkout to 2026.11.18-3", world.now - timedelta(seconds=40)), CARLA)
    _pin(world, "2.2", "USAM", "lunch?")
    world.do(c.Unpin("CROOM", "2.2"))
    world.wait(minutes=11)
    world.do(c.ConfirmUnchanged(), BEA)
    world.do(c.AssignRole("commander", "UCARLA", replace=True))


def _resolved(world: World) -> None:
    """03:52. Errors are gone since 03:41."""
    world.wait(minutes=8)
    world.do(c.ChangeStatus(Status.MONITORING, "The error rate is back to normal"), CARLA)
    world.wait(minutes=9)
    resolve = c.Resolve("Rolled back checkout to 2026.11.18-3", world.now - timedelta(minutes=11))
    world.do(resolve, CARLA)
    _place_update(world, 3)
    _collect(world, "resolve", world.now)
    _share(world, 1)
    world.wait(minutes=30)
    _collect(world, "after", world.now)
    _share(world, 2)


def _written(world: World) -> None:
    """The next morning: one section and two action items."""
    world.wait(hours=5)
    text = (
        "The release moved card checks into the request, where a **slow** answer held a worker.\n\n"
        "- Timeouts were 30 s, the pool 40 workers.\n- Nothing measured the pool."
    )
    world.do(c.EditSection("root_cause", text), CARLA)
    world.do(c.SaveActionItem("Alert on worker pool saturation", "UCARLA", "2026-11-27"), CARLA)
    world.do(c.SaveActionItem("Give card checks a 2 s timeout", "", "", done=True), ANA)


def _collect(world: World, moment: str, end: datetime) -> None:
    start = START - timedelta(minutes=67)
    document = panel_document(start, end, services=world.it.services)
    digest = hashlib.sha256(document).hexdigest()
    count = sum(not panel["error"] for panel in json.loads(document)["panels"])
    world.settle(f.CollectPanels(moment, start, end), f.PanelFacts(digest, count))


def _pin(world: World, ts: str, author: str, text: str) -> None:
    world.do(c.RequestPin("CROOM", ts))
    fetch = f.FetchMessage("CROOM", ts, None, "UANA")
    link = f"{LINK}/CROOM/p{ts.replace('.', '')}"
    world.settle(fetch, f.Fetched(author, text, link, world.now - timedelta(seconds=30)))


def _update(world: World, command: c.PostUpdate, actor: Actor = BEA) -> None:
    world.do(command, actor)
    _place_update(world, len(world.it.updates))


def _place_update(world: World, number: int) -> None:
    sent = [one for one in world.effects if isinstance(one, f.PostMessage) and one.slot == f"update:{number}:room"]
    for effect in sent:
        world.settle(effect, f.Placed("CROOM", f"3.{number}", f"{LINK}/CROOM/p3{number}"))


def _share(world: World, version: int) -> None:
    blobs = (("html", "a" * 64), ("md", "b" * 64))
    world.settle(f.RenderPostmortem(version), f.DocumentFacts(blobs))
    for kind, blob in blobs:
        file = SharedFile(f"F{version}{kind.upper()}", f"inc-42.{kind}", f"{LINK}/files/F{version}{kind}")
        facts = f.FileFacts((file.file_id,), (file.name,), (file.permalink,))
        world.settle(f.ShareDocument(version, kind, blob), facts)


def panel_document(start: datetime, end: datetime, *, services: tuple[str, ...] = ("checkout",)) -> bytes:
    """Panel data of the night as it is stored, one point a minute: bad from 02:40, well again by 03:41."""
    rows = [_panel(service, panel, start, end) for service in services for panel in POLICY.service(service).panels]
    document = {"start": start.timestamp(), "end": end.timestamp(), "step": 60.0, "panels": rows}
    return json.dumps(document).encode()


_SHAPES: dict[str, Callable[[float, float], float]] = {
    "latency": lambda bad, wave: 0.18 + 0.012 * wave + 2.25 * bad,
    "errors": lambda bad, wave: 0.002 + 0.0004 * wave + 0.47 * bad,
    "requests": lambda bad, wave: 42.0 + 1.5 * wave - 17.0 * bad,
}


def _panel(service: str, panel: Panel, start: datetime, end: datetime) -> dict[str, Any]:
    first, last = START - timedelta(minutes=7), START + timedelta(minutes=54)
    weight = 1.0 if service == "checkout" else 0.2
    points = []
    at = start
    while at <= end:
        rise = 1 / (1 + math.exp(-(at - first).total_seconds() / 120 + 2))
        fall = 1 / (1 + math.exp(-(at - last).total_seconds() / 90 - 2))
        wave = math.sin(at.timestamp() / 260) + 0.4 * math.sin(at.timestamp() / 71)
        points.append([at.timestamp(), _SHAPES[panel.key](weight * (rise - fall), wave)])
        at += timedelta(minutes=1)
    return {
        "service": service,
        "service_name": POLICY.service(service).name,
        "key": panel.key,
        "title": panel.title,
        "unit": panel.unit,
        "query": panel.query,
        "series": [{"labels": {}, "points": points}],
        "left_out": 0,
        "error": "",
    }
