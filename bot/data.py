"""What the command line may do with the data, beside `bot.app`: the second module that knows the store."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config import Settings
from bot.errors import ConfigError, NotFound
from bot.opening import CORE, bring_up_to_date, look_into_store, opening
from bot.ports import Clock
from bot.status_board import board_of
from bot.store.archive import ArchiveError, Progress, Reader
from bot.store.audit import WORKSPACE, Audit, Head, Verdict, fold_anew
from bot.store.backup import Made
from bot.store.backup import back_up as write_archive
from bot.store.ledger import SqlLedger
from bot.store.opening import open_beside, open_ledger
from bot.store.queries import SqlQueries
from bot.store.redaction import Candidate, Change, Person, Redaction, Redactor, bare, unsaid
from bot.store.restore import NOT_EMPTY, fill, is_empty
from bot.store.workspace_log import WorkspaceVerdict
from migrations import runner
from templates.status_page import Files


async def migrate(settings: Settings, clock: Clock) -> str:
    """Bring the database to this release's schema; returns the revision."""
    environment = settings.environment
    async with open_ledger(environment.database_url, environment.workspace, clock) as ledger:
        await bring_up_to_date(ledger, finish=True)
    return runner.head()


async def status_page(settings: Settings, clock: Clock) -> Files:
    """Render our own status page from the database, beside a Firebell that may be running."""
    async with look_into_store(settings, clock) as ledger:
        return await board_of(settings, SqlQueries(ledger), clock).current()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one log. `head` is its end, to be kept elsewhere; `problems` are sentences, none if all is
    well; `redacted` counts events without their text.
    """

    log: str
    head: str
    redacted: int
    problems: tuple[str, ...]


async def back_up(settings: Settings, clock: Clock, path: Path, progress: Progress) -> Made:
    """Write the whole database into a new archive, beside a Firebell that may be running; any schema will do.

    Raises:
        ArchiveError: the file exists already, or cannot be written.
        ConfigError: there is no database to back up.
    """
    environment = settings.environment
    async with open_beside(environment.database_url, environment.workspace, clock) as ledger:
        with opening():
            revision = await runner.current(ledger.engine)
        if revision is None:
            raise ConfigError("DATABASE_URL leads to an empty database: there is nothing to back up.")
        return await write_archive(ledger, path, revision=revision, now=clock.now(), progress=progress)


async def restore(
    settings: Settings, clock: Clock, path: Path, *, seal: str | None, progress: Progress
) -> AsyncIterator[Finding]:
    """Fill an empty database from an archive, bring it to this release's schema, and check every log in it.

    Raises:
        ArchiveError: the archive is damaged, not the one that `seal` names, or of a newer release, or the database is
            not empty; nothing was changed.
    """
    archive = Reader(path)
    if seal is not None and seal != archive.seal:
        raise ArchiveError(f"{path} has the seal {archive.seal}, not the one that was given. Nothing was restored.")
    if not runner.knows(archive.manifest.revision):
        raise ArchiveError(f"{path} comes from a newer release ({archive.manifest.made_by}). Restore it with that one.")
    archive.check(progress)
    environment = settings.environment
    async with open_ledger(environment.database_url, environment.workspace, clock) as ledger:
        await _prepare(ledger, archive.manifest.revision)
        await fill(ledger.engine, archive, clock.now(), progress)
        with opening():
            await runner.upgrade(ledger.engine)
        heads = {incident: Head(seq, value) for incident, seq, value in archive.heads()}
        for workspace in archive.manifest.workspaces:
            one = SqlLedger(ledger.engine, workspace, clock)
            await fold_anew(one, CORE.fold)
            async for verdict in Audit(one, CORE.fold).verify_all(heads):
                yield _finding(verdict)


async def _prepare(ledger: SqlLedger, revision: str) -> None:
    """Make the archive's tables, unless they are there and empty."""
    with opening():
        found = await runner.current(ledger.engine)
        if not await is_empty(ledger.engine):
            raise ArchiveError(NOT_EMPTY)
        if found not in (None, revision):
            raise ArchiveError(
                f"The database is empty, but its tables are of revision {found}, the archive's of {revision}. "
                "Nothing was restored. Give a database without tables: they are made and migrated here."
            )
        await runner.upgrade(ledger.engine, revision)


async def verify(settings: Settings, clock: Clock, *, kept_head: str | None) -> AsyncIterator[Finding]:
    """Check every incident and the workspace's log; `kept_head` is `incident:seq:hash` as printed earlier."""
    heads = _kept(kept_head)
    async with look_into_store(settings, clock) as ledger:
        async for verdict in Audit(ledger, CORE.fold).verify_all(heads):
            yield _finding(verdict)


def _finding(verdict: Verdict | WorkspaceVerdict) -> Finding:
    if isinstance(verdict, WorkspaceVerdict):
        return Finding(WORKSPACE, f"{WORKSPACE}:{verdict.seq}:{verdict.hash}", 0, verdict.problems)
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken out for good: an incident's text, or that of one of its events, or a person's traces."""

    incident: int | None = None
    event: int | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The events of one incident that lose text; `named`: somebody's name stays in it, because it is not over.

    Without an incident it is what a person wished to hear of.
    """

    log: str
    seqs: tuple[int, ...] = ()
    named: bool = False
    subscriptions: int = 0


async def redact(
    settings: Settings, clock: Clock, wanted: Wanted, *, by: str, reason: str, dry: bool
) -> AsyncIterator[Taken]:
    """Take text out, beside a Firebell that may be running; with `dry` only say what would go.

    Raises:
        NotFound: there is nothing of the kind; nothing changed.
    """
    person = Person(wanted.user, f"person-{secrets.token_hex(3)}") if wanted.user is not None else None
    found = False
    async with look_into_store(settings, clock) as ledger:
        redactor = Redactor(ledger, CORE.fold, clock.now)
        for one, change in await _targets(redactor, wanted):
            done = await _redact_one(redactor, one, change, person, by=by, reason=reason, dry=dry)
            found = found or bool(done.seqs)
            if done.seqs:
                yield Taken(f"INC-{one.number}", done.seqs, person is not None and not done.over)
        if person is not None and wanted.incident is None:
            count = await (redactor.subscribed if dry else redactor.unsubscribe)(person.user)
            found = found or count > 0
            if count:
                yield Taken("", subscriptions=count)
    if not found:
        raise NotFound("Nothing changed. There is no such incident or event, or nothing of that kind is left in it.")


async def _redact_one(
    redactor: Redactor,
    one: Candidate,
    change: Change,
    person: Person | None,
    *,
    by: str,
    reason: str,
    dry: bool,
) -> Redaction:
    if dry:
        return Redaction(await redactor.preview(one.id, person.change(one.over) if person else change), one.over)
    if person is not None:
        return await redactor.forget(one.id, person, by=by, reason=reason)
    return Redaction(await redactor.apply(one.id, change, by=by, reason=reason), one.over)


async def _targets(redactor: Redactor, wanted: Wanted) -> list[tuple[Candidate, Change]]:
    """Return the logs to change and how: what one incident's log says, the logs of others may repeat.

    A person's words are looked for in every log in any case.
    """
    found = [(one, _change(wanted)) for one in await redactor.candidates(number=wanted.incident, user=wanted.user)]
    if wanted.user is not None:
        return found
    others = [other for one, _ in found for other in await redactor.retold(one.id, wanted.event)]
    return [*found, *others]


def _change(wanted: Wanted) -> Change:
    """What becomes of an event where one incident's text goes, or that of one of its events."""
    if wanted.event is None:
        return unsaid
    return lambda row: bare(row) if row.seq == wanted.event else None
