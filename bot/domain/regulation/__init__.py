"""Regulatory clocks: which duty may exist, from when its time runs, when it ends, and what people decided about it.

Firebell never says that a duty exists: it shows a possible one, and legal decides. A regulation is data (a row of
`regulations.yaml`); what people decided about it in one incident is a `Standing`. Nothing here looks at an incident's
status, so that resolving an incident drops no duty.
"""

from bot.domain.regulation.clocks import (
    PASSED,
    REMIND_AT,
    Clock,
    IsBusinessDay,
    clocks,
    deadline,
    outstanding,
    weekdays,
)
from bot.domain.regulation.rows import (
    END_OF_DAY,
    QUESTIONS,
    Checked,
    Limit,
    Regulation,
    Span,
    Status,
    Step,
    Trigger,
    Unit,
    possible,
)
from bot.domain.regulation.standing import (
    Cause,
    Reminded,
    Reminder,
    Said,
    Standing,
    Start,
    State,
    filed,
    judged,
    started,
)

__all__ = [
    "END_OF_DAY",
    "PASSED",
    "QUESTIONS",
    "REMIND_AT",
    "Cause",
    "Checked",
    "Clock",
    "IsBusinessDay",
    "Limit",
    "Regulation",
    "Reminded",
    "Reminder",
    "Said",
    "Span",
    "Standing",
    "Start",
    "State",
    "Status",
    "Step",
    "Trigger",
    "Unit",
    "clocks",
    "deadline",
    "filed",
    "judged",
    "outstanding",
    "possible",
    "started",
    "weekdays",
]
