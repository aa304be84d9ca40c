"""`firebell doctor` on both databases: what is well, each thing that can be wrong for real, and how it is mended."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import update

from bot import doctor
from bot.alarm import Replica
from bot.clock import SystemClock
from bot.config import Settings, load
from bot.domain import commands as c
from bot.domain.model import FIREBELL, Actor
from bot.domain.venue import CanvasDenied, WriteCanvas
from bot.ports import Check, Clock, Viewer
from bot.store.engine import database_url, db_now, make_engine
from bot.store.tables import METADATA, effects, replicas, timers
from migrations import runner
from sandbox.server import Sandbox
from tests.conftest import House
from tests.fakes import FakeClock
from tests.integrations.slack.kit import INCIDENTS, local_slack

MINUTE = 60_000_000
ME = Replica("r1", "web-1", 7, "0.1.0", FakeClock().now())
NOW = SystemClock()


def settings_for(url: str, **variables: str) -> Settings:
    return load({"DATABASE_URL": url, "FIREBELL_WORKSPACE": "T1", **variables})


async def examined(settings: Settings, clock: Clock = NOW, **more: int) -> dict[str, Check]:
    return {check.name: check async for check in doctor.examine(settings, clock, **more)}


def wrong(checks: Mapping[str, Check]) -> Sequence[str]:
    """The names of what is wrong in the database; without a token the chat always is."""
    return [name for name, check in checks.items() if not check.ok and name != "Chat"]


async def change(house: House, *statements: Any) -> None:
    async with house.ledger.engine.begin() as connection:
        for statement in statements:
            await connection.execute(statement)


async def sign_in(house: House, me: Replica = ME) -> None:
    async with house.ledger.transaction(seconds=30) as unit:
        await unit.sign_in(me, NOW.now())
        await unit.commit()


async def declare(house: House) -> None:
    """An incident of today, with effects that wait and a timer that is set."""
    house.clock._now = NOW.now()
    await house.service.execute(c.Declare("Checkout fails", severity="sev1"), Actor("UANA"), "r1")


async def test_a_database_in_use_is_well(url: str, house: House) -> None:
    await declare(house)
    await sign_in(house)

    checks = await examined(settings_for(url))

    assert wrong(checks) == []
    assert list(checks)[-2:] == ["Heartbeat", "Chat"]
    assert {"Database", "Disk", "Database clock", "Replicas", "Timers", "Effects", "Given up"} < set(checks)
    assert checks["Database"].detail == f"{house.ledger.engine.dialect.name} at revision {runner.head()}"
    assert "web-1 (0.1.0, seen 0 s ago)" in checks["Replicas"].detail
    assert re.fullmatch(r"none is late; update is next, in 1\d min", checks["Timers"].detail)
    assert re.search(r"is the oldest, \d+ s$", checks["Effects"].detail)


async def test_nothing_in_the_database_is_changed_by_looking(url: str, house: House) -> None:
    await declare(house)
    await sign_in(house)

    async def contents() -> dict[str, list[Any]]:
        async with house.ledger.reading() as connection:
            return {
                name: list((await connection.execute(table.select())).all()) for name, table in METADATA.tables.items()
            }

    before = await contents()
    await examined(settings_for(url))
    assert await contents() == before


async def test_late_timers_and_effects_are_told_by_kind_and_age(url: str, house: House) -> None:
    await declare(house)
    due = timers.c.due_at - 30 * MINUTE
    await change(
        house,
        update(timers).values(due_at=due, attempts=3, last_error="ZeroDivisionError: Checkout fails"),
        update(effects).values(created_at=db_now() - 7 * MINUTE, last_reason="rate_limited", attempts=2),
    )

    checks = await examined(settings_for(url))

    assert wrong(checks) == ["Timers", "Effects"]
    assert re.fullmatch(
        r"update is the oldest, \d+ min, tried 3 times \(it fails, see the log\)", checks["Timers"].detail
    )
    assert re.fullmatch(r"\w+ \(\w+\) is the oldest, 7 min, tried 2 times \(rate_limited\)", checks["Effects"].detail)
    assert "Checkout" not in str(checks), "an incident may be private"
    assert "what the log says" in checks["Effects"].mend


async def test_how_late_is_too_late_is_the_operators_to_say(url: str, house: House, tmp_path: Path) -> None:
    await declare(house)
    await change(house, update(effects).values(created_at=db_now() - 7 * MINUTE))
    file = tmp_path / "firebell.yaml"
    file.write_text("watchdog:\n  late_after: 10m\n", encoding="utf-8")
    assert wrong(await examined(settings_for(url, FIREBELL_CONFIG=str(file)))) == []


async def test_a_workspace_without_canvases_is_told_and_is_no_fault(url: str, house: House) -> None:
    assert (await examined(settings_for(url)))["Canvas"].detail == "nothing speaks against it"
    await declare(house)
    [incident] = await house.queries.recent(Viewer("UANA"))
    denied = c.RecordOutcome("e1", WriteCanvas(), CanvasDenied("team_tier_cannot_create_channel_canvases", "workspace"))
    await house.service.execute(denied, FIREBELL, "r2", incident_id=incident.id)

    canvas = (await examined(settings_for(url)))["Canvas"]

    assert canvas.ok
    assert "team_tier_cannot_create_channel_canvases" in canvas.detail


async def test_dead_effects_are_counted_by_integration_and_reason(url: str, house: House) -> None:
    await declare(house)
    await change(house, update(effects).values(status="dead", last_reason="auth", last_detail="Checkout fails"))

    given_up = (await examined(settings_for(url)))["Given up"]

    assert not given_up.ok
    assert re.search(r"^\d+ effects: \d+ of chat \(auth\)", given_up.detail)
    assert "press Retry" in given_up.mend
    assert "Checkout" not in given_up.detail


@pytest.mark.parametrize("becomes", [{"version": 99}, {"last_reason": "unreadable"}], ids=["version", "inside"])
async def test_what_no_release_could_read_for_long_is_told(url: str, house: House, becomes: dict[str, Any]) -> None:
    await declare(house)
    await sign_in(house)
    card = effects.c.type == "PostCard"
    await change(house, update(effects).where(card).values(created_at=db_now() - 1 * MINUTE, **becomes))
    assert (await examined(settings_for(url)))["Unreadable effects"].ok, "an upgrade may be under way"

    await change(house, update(effects).where(card).values(created_at=db_now() - 7 * MINUTE))
    told = (await examined(settings_for(url)))["Unreadable effects"]
    assert (told.ok, told.detail) == (False, "2 PostCard (chat), the oldest 7 min")


async def test_a_firebell_that_has_stopped_is_told_with_when_it_was_seen(url: str, house: House) -> None:
    await sign_in(house)
    await change(house, update(replicas).values(seen_at=db_now() - 150 * MINUTE))
    seen = (await examined(settings_for(url)))["Replicas"]
    assert (seen.ok, seen.detail) == (False, "none is running; web-1 was seen last, 2 h ago")
    assert "firebell run" in seen.mend


async def test_before_the_first_run_nobody_is_missed(url: str) -> None:
    assert (await examined(settings_for(url)))["Replicas"].ok


async def test_replicas_of_two_releases_and_one_with_a_wrong_clock_are_told(url: str, house: House) -> None:
    await sign_in(house)
    await sign_in(house, replace(ME, id="r2", host="web-2", release="0.2.0"))
    await change(
        house, update(replicas).where(replicas.c.id == "r2").values(alive_at=replicas.c.alive_at + 11 * MINUTE // 2)
    )

    checks = await examined(settings_for(url))

    assert wrong(checks) == ["Replicas", "Replicas' clocks"]
    assert "newer release" in checks["Replicas"].mend
    assert checks["Replicas' clocks"].detail == "that of web-2 is 5 min apart from the database's"


async def test_a_clock_that_differs_from_the_databases_is_told(url: str) -> None:
    ahead = FakeClock(NOW.now() + timedelta(minutes=3))
    clock = (await examined(settings_for(url), ahead))["Database clock"]
    assert (clock.ok, clock.mend) == (False, "Set the clocks by NTP.")


async def test_a_disk_with_too_little_room_is_told(house: House, url: str) -> None:
    checks = await examined(settings_for(url), least_free=2**60)
    if house.ledger.alone:
        assert wrong(checks) == ["Disk"]
        assert "Make room" in checks["Disk"].mend
    else:
        assert re.fullmatch(r"the database takes [\d.]+ MB; watch the server's disk", checks["Disk"].detail)


async def test_an_older_schema_is_migrated_by_run_or_by_hand(empty_url: str) -> None:
    engine = make_engine(database_url(empty_url))
    await runner.upgrade(engine, "0001")
    checks = await examined(settings_for(empty_url))
    assert await runner.current(engine) == "0001", "doctor looks and migrates nothing"
    await engine.dispose()
    database = checks["Database"]
    if empty_url.startswith("sqlite"):
        assert database.ok
        assert f"`firebell run` brings it to {runner.head()}" in database.detail
    else:
        assert not database.ok
        assert database.mend == "Run `firebell migrate` with this release."
    assert "Effects" not in checks


async def test_a_database_that_does_not_answer_is_told(unused_tcp_port: int) -> None:
    checks = await examined(settings_for(f"postgresql://bob:hunter2@127.0.0.1:{unused_tcp_port}/x"))
    assert wrong(checks) == ["Database"]
    assert "DATABASE_URL" in checks["Database"].mend
    assert "hunter2" not in str(checks)


async def test_a_file_that_does_not_exist_yet_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "later" / "firebell.db"
    checks = await examined(settings_for(f"sqlite:///{file}"))
    assert wrong(checks) == []
    assert "firebell run" in checks["Database"].detail
    assert not file.parent.exists()


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "firebell.db"
    file.write_bytes(b"not a database, " * 100)
    assert wrong(await examined(settings_for(f"sqlite:///{file}"))) == ["Database"]


async def test_the_monitor_is_connected_to_and_hears_nothing() -> None:
    heard: list[str] = []

    async def take(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response()

    application = web.Application()
    application.router.add_get("/ping/secret-7f3", take)
    server = TestServer(application)
    await server.start_server()
    url = SecretStr(str(server.make_url("/ping/secret-7f3")))
    well = await doctor.heartbeat(url)
    await server.close()
    away = await doctor.heartbeat(url)

    assert (well.ok, well.detail) == (True, "127.0.0.1 takes connections")
    assert heard == []
    assert not away.ok
    assert "FIREBELL_HEARTBEAT_URL" in away.mend
    assert "secret-7f3" not in str((well, away))


async def test_without_a_monitor_it_says_what_that_means() -> None:
    none = await doctor.heartbeat(None)
    assert none.ok
    assert "nobody elsewhere notices" in none.detail


@contextlib.asynccontextmanager
async def slack_with(tmp_path: Path, channel: str) -> AsyncIterator[tuple[Sandbox, Settings]]:
    """A local Slack, and settings that name this operators' channel."""
    file = tmp_path / "firebell.yaml"
    file.write_text(f"watchdog:\n  operators_channel: '{channel}'\n", encoding="utf-8")
    async with local_slack() as slack:
        yield (
            slack,
            settings_for(
                f"sqlite:///{tmp_path / 'none.db'}",
                FIREBELL_CONFIG=str(file),
                SLACK_API_URL=slack.api_url,
                SLACK_BOT_TOKEN=slack.bot_token,
                SLACK_APP_TOKEN=slack.app_token,
            ),
        )


@pytest.mark.parametrize(
    ("channel", "well", "told"),
    [
        (INCIDENTS, True, "#incidents"),
        ("general", False, "Firebell is not in #general"),
        ("", True, "no channel is set"),
        ("C0NOWHERE", False, "watchdog.operators_channel"),
    ],
)
async def test_the_operators_channel_is_looked_for(tmp_path: Path, channel: str, well: bool, told: str) -> None:
    async with slack_with(tmp_path, channel) as (slack, settings):
        checks = await examined(settings)
        assert {"chat.postMessage", "conversations.join"}.isdisjoint(slack._traffic.calls)
    assert checks["Operators"].ok is well
    assert told in checks["Operators"].detail + checks["Operators"].mend
