"""What must hold between keys of firebell.yaml that are well in themselves."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.config.defaults import ROLES, SEVERITIES
from bot.config.ladders import misfits
from bot.config.schema import ConfigFile
from bot.domain.catalog import find_cycle
from bot.domain.regulation import Regulation
from bot.domain.slug import slug


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong: the keys that lead to it, and a sentence that says how to mend it."""

    path: tuple[str | int, ...]
    text: str


def complaints(file: ConfigFile, book: Mapping[str, Regulation]) -> Iterator[Complaint]:
    """Yield everything that does not fit together; `book` are the regulations in force."""
    yield from _dependencies(file)
    yield from _service_words(file)
    yield from _panel_keys(file)
    yield from _permissions(file)
    yield from _regulations(file, book)
    yield from _status_page(file)
    yield from _call(file)
    yield from _ladders(file)


def _dependencies(file: ConfigFile) -> Iterator[Complaint]:
    known = True
    for key, service in file.services.items():
        lists = {
            "depends_on": [one.service for one in service.depends_on],
            "operates_with": [one.service for one in service.operates_with],
        }
        for name, others in lists.items():
            for number, other in enumerate(others):
                path = ("services", key, name, number)
                if other == key:
                    yield Complaint(path, f"`{key}` depends on itself; remove this line")
                elif other not in file.services:
                    yield Complaint(path, f"`{other}` is no service in this file; add it or remove this line")
                known = known and other in file.services and other != key
    if known:
        yield from _circle(file)


def _circle(file: ConfigFile) -> Iterator[Complaint]:
    """What responders work with may run in a circle; failures that pass on may not."""
    links = {key: [one.service for one in service.depends_on] for key, service in file.services.items()}
    circle = find_cycle(links)
    if circle:
        path = ("services", circle[0], "depends_on", links[circle[0]].index(circle[1]))
        text = f"services depend on each other in a circle ({' -> '.join(circle)}); remove one of these links"
        yield Complaint(path, text)


def _service_words(file: ConfigFile) -> Iterator[Complaint]:
    """A word in a title must not mean two services."""
    owners = {key.casefold(): key for key in file.services}
    for key, service in file.services.items():
        words = [(("services", key, "aliases", number), alias) for number, alias in enumerate(service.aliases)]
        for path, word in [(("services", key, "name"), service.name), *words]:
            holder = owners.setdefault(word.casefold(), key) if word else key
            if holder != key:
                yield Complaint(path, f"`{word}` already means the service `{holder}`; choose another word")


def _panel_keys(file: ConfigFile) -> Iterator[Complaint]:
    for key, service in file.services.items():
        seen: dict[str, str] = {}
        for number, panel in enumerate(service.panels):
            name = panel.key or slug(panel.title)
            if name and name in seen:
                text = f"another panel of `{key}` is called `{seen[name]}`; give this one a title or `key` of its own"
                yield Complaint(("services", key, "panels", number, "title"), text)
            seen[name] = panel.title


def _permissions(file: ConfigFile) -> Iterator[Complaint]:
    for act, allowed in file.permissions.items():
        if allowed == "responders" and not file.responders_group:
            text = "nobody could, as there is no `responders_group`; name the group at the top of the file"
            yield Complaint(("permissions", act), text)
        if allowed == "leaders" and act == "declare":
            text = "an incident that is not declared has no leaders; write everyone or responders"
            yield Complaint(("permissions", act), text)


def _call(file: ConfigFile) -> Iterator[Complaint]:
    if file.zoom.host and file.call_link:
        yield Complaint(("zoom", "host"), "`call_link` says where calls are; keep one of the two")
    known = list(file.severities) or [one.key for one in SEVERITIES]
    for number, key in enumerate(file.zoom.severities):
        if key not in known:
            text = f"`{key}` is no severity; known: {', '.join(known)}"
            yield Complaint(("zoom", "severities", number), text)


def _regulations(file: ConfigFile, book: Mapping[str, Regulation]) -> Iterator[Complaint]:
    where = file.regulations_file or "the regulations that Firebell brings"
    for key, service in file.services.items():
        for number, rule in enumerate(service.regulations):
            if rule not in book:
                close = difflib.get_close_matches(rule, book, n=1)
                hint = f"did you mean `{close[0]}`?" if close else f"known: {', '.join(book) or 'none'}"
                yield Complaint(("services", key, "regulations", number), f"`{rule}` is no row of {where}; {hint}")


def _ladders(file: ConfigFile) -> Iterator[Complaint]:
    roles = tuple(file.roles) or tuple(role.key for role in ROLES)
    for key, severity in file.severities.items():
        found = misfits(severity.ladder, severity.cadence, roles) if severity.ladder else ()
        for place, name, text in found:
            yield Complaint(("severities", key, "ladder", place, name), text)


def _status_page(file: ConfigFile) -> Iterator[Complaint]:
    """What customers know must be in the catalog, and no two of our services may be one of the page's."""
    severities = tuple(file.severities) or tuple(one.key for one in SEVERITIES)
    owners: dict[str, str] = {}
    for key, service in file.status_page.services.items():
        path = ("status_page", "services", key)
        if key not in file.services:
            yield Complaint(path, f"`{key}` is no service in this file; add it or remove this line")
        holder = owners.setdefault(service.component, key) if service.component else key
        if holder != key:
            yield Complaint((*path, "component"), f"`{holder}` is this component already; give each its own")
    for number, severity in enumerate(file.status_page.severities):
        if severity not in severities:
            text = f"`{severity}` is no severity; known: {', '.join(severities)}"
            yield Complaint(("status_page", "severities", number), text)
