"""The one form of error: what was not done, why, the next act, and the person's own text to send again."""

from __future__ import annotations

from typing import Final

from slack_sdk.models.blocks import Block

from templates.actions import Action, Value
from templates.clip import VALUE_MAX
from templates.layout import actions, button, context, literal, message, section
from templates.message import Message
from templates.mrkdwn import prose
from templates.wording import say

BUSY: Final = "Nothing changed. The database did not answer in time. Try again in a moment."
OUTCOME_UNKNOWN: Final = (
    "The database did not say whether this was saved. Look whether it shows before you send it again."
)
FORM_OUTCOME_UNKNOWN: Final = (
    "The database did not say whether this was saved. Submit again: one form is carried out once only."
)


def error(text: str, typed: str = "", reopen: Value | None = None, *, label: str = "Edit and send again") -> Message:
    """Say what was not done. `text` may name people as `@{U123}`; `typed` is shown as it was.

    `reopen` is what the button carries. When it is longer than a button can carry, the answer asks to copy the text.
    """
    blocks: list[Block | None] = [section(prose(text))]
    if typed.strip():
        blocks += [section(say("answers.typed")), *literal(typed)]
    if reopen is not None:
        fits = len(reopen.pack()) <= VALUE_MAX
        blocks.append(
            actions(button(label, Action.REOPEN_INPUT, reopen)) if fits else context(say("answers.typed_copy"))
        )
    return message(prose(text), *blocks)
