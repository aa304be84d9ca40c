"""What a word of the command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from commands.context import Ask, CommandContext, Outcome

Group = Literal["Now", "People", "Tell", "After"]
Handler = Callable[[CommandContext, Ask], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: how it is written, what it does in a few words, and the coroutine that does it.

    `form` opens the word's form with the text in it and carries nothing out; a word without one has its line handed
    back. `needs_incident` words run only once it is known which incident is meant; `over` says that the word is still
    valid when the incident has ended, `open` that it is valid while it runs. A `forgiving` one takes nothing and does
    not mind what follows it.
    """

    name: str
    usage: str
    text: str
    group: Group
    run: Handler
    form: Handler | None = None
    needs_incident: bool = True
    open: bool = True
    over: bool = False
    forgiving: bool = False

    @property
    def takes_nothing(self) -> bool:
        return self.usage == self.name
