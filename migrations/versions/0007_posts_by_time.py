"""Which incidents customers were told of lately is found by an index.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index by time over the few events of one kind; an older release does not notice it."""
    of = sa.text("type = 'PostConfirmed'")
    columns = ["workspace", "at", "incident"]
    op.create_index("ix_events_told_at", "events", columns, sqlite_where=of, postgresql_where=of)


def downgrade() -> None:
    """Nothing else refers to it."""
    op.drop_index("ix_events_told_at", table_name="events")
