"""Answers to whoever asked, seen by nobody else: relative times are allowed, and an error hands back what was typed."""

from templates.answers.asked import Place, help_text, menu
from templates.answers.errors import BUSY, FORM_OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, error
from templates.answers.saying import Said, declared, done, role_given, role_released, take_over
from templates.answers.showing import incident_list, status, timeline_page

__all__ = [
    "BUSY",
    "FORM_OUTCOME_UNKNOWN",
    "OUTCOME_UNKNOWN",
    "Place",
    "Said",
    "declared",
    "done",
    "error",
    "help_text",
    "incident_list",
    "menu",
    "role_given",
    "role_released",
    "status",
    "take_over",
    "timeline_page",
]
