"""Read firebell.yaml into a policy. Every complaint names the file, the line, the key, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.config.backstage import read_catalogs
from bot.config.calendars import is_business_day
from bot.config.catalog import (
    DependencyFile,
    HoursFile,
    PanelFile,
    PersonFile,
    PriorityFile,
    ServiceFile,
    ToolFile,
    people_of,
    priority_of,
    service_of,
)
from bot.config.checks import complaints
from bot.config.defaults import ROLES, SEVERITIES
from bot.config.document import causes, load, mend, refuse_duplicates, sentence
from bot.config.ladders import StepFile
from bot.config.parts import WorkingHoursFile
from bot.config.regulations import read_regulations, shipped_regulations
from bot.config.schema import (
    BulletinsFile,
    ConfigFile,
    DurationsFile,
    PagerDutyFile,
    QuietHoursFile,
    RetentionFile,
    RoleFile,
    SeverityFile,
    SubscriptionsFile,
    WatchdogFile,
    ZoomFile,
)
from bot.config.status_page import StatusPageFile
from bot.domain.call import CallLink, CallService, CallTemplate
from bot.domain.policy import (
    Durations,
    Policy,
    QuietHours,
    RolePolicy,
    SeverityPolicy,
    WorkingHours,
)
from bot.domain.regulation import Regulation
from bot.errors import ConfigError


def read_file(path: Path) -> ConfigFile:
    """Read and check a file; raises `ConfigError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}. Check the path in FIREBELL_CONFIG.") from error
    return parse(text, str(path), folder=path.parent)


def parse(text: str, name: str, *, folder: Path | None = None) -> ConfigFile:
    """Check a document; `name` is how errors call it, `folder` what `catalog_files` are relative to.

    Raises `ConfigError`, and nothing else whatever the text.
    """
    root, data = load(text, name)
    if data is None:
        return ConfigFile()
    if not isinstance(data, dict):
        raise ConfigError(f"{name}, line 1: the file must hold keys and values, like `command: /incident`.")
    refuse_duplicates(root, name)
    try:
        file = ConfigFile.model_validate(data)
    except ValidationError as error:
        raise ConfigError("\n".join(_complaint(one, root, name) for one in causes(error.errors()))) from error
    if folder is not None and file.catalog_files:
        file = _with_imported(file, read_catalogs(tuple(folder / one for one in file.catalog_files)))
    book = regulations_of(file, folder)
    misfits = [sentence(name, root, one.path, one.text) for one in complaints(file, book)]
    if misfits:
        raise ConfigError("\n".join(misfits))
    return file


def regulations_of(file: ConfigFile, folder: Path | None) -> Mapping[str, Regulation]:
    """Return the rows in force: those of the file's own `regulations_file`, else those that Firebell brings."""
    if folder is None or not file.regulations_file:
        return shipped_regulations()
    return read_regulations(folder / file.regulations_file)


def _with_imported(file: ConfigFile, imported: Mapping[str, ServiceFile]) -> ConfigFile:
    """Add imported services; of one that the file names as well, what the file says holds."""
    services = dict(imported)
    for key, own in file.services.items():
        said = {name: getattr(own, name) for name in own.model_fields_set}
        services[key] = imported[key].model_copy(update=said) if key in imported else own
    return file.model_copy(update={"services": services})


def _complaint(error: ErrorDetails, root: yaml.Node | None, name: str) -> str:
    path = tuple(part for part in error["loc"] if part != "[key]")
    return sentence(name, root, path, _mend(error, path))


def _mend(error: ErrorDetails, path: tuple[int | str, ...]) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"this key is not known.{_suggestion(str(path[-1]), path[:-1])}"
    if kind == "string_pattern_mismatch" and error["loc"][-1] == "[key]":
        return "a key must begin with a letter a to z and hold only a to z, 0 to 9, - and _; rename it"
    if kind == "string_pattern_mismatch" and path[-1] in _FORMS:
        return f"`{error['input']}` does not fit; write it like {_FORMS[path[-1]]}"
    return mend(error)


_FORMS: Mapping[int | str, str] = MappingProxyType(
    {
        "command": "/incident: a slash, then a to z, 0 to 9, - or _",
        "summary_channel": "incidents, without spaces",
        "drill_channel": "drills, without spaces",
        "operators_channel": "firebell-operators, without spaces",
        "from": "firebell@example.com, the e-mail of one of PagerDuty's users",
        "host": "incidents@example.com, the e-mail of one of Zoom's users",
        "default_service": "PABCDEF, the id at the end of the service's address",
        "dashboard": "https://grafana.example.com/d/checkout",
        "call_link": "https://meet.example.com/inc-{number}",
        "currency": "EUR, by its three letters",
    }
)


_MODELS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "severities": SeverityFile,
        "ladder": StepFile,
        "roles": RoleFile,
        "services": ServiceFile,
        "panels": PanelFile,
        "quiet_hours": QuietHoursFile,
        "working_hours": WorkingHoursFile,
        "durations": DurationsFile,
        "retention": RetentionFile,
        "bulletins": BulletinsFile,
        "subscriptions": SubscriptionsFile,
        "watchdog": WatchdogFile,
        "pagerduty": PagerDutyFile,
        "status_page": StatusPageFile,
        "zoom": ZoomFile,
        "depends_on": DependencyFile,
        "operates_with": ToolFile,
        "revenue_by_hour": HoursFile,
        "people": PersonFile,
        "hours": WorkingHoursFile,
        "priority": PriorityFile,
    }
)


def _suggestion(key: str, parents: Sequence[int | str]) -> str:
    model: type[BaseModel] = next(
        (_MODELS[str(part)] for part in reversed(parents) if str(part) in _MODELS), ConfigFile
    )
    names = [field.alias or name for name, field in model.model_fields.items()]
    close = difflib.get_close_matches(key, names, n=1)
    return f" Did you mean `{close[0]}`?" if close else f" Known here: {', '.join(names)}."


def policy_of(file: ConfigFile, *, speed: int = 1, folder: Path | None = None) -> Policy:
    """Turn a checked file into the domain's policy; `speed` divides its durations (the demo only).

    `folder` is where the file stands. Raises `ConfigError` when its regulations cannot be read.
    """
    work = file.working_hours
    return Policy(
        severities=_severities(file),
        roles=_roles(file),
        services=tuple(service_of(key, service) for key, service in file.services.items()),
        channel_template=file.channel_name,
        call=_call(file),
        canvas=file.canvas == "auto",
        summary_channel=file.summary_channel.removeprefix("#"),
        drill_channel=file.drill_channel.removeprefix("#"),
        responders_group=file.responders_group.removeprefix("@"),
        permissions=MappingProxyType({str(act): allowed for act, allowed in file.permissions.items()}),
        quiet_hours=_quiet(file.quiet_hours),
        subscriber_hours=_quiet(file.subscriptions.quiet_hours),
        working_hours=WorkingHours(work.start, work.end, work.zone),
        durations=Durations(**file.durations.model_dump()),
        currency=file.currency,
        amounts_group=file.amounts_group.removeprefix("@"),
        people=people_of(file.people),
        priority=priority_of(file.priority),
        regulations=regulations_of(file, folder),
        legal_group=file.legal_group.removeprefix("@"),
        is_business_day=is_business_day,
        speed=speed,
    )


def _quiet(hours: QuietHoursFile | None) -> QuietHours | None:
    return QuietHours(hours.start, hours.end, hours.zone, hours.weekends) if hours else None


def _call(file: ConfigFile) -> CallLink | None:
    """Each incident's call: from the template, or opened by Zoom for the severities named, by default the two worst."""
    if file.zoom.host:
        return CallService(file.zoom.severities or tuple(one.key for one in _severities(file)[:2]))
    return CallTemplate(file.call_link) if file.call_link else None


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
            commander_absent=one.commander_absent,
            ladder=None if one.ladder is None else tuple(step.step() for step in one.ladder),
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
