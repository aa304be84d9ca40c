"""What the command line may do with the data, beside `bot.app`: the second module that knows the store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from bot.app import CORE, bring_up_to_date, look_into_store
from bot.config import Settings
from bot.errors import ConfigError
from bot.ports import Clock
from bot.store.audit import Audit, Head, Verdict
from bot.store.opening import open_ledger
from bot.store.redaction import Redactor
from bot.store.workspace_log import WorkspaceVerdict
from migrations import runner


async def migrate(settings: Settings, clock: Clock) -> str:
    """Bring the database to this release's schema; returns the revision."""
    environment = settings.environment
    async with open_ledger(environment.database_url, environment.workspace, clock) as ledger:
        await bring_up_to_date(ledger)
    return runner.head()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one log. `head` is its end, to be kept elsewhere; `problems` are sentences, none if all is
    well; `redacted` counts events without their text.
    """

    log: str
    head: str
    redacted: int
    problems: tuple[str, ...]


async def verify(settings: Settings, clock: Clock, *, kept_head: str | None) -> AsyncIterator[Finding]:
    """Check every incident and the workspace's log; `kept_head` is `incident:seq:hash` as printed earlier."""
    heads = _kept(kept_head)
    async with look_into_store(settings, clock) as ledger:
        async for verdict in Audit(ledger, CORE.fold).verify_all(heads):
            yield _finding(verdict)


def _finding(verdict: Verdict | WorkspaceVerdict) -> Finding:
    if isinstance(verdict, WorkspaceVerdict):
        return Finding("workspace", f"{verdict.seq}:{verdict.hash}", 0, verdict.problems)
    head = f"{verdict.incident_id}:{verdict.head.seq}:{verdict.head.hash}"
    return Finding(f"INC-{verdict.number}", head, verdict.redacted, verdict.problems)


def _kept(text: str | None) -> Mapping[str, Head]:
    if text is None:
        return {}
    parts = text.split(":")
    if len(parts) != 3 or not parts[1].isdigit():
        raise ConfigError("--head is written incident:seq:hash, as `firebell verify` prints it.")
    return {parts[0]: Head(int(parts[1]), parts[2])}


async def export(settings: Settings, clock: Clock, number: int) -> AsyncIterator[str]:
    """Yield one incident's log as lines of JSON."""
    async with look_into_store(settings, clock) as ledger:
        audit = Audit(ledger, CORE.fold)
        async for line in audit.export(await audit.incident_id(number)):
            yield line


async def redact(settings: Settings, clock: Clock, number: int, seq: int, *, by: str, reason: str) -> None:
    """Take the text of one event of an incident out for good, beside a Firebell that may be running."""
    async with look_into_store(settings, clock) as ledger:
        incident_id = await Audit(ledger, CORE.fold).incident_id(number)
        await Redactor(ledger, CORE.fold, clock.now).redact(incident_id, seq, by=by, reason=reason)
