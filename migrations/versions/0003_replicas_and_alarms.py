"""Who serves the workspace, and what its operators were told.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables; the older release does not look at them."""
    op.create_table(
        "replicas",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("release", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("alive_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name="pk_replicas"),
    )
    op.create_table(
        "alarms",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("since", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("episode", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("channel", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("ts", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("posted_at", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("token", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("unknown", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("not_before", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("workspace", name="pk_alarms"),
    )


def downgrade() -> None:
    """Nothing else refers to them."""
    op.drop_table("alarms")
    op.drop_table("replicas")
