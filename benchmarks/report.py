"""The figures as a page to read: each with what it was measured against, the aim, and whether it was met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Results = Mapping[str, Any]
Row = tuple[str, str, str, str, str]

INTRODUCTION: Final = """# Performance

Made by `make bench`, which runs `python -m benchmarks`: change the programs in `benchmarks/`, not this page. Ratios are
taken within one run on one machine, so that they hold on another one better than the figures themselves do.
"""

NOTES: Final = """
## How to read it

- **Acknowledgements.** Firebell answers once the command is committed; the bare Bolt app that it is measured against
  verifies the signature and commits nothing. A second one also does a raw commit to SQLite for each request
  (`synchronous = FULL`): the floor for an app that forgets nothing. The outbox and the local Slack work on the same two
  cores meanwhile. What people feel is the absolute figure: Slack gives up after 3,000 ms. Time spent waiting for the
  disk is a fifth of a millisecond of it where the machine is quiet; the rest is Python at work, at fifty a second on
  caches that have gone cold in between, which makes the bare app itself compute six times as long as under full load.
  By clocks inside the process an update on SQLite spends a quarter of its time in HTTP, signature, payload and Bolt, as
  the bare app does; a fifth in the transaction's begin and end, the visit to the thread that waits for the disk
  included; a sixth finding the incident and reading the form; a seventh writing the log and the fold; a ninth deciding
  and folding; an eleventh queueing effects and timers; the rest finding out who asks. No part is large enough to bring
  the whole within three times by itself. Two things were tried on a busy machine and not kept: with the outbox silenced
  altogether the median was 3 to 9 % lower, so that effects which gave way still more would gain little; and uvloop
  gained some 3 %, within the noise, which a second event loop is not worth.
- **Commands a second.** Every one is a durable transaction of its own: half a dozen statements and one forced write to
  disk. The disk is not what limits it (the app with one raw commit for each shows how often it could), so that commands
  which wait for the writer would gain little by sharing a commit. One process computes on one core, and what it
  computes for a note is, by the profile: a quarter deciding, folding and writing it down, a quarter Bolt and HTTP, a
  fifth finding the incident, the transaction and its end, a sixth the effects, timers and ranks that follow, the rest
  who asks, what was typed, and the words of the answer. A workspace that typed one command a second would be a very
  busy one.
- **Usable channel.** Created, the declarer in it, the card posted: three calls, two of them one after the other.
- **Effects a second.** procrastinate fetches and finishes one job at a time, in two statements, and keeps no order.
  Ours claims the heads of several ordered streams at once, reads their incidents, and settles in one transaction what
  ended meanwhile. An outcome that the incident's log is to be told of takes the incident's lock and an event besides.
- **Reminders.** Lateness is from the due time to the commit of the event that the reminder becomes. Slack's limit on
  edits (fifty a minute) is the floor for what follows; it is worked out, not waited for.
- **Ranking.** From scores that are known and the order that was shown before, with bands and places for all: once a
  minute at most, as harm grows. In between the board is kept. After a change one incident is scored, the board follows,
  and its card and the first fifty places are drawn from it; the changes are of every kind that a rank depends on, two
  hundred one after the other; the dearest reaches services whose cascade was not known yet, which is worked out once.
  Times are of the processor, and on a busy machine they are longer, too.
- **Growth.** Closed incidents are copies of a hundred real ones under other ids.
"""


def page(results: Results) -> str:
    """Return docs/performance.md."""
    parts = [INTRODUCTION, _machine(results["machine"]), _table(list(_rows(results))), NOTES]
    parts += [_growth(results["growing_sqlite"]), _growth(results["growing_postgresql"])]
    return "\n".join(parts).rstrip() + "\n"


def _machine(facts: Results) -> str:
    return (
        f"Measured {facts['measured']} on {facts['cores']} cores of {facts['cpu']}, {facts['memory_gib']} GiB, "
        f"{facts['system']}, Python {facts['python']}, SQLite {facts['sqlite']}, Bolt {facts['slack-bolt']}, "
        f"SQLAlchemy {facts['sqlalchemy']}; load average {facts['load_average']} at the last start.\n"
    )


def _table(rows: Sequence[Row]) -> str:
    head = ("What", "Measured", "Against", "Aim", "Met")
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _rows(results: Results) -> Iterator[Row]:
    yield from _acknowledging(results["acknowledging"])
    channel = results["channel"]
    yield (
        "Submit to usable channel, 100 ms a call",
        f"{channel['usable_ms']} ms, {channel['ratio']} times the floor",
        f"two round trips, {channel['floor_ms']} ms",
        "1.3 times",
        _met(channel["ratio"] <= 1.3),
    )
    work = results["performing"]
    yield (
        f"Effects a second, {work['workers']} workers on PostgreSQL",
        f"{work['outbox']['both']} ({work['outbox']['worked_off']} worked off), {work['ratio']} times",
        f"procrastinate: {work['procrastinate']['both']}",
        "1 time",
        _met(work["ratio"] >= 1),
    )
    for engine in ("sqlite", "postgresql"):
        yield from _ten_thousand(results[f"ten_thousand_{engine}"])
    yield from _rendering(results["folding"])
    yield from _ranking(results["ranking"])
    start = results["starting"]
    bare = f"python: {start['bare_python_s']} s"
    yield "`firebell --help`", f"{start['help_s']} s", bare, "0.3 s", _met(start["help_s"] <= 0.3)
    yield "`firebell run` until ready", f"{start['ready_s']} s", bare, "2 s", _met(start["ready_s"] <= 2)


def _acknowledging(figures: Results) -> Iterator[Row]:
    bare, floor = figures["bare"], figures["bare_committing"]
    for engine, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        ours, ratio = figures[engine], figures[f"p50_ratio_{engine}"]
        well = ratio <= 3 and ours["p99_ms"] < 150 and ours["max_ms"] < 2000 and not ours["failed"]
        yield (
            f"Ack of declare, update and button at 50 a second, {name}",
            f"p50 {ours['p50_ms']} ms ({ratio} times), p99 {ours['p99_ms']} ms, longest {ours['max_ms']} ms"
            f"{_cpu(ours)}",
            f"bare Bolt: p50 {bare['p50_ms']} ms, p99 {bare['p99_ms']} ms{_cpu(bare)}; "
            f"with a commit for each: {floor['p50_ms']} ms, {floor['p99_ms']} ms{_cpu(floor)}",
            "p50 3 times, p99 150 ms, never over 2 s",
            _met(well),
        )
        share = figures[f"notes_share_{engine}"]
        yield (
            f"Commands a second, one process, {name}",
            f"{ours['notes_a_second']} notes, {ours['lists_a_second']} lists; {share:.0%} of the bare app",
            f"bare Bolt: {bare['commands_a_second']}; with a commit for each: {floor['commands_a_second']}",
            "40 % on SQLite" if engine == "sqlite" else "none set",
            _met(share >= 0.4) if engine == "sqlite" else "",
        )


def _cpu(figures: Results) -> str:
    """What one request costs the process, with all that follows from it; figures kept from earlier do not say."""
    return f", {figures['cpu_ms']} ms of CPU" if "cpu_ms" in figures else ""


def _ten_thousand(figures: Results) -> Iterator[Row]:
    among = f"{figures['incidents']:,} open incidents, {figures['database']}"
    yield f"Look at the timers, {among}", f"{figures['look_ms']} ms", "", "20 ms", _met(figures["look_ms"] < 20)
    yield (
        f"Reminders due in 15 minutes, {among}",
        f"p50 {figures['late_p50_ms']} ms late, p99 {figures['late_p99_ms']} ms "
        f"({figures['reminders']} in {figures['within_s']:.0f} s, the same density)",
        f"Slack's limit on card edits: {figures['floor_of_card_edits_minutes']} minutes for all",
        "2 s over the floor",
        _met(figures["late_p99_ms"] < 2000),
    )
    idle = figures["idle_cpu_percent"]
    yield f"Idle, {among}", f"{idle} % of a core", "", "1 %", _met(idle < 1)
    memory = figures["memory_mb"]
    yield f"Memory, {among}", f"{memory} MB", "", "200 MB", _met(memory < 200)


def _rendering(figures: Results) -> Iterator[Row]:
    entries = f"{figures['entries']:,} entries"
    yield f"Fold of {entries}", f"{figures['fold_ms']:.0f} ms", "", "none set", ""
    yield f"Timeline of {entries}", f"{figures['timeline_ms']:.0f} ms", "", "none set", ""
    yield "Card", f"{figures['card_ms']} ms", "", "5 ms", _met(figures["card_ms"] < 5)
    seconds = figures["postmortem_ms"] / 1000
    yield f"Postmortem of {entries}, both files", f"{seconds:.2f} s", "", "1 s", _met(seconds < 1)


def _ranking(figures: Results) -> Iterator[Row]:
    among = f"{figures['incidents']:,} open incidents, {figures['services']:,} services"
    yield (
        f"Rank {among}",
        f"{figures['rank_ms']} ms; first {figures['shown']} places {figures['rank_top_ms']} ms",
        "",
        "50 ms",
        _met(figures["rank_ms"] < 50),
    )
    one = figures["rerank_one_ms"]
    told = f"{one} ms; the dearest of {figures['changes']} {figures['rerank_worst_ms']} ms"
    yield f"Rank again after one change, {among}", told, "", "2 ms", _met(one < 2)
    yield (
        f"Score {among}",
        f"{figures['score_ms']:.0f} ms; {figures['first_score_ms']:.0f} ms with nothing known of the graph",
        "",
        "none set",
        "",
    )


def _growth(figures: Results) -> str:
    columns = ("declare", "note", "open", "by_number", "claim", "look")
    head = ("Incidents", "Declare", "Note", "Open ones", "By number", "Claim", "Look at timers")
    rows = [(f"{row['incidents']:,}", *(f"{row[f'{column}_ms']} ms" for column in columns)) for row in figures["sizes"]]
    lines = [head, ("---:",) * len(head), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## Growth on {figures['database']}: medians by the number of incidents\n\n{table}\n"


def _met(well: bool) -> str:
    return "yes" if well else "**no**"
