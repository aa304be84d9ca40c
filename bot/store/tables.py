"""The tables, the same on SQLite and PostgreSQL. Times are UTC integer microseconds; `data` columns are canonical JSON
as TEXT.

Every table carries `workspace`. What the migrations add beyond these definitions: triggers that refuse to change
history.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

WAITING: Final = "waiting"
PENDING: Final = "pending"
SENDING: Final = "sending"
DONE: Final = "done"
DEAD: Final = "dead"
UNSETTLED: Final = (WAITING, PENDING, SENDING)


def stands(rows: FromClause, *states: str) -> ColumnElement[bool]:
    """The condition that effects are in one of the states, written so that the indexes over such rows are found."""
    named: list[ColumnElement[str]] = [literal_column(f"'{state}'") for state in states]
    return rows.c.status == named[0] if len(named) == 1 else rows.c.status.in_(named)


def _only(states: str) -> dict[str, Any]:
    """Options of an index over some of the rows."""
    return {"sqlite_where": text(states), "postgresql_where": text(states)}


incidents = Table(
    "incidents",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("severity", Text, nullable=False),
    Column("rank", Integer, nullable=False, doc="the severity's rank when last written; 1 is worst"),
    Column("private", Boolean, nullable=False),
    Column("room_channel", Text, doc="null while there is no channel of its own"),
    Column("declared_at", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False, doc="of the log's head"),
    Column("hash", Text, nullable=False, doc="of the log's head"),
    Column("fold", Text, nullable=False, doc="the incident as the log makes it; may be rebuilt at any time"),
    UniqueConstraint("workspace", "number"),
    UniqueConstraint("workspace", "room_channel"),
    Index(None, "workspace", "is_open", "rank", "declared_at"),
)

events = Table(
    "events",
    METADATA,
    Column("incident", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("workspace", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_guest", Boolean, nullable=False),
    Column("actor_responder", Boolean, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("data", Text, doc="without its text once redacted"),
    Column("salt", Text, doc="null once redacted"),
    Column("digest", Text, nullable=False, doc="SHA-256(salt + data)"),
    Column("hash", Text, nullable=False, doc="chained over the incident's events"),
    Index("ix_events_told", "workspace", "incident", **_only("type = 'PostConfirmed'")),
    Index("ix_events_told_at", "workspace", "at", "incident", **_only("type = 'PostConfirmed'")),
)

workspace_events = Table(
    "workspace_events",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
    Column("hash", Text, nullable=False, doc="chained over the workspace's events"),
)

people = Table(
    "people",
    METADATA,
    Column("incident", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("user", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("holds_role", Boolean, nullable=False),
    Index(None, "workspace", "user"),
)

messages = Table(
    "messages",
    METADATA,
    Column("incident", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Index(None, "workspace", "channel", "ts"),
)

_UNSETTLED: Final = "status IN ('waiting', 'pending', 'sending')"

effects = Table(
    "effects",
    METADATA,
    Column("id", Text, primary_key=True, doc="<incident>:<seq>:<n>:<integration>, with :<recipient> when expanded"),
    Column("workspace", Text, nullable=False),
    Column("incident", Text, ForeignKey("incidents.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("integration", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("rank", Integer, nullable=False, server_default=text("0"), doc="of the incident; 1 is worst"),
    Column("collapse", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_at", BigInteger, nullable=False, doc="by the database's clock, as every time of this table"),
    Column("not_before", BigInteger, nullable=False),
    Column("first_attempt_at", BigInteger),
    Column("attempted_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("lease_token", Text),
    Column("outcome_unknown", Boolean, nullable=False, server_default=text("false")),
    Column("last_reason", Text, nullable=False, server_default=text("''")),
    Column("last_detail", Text, nullable=False, server_default=text("''")),
    Column("progress", Text, nullable=False, server_default=text("'{}'")),
    Column("settled_at", BigInteger),
    Index("ix_effects_stream", "incident", "integration", "stream", "seq", "n"),
    Index("ix_effects_next", "workspace", "status", "rank", "created_at", "seq", "n", **_only("status = 'pending'")),
    Index("ix_effects_unsettled", "incident", "integration", "stream", "seq", "n", **_only(_UNSETTLED)),
    Index("ix_effects_untold", "incident", "seq", "n", **_only(f"type = 'TellAudience' AND {_UNSETTLED}")),
    Index("ix_effects_status_not_before", "workspace", "status", "not_before"),
    Index(
        "ux_effects_one_sending",
        "incident",
        "integration",
        "stream",
        unique=True,
        **_only("status = 'sending'"),
    ),
)

timers = Table(
    "timers",
    METADATA,
    Column("incident", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("workspace", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("step", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False, doc="due_at, or later after a failure"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Text, nullable=False, server_default=text("''")),
    Index(None, "workspace", "not_before"),
)

inbox = Table(
    "inbox",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("request_id", Text, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("first_seq", Integer, nullable=False, doc="of the events the request made; last_seq + 1 if it made none"),
    Column("last_seq", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "workspace", "at"),
)

buckets = Table(
    "buckets",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True, doc="a method or a channel"),
    Column("next_at", BigInteger, nullable=False, doc="by the database's clock"),
)

counters = Table(
    "counters",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Integer, nullable=False),
)

blobs = Table(
    "blobs",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("digest", Text, primary_key=True, doc="SHA-256 of the bytes, hex"),
    Column("media_type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("user", Text, primary_key=True),
    Column("kind", Text, primary_key=True, doc="of what it is to: incident, service, severity or everything"),
    Column("name", Text, primary_key=True, doc="which one; empty for everything"),
    Column("way", Text, nullable=False),
    Column("readers", Text, nullable=False, doc="for whom messages are worded"),
    Column("at", BigInteger, nullable=False),
    Index(None, "workspace", "kind", "name"),
)

replicas = Table(
    "replicas",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("id", Text, primary_key=True, doc="of one process; on SQLite always the same, as there is only one"),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("release", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False, doc="by the process's clock"),
    Column("alive_at", BigInteger, nullable=False, doc="by the process's clock, about once a minute"),
    Column("seen_at", BigInteger, nullable=False, doc="the same moment by the database's clock"),
)

alarms = Table(
    "alarms",
    METADATA,
    Column("workspace", Text, primary_key=True),
    Column("late", Boolean, nullable=False, server_default=text("false"), doc="what the operators were last told"),
    Column("since", BigInteger, nullable=False, server_default=text("0"), doc="late since, by a process's clock"),
    Column("episode", Integer, nullable=False, server_default=text("0"), doc="counts messages; part of their key"),
    Column("channel", Text, nullable=False, server_default=text("''")),
    Column("ts", Text, nullable=False, server_default=text("''"), doc="of the episode's message, once it is known"),
    Column("posted_at", BigInteger, nullable=False, server_default=text("0"), doc="by the database's clock"),
    Column("token", Text, nullable=False, server_default=text("''"), doc="of whoever tried last"),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column(
        "unknown", Boolean, nullable=False, server_default=text("false"), doc="whether the last try may have worked"
    ),
    Column("not_before", BigInteger, nullable=False, server_default=text("0"), doc="by the database's clock"),
)
