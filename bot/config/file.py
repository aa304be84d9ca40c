"""Read firebell.yaml into a policy. Every complaint names the file, the line, the key, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ValidationError

from bot.config.defaults import ROLES, SEVERITIES
from bot.config.locate import duplicate_key, line_of
from bot.config.schema import ConfigFile, PanelFile, RoleFile, ServiceFile, SeverityFile
from bot.domain.policy import (
    Durations,
    Panel,
    Policy,
    QuietHours,
    RolePolicy,
    ServicePolicy,
    SeverityPolicy,
    WorkingHours,
)
from bot.domain.slug import slug
from bot.errors import ConfigError


def read_file(path: Path) -> ConfigFile:
    """Read and check a file; raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Check the path in FIREBELL_CONFIG.") from error
    return parse(text, str(path))


def parse(text: str, name: str) -> ConfigFile:
    """Check a document; `name` is how errors call it."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        raise ConfigError(f"{where}: this is not valid YAML ({error.problem}).") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{name}: this is not valid YAML ({error}).") from error
    if data is None:
        return ConfigFile()
    if not isinstance(data, dict):
        raise ConfigError(f"{name}, line 1: the file must be a mapping of keys to values.")
    twice = duplicate_key(root)
    if twice is not None:
        raise ConfigError(f"{name}, line {twice[1]}: the key `{twice[0]}` stands twice; remove one of them.")
    try:
        return ConfigFile.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaints(error, root, name))) from error


def _complaints(error: ValidationError, root: yaml.Node | None, name: str) -> list[str]:
    lines = []
    for one in error.errors():
        path = [part for part in one["loc"] if part != "[key]"]
        key = ".".join(str(part) for part in path) or "the file"
        message = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            message = f"this key is not known.{_suggestion(str(path[-1]), path[:-1])}"
        line = line_of(root, path)
        where = f"{name}, line {line}" if line else name
        lines.append(f"{where}: `{key}`: {message}")
    return lines


_KEYS_BY_DEPTH: Mapping[str, type[BaseModel]] = MappingProxyType(
    {"severities": SeverityFile, "roles": RoleFile, "services": ServiceFile, "panels": PanelFile}
)


def _suggestion(key: str, parents: list[int | str]) -> str:
    model: type[BaseModel] = next(
        (_KEYS_BY_DEPTH[str(part)] for part in reversed(parents) if str(part) in _KEYS_BY_DEPTH), ConfigFile
    )
    names = [field.alias or name for name, field in model.model_fields.items()]
    close = difflib.get_close_matches(key, names, n=1)
    return f" Did you mean `{close[0]}`?" if close else f" Known here: {', '.join(names)}."


def policy_of(file: ConfigFile, *, speed: int = 1) -> Policy:
    """Turn a checked file into the domain's policy; `speed` divides its durations (the demo only)."""
    quiet = file.quiet_hours
    work = file.working_hours
    return Policy(
        severities=_severities(file),
        roles=_roles(file),
        services=tuple(_service(key, service) for key, service in file.services.items()),
        channel_template=file.channel_name,
        summary_channel=file.summary_channel.removeprefix("#"),
        responders_group=file.responders_group.removeprefix("@"),
        permissions=MappingProxyType(dict(file.permissions)),
        quiet_hours=QuietHours(quiet.start, quiet.end, quiet.zone, quiet.weekends) if quiet else None,
        working_hours=WorkingHours(work.start, work.end, work.zone),
        durations=Durations(**file.durations.model_dump()),
        speed=speed,
    )


def _severities(file: ConfigFile) -> tuple[SeverityPolicy, ...]:
    if not file.severities:
        return SEVERITIES
    return tuple(
        SeverityPolicy(
            key=key,
            label=one.label or key.upper(),
            rank=rank,
            description=one.description,
            cadence=one.cadence,
            commander=one.commander,
            postmortem=one.postmortem,
            announce_updates=one.announce_updates,
            quiet_hours=one.quiet_hours,
            working_hours_only=one.working_hours_only,
            unchanged_in_row=one.no_change_in_a_row,
            invite_groups=tuple(group.removeprefix("@") for group in one.invite_groups),
        )
        for rank, (key, one) in enumerate(file.severities.items(), start=1)
    )


def _roles(file: ConfigFile) -> tuple[RolePolicy, ...]:
    if not file.roles:
        return ROLES
    return tuple(
        RolePolicy(
            key=key,
            label=role.label or key.replace("_", " ").capitalize(),
            duties=role.duties,
            first_acts=tuple(role.first_acts.items()),
            many=role.many,
            fill_from_group=role.fill_from_group.removeprefix("@"),
        )
        for key, role in file.roles.items()
    )


def _service(key: str, service: ServiceFile) -> ServicePolicy:
    panels = tuple(
        Panel(
            key=panel.key or slug(panel.title) or f"panel-{number}",
            title=panel.title,
            query=panel.query,
            unit=panel.unit,
        )
        for number, panel in enumerate(service.panels, start=1)
    )
    return ServicePolicy(
        key=key,
        name=service.name or key,
        aliases=service.aliases,
        owner=service.owner,
        tier=service.tier,
        panels=panels,
        depends_on=service.depends_on,
        oncall_group=service.oncall_group.removeprefix("@"),
        pagerduty_service=service.pagerduty_service,
        dashboard=service.dashboard,
    )
