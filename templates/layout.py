"""Small typed builders over slack_sdk's blocks, each within the platform's limits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    BlockElement,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    InteractiveElement,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from templates import clip as limits
from templates.actions import Action, Value
from templates.clip import clip, pieces
from templates.message import Message
from templates.mrkdwn import Mrkdwn, clean, clip_mrkdwn, one_line
from templates.wire import as_wire

Style = Literal["primary", "danger"]


def plain(text: str, limit: int) -> PlainTextObject:
    """Plain text on one line, clipped. Slack shows it literally."""
    return PlainTextObject(text=clip(one_line(text), limit) or " ", emoji=True)


def rich(text: Mrkdwn, limit: int = limits.SECTION_MAX) -> MarkdownTextObject:
    """Safe mrkdwn, clipped. `verbatim` keeps Slack from reading mentions into plain words such as @here."""
    return MarkdownTextObject(text=clip_mrkdwn(text, limit) or " ", verbatim=True)


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=plain(text, limits.HEADER_MAX))


def section(text: Mrkdwn, *, block_id: str | None = None, accessory: BlockElement | None = None) -> SectionBlock:
    return SectionBlock(text=rich(text), block_id=block_id, accessory=accessory)


def fields(*texts: Mrkdwn) -> SectionBlock:
    """Two columns on a wide screen, one below the other on a phone; at most ten."""
    return SectionBlock(fields=[rich(text, limits.FIELD_MAX) for text in texts[:10]])


def literal(text: str) -> list[Block]:
    """Show a text exactly as it was typed, in as many sections as it needs."""
    return [
        SectionBlock(text=PlainTextObject(text=piece, emoji=False))
        for piece in pieces(clean(text), limits.SECTION_MAX)
        if piece.strip()
    ]


def context(text: Mrkdwn) -> ContextBlock:
    return ContextBlock(elements=[rich(text)])


def divider() -> DividerBlock:
    return DividerBlock()


def actions(*elements: InteractiveElement | None, block_id: str | None = None) -> ActionsBlock | None:
    """A row of controls; None when there are none. Of two controls with one action id the first is kept."""
    by_id = {element.action_id: element for element in reversed(elements) if element is not None}
    kept = [element for element in elements if element is not None and by_id[element.action_id] is element]
    return ActionsBlock(elements=kept, block_id=block_id) if kept else None


def button(
    label: str, action: Action, value: Value, *, style: Style | None = None, confirm: ConfirmObject | None = None
) -> ButtonElement:
    return ButtonElement(
        text=plain(label, limits.BUTTON_MAX), action_id=action, value=value.pack(), style=style, confirm=confirm
    )


def link_button(label: str, url: str | None) -> ButtonElement | None:
    """A button that opens an address; None when there is no address or it is longer than Slack takes."""
    if not url or len(url) > limits.URL_MAX:
        return None
    return ButtonElement(text=plain(label, limits.BUTTON_MAX), action_id=Action.OPEN_LINK, url=url)


def confirm(title: str, text: str, yes: str, no: str = "Go back") -> ConfirmObject:
    return ConfirmObject(title=plain(title, 100), text=plain(text, 300), confirm=plain(yes, 30), deny=plain(no, 30))


def option(label: str, value: str, description: str = "") -> Option:
    """One choice. Slack allows 75 characters for label and description each and 150 for the value."""
    described = plain(description, limits.OPTION_MAX) if description.strip() else None
    return Option(
        text=plain(label, limits.OPTION_MAX), value=clip(value, limits.OPTION_VALUE_MAX), description=described
    )


def overflow(choices: Sequence[tuple[str, Value]]) -> OverflowMenuElement | None:
    """The “…” menu: at most five choices; None when there are none."""
    if not choices:
        return None
    return OverflowMenuElement(
        action_id=Action.MORE, options=[option(label, value.pack()) for label, value in choices[:5]]
    )


def select(placeholder: str, action: Action, options: Sequence[Option]) -> StaticSelectElement:
    return StaticSelectElement(
        placeholder=plain(placeholder, limits.PLACEHOLDER_MAX),
        action_id=action,
        options=list(options)[: limits.OPTIONS_MAX],
    )


def message(text: Mrkdwn, *blocks: Block | None, more: Iterable[Block | None] = ()) -> Message:
    """Put a message together, leaving out what is None; all its text together stays under what Slack accepts."""
    drawn = [as_wire(block) for block in (*blocks, *more) if block is not None]
    return Message(clip_mrkdwn(text, limits.FALLBACK_MAX), _within(drawn[: limits.BLOCKS_MAX], limits.MESSAGE_TEXT_MAX))


def _within(blocks: list[dict[str, Any]], budget: int) -> list[dict[str, Any]]:
    """Shorten the longest sections until all text together fits."""
    excess = _characters(blocks) - budget
    sections = [block["text"] for block in blocks if block["type"] == "section" and "text" in block]
    for text in sorted(sections, key=lambda one: len(one["text"]), reverse=True):
        if excess <= 0:
            break
        before = len(text["text"])
        text["text"] = clip_mrkdwn(Mrkdwn(text["text"]), max(before - excess, before // 2, 1))
        excess -= before - len(text["text"])
    return blocks


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list) else 0
