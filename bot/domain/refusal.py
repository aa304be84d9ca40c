"""How the domain says no."""

from __future__ import annotations

from typing import Final

NOTHING_CHANGED: Final = "Nothing changed."


class Refused(Exception):
    """A command was not accepted. The text follows one form: what was not done, why, the next act.

    `field` names the input that is wrong (a field of the command), so that a form can show the text beside it; `code`
    is stable.
    """

    def __init__(self, code: str, why: str, next_act: str = "", *, field: str = "") -> None:
        self.code = code
        self.why = why
        self.next_act = next_act
        self.field = field
        super().__init__(" ".join(part for part in (NOTHING_CHANGED, why, next_act) if part))
