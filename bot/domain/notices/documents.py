"""What is said about the postmortem: facts only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostmortemReady:
    """The document is there, with the open sections and their Edit buttons."""

    version: int


@dataclass(frozen=True, slots=True)
class PostmortemNudge:
    """To the postmortem's owner on the next working day: which sections are still empty."""

    open_sections: tuple[str, ...]


DocumentNotice = PostmortemReady | PostmortemNudge
