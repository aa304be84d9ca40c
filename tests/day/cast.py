"""What the day is played on: the whole bot, a local Slack, a PagerDuty and a mail server, all on this machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.integrations.email.kit import Mailbox, mail_server
from tests.integrations.pagerduty.double import SENDER, TOKEN, PagerDuty, pagerduty
from tests.stories.stage import JSON, ROOT, Stage, bot, empty_stage, messages_in, whole_text

PATIENCE = 75.0
"""Seconds for what is told at most once a minute, such as the canvas."""

Tell = Callable[[str], None]


@dataclass
class Day:
    """The stage, and a clock that counts minutes from the declaration. Each thing told is something that was seen."""

    scene: Stage
    pd: PagerDuty
    mail: Mailbox
    tell: Tell
    minute: float = 0.0
    rooms: dict[int, str] = field(default_factory=dict)

    def says(self, text: str) -> None:
        """Tell what just happened."""
        hours, minutes = divmod(int(self.minute), 60)
        self.tell(f"{hours}:{minutes:02}  {text}")

    async def at(self, minute: float) -> None:
        """Move to a minute of the incident, and wait until what fell due by then has been done."""
        self.scene.skip(minutes=minute - self.minute)
        self.minute = minute
        now = int((time.time() + float(self.scene.offset.read_text())) * 1_000_000)
        late = f"SELECT kind FROM timers WHERE due_at <= {now}"
        await self.scene.until(lambda _: not self.scene.rows(late), f"something due by minute {minute} does not come")
        await self.scene.settled()

    async def seen(self, channel: str, words: str, *, count: int = 1) -> JSON:
        """Wait until a channel says something beside its card, exactly so many times; returns the last of them."""

        def look(world: JSON) -> list[JSON]:
            rows = [one for one in messages_in(world, channel) if one.get("bot_id") and not one.get("pinned_to")]
            return [one for one in rows if words in whole_text(one)]

        found: list[JSON] = await self.scene.until(look, f"nothing says: {words}")
        assert len(found) == count, f"“{words}” is said {len(found)} times, not {count}"
        return found[-1]

    async def told(self, user: str, words: str, *, count: int = 1) -> JSON:
        """Wait until somebody has been told something by direct message, exactly so many times."""

        def look(world: JSON) -> list[JSON]:
            rooms = [key for key, one in world["channels"].items() if one["kind"] == "im" and user in one["members"]]
            mine = [one for key in rooms for one in messages_in(world, key) if one.get("bot_id")]
            return [one for one in mine if words in whole_text(one)]

        found: list[JSON] = await self.scene.until(look, f"{user} is not told: {words}")
        assert len(found) == count, f"{user} is told “{words}” {len(found)} times, not {count}"
        return found[-1]

    def mails(self, words: str) -> int:
        """How many e-mails say this in their subject."""
        return sum(words in str(one["Subject"]) for one in self.mail.received)

    async def mailed(self, words: str) -> None:
        """Wait for exactly one e-mail of which the subject says this."""
        await self.scene.until(lambda _: self.mails(words), f"no e-mail says: {words}")
        assert self.mails(words) == 1, f"{self.mails(words)} e-mails say “{words}”"

    async def canvas(self, words: str) -> None:
        """Wait until the canvas of the first incident says this; it is written once a minute."""
        deadline = time.monotonic() + PATIENCE
        while not any(words in one["markdown"] for one in (await self.scene.world())["canvases"]):
            assert time.monotonic() < deadline, f"the canvas does not say: {words}"
            await self.scene.until(lambda world: world["canvases"], "there is no canvas")


@asynccontextmanager
async def cast(folder: Path, tell: Tell) -> AsyncIterator[Day]:
    """Raise the curtain with PagerDuty and e-mail connected."""
    settings = folder / "firebell.yaml"
    example = (ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8")
    settings.write_text(example.replace("firebell@larkspur.example", SENDER), encoding="utf-8")
    async with pagerduty() as pd, mail_server() as mail, empty_stage(folder) as scene:
        pd.users["PBEA"]["email"] = "bea@larkspur.example"
        pd.users["PANA"]["email"] = "ana@larkspur.example"
        scene.environment |= {
            "FIREBELL_CONFIG": str(settings),
            "PAGERDUTY_TOKEN": TOKEN,
            "PAGERDUTY_API_URL": pd.url,
            "PAGERDUTY_EVENTS_URL": pd.url,
            "SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "SMTP_FROM": "Firebell <firebell@larkspur.example>",
            "FIREBELL_PUBLIC_URL": "https://firebell.larkspur.example",
        }
        async with bot(scene):
            yield Day(scene, pd, mail, tell)
