"""The status page, as people live through it: the whole bot between a local Slack and a Statuspage on this machine."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.integrations.statuspage.double import KEY, PAGE, Statuspage, statuspage
from tests.stories.stage import ALERTS, ANA, BEA, JSON, ROOT, Stage, bot, empty_stage, messages_in, whole_text

pytestmark = pytest.mark.slow

BLOCK = f"""
status_page:
  title: Larkspur status
  services:
    checkout: {{name: Shop checkout, component: c0checkout}}
    payments: {{name: Card payments, component: c0payments}}
  statuspage: {PAGE}
"""


@dataclass
class Told:
    """A stage on which customers are told; `site` is where Firebell answers."""

    scene: Stage
    page: Statuspage
    site: str

    async def declared(self) -> str:
        await self.scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
        return await self.scene.room()

    async def says(self, room: str, words: str) -> JSON:
        """Wait for a message in the room that says this, as it then stands."""
        found: JSON = await self.scene.until(
            lambda world: next((one for one in messages_in(world, room) if words in whole_text(one)), None),
            f"nothing in the room says: {words}",
        )
        return found

    async def asked(self, user: str, words: str) -> JSON:
        """Wait for a direct message that says this, as it then stands."""

        def look(world: JSON) -> JSON | None:
            mine = [key for key, one in world["channels"].items() if one["kind"] == "im" and user in one["members"]]
            told = (one for key in mine for one in messages_in(world, key))
            return next((one for one in told if words in whole_text(one)), None)

        return dict(await self.scene.until(look, f"nobody told {user}: {words}"))

    async def publishes(self, user: str, **inputs: Any) -> JSON:
        """Somebody sends the open form, reads the preview, and publishes; returns the preview."""
        await self.scene.submits(user, await self.scene.form(user), **inputs)
        preview = await self.preview(user)
        await self.scene.submits(user, preview)
        return preview

    async def preview(self, user: str, words: str = "") -> JSON:
        """The form with its preview, once it is open."""

        def look(world: JSON) -> JSON | None:
            stack = world["stacks"].get(user) or []
            top = next((view for view in world["views"] if stack and view["id"] == stack[-1]), None)
            if top is None or (top["submit"] or {}).get("text") != "Publish":
                return None
            return top if words in whole_text(top) else None

        return dict(await self.scene.until(look, f"no preview: {words}"))


@asynccontextmanager
async def _told(folder: Path, block: str, *, hosted: bool) -> AsyncIterator[Told]:
    settings = folder / "firebell.yaml"
    given = yaml.safe_load((ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8"))
    given["permissions"]["publish"] = "everyone"
    settings.write_text(yaml.safe_dump(given | yaml.safe_load(block), sort_keys=False), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with statuspage() as page, empty_stage(folder, metrics=False) as scene:
        scene.environment |= {"FIREBELL_CONFIG": str(settings), "PORT": str(port)}
        if hosted:
            scene.environment |= {"STATUSPAGE_API_KEY": KEY, "STATUSPAGE_API_URL": page.url}
        async with bot(scene):
            yield Told(scene, page, f"http://127.0.0.1:{port}")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Told]:
    async with _told(tmp_path, BLOCK, hosted=True) as made:
        yield made


async def test_customers_read_what_was_previewed_and_confirmed_and_nothing_before(house: Told) -> None:
    room = await house.declared()
    await house.scene.types(BEA, room, "/incident statuspage Orders fail with an error. Nothing is charged.")
    assert house.page.calls == []
    preview = await house.publishes(BEA)
    assert "Orders fail with an error" in whole_text(preview)
    told = await house.says(room, "Published on the status page")
    assert "https://stspg.example/i00001" in str(told["blocks"])
    assert house.page.updates() == [
        ("Shop checkout: outage", "investigating", "Orders fail with an error. Nothing is charged.")
    ]
    assert house.page.states() == {"c0checkout": "major_outage", "c0payments": "operational"}


async def test_words_that_were_changed_are_previewed_anew_before_they_are_published(house: Told) -> None:
    room = await house.declared()
    await house.scene.types(BEA, room, "/incident statuspage First words")
    await house.scene.submits(BEA, await house.scene.form(BEA))
    await house.scene.submits(BEA, await house.preview(BEA, "First words"), text={"value": "Second words"})
    again = await house.preview(BEA, "Second words")
    assert house.scene.rows("SELECT id FROM effects WHERE type = 'PublishPost'") == []
    await house.scene.submits(BEA, again, text={"value": "Second words"})
    await house.says(room, "Published on the status page")
    assert [text for _, _, text in house.page.updates()] == ["Second words"]


async def test_after_an_update_and_at_the_end_the_commander_is_asked_and_one_click_shows_the_preview(
    house: Told,
) -> None:
    room = await house.declared()
    await house.scene.types(ANA, room, "/incident statuspage Orders fail.")
    await house.publishes(ANA)
    await house.says(room, "Published on the status page")
    await house.scene.types(ANA, room, "/incident resolve The deploy was rolled back")
    offer = await house.asked(ANA, "The status page still says *Investigating*")
    assert "has been over since" in whole_text(offer)
    assert len(house.page.updates()) == 1
    await house.scene.presses(ANA, offer, "open_post_draft")
    await house.scene.submits(ANA, await house.preview(ANA))
    await house.asked(ANA, "The status page has said *Resolved*")
    await house.scene.until(lambda _: len(house.page.updates()) == 2, "nothing was published")
    assert house.page.updates()[-1][1] == "resolved"
    assert house.page.states() == {"c0checkout": "operational", "c0payments": "operational"}


async def test_what_statuspage_refuses_is_said_plainly_and_retry_publishes_it_once(house: Told) -> None:
    room = await house.declared()
    house.page.trouble["POST /incidents"] = [403]
    await house.scene.types(ANA, room, "/incident statuspage Orders fail.")
    await house.publishes(ANA)
    failed = await house.says(room, "Statuspage was not changed")
    assert "HTTP 403" in whole_text(failed)
    await house.scene.presses(ANA, failed, "retry_effect")
    await house.says(room, "Published on the status page")
    assert len(house.page.updates()) == 1


async def test_where_statuspage_limits_calls_it_is_published_a_little_later(house: Told) -> None:
    room = await house.declared()
    house.page.trouble["POST /incidents"] = [429, 420]
    await house.scene.types(ANA, room, "/incident statuspage Orders fail.")
    await house.publishes(ANA)
    assert "Statuspage has not confirmed them yet" in whole_text(await house.says(room, "words for the status page"))
    await house.says(room, "Published on the status page")
    assert (len(house.page.updates()), house.page.calls.count("POST /incidents")) == (1, 3)


async def test_a_private_incident_is_never_told(house: Told) -> None:
    await house.scene.types(ANA, ALERTS, "/incident declare private sev1 a key has leaked")
    await house.scene.settled()
    form = await house.scene.form(ANA)
    await house.scene.submits(ANA, form)
    await house.scene.settled()
    await house.scene.types(ANA, ALERTS, "/incident statuspage #1 A key has leaked")
    assert "is private, and everybody reads the status page" in await house.scene.last_whisper(ANA)
    assert house.page.calls == []


async def test_without_a_status_page_the_word_says_so_calmly(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev2 search is slow")
    await scene.types(ANA, await scene.room(), "/incident statuspage")
    answer = await scene.last_whisper(ANA)
    assert "there is no status page" in answer
    assert "docs/statuspage.md" in answer


async def test_our_own_page_needs_no_account_and_tells_nothing_but_the_words(tmp_path: Path) -> None:
    block = BLOCK.replace(f"  statuspage: {PAGE}\n", "  serve: true\n")
    async with _told(tmp_path, block, hosted=False) as house, httpx.AsyncClient(timeout=60) as http:
        room = await house.declared()
        assert "Everything works" in (await http.get(f"{house.site}/status")).text
        await house.scene.types(ANA, room, "/incident update The ledger of Acme is stuck")
        await house.scene.types(ANA, room, "/incident statuspage Orders fail. <b>Nothing</b> is charged.")
        await house.publishes(ANA)
        await house.says(room, "published on the status page")

        async def shown() -> str:
            return (await http.get(f"{house.site}/status")).text

        page = await shown()
        while "Orders fail" not in page:
            page = await shown()
        assert "Orders fail. &lt;b&gt;Nothing&lt;/b&gt; is charged." in page
        assert "Shop checkout" in page
        assert "Major outage" in page
        assert not [word for word in ("Acme", "INC-1", "500s", "ledger", "Ana") if word in page]
        assert house.page.calls == []
