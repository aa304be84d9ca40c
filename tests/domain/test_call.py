"""Each incident has a call of its own, where the settings say how its address is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.config.file import parse, policy_of
from bot.domain import effects as f
from bot.domain.call import CallTemplate
from bot.errors import ConfigError
from tests.domain.world import POLICY, World

CALLED = replace(POLICY, call=CallTemplate("https://meet.example.com/inc-{number}?again={number}"))


def marks(world: World) -> list[str]:
    return [one.what for one in world.effects if isinstance(one, f.AddBookmark)]


def test_every_number_has_an_address_of_its_own() -> None:
    assert CALLED.call is not None
    assert CALLED.call.url(42) == "https://meet.example.com/inc-42?again=42"


def test_the_call_is_a_bookmark_where_fewer_than_two_others_are_added() -> None:
    world = World(policy=CALLED)
    world.declare(services=("search",))
    assert marks(world) == ["summary", "call"]
    crowded = World(policy=CALLED)
    crowded.declare(services=("checkout",))
    assert marks(crowded) == ["summary", "dashboard:checkout"]
    private = World(policy=CALLED)
    private.declare(services=("checkout",), private=True)
    assert marks(private) == ["dashboard:checkout", "call"]


def test_without_the_setting_there_is_no_call() -> None:
    assert policy_of(parse("", "firebell.yaml")).call is None
    found = policy_of(parse("call_link: https://meet.example.com/inc-{number}", "firebell.yaml")).call
    assert found == CallTemplate("https://meet.example.com/inc-{number}")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://meet.example.com/one-for-all", "write {number} where"),
        ("https://meet.example.com/{number}/{title}", "no other braces"),
        ("meet.example.com/{number}", "write it like https://meet.example.com/inc-{number}"),
    ],
)
def test_an_address_that_could_not_be_made_is_refused(written: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"call_link: {written}", "firebell.yaml")
    assert said in str(caught.value)
