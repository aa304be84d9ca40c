"""The reckoning itself: it finds what was lost, doubled, put elsewhere or out of order, and rows never written.

An incident is played on a local Slack; then the world that it left is spoilt in one way, and nothing else is found.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain import events as e
from bot.domain.policy import Policy
from tests.chaos.kit import Book
from tests.chaos.promise import Promises, promises
from tests.chaos.reckoning import Reckoning, World, reckon
from tests.conftest import run
from tests.stories.stage import ALERTS, ANA, BEA, SAM, stage

pytestmark = pytest.mark.slow
JSON = dict[str, Any]
Spoil = Callable[[JSON, Promises], None]


@dataclass(frozen=True)
class Played:
    """What an incident left behind."""

    log: tuple[e.Recorded, ...]
    world: JSON
    timers: dict[str, dict[str, datetime]]
    policy: Policy

    @property
    def promised(self) -> Promises:
        return promises(self.log, self.policy, World(self.world).group)

    def reckon(self, world: JSON, log: tuple[e.Recorded, ...] | None = None) -> Reckoning:
        promised = promises(log or self.log, self.policy, World(self.world).group)
        now = self.log[-1].at + timedelta(seconds=1)
        return reckon([promised], World(world), self.policy, timers=self.timers, now=now)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    found: list[Played] = []

    async def play(folder: Path) -> None:
        async with stage(folder, metrics=False) as scene:
            await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
            room = await scene.room()
            await scene.types(SAM, room, "/incident follow")
            for line in ("take scribe", "update Half fail", "update Fewer fail", "resolve The rollback"):
                await scene.types(BEA, room, f"/incident {line}")
            await scene.settled()
            async with Book(scene.environment["DATABASE_URL"]) as book:
                [incident_id] = await book.incident_ids()
                log = tuple(await book.log(incident_id))
                found.append(Played(log, await scene.world(), await book.timers(), book.policy))

    run(play(tmp_path_factory.mktemp("played")))
    return found[0]


def test_an_undisturbed_incident_left_what_its_log_calls_for(played: Played) -> None:
    found = played.reckon(played.world)
    assert found.clean, found
    assert found.expected == found.found > 10


def room_of(world: JSON, promised: Promises) -> JSON:
    assert promised.incident.room is not None
    room: JSON = world["channels"][promised.incident.room.channel]
    return room


def keyed(room: JSON) -> list[JSON]:
    return [one for one in room["messages"] if one.get("metadata")]


def lose_a_message(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    room["messages"].remove(keyed(room)[-1])


def double_a_message(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    last = keyed(room)[-1]
    room["messages"].append({**last, "ts": f"{float(last['ts']) + 1:.6f}"})


def say_what_nothing_calls_for(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    stray = copy.deepcopy(keyed(room)[-1])
    stray["metadata"]["event_payload"]["key"] = "another:1:1:chat"
    room["messages"].append(stray)


def swap_two_messages(world: JSON, promised: Promises) -> None:
    first, second = keyed(room_of(world, promised))[-2:]
    first["metadata"], second["metadata"] = second["metadata"], first["metadata"]


def put_a_message_elsewhere(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    last = keyed(room)[-1]
    room["messages"].remove(last)
    world["channels"][ALERTS]["messages"].append(last)


def lose_the_pin(world: JSON, promised: Promises) -> None:
    room_of(world, promised)["pins"].clear()


def double_a_bookmark(world: JSON, promised: Promises) -> None:
    marks = room_of(world, promised)["bookmarks"]
    marks.append(marks[0])


def double_the_channel(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    world["channels"]["C2"] = {**room, "id": "C2", "name": f"{room['name']}-2", "messages": []}


def lose_an_invitation(world: JSON, promised: Promises) -> None:
    room_of(world, promised)["members"].remove(ANA)


def lose_the_last_edit_of_the_card(world: JSON, promised: Promises) -> None:
    room = room_of(world, promised)
    card = next(one for one in room["messages"] if one["ts"] == room["pins"][0]["ts"])
    card["text"], card["blocks"] = "SEV1 INC-1: declared", []


def share_a_file_twice(world: JSON, promised: Promises) -> None:
    shares = world["files"][-1]["shares"][room_of(world, promised)["id"]]
    shares.append(shares[0])


LOST = (lose_a_message, put_a_message_elsewhere, lose_the_pin, lose_an_invitation, lose_the_last_edit_of_the_card)
DOUBLED = (double_a_message, say_what_nothing_calls_for, double_a_bookmark, double_the_channel, share_a_file_twice)


@pytest.mark.parametrize("spoil", [*LOST, *DOUBLED, swap_two_messages])
def test_what_was_spoilt_is_found_and_nothing_else(played: Played, spoil: Spoil) -> None:
    world = copy.deepcopy(played.world)
    spoil(world, played.promised)
    found = played.reckon(world)
    counts = (len(found.lost), len(found.doubled), len(found.disorder))
    assert counts == (int(spoil in LOST), int(spoil in DOUBLED), int(spoil is swap_two_messages)), found


def test_an_effect_whose_row_was_never_written_is_missed_all_the_same(played: Played) -> None:
    """The log alone says what must be: here it goes on with an update that no outbox has ever seen."""
    last = next(one for one in reversed(played.log) if isinstance(one.event, e.UpdatePosted))
    unheard = replace(last, seq=played.log[-1].seq + 1, event=replace(last.event, number=9))
    found = played.reckon(played.world, (*played.log, unheard))
    assert len(found.lost) >= 2
    assert all("UpdatePublished" in one for one in found.lost if "Message" in one), found


def test_a_timer_that_is_gone_and_one_that_nothing_armed_are_found(played: Played) -> None:
    (incident_id, standing), *_ = played.timers.items()
    kind, due = next(iter(standing.items()))
    spoilt = replace(played, timers={incident_id: {**standing, "another": due}})
    assert len(spoilt.reckon(played.world).doubled) == 1
    gone = replace(played, timers={incident_id: {name: at for name, at in standing.items() if name != kind}})
    assert len(gone.reckon(played.world).lost) == 1


async def test_of_a_merge_both_cards_and_the_topic_must_tell(tmp_path: Path) -> None:
    async with stage(tmp_path, metrics=False) as scene:
        for user, title in ((ANA, "checkout returns 500s"), (BEA, "nobody can pay")):
            await scene.types(user, ALERTS, f"/incident declare sev2 {title}")
        room = await scene.room(1)
        await scene.types(BEA, room, "/incident merge #2 into #1")
        await scene.submits(BEA, await scene.form(BEA), reason={"value": "one deploy"})
        await scene.settled()
        async with Book(scene.environment["DATABASE_URL"]) as book:
            world = await scene.world()
            assert (await book.reckon(World(world))).clean
            part = world["channels"][await scene.room(2)]
            part["topic"] = str(part["topic"]).replace("Merged into INC-1", "Investigating")
            assert (await book.reckon(World(world))).lost == ("INC-2 the last topic",)
            for place in (part, world["channels"][room]):
                card = next(one for one in place["messages"] if one["ts"] == place["pins"][0]["ts"])
                card["text"], card["blocks"] = "SEV2 Investigating", []
            assert len((await book.reckon(World(world))).lost) == 3
