"""People subscribe to incidents, services, severities or everything.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add one table, read by person and by what a subscription is to; the older release does not look at it."""
    op.create_table(
        "subscriptions",
        sa.Column("workspace", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("readers", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "user", "kind", "name", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_workspace_kind_name", "subscriptions", ["workspace", "kind", "name"])


def downgrade() -> None:
    """Nothing else refers to it."""
    op.drop_index("ix_subscriptions_workspace_kind_name", table_name="subscriptions")
    op.drop_table("subscriptions")
