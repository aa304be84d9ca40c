"""A redacted event may keep what is left of it without its text; its salt is gone for good.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE = (
    "DROP TRIGGER events_no_update",
    """
    CREATE TRIGGER events_no_update BEFORE UPDATE ON events
    WHEN NEW.salt IS NOT NULL
      OR NEW.incident IS NOT OLD.incident OR NEW.seq IS NOT OLD.seq OR NEW.workspace IS NOT OLD.workspace
      OR NEW.type IS NOT OLD.type OR NEW.version IS NOT OLD.version OR NEW.actor_id IS NOT OLD.actor_id
      OR NEW.actor_kind IS NOT OLD.actor_kind OR NEW.actor_guest IS NOT OLD.actor_guest
      OR NEW.actor_responder IS NOT OLD.actor_responder OR NEW.at IS NOT OLD.at
      OR NEW.request_id IS NOT OLD.request_id OR NEW.digest IS NOT OLD.digest OR NEW.hash IS NOT OLD.hash
    BEGIN SELECT RAISE(ABORT, 'events are append-only; only their text may be taken out'); END
    """,
)

_POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION firebell_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'events' THEN
        IF to_jsonb(NEW) ->> 'salt' IS NULL
          AND to_jsonb(NEW) - 'data' - 'salt' = to_jsonb(OLD) - 'data' - 'salt' THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION 'events are append-only; only their text may be taken out';
    END $$
    """,
)


def upgrade() -> None:
    """Replace the guard of the incidents' logs."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRESQL if postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """An older guard would leave redacted events that it never allowed."""
    raise NotImplementedError("revision 0002 cannot be undone; restore a backup instead")
