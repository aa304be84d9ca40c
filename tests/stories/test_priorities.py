"""Three fires at once: which is first, for whom with figures, and what the cards and the summary channel say."""

from __future__ import annotations

import json
from functools import partial

import pytest

from tests.stories.stage import ALERTS, ANA, INCIDENTS, JSON, SAM, Stage, messages_in, whole_text

pytestmark = pytest.mark.slow

MODEL = "Recommendations are wrong for key accounts"
BOARDS = "Internal dashboards are down"
TRAINING = "Training jobs queue up"
EURO = "EUR"


async def three_fires(scene: Stage) -> list[str]:
    """Sam declares all three as people call them; returns their rooms."""
    for line in (f"p2 {MODEL}", f"P1 {BOARDS}", f"p3 {TRAINING}"):
        await scene.types(SAM, ALERTS, f"/incident declare {line}")
    rooms = [await scene.room(number) for number in (1, 2, 3)]
    await shown(scene, 3)
    return rooms


async def shown(scene: Stage, count: int) -> None:
    """Wait until the order has been written with so many incidents."""
    newest = "SELECT data FROM workspace_events WHERE type = 'OrderShown' ORDER BY seq DESC LIMIT 1"

    def length(_: JSON) -> bool:
        return any(len(json.loads(data)["order"]) == count for (data,) in scene.rows(newest))

    await scene.until(length, "the order was not written")
    await scene.settled()


async def answer(scene: Stage, user: str, words: str, channel: str = ALERTS) -> str:
    await scene.types(user, channel, f"/incident {words}")
    return await scene.last_whisper(user)


async def cards(scene: Stage) -> list[JSON]:
    """The cards in the summary channel, by number."""
    messages = await scene.messages(INCIDENTS)
    return [one for one in messages if not one.get("thread_ts") or one["thread_ts"] == one["ts"]][-3:]


async def test_a_few_key_accounts_come_before_an_outage_that_only_we_see(scene: Stage) -> None:
    await three_fires(scene)
    said = await answer(scene, SAM, "priorities")
    order = [said.index(text) for text in ("SEV2, rank 1", "SEV1, rank 2", "SEV3, rank 3")]
    assert order == sorted(order)
    assert "Fix first: speeds 2 others" in said
    assert "mostly revenue lost" in said.lower()


async def test_amounts_are_for_their_group_and_everybody_else_reads_words(scene: Stage) -> None:
    room, *_ = await three_fires(scene)
    for words, channel in (("priorities", ALERTS), ("why", room)):
        theirs = await answer(scene, ANA, words, channel)
        assert f"{EURO} per hour" in theirs
        assert "Changes places with INC-2" in theirs
        others = await answer(scene, SAM, words, channel)
        assert EURO not in others
        assert "Changes places" not in others
        assert "Amounts are for @incident-leads only" in others
        assert "high" in others


async def test_a_number_of_one_person_bears_their_name_and_a_change_of_places_is_told_once(scene: Stage) -> None:
    _, boards, _ = await three_fires(scene)
    await scene.types(SAM, boards, "/incident impact 100% 1400 customers")

    def passed(world: JSON) -> list[JSON]:
        return [one for one in messages_in(world, INCIDENTS) if "now rank 1, was 2" in str(one["text"])]

    await scene.until(passed, "nobody was told")
    await scene.settled()
    (told,) = passed(await scene.world())
    assert "now before INC-1" in whole_text(told)
    assert told["thread_ts"] == (await cards(scene))[1]["ts"]
    assert [("SEV1, rank 1" in whole_text(one)) for one in await cards(scene)] == [False, True, False]
    said = await answer(scene, ANA, "why", boards)
    assert f"customers affected: 1,400, estimate by <@{SAM}>" in said
    assert "1,400" not in await answer(scene, SAM, "why", boards)


async def test_a_mention_is_read_by_everybody_and_tells_no_amounts(scene: Stage) -> None:
    await three_fires(scene)
    bot = next(user["id"] for user in (await scene.world())["users"] if user.get("is_bot"))
    await scene.says(ANA, INCIDENTS, f"<@{bot}> why #1")

    def answered(world: JSON) -> list[JSON]:
        return [one for one in messages_in(world, INCIDENTS) if ": rank 1 of 3" in str(one["text"])]

    (found,) = await scene.until(answered, "no answer to the mention")
    assert "high" in whole_text(found)
    assert EURO not in whole_text(found)


async def test_cards_say_the_rank_everywhere_and_hold_no_figures(scene: Stage) -> None:
    room, *_ = await three_fires(scene)
    card = next(one for one in await scene.messages(room) if "INC-1" in one["text"])
    assert "SEV2, rank 1" in whole_text(card)
    assert "high" in whole_text(card)
    for one, said in zip(await cards(scene), ("SEV2, rank 1", "SEV1, rank 2", "SEV3, rank 3"), strict=True):
        assert said in whole_text(one)
        assert EURO not in whole_text(one)
    assert "SEV2, rank 1" in await answer(scene, SAM, "status #1")
    listed = await answer(scene, SAM, "list")
    assert listed.index("SEV2, rank 1") < listed.index("SEV1, rank 2")


async def test_home_shows_the_board_to_each_as_they_may_see_it(scene: Stage) -> None:
    await three_fires(scene)
    for user, amounts in ((ANA, True), (SAM, False)):
        await scene._post(f"as/{user}/home")
        view = await scene.until(partial(_home, user=user), "no Home")
        said = whole_text(view)
        assert "SEV2, rank 1" in said
        assert (EURO in said) is amounts


def _home(world: JSON, user: str) -> JSON | None:
    wanted = world["homes"].get(user)
    view = next((one for one in world["views"] if one["id"] == wanted), None)
    return view if view and "rank 1" in whole_text(view) else None


async def test_a_private_fire_counts_for_those_inside_only(scene: Stage) -> None:
    await three_fires(scene)
    await scene.types(ANA, ALERTS, "/incident private sev1 Customer data leaks from checkout")
    view = await scene.form(ANA)
    await scene.submits(ANA, view)
    room = await scene.room(4)
    inside, outside = await answer(scene, ANA, "priorities"), await answer(scene, SAM, "priorities")
    assert "4 open incidents" in inside
    assert inside.index("leaks") > inside.index("SEV1, rank 2")
    assert "SEV1, rank 3" in inside
    assert "3 open incidents" in outside
    assert "leaks" not in outside
    assert "SEV1, rank 2" in outside
    card = next(one for one in await scene.messages(room) if "INC-4" in one["text"])
    assert "SEV1, rank 2" in whole_text(card)
    assert "SEV1, rank 2" in whole_text((await cards(scene))[1]), "the public card knows nothing of it"
