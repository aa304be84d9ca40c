"""The outbox finds what to perform next by an index, however much is waiting.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNSETTLED = "status IN ('waiting', 'pending', 'sending')"


def upgrade() -> None:
    """Write each incident's rank beside its effects. What an older release queues has rank 0 and goes first."""
    op.add_column("effects", sa.Column("rank", sa.Integer, nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE effects SET rank = (SELECT rank FROM incidents WHERE incidents.id = effects.incident) "
        "WHERE status <> 'done'"
    )
    _index("ix_effects_next", ["workspace", "status", "rank", "created_at", "seq", "n"], "status = 'pending'")
    _index("ix_effects_unsettled", ["incident", "integration", "stream", "seq", "n"], _UNSETTLED)
    _index("ix_effects_untold", ["incident", "seq", "n"], f"type = 'TellAudience' AND {_UNSETTLED}")


def downgrade() -> None:
    """Go back to looking at everything that waits."""
    for name in ("ix_effects_untold", "ix_effects_unsettled", "ix_effects_next"):
        op.drop_index(name, table_name="effects")
    op.drop_column("effects", "rank")


def _index(name: str, columns: list[str], of: str) -> None:
    op.create_index(name, "effects", columns, sqlite_where=sa.text(of), postgresql_where=sa.text(of))
