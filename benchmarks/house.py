"""Firebell's durable core in this process, without a chat, on any database."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot.clock import SystemClock
from bot.config import load
from bot.domain.policy import Policy
from bot.opening import CORE
from bot.service import Service
from bot.store.engine import database_url, make_engine
from bot.store.ledger import SqlLedger
from bot.store.opening import open_ledger
from bot.store.queries import SqlQueries
from migrations import runner

WORKSPACE: Final = "default"
BUILT_IN: Final[Mapping[str, str]] = MappingProxyType({})


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
async def house(url: str, settings: Mapping[str, str] = BUILT_IN) -> AsyncIterator[House]:
    """Open a migrated database with the policy that the environment variables in `settings` name."""
    clock, policy = SystemClock(), load(settings).policy
    async with open_ledger(url, WORKSPACE, clock) as ledger:
        service = Service(
            ledger, CORE, clock=clock, policy=policy, new_id=lambda: secrets.token_hex(12), workspace=WORKSPACE
        )
        yield House(ledger, SqlQueries(ledger), service, policy)
