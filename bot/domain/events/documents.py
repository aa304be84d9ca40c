"""The postmortem: its sections, action items, versions and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.model import SharedFile


@dataclass(frozen=True, slots=True)
class PostmortemRequested:
    """A rendering is wanted. `why` is "resolved", "asked", "edited", "panels", "merged" (or taken apart)."""

    version: int
    why: str


@dataclass(frozen=True, slots=True)
class PostmortemRendered:
    version: int
    blobs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentShared:
    version: int
    format: str
    file: SharedFile


@dataclass(frozen=True, slots=True)
class FilesRemoved:
    file_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionEdited:
    section: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class ActionItemSaved:
    id: int
    text: str
    owner: str = ""
    due: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class PostmortemNudged:
    """The postmortem's owner was reminded of the open sections."""

    owner: str
    open_sections: tuple[str, ...]


Document = PostmortemRequested | PostmortemRendered | DocumentShared | FilesRemoved
Writing = SectionEdited | ActionItemSaved | PostmortemNudged
