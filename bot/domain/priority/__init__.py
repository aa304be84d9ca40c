"""Which fire first: every open incident by what waiting for it costs, and why. Pure: the time is passed in."""

from bot.domain.impact import Figure, Impact, Override, Safety
from bot.domain.priority.beside import Beside
from bot.domain.priority.board import (
    BEYOND,
    EMPTY,
    KEPT,
    ON_CARDS,
    Board,
    Moved,
    Shown,
    Standing,
    lay_out,
    moved,
    redrawn,
    shown_by,
)
from bot.domain.priority.explain import Explanation, Flip, explain
from bot.domain.priority.order import band, by_score, rank, settle, speeding
from bot.domain.priority.score import Scorer
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
    Speeds,
)

__all__ = [
    "BEYOND",
    "EMPTY",
    "KEPT",
    "ON_CARDS",
    "Band",
    "Beside",
    "Board",
    "Case",
    "Estimates",
    "Explanation",
    "Factor",
    "Figure",
    "Flip",
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
    "Speeds",
    "Standing",
    "band",
    "by_score",
    "explain",
    "lay_out",
    "moved",
    "rank",
    "redrawn",
    "settle",
    "shown_by",
    "speeding",
]
