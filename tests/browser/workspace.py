"""The workspace that the page's tests begin with."""

from __future__ import annotations

from typing import Any

from tests.browser.gallery import BLOCKS, HOSTILE

JSON = dict[str, Any]

ANA, BEA, SAM = "UANA", "UBEA", "USAM"
ONE, TWO, GALLERY, HOSTILE_ROOM, OUTSIDE = "CONE", "CTWO", "CGALLERY", "CHOSTILE", "COUTSIDE"


def seed() -> JSON:
    """Three people in three time zones; a story, a gallery of blocks, and a room of hostile texts."""
    return {
        "team": {"id": "TBROWSER", "name": "Test Works", "domain": "test-works"},
        "users": [
            _person(ANA, "ana", "Ana Ruiz", "Europe/Madrid", "b5485d"),
            _person(BEA, "bea", "Bea Lind", "Asia/Tokyo", "2f7f86"),
            _person(SAM, "sam", "Sam Okafor", "America/New_York", "b8741a"),
        ],
        "usergroups": [{"id": "SOPS", "handle": "ops", "name": "Operations", "users": [ANA, BEA]}],
        "channels": [
            _channel(ONE, "one", topic="All about *one*"),
            _channel(TWO, "two"),
            _channel(GALLERY, "gallery"),
            _channel(HOSTILE_ROOM, "hostile"),
            {**_channel(OUTSIDE, "outside"), "members": [BEA]},
        ],
        "messages": [
            _said(ONE, BEA, "The first thing said", -90_000),
            _said(ONE, BEA, "Is anybody else seeing slow answers?", -3_600),
            {**_said(ONE, ANA, "Yes, since ten o'clock", -3_500), "thread_of": -3_600},
            _said(ONE, ANA, "I am looking", -3_000),
            {"channel": ONE, "bot_name": "Alerts", "text": "Firing: SlowAnswers", "at": -2_000},
            _said(TWO, SAM, "Quiet here", -500),
            {"channel": GALLERY, "text": "One of everything", "blocks": [*BLOCKS, {"type": "hologram"}], "at": -100},
            *({"channel": HOSTILE_ROOM, "user": BEA, "text": text, "at": -90 + n} for n, text in enumerate(HOSTILE)),
        ],
        "first_channel": ONE,
        "acting_as": ANA,
        "composer": {"channel": ONE, "text": "/incident form"},
    }


def _person(user: str, name: str, real_name: str, zone: str, color: str) -> JSON:
    title = f"{real_name.split()[0]}'s title"
    return {"id": user, "name": name, "real_name": real_name, "tz": zone, "color": color, "title": title}


def _channel(channel: str, name: str, topic: str = "") -> JSON:
    return {"id": channel, "name": name, "topic": topic, "members": [ANA, BEA, SAM], "creator": ANA}


def _said(channel: str, user: str, text: str, at: float) -> JSON:
    return {"channel": channel, "user": user, "text": text, "at": at}
