"""Firebell's durable core in this process, without a chat, on any database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.app import CORE
from bot.clock import SystemClock
from bot.config import load
from bot.domain.policy import Policy
from bot.service import Service
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.opening import open_ledger
from bot.store.queries import SqlQueries
from migrations import runner

WORKSPACE: Final = "default"


@dataclass(frozen=True, slots=True)
class House:
    ledger: SqlLedger
    queries: SqlQueries
    service: Service
    policy: Policy


async def migrate(url: str) -> None:
    engine = make_engine(database_url(url))
    await runner.upgrade(engine)
    await engine.dispose()


@asynccontextmanager
async def house(url: str) -> AsyncIterator[House]:
    """Open a migrated database with the built-in policy."""
    clock, policy = SystemClock(), load({}).policy
    async with open_ledger(url, WORKSPACE, clock) as ledger:
        service = Service(
            ledger, CORE, clock=clock, policy=policy, new_id=lambda: secrets.token_hex(12), workspace=WORKSPACE
        )
        yield House(ledger, SqlQueries(ledger), service, policy)
