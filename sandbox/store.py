"""Keeps the workspace on disk, one JSON record per thing, written before the answer goes out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# With a write-ahead log and synchronous=NORMAL a killed process loses nothing;
# only a power cut could, which a workspace for demos and tests need not survive.
_SET_UP = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "CREATE TABLE IF NOT EXISTS records ("
    "kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, key))",
    "CREATE TABLE IF NOT EXISTS contents (id TEXT PRIMARY KEY, bytes BLOB NOT NULL)",
)


# An upsert rather than a replacement: a record keeps its place in the order of arrival.
_PUT = (
    "INSERT INTO records (kind, key, value) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value"
)


class Store:
    """A small key-value store in one SQLite file (in memory without a path)."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.name = "in memory" if path is None else path.name
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=10.0)
        for statement in _SET_UP:
            self._db.execute(statement)

    def put(self, kind: str, key: str, value: Any) -> None:
        """Write one record; it is on disk when this returns."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self._db.execute(_PUT, (kind, key, text))

    def delete(self, kind: str, key: str) -> None:
        """Forget one record; no error if there is none."""
        self._db.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def get(self, kind: str, key: str) -> Any:
        """Return one record, or None."""
        row = self._db.execute("SELECT value FROM records WHERE kind = ? AND key = ?", (kind, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Yield (key, value) of every record of a kind, in the order they first arrived."""
        rows = self._db.execute("SELECT key, value FROM records WHERE kind = ? ORDER BY rowid", (kind,))
        for key, value in rows.fetchall():
            yield key, json.loads(value)

    def put_content(self, file_id: str, content: bytes) -> None:
        """Write the bytes of an uploaded file."""
        self._db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (file_id, content))

    def content(self, file_id: str) -> bytes | None:
        """Return the bytes of an uploaded file, or None."""
        row = self._db.execute("SELECT bytes FROM contents WHERE id = ?", (file_id,)).fetchone()
        return None if row is None else bytes(row[0])

    def delete_content(self, file_id: str) -> None:
        """Forget the bytes of a file."""
        self._db.execute("DELETE FROM contents WHERE id = ?", (file_id,))

    def begin(self) -> None:
        """Start a transaction; many writes then cost one."""
        self._db.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make the writes since ``begin`` durable together."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
