"""Where the people of an incident talk to each other. Firebell links to a call and never joins one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@runtime_checkable
class CallLink(Protocol):
    """What knows the address of an incident's call, without asking anybody."""

    def url(self, number: int) -> str:
        """Return the address of the call of INC-`number`."""


@dataclass(frozen=True, slots=True)
class CallTemplate:
    """An address with `{number}` in it, at a service where whoever comes first opens the call."""

    text: str

    def url(self, number: int) -> str:
        return self.text.replace("{number}", str(number))


@dataclass(frozen=True, slots=True)
class CallService:
    """A service that opens a call for each incident of these severities, and says only then where it is."""

    severities: tuple[str, ...]

    def url(self, number: int) -> str:
        """No address is known before there is a call."""
        del number
        return ""
