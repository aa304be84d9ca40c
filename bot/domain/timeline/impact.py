"""The impact in figures, danger to people, and a rank by hand."""

from __future__ import annotations

from bot.domain import events as e
from bot.domain import figures
from bot.domain.policy import Policy
from bot.domain.timeline.line import Line, because


def impact(event: e.Event, by: str, policy: Policy, *, amounts: bool) -> Line | None:
    """Return the line of an event of this subject, else None. Without `amounts` those are named and not told."""
    match event:
        case e.ImpactSet(by="") as said:
            return Line("figures", f"{by} set the impact: {told(said, policy, amounts=amounts)}")
        case e.ImpactSet(by=whose) as said:
            figures_told = told(said, policy, amounts=amounts)
            return Line("figures", f"The impact that @{{{whose}}} had set came along: {figures_told}")
        case e.SafetyDeclared(reason=reason, by=whose):
            return Line("safety", f"Safety first, by {f'@{{{whose}}}' if whose else by}: {reason}")
        case e.SafetyWithdrawn(reason=reason):
            return Line("safety", f"No longer safety first, by {by}: {reason}")
        case e.OverrideSet(place=place, reason=reason, until=until):
            return Line("rank", f"{by} set rank {place} by hand until {until:%Y-%m-%d %H:%M} UTC: {reason}")
        case e.OverrideEnded(place=place, how="expired"):
            return Line("rank", f"The time of rank {place}, set by hand, is over")
        case e.OverrideEnded(place=place, how="over"):
            return Line("rank", f"Rank {place}, set by hand, ended with the incident")
        case e.OverrideEnded(place=place, reason=reason):
            return Line("rank", f"{by} ended rank {place}, set by hand{because(reason)}")
    return None


def told(said: e.ImpactSet, policy: Policy, *, amounts: bool) -> str:
    """Say what was set in one line; without `amounts` those are only named, and where they are from is not told."""
    given = dict(figures.values(said))
    parts = [figures.in_words(name, value, currency=policy.currency, amounts=amounts) for name, value in given.items()]
    if said.cleared:
        names = ", ".join(figures.NAMES[name] for name in said.cleared if name in figures.NAMES)
        parts.append(f"back to the catalog's estimate: {names}")
    source = said.source if amounts or not figures.AMOUNTS & given.keys() else ""
    return "; ".join(parts) + (f" (from {source})" if source else "")
