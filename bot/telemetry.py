"""How Firebell tells of itself: structured logs with a correlation id and without secrets, and Prometheus metrics."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REDACTED: Final = "[redacted]"
_SECRET_SHAPES: Final = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|xoxe[.\w-]+"  # Slack tokens
    r"|(?<=://)[^/\s:@]*:[^/\s]+(?=@)"  # user:password in a URL
    r"|(?<=[Bb]earer )\S+",
)

_secrets: tuple[str, ...] = ()


def keep_secret(values: Iterable[str]) -> None:
    """Blank these values from now on in everything that this process logs, prints as an error or stores as one."""
    global _secrets  # noqa: PLW0603 - like the loggers that it guards, one for the process
    _secrets = tuple(sorted({*_secrets, *values}, key=len, reverse=True))


def redact(text: str) -> str:
    """Blank what was given to `keep_secret`, and all else in a text that looks like a credential."""
    for secret in _secrets:
        text = text.replace(secret, REDACTED)
    return _SECRET_SHAPES.sub(REDACTED, text)


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        event[key] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    """The same value without secrets; an exception or an address becomes text if it holds one."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {key: _redacted(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(inner) for inner in value]
    text = value if isinstance(value, str) else repr(value)
    blanked = redact(text)
    return value if blanked == text else blanked


def configure_logging(level: str = "info", form: str = "text") -> None:
    """Send structlog and the standard library's loggers to stderr, as text lines or JSON objects."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    last: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*chain, last],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=chain, processor=last)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))


def logger(area: str) -> Any:
    """Return a logger that names its area in each line."""
    return structlog.get_logger().bind(area=area)


@contextmanager
def correlated(request_id: str) -> Iterator[None]:
    """Mark every log line inside with the request that caused it."""
    with structlog.contextvars.bound_contextvars(request=request_id):
        yield


class Metrics:
    """Firebell's own figures; label values are fixed words, never names of people, channels or incidents."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter(
            "firebell_commands_total", "Commands by outcome", ("command", "outcome"), registry=self.registry
        )
        self.command_seconds = Histogram(
            "firebell_command_seconds",
            "Time from a command to its commit",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
            registry=self.registry,
        )
        self.effects = Counter(
            "firebell_effects_total",
            "Effects by integration and outcome",
            ("integration", "outcome"),
            registry=self.registry,
        )
        self.timers = Counter("firebell_timers_fired_total", "Timers fired", ("kind",), registry=self.registry)
        self.timer_lateness = Histogram(
            "firebell_timer_lateness_seconds",
            "How late timers fired",
            buckets=(0.1, 0.5, 1, 2, 5, 15, 60, 300, 3600),
            registry=self.registry,
        )
        self.late_timer = Gauge(
            "firebell_oldest_late_timer_seconds", "Age of the oldest overdue timer", registry=self.registry
        )
        self.late_effect = Gauge(
            "firebell_oldest_late_effect_seconds", "Age of the oldest pending effect", registry=self.registry
        )
        self.behind = Gauge("firebell_behind", "1 while timers or effects are late", registry=self.registry)
        self.heartbeats = Counter(
            "firebell_heartbeats_total", "Heartbeats to the outside monitor", ("outcome",), registry=self.registry
        )
        self.dead_effects = Gauge("firebell_dead_effects", "Effects that were given up", registry=self.registry)
        self.loop_lag = Gauge("firebell_loop_lag_seconds", "How late the event loop ran", registry=self.registry)
