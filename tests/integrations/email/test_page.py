"""The address in a mail ends one subscription, and nobody can make one up."""

from __future__ import annotations

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.subscriptions import Kind, Readers, Subscription
from bot.errors import Busy, OutcomeUnknown
from integrations.email.page import Unsubscribing

WISH = Subscription("UBEA", Kind.SERVICE, "checkout", readers=Readers.SUPPORT)


def test_a_token_is_read_back_and_a_changed_one_is_not() -> None:
    ours = Unsubscribing(b"key", "https://firebell.shop.example/")
    token = ours.token(WISH)
    assert ours.read(token) == WISH
    assert ours.url(WISH) == f"https://firebell.shop.example/unsubscribe/{token}"
    for strange in ("", ".", f"x{token}", token[:-1], "é.é", "abc.é", Unsubscribing(b"other", "").token(WISH)):
        assert ours.read(strange) is None


async def test_looking_changes_nothing_and_one_click_ends_it() -> None:
    ended: list[Subscription] = []
    busy = [True]

    async def end(one: Subscription) -> None:
        if busy.pop():
            raise Busy("no")
        ended.append(one)

    ours = Unsubscribing(b"key", "https://firebell.shop.example")
    application = web.Application()
    application.add_routes(ours.routes(end))
    busy.insert(0, False)
    async with TestClient(TestServer(application)) as client:
        path = f"/unsubscribe/{ours.token(WISH)}"
        assert "Unsubscribe</button>" in await (await client.get(path)).text()
        assert ended == []
        assert (await client.post(path)).status == 503
        answer = await client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status == 200
        assert ended == [WISH]
        assert (await client.get("/unsubscribe/made-up.0")).status == 404
        assert (await client.post("/unsubscribe/made-up.0")).status == 404


async def test_no_address_and_no_lost_answer_is_a_fault_of_the_page() -> None:
    async def end(one: Subscription) -> None:
        raise OutcomeUnknown("COMMIT was sent and its answer was lost")

    ours = Unsubscribing(b"key", "https://firebell.shop.example")
    application = web.Application()
    application.add_routes(ours.routes(end))
    async with TestClient(TestServer(application)) as client:
        assert (await client.get("/unsubscribe/abc.%C3%A9")).status == 404
        answer = await client.post(f"/unsubscribe/{ours.token(WISH)}")
        assert answer.status == 503
        assert "Whether this took effect is not known" in await answer.text()


def test_without_a_public_address_there_is_no_page() -> None:
    async def end(one: Subscription) -> None:
        raise AssertionError(one)

    assert Unsubscribing(b"key", "").routes(end) == []
    assert Unsubscribing(b"key", "").url(WISH) == ""
