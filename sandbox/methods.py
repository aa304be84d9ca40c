"""What Slack documents about each Web API method served here: tier, scopes, arguments, error codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sandbox.model import ChannelKind
from sandbox.tiers import ACCESS, Access, Caller, Tier


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a method; ``types`` is empty where Slack's reference states none."""

    required: bool
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """One Web API method as documented; see ``tiers.Access`` for ``tier``, ``scopes`` and ``caller``."""

    name: str
    tier: Tier
    scopes: Mapping[ChannelKind, tuple[str, ...]]
    caller: Caller
    args: Mapping[str, Argument]
    errors: frozenset[str]

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments that no call may lack."""
        return tuple(name for name, argument in self.args.items() if argument.required)

    def scopes_for(self, kind: ChannelKind | None = None) -> tuple[str, ...]:
        """Return the scopes of which any one suffices for a conversation of this kind.

        Without a kind: every scope that opens the method anywhere. Empty: none is needed.
        """
        if kind is not None:
            return self.scopes.get(kind, ())
        return tuple(dict.fromkeys(scope for scopes in self.scopes.values() for scope in scopes))


@cache
def load_methods() -> Mapping[str, MethodFacts]:
    """Read the methods' facts once, by name; the first call reads the package's data file."""
    data = json.loads(files("sandbox").joinpath("data/methods.json").read_text(encoding="utf-8"))
    common = frozenset(data["common_errors"])
    return MappingProxyType(
        {name: _facts(name, row, common, ACCESS[name]) for name, row in sorted(data["methods"].items())}
    )


def _facts(name: str, row: Mapping[str, Any], common: frozenset[str], access: Access) -> MethodFacts:
    args = {key: Argument(value["required"], tuple(value["types"])) for key, value in row["args"].items()}
    return MethodFacts(
        name=name,
        tier=access.tier,
        scopes=access.scopes,
        caller=access.caller,
        args=MappingProxyType(args),
        errors=common | frozenset(row["errors"]),
    )


class _Methods(Mapping[str, MethodFacts]):
    """Looks like the loaded mapping, but reads nothing before its first use."""

    def __getitem__(self, name: str) -> MethodFacts:
        return load_methods()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(load_methods())

    def __len__(self) -> int:
        return len(load_methods())


METHODS: Mapping[str, MethodFacts] = _Methods()
