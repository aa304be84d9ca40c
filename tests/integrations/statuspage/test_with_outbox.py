"""The real outbox on the real integration: whatever becomes of the answers, each text stands on the page once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.model import Actor
from bot.domain.policy import Policy
from bot.domain.publishing import PostState, PublicStatus
from bot.outbox import Habits, Outbox
from bot.ports import Desk, Handler, Performer, View
from integrations.statuspage.integration import StatuspageIntegration
from tests.conftest import House
from tests.fakes import FakeChat
from tests.integrations.statuspage.double import statuspage
from tests.integrations.statuspage.kit import MAJOR, PUBLIC, settings
from tests.outbox.conftest import rows, until

ANA = Actor("UANA")
HABITS = Habits(attempts=6, backoff=0.01, backoff_most=0.05, grace=0.1, heartbeat=0.05)


@pytest.fixture
def engine_name() -> str:
    """One database is enough here: what differs between the two is tried with the outbox itself."""
    return "sqlite"


@pytest.fixture
def policy(policy: Policy) -> Policy:
    return replace(policy, status_page=PUBLIC)


def working(house: House, performer: Performer) -> Outbox:
    """An outbox that performs what is for the page; the chat is a fake one."""
    performers = {performer.name: performer, "chat": FakeChat().performer(call_timeout=0.5)}
    return Outbox(
        house.ledger, house.queries, house.service, performers, policy=house.policy, clock=house.clock, habits=HABITS
    )


async def confirm(house: House, incident_id: str, text: str, status: PublicStatus) -> None:
    words = c.PublishPost("Checkout fails", text, status, MAJOR)
    await house.service.execute(words, ANA, text, incident_id=incident_id)


async def all_posted(house: House) -> bool:
    return all(row.status in ("done", "dead") for row in await rows(house, f.PublishPost.__name__))


@pytest.mark.parametrize(
    "trouble",
    [[], ["lost"], [500, "lost"], ["lost", 503]],
    ids=["well", "lost", "refused-then-lost", "lost-then-refused"],
)
async def test_each_text_stands_there_once_whatever_becomes_of_the_answers(
    house: House, trouble: list[int | str]
) -> None:
    async with statuspage() as page:
        page.trouble = {"POST /incidents": list(trouble), "PATCH /incidents": list(trouble)}
        given = settings(page.url, call_seconds=0.3, attempt_seconds=0.6)
        async with StatuspageIntegration(given).open() as performer:
            made = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")
            key = made.incident.id
            outbox = working(house, performer)
            running = asyncio.create_task(outbox.run())
            for text, status in (("We look.", PublicStatus.INVESTIGATING), ("It is over.", PublicStatus.RESOLVED)):
                await confirm(house, key, text, status)
            await until(lambda: all_posted(house), within=30)
            outbox.stop(within=5)
            await running
        incident = await house.check(key)
        assert [post.state for post in incident.posts] == [PostState.PUBLISHED] * 2
        assert [text for _, _, text in page.updates()] == ["We look.", "It is over."]
        assert len(page.incidents) == 1


async def test_a_process_that_dies_after_the_call_leaves_one_text(house: House) -> None:
    """What was sent by whoever died is found by whoever comes next, when the lease has ended."""
    async with statuspage() as page:
        given = settings(page.url, call_seconds=0.3, attempt_seconds=0.6)
        made = await house.service.execute(c.Declare("Checkout fails", severity="sev1"), ANA, "r1")
        key = made.incident.id
        await confirm(house, key, "We look.", PublicStatus.INVESTIGATING)
        async with StatuspageIntegration(given).open() as performer:
            first = working(house, replace(performer, handlers={f.PublishPost.__name__: _dies_after(performer)}))
            running = asyncio.create_task(first.run())
            await until(lambda: _sent(page.incidents), within=30)
            running.cancel()
            await asyncio.wait({running})
        async with StatuspageIntegration(given).open() as performer:
            second = working(house, performer)
            running = asyncio.create_task(second.run())
            await until(lambda: all_posted(house), within=30)
            second.stop(within=5)
            await running
        assert [text for _, _, text in page.updates()] == ["We look."]
        assert (await house.check(key)).posts[0].state is PostState.PUBLISHED


def _dies_after(performer: Performer) -> Handler:
    async def perform(effect: f.Effect, view: View, desk: Desk) -> f.Facts:
        await performer.handlers[f.PublishPost.__name__](effect, view, desk)
        await asyncio.Event().wait()
        return f.Done()

    return perform


async def _sent(incidents: list[object]) -> bool:
    return bool(incidents)
