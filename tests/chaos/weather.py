"""What goes wrong while people work: Slack's faults, Slack away, and clocks that step."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.chaos.kit import Slack, write_offset

JSON = dict[str, Any]
HOUR: Final = 3600.0
SENDING: Final = ("chat.postMessage", "conversations.create", "files.completeUploadExternal", "bookmarks.add")


def rules(*rows: tuple[str, str, int]) -> JSON:
    return {"rules": [{"method": method, "kind": kind, "count": count} for method, kind, count in rows]}


SPELLS: Final[Mapping[str, JSON]] = {
    "calm": {},
    "429 storm": rules(("*", "429", 20)),
    "5xx": rules(("*", "503", 6), ("*", "500", 6)),
    "answers lost": rules(*((method, "lost_answer", 2) for method in SENDING)),
    "timeouts": rules(*((method, "timeout", 1) for method in SENDING)),
    "acks lost": {"delivery": {"drop_ack": 2}},
    "sockets dropped": {"delivery": {"drop_socket": 2}},
    "twice and out of order": {"delivery": {"duplicate": True, "reorder": True}},
    "slow": {"latency_ms": 300},
}

AWAY: Final[JSON] = rules(("*", "503", -1)) | {"delivery": {"drop_socket": 1}}
AWAY_SECONDS: Final = 10.0
"""Ten minutes at a sixtieth: the waits of a hastened outbox are that much shorter, too, so that it asks about as often
as it would through a real outage and is about as near to giving up.
"""

STEPS: Final = ((0.25, HOUR), (0.45, 0.0), (0.65, -HOUR), (0.85, 0.0))
"""At which part of the play the bot's wall clock stands how far beside Slack's, in seconds."""


@dataclass
class Weather:
    """Changes every few seconds, by a seed. `seen` counts the spells, outages and steps there were."""

    slack: Slack
    clock: Path
    chance: random.Random
    beside: float = 0.0
    seen: Counter[str] = field(default_factory=Counter)

    async def change(self) -> None:
        """Let one spell last for some seconds."""
        name = self.chance.choice([*SPELLS])
        self.seen[name] += 1
        await self.slack.switch(**SPELLS[name])
        await asyncio.sleep(self.chance.uniform(1.5, 4.0))
        if name == "calm":
            await self.pass_time(self.chance.uniform(2, 14) * 60)

    async def go_away(self, seconds: float) -> None:
        """Have Slack gone for a while: every call fails and no socket holds."""
        self.seen["Slack away"] += 1
        await self.slack.switch(**AWAY)
        await asyncio.sleep(seconds)
        await self.slack.switch()

    async def clear_up(self) -> None:
        await self.slack.switch()
        self.step(0.0)

    async def pass_time(self, seconds: float) -> None:
        """Move everybody's clock on, unless Slack still has to bring something: it gives up after six minutes."""
        if not (await self.slack.world()).state["pending_events"]:
            self.seen["minutes passed"] += round(seconds / 60)
            write_offset(self.slack.clock, float(self.slack.clock.read_text()) + seconds)
        self.keep_step()

    def step(self, beside: float) -> None:
        """Step the bot's wall clock, so that it stands so many seconds beside Slack's."""
        if beside != self.beside:
            self.seen["clock forward an hour" if beside > self.beside else "clock back an hour"] += 1
        self.beside = beside
        self.keep_step()

    def keep_step(self) -> None:
        write_offset(self.clock, float(self.slack.clock.read_text()) + self.beside)
