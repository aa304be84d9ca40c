"""The postmortem and its action items."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WritePostmortem:
    """Render the document now (again)."""


@dataclass(frozen=True, slots=True)
class EditSection:
    """Write a section that people own. `based_on` is the section's version when the form was opened (0 = empty)."""

    section: str
    text: str
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class SaveActionItem:
    """Add an action item (`id` None) or change one."""

    text: str
    owner: str = ""
    due: str = ""
    done: bool = False
    id: int | None = None


Documents = WritePostmortem | EditSection | SaveActionItem
