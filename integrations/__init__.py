"""Outside systems, each behind the same contract (`bot.ports.Integration`): one line here for each."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

INTEGRATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "call": "integrations.zoom.integration:ZoomIntegration",
        "chat": "integrations.slack.integration:SlackIntegration",
        "documents": "integrations.documents:DocumentsIntegration",
        "email": "integrations.email.integration:EmailIntegration",
        "metrics": "integrations.metrics:MetricsIntegration",
        "pager": "integrations.pagerduty.integration:PagerDutyIntegration",
        "statuspage": "integrations.statuspage.integration:StatuspageIntegration",
    }
)
"""Name to class. Classes are named, not imported, so that one nobody turned on costs nothing."""


def load(name: str) -> Any:
    """Import the class of an integration; raises KeyError for a name that is not listed."""
    return pkgutil.resolve_name(INTEGRATIONS[name])
