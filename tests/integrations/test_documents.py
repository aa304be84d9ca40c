"""The postmortem is rendered from the log, as often as asked, and keeps what people wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from bot.ports import Performer, View
from templates.studio import Studio
from tests.builders import BEA, night
from tests.domain.world import World
from tests.integrations.document_kit import desk_of, writing
from tests.integrations.paper import PaperDesk

pytestmark = pytest.mark.slow


@pytest.fixture
async def performer() -> AsyncIterator[Performer]:
    async with Studio() as studio, writing(studio) as performer:
        yield performer


async def render(performer: Performer, world: World, desk: PaperDesk, version: int = 1) -> dict[str, str]:
    """Perform `RenderPostmortem`; returns each format's text."""
    view = View(world.it, world.policy, "key")
    facts = await performer.handlers["RenderPostmortem"](f.RenderPostmortem(version), view, desk)
    assert isinstance(facts, f.DocumentFacts)
    world.settle(f.RenderPostmortem(version), facts)
    return {kind: desk.blobs[digest].decode() for kind, digest in facts.blobs}


async def test_both_files_are_kept_with_names_and_charts(performer: Performer) -> None:
    world = night()
    written = await render(performer, world, await desk_of(world), 3)
    assert set(written) == {"html", "md"} == set(world.it.postmortem.blobs)
    for text in written.values():
        assert "Carla Moreau" in text
        assert "UCARLA" not in text
    assert written["html"].count("data:image/png;base64,") == 4, "two services, in light and in dark"
    assert "| Checkout | Latency, 99th percentile | 181 ms | 2.4 s | 187 ms |" in written["md"]


async def test_writing_it_again_keeps_what_people_wrote(performer: Performer) -> None:
    world = night()
    desk = await desk_of(world)
    before = await render(performer, world, desk, 3)
    world.do(c.EditSection("went_well", "The rollback took *one* command."), BEA)
    after = await render(performer, world, desk, 4)
    assert "Nobody has written this yet." in before["html"]
    assert "The rollback took <em>one</em> command." in after["html"]
    for text in (before, after):
        assert "Timeouts were 30 s, the pool 40 workers." in text["html"]
        assert "> - Timeouts were 30 s, the pool 40 workers." in text["md"]


async def test_an_incident_without_metrics_has_a_postmortem(performer: Performer) -> None:
    world = World()
    world.declare(services=("search",))
    written = await render(performer, world, PaperDesk(entries=world.log))
    assert "No metrics were kept for this incident." in written["html"]
    assert "No metrics were kept for this incident." in written["md"]


async def test_panels_that_all_failed_say_why(performer: Performer) -> None:
    world = World()
    world.declare(services=("checkout",))
    why = "Checkout, p99 latency: Prometheus at db:9090 could not be reached."
    collect = f.CollectPanels("declare", world.now, world.now)
    world.settle(collect, f.PanelFacts("0" * 64, 0, (why,)))
    written = await render(performer, world, PaperDesk(entries=world.log))
    assert why in written["html"]
    assert "No chart could be drawn." in written["html"]


async def test_panel_data_that_is_gone_leaves_the_charts_out(performer: Performer) -> None:
    world = night()
    written = await render(performer, world, PaperDesk(entries=world.log))
    assert "data:image" not in written["html"]
    assert "Rolled back checkout" in written["html"]


async def test_panel_data_that_cannot_be_read_is_not_tried_again(performer: Performer) -> None:
    world = night()
    desk = await desk_of(world)
    desk.blobs[world.it.panels[-1].blob] = b"{}"
    with pytest.raises(IntegrationError) as caught:
        await render(performer, world, desk)
    assert caught.value.reason is Reason.CLIENT
