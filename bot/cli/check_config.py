"""`firebell check-config`."""

from __future__ import annotations

import argparse
import os

from bot.cli.start import checked
from bot.config.ladders import in_words
from bot.domain.policy import Policy


def run(_: argparse.Namespace) -> int:
    """Read everything as `run` would; a mistake raises `ConfigError`, which says where and how to mend it."""
    settings = checked(os.environ)
    policy = settings.policy
    name = settings.environment.config_path or "built-in defaults"
    print(f"{name}: well.")
    print(f"  severities  {', '.join(severity.key for severity in policy.severities)}")
    print(f"  roles       {', '.join(role.key for role in policy.roles)}")
    print(f"  services    {', '.join(service.key for service in policy.services) or 'none'}")
    print(f"  regulations {len(policy.regulations)} rows, told to {_lawyers(policy)}")
    print(f"  summary in  #{policy.summary_channel}")
    print(f"  pages go    {'through PagerDuty' if policy.pager else 'nowhere: no pager is connected'}")
    for severity in policy.severities:
        print(f"  reminders of {severity.key}: {in_words(severity.steps, severity.cadence)}")
    return 0


def _lawyers(policy: Policy) -> str:
    return f"@{policy.legal_group}" if policy.legal_group else "the legal liaison and command"
