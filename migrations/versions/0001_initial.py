"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY_SQLITE = (
    """
    CREATE TRIGGER events_no_update BEFORE UPDATE ON events
    WHEN NEW.data IS NOT NULL OR NEW.salt IS NOT NULL
      OR NEW.incident IS NOT OLD.incident OR NEW.seq IS NOT OLD.seq OR NEW.workspace IS NOT OLD.workspace
      OR NEW.type IS NOT OLD.type OR NEW.version IS NOT OLD.version OR NEW.actor_id IS NOT OLD.actor_id
      OR NEW.actor_kind IS NOT OLD.actor_kind OR NEW.actor_guest IS NOT OLD.actor_guest
      OR NEW.actor_responder IS NOT OLD.actor_responder OR NEW.at IS NOT OLD.at
      OR NEW.request_id IS NOT OLD.request_id OR NEW.digest IS NOT OLD.digest OR NEW.hash IS NOT OLD.hash
    BEGIN SELECT RAISE(ABORT, 'events are append-only; only data and salt may be blanked'); END
    """,
    """
    CREATE TRIGGER events_no_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    """
    CREATE TRIGGER workspace_events_no_update BEFORE UPDATE ON workspace_events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    """
    CREATE TRIGGER workspace_events_no_delete BEFORE DELETE ON workspace_events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
)

_APPEND_ONLY_POSTGRESQL = (
    """
    CREATE FUNCTION firebell_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE blanked jsonb := '{"data": null, "salt": null}';
    BEGIN
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'events' AND to_jsonb(NEW) = to_jsonb(OLD) || blanked THEN
        RETURN NEW;
      END IF;
      RAISE EXCEPTION 'events are append-only; only data and salt may be blanked';
    END $$
    """,
    """
    CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION firebell_append_only()
    """,
    """
    CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION firebell_append_only()
    """,
    """
    CREATE TRIGGER workspace_events_append_only BEFORE UPDATE OR DELETE ON workspace_events
    FOR EACH ROW EXECUTE FUNCTION firebell_append_only()
    """,
    """
    CREATE TRIGGER workspace_events_no_truncate BEFORE TRUNCATE ON workspace_events
    FOR EACH STATEMENT EXECUTE FUNCTION firebell_append_only()
    """,
)


def upgrade() -> None:
    """Make the tables, then the triggers that keep history as it was written."""
    _history()
    _projections()
    _outbox()
    _requests()
    _shared()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _APPEND_ONLY_POSTGRESQL if postgresql else _APPEND_ONLY_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """There is nothing before the first revision, and history is not thrown away."""
    raise NotImplementedError("the first revision cannot be undone; restore a backup instead")


def _history() -> None:
    """The logs, and the cached fold of each incident."""
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("room_channel", sa.Text()),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("fold", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("workspace", "number", name=op.f("uq_incidents_workspace_number")),
        sa.UniqueConstraint("workspace", "room_channel", name=op.f("uq_incidents_workspace_room_channel")),
    )
    op.create_index(
        op.f("ix_incidents_workspace_is_open_rank_declared_at"),
        "incidents",
        ["workspace", "is_open", "rank", "declared_at"],
    )
    op.create_table(
        "events",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_guest", sa.Boolean(), nullable=False),
        sa.Column("actor_responder", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("data", sa.Text()),
        sa.Column("salt", sa.Text()),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "seq", name=op.f("pk_events")),
    )
    op.create_table(
        "workspace_events",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "seq", name=op.f("pk_workspace_events")),
    )


def _projections() -> None:
    """Who is inside an incident, and where its messages stand."""
    op.create_table(
        "people",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("holds_role", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_people_incident")),
        sa.PrimaryKeyConstraint("incident", "user", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_workspace_user"), "people", ["workspace", "user"])
    op.create_table(
        "messages",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_messages_incident")),
        sa.PrimaryKeyConstraint("incident", "slot", name=op.f("pk_messages")),
    )
    op.create_index(op.f("ix_messages_workspace_channel_ts"), "messages", ["workspace", "channel", "ts"])


def _outbox() -> None:
    """Calls to make."""
    op.create_table(
        "effects",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("collapse", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("first_attempt_at", sa.BigInteger()),
        sa.Column("attempted_at", sa.BigInteger()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_token", sa.Text()),
        sa.Column("outcome_unknown", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("last_reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("last_detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("progress", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("settled_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_effects_incident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
    )
    op.create_index("ix_effects_status_not_before", "effects", ["workspace", "status", "not_before"])
    op.create_index("ix_effects_stream", "effects", ["incident", "integration", "stream", "seq", "n"])
    op.create_index(
        "ux_effects_one_sending",
        "effects",
        ["incident", "integration", "stream"],
        unique=True,
        sqlite_where=sa.text("status = 'sending'"),
        postgresql_where=sa.text("status = 'sending'"),
    )


def _requests() -> None:
    """Due times, and requests that were carried out."""
    op.create_table(
        "timers",
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["incident"], ["incidents.id"], name=op.f("fk_timers_incident")),
        sa.PrimaryKeyConstraint("incident", "kind", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_workspace_not_before"), "timers", ["workspace", "not_before"])
    op.create_table(
        "inbox",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "request_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_workspace_at"), "inbox", ["workspace", "at"])


def _shared() -> None:
    """What belongs to the whole workspace."""
    op.create_table(
        "buckets",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_buckets")),
    )
    op.create_table(
        "counters",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "blobs",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "digest", name=op.f("pk_blobs")),
    )
