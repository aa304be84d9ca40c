"""Text is shortened at the platform's limits with a visible mark, never refused."""

from __future__ import annotations

from typing import Final

MARK: Final = "…"
_JOINERS: Final = "\u200d\ufe0e\ufe0f"

# Slack's sizes, in characters: https://docs.slack.dev/reference/block-kit
FALLBACK_MAX: Final = 4_000
SECTION_MAX: Final = 3_000
FIELD_MAX: Final = 2_000
HEADER_MAX: Final = 150
BUTTON_MAX: Final = 75
OPTION_MAX: Final = 75
OPTION_VALUE_MAX: Final = 150
VALUE_MAX: Final = 2_000
METADATA_MAX: Final = 3_000
INPUT_MAX: Final = 3_000
HINT_MAX: Final = 2_000
PLACEHOLDER_MAX: Final = 150
VIEW_TITLE_MAX: Final = 24
TOPIC_MAX: Final = 250
URL_MAX: Final = 3_000
BLOCKS_MAX: Final = 50
VIEW_BLOCKS_MAX: Final = 100
OPTIONS_MAX: Final = 100
MESSAGE_TEXT_MAX: Final = 12_000
"""All blocks of a message together; Slack answers `msg_blocks_too_long` above some 13,000 (undocumented)."""


def clip(text: str, limit: int) -> str:
    """Shorten plain text to `limit` characters; what was cut is marked with “…”."""
    if len(text) <= limit:
        return text
    kept = text[: max(0, limit - len(MARK))].rstrip().rstrip(_JOINERS)
    return kept + MARK


def clip_words(text: str, limit: int) -> str:
    """Shorten like `clip`, but between words where one ends in the last quarter."""
    if len(text) <= limit:
        return text
    head = text[: max(0, limit - len(MARK))]
    space = head.rfind(" ")
    return clip(head[:space] if space >= limit * 3 // 4 else head, limit - len(MARK)) + MARK


def pieces(text: str, size: int) -> list[str]:
    """Cut a text into pieces of at most `size` characters; nothing is lost. Empty text gives one empty piece."""
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]
