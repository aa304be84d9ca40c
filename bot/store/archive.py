"""The file of a backup: a zip of JSON Lines, one for each table, and of blobs, with a manifest that seals it.

    blobs/<sha-256>        the bytes of one blob
    tables/<name>.jsonl    one row a line: an object of columns, canonical JSON
    heads.txt              the head of each incident's log, as `incident:seq:hash`
    manifest.json          schema revision, counts, SHA-256 of each member above; its own is the archive's seal

Nothing in it depends on the database's kind, and reading it never holds more than one incident's log in memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import IO, Any, Final

from bot.errors import BotError
from bot.store.chain import broken_links
from bot.store.codec import canonical

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
HEADS: Final = "heads.txt"
BLOBS: Final = "blobs"
"""The table whose column `data` holds bytes; in its rows here that column is left out."""

Row = dict[str, Any]
Progress = Callable[[str, int, int], None]
"""Called with what is worked on, how much of it is done, and how much there is."""


class ArchiveError(BotError):
    """The archive cannot be written or must not be trusted. The text says why, and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class Member:
    """One text of the archive: its lines, and the SHA-256 (hex) of its bytes."""

    lines: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. `made_at` is in microseconds; `revision` is the schema's."""

    made_at: int
    made_by: str
    engine: str
    revision: str
    workspaces: tuple[str, ...] = ()
    tables: dict[str, Member] = field(default_factory=dict)
    heads: Member = field(default_factory=lambda: Member(0, ""))
    blobs: int = 0
    format: int = FORMAT


class Writer:
    """Writes an archive beside its final name, readable by its owner only; it gets that name once it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_name(f".{path.name}.partial")
        self._tables: dict[str, Member] = {}
        self._heads = Member(0, "")
        self._blobs: set[str] = set()

    def __enter__(self) -> Writer:
        if self._path.exists():
            raise ArchiveError(f"{self._path} exists already; name another file, or remove it first.")
        with self._disk():
            self._draft.unlink(missing_ok=True)
            self._file: IO[bytes] = os.fdopen(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put everything away. What is still a draft is no archive: whether its end can be written does not matter."""
        del kind, error, trace
        for put_away in (self._zip.close, self._file.close, self._draft.unlink):
            with contextlib.suppress(OSError):
                put_away()

    def blob(self, digest: str, data: bytes) -> None:
        """Add bytes under their digest; the same bytes again are left out."""
        if digest not in self._blobs:
            self._blobs.add(digest)
            with self._disk():
                self._zip.writestr(f"{BLOBS}/{digest}", data)

    @contextlib.contextmanager
    def table(self, name: str) -> Iterator[Callable[[Row], None]]:
        """Open a table's member; what is yielded adds one row."""
        with self._lines(f"tables/{name}.jsonl") as (add, ended):
            yield lambda row: add(canonical(row))
        self._tables[name] = ended()

    @contextlib.contextmanager
    def heads(self) -> Iterator[Callable[[str, int, str], None]]:
        """Open the member of heads; what is yielded adds one."""
        with self._lines(HEADS) as (add, ended):
            yield lambda incident, seq, value: add(f"{incident}:{seq}:{value}")
        self._heads = ended()

    @contextlib.contextmanager
    def _lines(self, name: str) -> Iterator[tuple[Callable[[str], None], Callable[[], Member]]]:
        digest, count = hashlib.sha256(), itertools.count()
        with self._disk():
            stream = self._zip.open(name, "w", force_zip64=True)

        def add(line: str) -> None:
            encoded = line.encode() + b"\n"
            digest.update(encoded)
            with self._disk():
                stream.write(encoded)
            next(count)

        try:
            yield add, lambda: Member(next(count), digest.hexdigest())
        finally:
            with self._disk():
                stream.close()

    @contextlib.contextmanager
    def _disk(self) -> Iterator[None]:
        """Say of what the disk refuses that there is no archive."""
        try:
            yield
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be written: {error.strerror or error}.") from error

    def finish(self, manifest: Manifest) -> str:
        """Seal the archive, bring it to the disk and give it its name; returns the seal."""
        values = asdict(manifest) | {
            "tables": {name: asdict(member) for name, member in self._tables.items()},
            "heads": asdict(self._heads),
            "blobs": len(self._blobs),
        }
        text = canonical(values).encode()
        with self._disk():
            self._zip.writestr(MANIFEST, text)
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._draft.replace(self._path)
            _bring_to_disk(self._path.parent)
        return hashlib.sha256(text).hexdigest()


class Reader:
    """Reads an archive. Nothing may be done with its rows before `check` has come to its end.

    Raises:
        ArchiveError: the file is no archive of ours, or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._damaged():
            try:
                self._zip = zipfile.ZipFile(path)
            except OSError as error:
                raise ArchiveError(f"{path} cannot be read: {error.strerror}.") from error
            text = self._zip.read(MANIFEST)
            self.manifest = _manifest(json.loads(text))
        self.seal = hashlib.sha256(text).hexdigest()

    def check(self, progress: Progress) -> None:
        """Read everything once: members against the manifest, each log's hash chain, and the heads.

        Raises:
            ArchiveError: something is missing, was changed, or does not fit together.
        """
        with self._damaged():
            self._check_members(progress)
            self._check_chains(progress)

    def _check_members(self, progress: Progress) -> None:
        manifest = self.manifest
        members = {f"tables/{name}.jsonl": member for name, member in manifest.tables.items()} | {HEADS: manifest.heads}
        blobs = {name for name in self._zip.namelist() if name.startswith(f"{BLOBS}/")}
        if {*members, *blobs, MANIFEST} != set(self._zip.namelist()) or len(blobs) != manifest.blobs:
            raise self._refusal("files are missing from it, or were added")
        for done, name in enumerate(sorted(blobs), start=1):
            if hashlib.sha256(self._bytes(name)).hexdigest() != name.partition("/")[2]:
                raise self._refusal(f"{name} was changed")
            progress("checking blobs", done, len(blobs))
        for done, (name, member) in enumerate(members.items(), start=1):
            if self._measured(name) != member:
                raise self._refusal(f"{name} was changed")
            progress("checking tables", done, len(members))
        if {f"{BLOBS}/{row['digest']}" for row in self.rows(BLOBS)} != blobs:
            raise self._refusal("its blobs are not those that its table names")

    def rows(self, table: str) -> Iterator[Row]:
        """Yield a table's rows; none if the archive has no such table."""
        if table in self.manifest.tables:
            for line in self._text(f"tables/{table}.jsonl"):
                yield json.loads(line)

    def heads(self) -> Iterator[tuple[str, int, str]]:
        """Yield (incident, seq, hash)."""
        for line in self._text(HEADS):
            incident, seq, value = line.decode().rstrip("\n").rsplit(":", 2)
            yield incident, int(seq), value

    def blob(self, digest: str) -> bytes:
        """Return the bytes of a blob that the table names."""
        return self._bytes(f"{BLOBS}/{digest}")

    def _check_chains(self, progress: Progress) -> None:
        heads = {incident: (seq, value) for incident, seq, value in self.heads()}
        if heads != {row["id"]: (row["seq"], row["hash"]) for row in self.rows("incidents")}:
            raise self._refusal("the incidents are not those that its heads name")
        total, seen = len(heads), set[str]()
        for incident, log in itertools.groupby(self.rows("events"), key=lambda row: str(row["incident"])):
            rows = [SimpleNamespace(**row) for row in log]
            problems = broken_links(incident, rows)
            if problems or incident in seen or heads.get(incident) != (rows[-1].seq, rows[-1].hash):
                raise self._refusal(
                    f"the log of incident {incident} does not verify: {', '.join(problems) or 'its end'}"
                )
            seen.add(incident)
            progress("checking logs", len(seen), total)
        if seen != set(heads):
            raise self._refusal("the log of an incident is missing")

    def _measured(self, name: str) -> Member:
        digest, count = hashlib.sha256(), 0
        for line in self._text(name):
            digest.update(line)
            count += 1
        return Member(count, digest.hexdigest())

    def _text(self, name: str) -> Iterator[bytes]:
        with self._damaged(), self._zip.open(name) as stream:
            yield from stream

    def _bytes(self, name: str) -> bytes:
        with self._damaged():
            return self._zip.read(name)

    @contextlib.contextmanager
    def _damaged(self) -> Iterator[None]:
        """Say of anything that does not fit the format that the archive is damaged."""
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, AttributeError, TypeError, ValueError) as error:
            raise self._refusal(f"it cannot be read ({type(error).__name__})") from error

    def _refusal(self, why: str) -> ArchiveError:
        return ArchiveError(
            f"{self._path} is damaged or was changed: {why}. Nothing was restored; take another backup."
        )


def _bring_to_disk(directory: Path) -> None:
    """Make a new name in a directory last: without this a power cut may take it back."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _manifest(wire: dict[str, Any]) -> Manifest:
    if wire["format"] != FORMAT:
        raise ArchiveError(f"This archive has format {wire['format']}; this release reads format {FORMAT}.")
    tables = {name: Member(**member) for name, member in wire["tables"].items()}
    return Manifest(
        **wire | {"tables": tables, "heads": Member(**wire["heads"]), "workspaces": tuple(wire["workspaces"])}
    )
