"""Answers to whoever asked, seen by nobody else: relative times are allowed, and an error hands back what was typed."""

from templates.answers.asked import Place, help_text, menu
from templates.answers.by_hand import place_set
from templates.answers.catching import catch_up
from templates.answers.errors import BUSY, FORM_OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, error
from templates.answers.pages import on_call
from templates.answers.ranks import Amounts, page_of, priorities, why
from templates.answers.relating import linked, merged, pointer, unlinked, unmerged
from templates.answers.saying import (
    Said,
    declared,
    done,
    handoff_offered,
    impact_set,
    role_given,
    role_released,
    take_over,
)
from templates.answers.showing import LISTED, incident_list, status, timeline_page
from templates.answers.staffing import eta_noted, staffing_done, staffing_proposed, staffing_soon, whereabouts

__all__ = [
    "BUSY",
    "FORM_OUTCOME_UNKNOWN",
    "LISTED",
    "OUTCOME_UNKNOWN",
    "Amounts",
    "Place",
    "Said",
    "catch_up",
    "declared",
    "done",
    "error",
    "eta_noted",
    "handoff_offered",
    "help_text",
    "impact_set",
    "incident_list",
    "linked",
    "menu",
    "merged",
    "on_call",
    "page_of",
    "place_set",
    "pointer",
    "priorities",
    "role_given",
    "role_released",
    "staffing_done",
    "staffing_proposed",
    "staffing_soon",
    "status",
    "take_over",
    "timeline_page",
    "unlinked",
    "unmerged",
    "whereabouts",
    "why",
]
