"""Which fire first: every open incident by what waiting for it costs, and why. Pure: the time is passed in."""

from bot.domain.impact import Figure, Impact, Override, Safety
from bot.domain.priority.board import BEYOND, EMPTY, ON_CARDS, Board, Standing, lay_out
from bot.domain.priority.explain import Explanation, Flip, explain
from bot.domain.priority.held import Cause, Held
from bot.domain.priority.order import band, by_score, settle
from bot.domain.priority.score import Scorer
from bot.domain.priority.shown import KEPT, Moved, Shown, moved, redrawn, shown_by
from bot.domain.priority.values import (
    Band,
    Case,
    Estimates,
    Factor,
    Key,
    Ranked,
    Score,
    Scored,
    Source,
)

__all__ = [
    "BEYOND",
    "EMPTY",
    "KEPT",
    "ON_CARDS",
    "Band",
    "Board",
    "Case",
    "Cause",
    "Estimates",
    "Explanation",
    "Factor",
    "Figure",
    "Flip",
    "Held",
    "Impact",
    "Key",
    "Moved",
    "Override",
    "Ranked",
    "Safety",
    "Score",
    "Scored",
    "Scorer",
    "Shown",
    "Source",
    "Standing",
    "band",
    "by_score",
    "explain",
    "lay_out",
    "moved",
    "redrawn",
    "settle",
    "shown_by",
]
