"""The outbox's one question: what is to be performed next?

The statement names states as literals, because a parameter would keep both databases from using an index over some of
the rows only, and is built once for each set of integrations: putting it together takes longer than most statements
run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from bot.domain.effects import DirectMessage, TellAudience
from bot.store import codec
from bot.store.engine import db_now, db_wall
from bot.store.tables import PENDING, SENDING, UNSETTLED, effects, stands

_EARLIEST: Final = case((db_wall() < db_now(), db_wall()), else_=db_now())
"""Since when an attempt's traces are looked for: a clock that was ahead until it was set must not hide them."""

SHAPES_KEPT: Final = 64
"""Different questions that stay built: a type is left out while its bucket is empty, so that there are several."""


def known() -> ColumnElement[bool]:
    """The condition that this release can read an effect by its type and version.

    The rest was queued by a newer one, which serves beside this one or will, and is left to it.
    """
    newest = codec.EFFECTS.versions
    return or_(
        *(
            and_(
                effects.c.type.in_([literal_column(f"'{name}'") for name in sorted(newest) if newest[name] == version]),
                effects.c.version <= literal_column(str(version)),
            )
            for version in sorted(set(newest.values()))
        )
    )


@lru_cache(maxsize=SHAPES_KEPT)
def claiming(leases: tuple[tuple[str, int], ...], without: tuple[str, ...]) -> Update:
    """Return the statement that claims; `leases` are (integration, microseconds).

    Its parameters are `in_workspace`, `token` and `most`.
    """
    # A common table expression runs once. A subquery might be run for each row anew, and its limit begin anew too.
    heads = _next_heads([name for name, _ in leases], without).cte("heads")
    return (
        update(effects)
        .where(effects.c.id.in_(select(heads.c.id)))
        .values(
            status=SENDING,
            attempts=effects.c.attempts + 1,
            attempted_at=db_now(),
            first_attempt_at=func.coalesce(effects.c.first_attempt_at, _EARLIEST),
            lease_until=db_now() + case(dict(leases), value=effects.c.integration),
            lease_token=bindparam("token"),
        )
        .returning(effects)
    )


def _next_heads(integrations: list[str], without: tuple[str, ...]) -> Any:
    """Select the effects to perform next: worst severity first, then age. No two of them are of one stream.

    The index yields them in this order, so that the search ends with as many as were asked for. A dead effect is in
    nobody's way; one that is being sent is, even if it comes later, as after a revival.
    """
    other = effects.alias("other")
    blocked = exists().where(
        other.c.incident == effects.c.incident,
        other.c.integration == effects.c.integration,
        other.c.stream == effects.c.stream,
        stands(other, *UNSETTLED),
        or_(stands(other, SENDING), _earlier(other)),
    )
    # An audience that was told earlier has yet to become messages, which belong before this one.
    overtaking = and_(
        effects.c.type == DirectMessage.__name__,
        exists().where(
            other.c.incident == effects.c.incident,
            other.c.type == literal_column(f"'{TellAudience.__name__}'"),
            stands(other, *UNSETTLED),
            _earlier(other),
        ),
    )
    return (
        select(effects.c.id)
        .where(
            effects.c.workspace == bindparam("in_workspace"),
            stands(effects, PENDING),
            effects.c.integration.in_([bindparam(None, name) for name in integrations]),
            # Not a comparison with the column alone: the index over `not_before` would leave everything to be sorted.
            effects.c.not_before - db_now() <= 0,
            known(),
            *(effects.c.type != name for name in without),
            ~blocked,
            ~overtaking,
        )
        .order_by(effects.c.rank, effects.c.created_at, effects.c.seq, effects.c.n)
        .limit(bindparam("most"))
        .with_for_update(of=effects, skip_locked=True)
    )


def _earlier(other: FromClause) -> ColumnElement[bool]:
    return tuple_(other.c.seq, other.c.n) < tuple_(effects.c.seq, effects.c.n)
