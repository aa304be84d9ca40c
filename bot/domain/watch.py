"""When the commander last did something, and who was asked since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watch:
    """`since` is the commander's last act (taking command is one), `asked` who was offered it since: "", "deputy" or
    "room".
    """

    since: datetime
    asked: str = ""
