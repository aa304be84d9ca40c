"""Which incidents customers were told of is found by an index.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add an index over the few events of one kind; an older release does not notice it."""
    of = sa.text("type = 'PostConfirmed'")
    op.create_index("ix_events_told", "events", ["workspace", "incident"], sqlite_where=of, postgresql_where=of)


def downgrade() -> None:
    """Nothing else refers to it."""
    op.drop_index("ix_events_told", table_name="events")
