"""`python -m tests.fuzz.cost`: what a refused request costs the bot, beside one that is carried out."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from sandbox.delivery import sign
from sandbox.seed import ANA
from tests.fuzz.campaign import migrate
from tests.fuzz.house import Findings, House, house
from tests.fuzz.payloads import FORM_TYPE

TIMES = 300


async def main() -> None:
    """Time each kind of request, one after another on one machine, client included."""
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "template.db"
        await migrate(template)
        async with house(Path(place), template, Findings()) as inside:
            json.dump(await _costs(inside), sys.stdout, indent=1)
            print()


async def _costs(inside: House) -> dict[str, float]:
    secret = inside.desk.local.signing_secret
    body = _command("status", 0)
    found = {
        "unsigned 401": await _each(inside, 401, lambda _: (body, {})),
        "stale 401": await _each(inside, 401, lambda _: (body, sign(secret, body, int(time.time()) - 600))),
        "forged 401": await _each(inside, 401, lambda _: (body, sign("guessed", body, None))),
        "too long 413": await _each(inside, 413, lambda _: (b"x" * (1 << 20) + b"x", sign("guessed", b"", None))),
        "broken frame 400": await _each(inside, 400, lambda _: (b"command=x", sign(secret, b"command=x", None))),
        "read only 200": await _each(inside, 200, lambda n: _signed(secret, _command("list", n))),
        "committed 200": await _each(inside, 200, lambda n: _signed(secret, _command(f"note #1 line {n}", 10**6 + n))),
    }
    return {kind: round(seconds * 1000, 2) for kind, seconds in found.items()}


def _command(text: str, number: int) -> bytes:
    fields = {"command": "/incident", "text": text, "user_id": ANA, "team_id": "T0LARKSPUR", "channel_id": "C1"}
    return urlencode({**fields, "trigger_id": f"1.{number}"}).encode()


def _signed(secret: str, body: bytes) -> tuple[bytes, dict[str, str]]:
    return body, sign(secret, body, None)


async def _each(inside: House, status: int, make: object) -> float:
    """Seconds for one request of a kind, on a connection of its own as a stranger's would be."""
    assert callable(make)
    started = time.perf_counter()
    for number in range(TIMES):
        body, headers = make(number)
        await _send(inside.desk.door, status, body, headers)
    return (time.perf_counter() - started) / TIMES


async def _send(door: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    typed = {"Content-Type": FORM_TYPE, "Expect": "100-continue"} if len(body) > 4096 else {"Content-Type": FORM_TYPE}
    async with (
        aiohttp.ClientSession() as session,
        session.post(door, data=body, headers={**typed, **headers}) as answer,
    ):
        assert answer.status == status, answer.status


if __name__ == "__main__":
    asyncio.run(main())
