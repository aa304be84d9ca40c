"""Which events make an incident that was over begin anew."""

from __future__ import annotations

from typing import Final

from bot.domain.events import IncidentReopened, IncidentUnmerged

BEGUN_ANEW: Final = (IncidentReopened, IncidentUnmerged)
"""Whatever asks for one of them asks for both: an incident taken out of another is like a reopened one."""
