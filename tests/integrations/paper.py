"""A desk that works without a database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.events import Recorded
from bot.domain.venue import Venue


@dataclass
class PaperDesk:
    """A desk in memory: progress and blobs are kept, turns are given at once and written down."""

    progress: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    paced: list[tuple[str, tuple[float, int]]] = field(default_factory=list)
    taken_rooms: set[str] = field(default_factory=set)
    entries: Sequence[Recorded] = ()
    told: Sequence[Venue] = ()

    async def checkpoint(self, progress: Mapping[str, str]) -> None:
        self.progress = dict(progress)

    async def store_blob(self, data: bytes, media_type: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return digest

    async def blob(self, digest: str) -> bytes | None:
        return self.blobs.get(digest)

    async def log(self) -> Sequence[Recorded]:
        return self.entries

    async def parts(self) -> Mapping[int, Sequence[Recorded]]:
        return {}

    async def pace(self, bucket: str, interval: float, *, burst: int = 1) -> float:
        self.paced.append((bucket, (interval, burst)))
        return 0.0

    async def claimed_by_other(self, channel: str) -> bool:
        return channel in self.taken_rooms

    async def venues(self) -> Sequence[Venue]:
        return self.told
