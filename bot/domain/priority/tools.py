"""What to fix first because it speeds others: which incidents take longer to mitigate while a tool is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.domain.policy import ServicePolicy
from bot.domain.priority.values import NOBODY_WAITS, Case

Slowed = Mapping[str, float]
"""How many times as long something takes: by the incident that is slowed, or by the tool that it waits for."""


class Tools:
    """Who waits for which tool that services are operated with. Never changes: `after` gives another one."""

    __slots__ = ("_merged", "_needed_by", "_needs", "_waiting")

    def __init__(self, services: Mapping[str, ServicePolicy]) -> None:
        self._needs = {key: one.operates_with for key, one in services.items() if one.operates_with}
        self._waiting: dict[str, dict[str, float]] = {
            tool.service: {} for tools in self._needs.values() for tool in tools
        }
        self._merged: dict[frozenset[str], Slowed] = {}
        self._needed_by: dict[tuple[str, ...], Slowed] = {}

    def after(self, gone: Iterable[Case], come: Collection[Case]) -> Tools:
        """Return who waits once incidents have gone and others, or the same with other services, have come."""
        if not self._needs:
            return self
        drafts: dict[str, dict[str, float]] = {}
        before = {case.id: case for case in gone}
        other_services = [case for case in come if case.id not in before or before[case.id].services != case.services]
        as_before = {case.id for case in come} - {case.id for case in other_services}
        for case in (case for key, case in before.items() if key not in as_before):
            for tool in self._needed(case):
                self._draft(drafts, tool).pop(case.id, None)
        for case in other_services:
            for tool, slows in self._needed(case).items():
                self._draft(drafts, tool)[case.id] = slows
        if not drafts:
            return self
        other = Tools({})
        other._needs, other._needed_by = self._needs, self._needed_by
        other._waiting = {**self._waiting, **drafts}
        other._merged = {lost: found for lost, found in self._merged.items() if not lost & drafts.keys()}
        return other

    def _draft(self, drafts: dict[str, dict[str, float]], tool: str) -> dict[str, float]:
        if tool not in drafts:
            drafts[tool] = self._waiting[tool].copy()
        return drafts[tool]

    def _needed(self, case: Case) -> Slowed:
        """Return the tools that an incident waits for when they are lost, each with its largest factor.

        One that lost the tool itself is not slowed by it once more.
        """
        if case.services not in self._needed_by:
            found: dict[str, float] = {}
            for tool in (tool for key in case.services for tool in self._needs.get(key, ())):
                if tool.service not in case.services:
                    found[tool.service] = max(found.get(tool.service, 1.0), tool.slows)
            self._needed_by[case.services] = found
        return self._needed_by[case.services]

    def sped_up_by(self, case: Case) -> Slowed:
        """Return who gets quicker when an incident is mitigated: whoever waits for a tool that it lost.

        Of several tools that one waits for the largest factor counts.
        """
        lost = self._waiting.keys() & case.services
        if not lost:
            return NOBODY_WAITS
        return self._waiting[lost.pop()] if len(lost) == 1 else self._of_several(frozenset(lost))

    def _of_several(self, lost: frozenset[str]) -> Slowed:
        """Many incidents may have lost the same tools: what is the same is made once."""
        if lost not in self._merged:
            found: dict[str, float] = {}
            for tool in lost:
                for other, slows in self._waiting[tool].items():
                    found[other] = max(found.get(other, 1.0), slows)
            self._merged[lost] = found
        return self._merged[lost]
