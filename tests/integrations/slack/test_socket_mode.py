"""Socket Mode comes back, whatever ends a connection, and loses no acknowledgement it could send."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.faults import Rule
from tests.fakes import FakeClock
from tests.integrations.slack.kit import NOW, integration_for, local_slack, page
from tests.integrations.slack.line import Ear, Line, by_http, by_socket, until


async def test_socket_mode_has_no_door_and_http_no_socket():
    async with by_socket() as line:
        assert line.integration.routes() == ()
    async with by_http() as line, line.integration.listen() as socket:
        assert socket is None


async def test_a_socket_that_is_cut_is_replaced_and_the_event_comes_again():
    async with by_socket() as line:
        line.slack.faults.delivery.drop_socket = 1
        await line.react()
        await until(lambda: line.slack.faults.delivery.drop_socket == 0)
        await until(lambda: line.slack.sockets.connected)
        line.slack._clock.advance(61.0)  # by then Slack has tried twice and waits a minute
        await until(lambda: len(line.ear.heard) == 1)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_socket_that_is_asked_to_leave_is_replaced(reason: Any):
    async with by_socket() as line:
        line.ear.hold()
        running = asyncio.create_task(line.command())
        await until(lambda: line.ear.begun == 1)
        await line.slack.sockets.disconnect(reason)
        line.ear.let_go()
        if reason == "warning":
            assert (await running)["ok"] is True, "the old socket still acknowledges what it brought"
        else:
            await running
        await until(lambda: line.slack.sockets.connected)
        assert (await line.command())["ok"] is True


async def test_connecting_is_tried_until_it_works_with_a_new_address_each_time():
    async with local_slack() as slack:
        slack.faults.rules += [Rule("apps.connections.open", "500", count=2), Rule("apps.connections.open", "429")]
        integration = integration_for(slack, FakeClock(NOW))
        async with integration.open(), integration.listen() as socket:
            assert socket is not None
            await asyncio.wait_for(socket.connected.wait(), 60)


async def test_a_socket_outlives_the_time_limit_of_a_call():
    async with by_socket(call_seconds=0.3) as line:
        await asyncio.sleep(0.6)
        assert (await line.command())["ok"] is True
        assert (await page(line.integration, line.slack, "world"))["calls"]["apps.connections.open"] == 1


async def test_leaving_lets_a_running_request_end():
    async with local_slack(ack_seconds=30.0) as slack:
        integration = integration_for(slack, FakeClock(NOW))
        async with integration.open():
            ear = Ear()
            ear.hold()
            ear.register(integration)
            async with integration.listen() as socket:
                assert socket is not None
                await asyncio.wait_for(socket.connected.wait(), 30)
                running = asyncio.create_task(Line(slack, integration, ear).command())
                await until(lambda: ear.begun == 1)
                asyncio.get_running_loop().call_later(0.3, ear.let_go)
            assert (await running)["ok"] is True
            assert len(ear.heard) == 1
