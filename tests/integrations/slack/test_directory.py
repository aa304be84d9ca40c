"""Who people are: kept for a while, never a reason to wait or to fail."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.errors import IntegrationError
from tests.fakes import StillClock
from tests.integrations.slack.kit import ANA, BEA, DAN, integration_for, local_slack


async def test_names_zones_and_members_are_asked_for_once():
    async with local_slack() as slack:
        integration = integration_for(slack, StillClock())
        async with integration.open():
            people = integration.directory
            for _ in range(3):
                assert (await people.name(ANA), await people.zone(BEA)) == ("ana", "Asia/Tokyo")
                assert list(await people.members("oncall")) == [ANA, BEA]
                assert list(await people.members("S0ONCALL")) == [ANA, BEA]
            assert await people.full_name(ANA) == "Ana"
            assert (await people.person(DAN)).deactivated
            assert people.known("UNOBODY") is None
            asked = slack._traffic.calls
            assert (asked["users.info"], asked["usergroups.list"], asked["usergroups.users.list"]) == (3, 1, 2)
            assert "users.list" not in asked


async def test_people_and_their_emails_are_found_both_ways_and_asked_for_once():
    async with local_slack() as slack:
        integration = integration_for(slack, StillClock())
        async with integration.open():
            people = integration.directory
            slack._state.users[ANA].email = "ana@test.example"
            email = await people.email(ANA)
            assert email == "ana@test.example"
            for written in (email, email.upper(), email):
                assert await people.user(written) == ANA
            assert await people.user("nobody@test.example") == ""
            assert await people.user("nobody@test.example") == ""
            assert await people.email("UNOBODY") == ""
            assert slack._traffic.calls["users.lookupByEmail"] == 2


async def test_an_old_value_is_given_at_once_and_renewed_behind_it():
    async with local_slack() as slack:
        clock = StillClock()
        integration = integration_for(slack, clock)
        async with integration.open():
            people = integration.directory
            assert list(await people.members("oncall")) == [ANA, BEA]
            slack._state.usergroups["S0ONCALL"].users.append(DAN)
            clock.seconds = 301.0
            assert list(await people.members("oncall")) == [ANA, BEA]
            assert list(await people.expand("oncall")) == [ANA, BEA, DAN]
            assert list(await people.members("oncall")) == [ANA, BEA, DAN]


async def test_without_slack_everybody_has_their_id_for_a_name_and_groups_are_empty():
    async with local_slack() as slack:
        integration = integration_for(slack, StillClock(), call_seconds=60.0)
        async with integration.open():
            slack.faults.latency_ms = 30_000
            people, started = integration.directory, time.monotonic()
            answers = await asyncio.gather(people.name(ANA), people.zone(BEA), people.members("oncall"))
            assert list(answers) == [ANA, "UTC", ()]
            assert time.monotonic() - started < 15


async def test_a_stranger_and_an_unknown_group_fail_only_where_it_matters():
    async with local_slack() as slack:
        integration = integration_for(slack, StillClock())
        async with integration.open():
            assert await integration.directory.name("UNOBODY") == "UNOBODY"
            assert list(await integration.directory.members("nobody")) == []
            with pytest.raises(IntegrationError, match="user_not_found"):
                await integration.directory.person("UNOBODY")


async def test_who_is_in_a_channel_is_asked_for_each_time():
    async with local_slack() as slack:
        integration = integration_for(slack, StillClock())
        async with integration.open():
            client = integration.directory._client
            made = (await client.call("conversations.create", name="inc-42"))["channel"]["id"]
            await client.call("conversations.invite", channel=made, users=f"{ANA},{BEA}")
            assert await integration.directory.present(made) > {ANA, BEA}
            await client.call("conversations.kick", channel=made, user=BEA)
            assert BEA not in await integration.directory.present(made)
            with pytest.raises(IntegrationError):
                await integration.directory.present("CNOWHERE")
