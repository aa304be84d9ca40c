"""The live charts of the demo's alerts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from sandbox.charts import FIGURES, POINTS, TOP, draw, routes
from sandbox.outage import Scenario
from sandbox.seed import demo_seed

NOW = 1_795_264_200.0
SVG = "{http://www.w3.org/2000/svg}"


def curve(name: str, scenario: Scenario, now: float = NOW) -> list[float]:
    root = ElementTree.fromstring(draw(FIGURES[name], scenario, now))
    (line,) = root.findall(f"{SVG}polyline")
    return [float(point.split(",")[1]) for point in line.attrib["points"].split()]


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_chart_is_sound_svg_that_says_what_it_shows(name: str) -> None:
    root = ElementTree.fromstring(draw(FIGURES[name], Scenario(NOW - 480), NOW))
    assert root.tag == f"{SVG}svg"
    title = root.findtext(f"{SVG}title") or ""
    assert name.split("-")[0] in title
    assert "now" in title
    words = {text.text for text in root.iter(f"{SVG}text")}
    assert "UTC" in words
    assert any(word.startswith("objective") for word in words if word)


def test_the_outage_rises_on_the_right_and_nowhere_else() -> None:
    heights = curve("checkout-latency", Scenario(NOW - 480))
    assert len(heights) == POINTS
    quiet, rising = heights[: POINTS * 50 // 60], heights[-10:]
    assert max(quiet) - min(quiet) < 6
    assert min(rising) < min(quiet) - 80


def test_no_value_leaves_the_frame() -> None:
    for name in FIGURES:
        assert min(curve(name, Scenario(NOW - 1800))) >= TOP


def test_the_chart_moves_with_the_clock() -> None:
    scenario = Scenario(NOW - 480)
    assert draw(FIGURES["checkout-latency"], scenario, NOW) != draw(FIGURES["checkout-latency"], scenario, NOW + 60)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    app = web.Application()
    app.add_routes(routes(lambda: NOW, Scenario(NOW - 480)))
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/")).rstrip("/")


async def test_every_chart_in_the_demos_messages_is_served(url: str) -> None:
    blocks = [block for message in demo_seed()["messages"] for block in message.get("blocks", [])]
    images = [block["image_url"] for block in blocks if block["type"] == "image"]
    assert images
    async with ClientSession() as session:
        for image in images:
            async with session.get(url + image) as answer:
                assert answer.status == 200
                assert answer.content_type == "image/svg+xml"


async def test_an_unknown_chart_is_not_found_and_says_which_there_are(url: str) -> None:
    async with ClientSession() as session, session.get(f"{url}/sandbox/charts/weather.svg") as answer:
        assert answer.status == 404
        assert "checkout-latency" in await answer.text()
