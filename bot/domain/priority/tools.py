"""What to fix first because it speeds others: which incidents take longer to mitigate while a tool is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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

    def after(self, gone: Iterable[Case], come: Iterable[Case]) -> Tools:
        """Return who waits once incidents have gone and others, or the same with other services, have come."""
        if not self._needs:
            return self
        before, now = {case.id: case.services for case in gone}, {case.id: case.services for case in come}
        left = [(key, services) for key, services in before.items() if now.get(key) != services]
        new = [(key, services) for key, services in now.items() if before.get(key) != services]
        tools = {tool for services in {services for _, services in (*left, *new)} for tool in self._needed(services)}
        if not tools:
            return self
        drafts = {tool: self._waiting[tool].copy() for tool in tools}
        for key, services in left:
            for tool in self._needed(services):
                del drafts[tool][key]
        alike: dict[tuple[str, ...], list[str]] = {}
        for key, services in new:
            alike.setdefault(services, []).append(key)
        for services, keys in alike.items():
            for tool, slows in self._needed(services).items():
                drafts[tool].update(dict.fromkeys(keys, slows))
        other = Tools({})
        other._needs, other._needed_by = self._needs, self._needed_by
        other._waiting = {**self._waiting, **drafts}
        other._merged = {lost: found for lost, found in self._merged.items() if not lost & drafts.keys()}
        return other

    def _needed(self, services: tuple[str, ...]) -> Slowed:
        """Return the tools that whoever lost these services waits for when they are lost, with the largest factor.

        Who lost the tool itself is not slowed by it once more.
        """
        if services not in self._needed_by:
            found: dict[str, float] = {}
            for tool in (tool for key in services for tool in self._needs.get(key, ())):
                if tool.service not in services:
                    found[tool.service] = max(found.get(tool.service, 1.0), tool.slows)
            self._needed_by[services] = found
        return self._needed_by[services]

    def sped_up_by(self, case: Case) -> Slowed:
        """Return who gets quicker when an incident is mitigated: whoever waits for a tool that it lost.

        Of several tools that one waits for the largest factor counts.
        """
        if self._waiting.keys().isdisjoint(case.services):
            return NOBODY_WAITS
        lost = self._waiting.keys() & case.services
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
