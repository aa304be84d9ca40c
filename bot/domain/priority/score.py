"""What waiting costs per hour: the six factors, each with its formula, unit, source and default.

Every figure is currency per hour unless it says otherwise. `degraded` is the share of a service that fails, as a person
set it, else assumed from the severity. Age counts only through harm that grows: a backlog, and dependents that fail
later. Silence is never counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.catalog import NOTHING, Cascades, Range
from bot.domain.impact import NO_IMPACT, Figure
from bot.domain.policy import Policy, ServicePolicy, SeverityPolicy
from bot.domain.priority.values import Case, Estimates, Factor, Key, Score, Source

HOUR = timedelta(hours=1)
HOURS_A_MONTH = 730.0


class Scorer:
    """Scores incidents by one policy; build it once for each policy, as what failures pass on to is kept in it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rules = policy.priority
        self.services = {service.key: service for service in policy.services}
        self._severities = {severity.key: severity for severity in policy.severities}
        self._cascades = Cascades({service.key: service.depends_on for service in policy.services})
        self._zone = ZoneInfo(policy.working_hours.zone)
        self._earns: dict[tuple[str, int], tuple[Range, bool]] = {}

    def score(self, case: Case, now: datetime) -> Score:
        """Return what waiting costs; depends on the incident, the policy and the time alone, not on other incidents."""
        hit = [self.services[key] for key in dict.fromkeys(case.services) if key in self.services]
        degraded = self._degraded(case)
        hour = self._hour_of_week(now)
        parts = (
            self._revenue(case, hit, degraded, hour),
            self._customers(case, hit, degraded),
            self._regulation(case, hit),
            self._cascade(case, hit, degraded, now),
            self._backlog(case, now),
            self._budget(case, hit, degraded),
        )
        factors = tuple(part for part in parts if part is not None and part.per_hour.high > 0)
        total = sum((factor.per_hour for factor in factors), NOTHING)
        return Score(case.safety is not None, factors, total)

    def same_hour(self, one: datetime, other: datetime) -> bool:
        """Whether services earn the same at both times."""
        return self._hour_of_week(one) == self._hour_of_week(other)

    def grows(self, case: Case, at: datetime) -> bool:
        """Whether the score goes on to change with time alone: a backlog grows, or dependents are yet to fail.

        If not, it stays within the hour as it is at that moment.
        """
        reached = self._cascades.of(frozenset(key for key in case.services if key in self.services))
        age = (at - case.since) / HOUR
        return case.impact.backlog_per_hour is not None or any(reach.after > age for reach in reached)

    def estimates(self, case: Case, now: datetime) -> Estimates:
        """Return what each figure would count as if nobody had said it; what was said of the others is kept."""
        hit = [self.services[key] for key in dict.fromkeys(case.services) if key in self.services]
        degraded = self._degraded(case)
        assumed = self._degraded(replace(case, impact=NO_IMPACT))
        regulated = any(service.regulations for service in hit)
        return Estimates(
            degraded=assumed,
            customers=self._affected(hit, degraded),
            vips=tuple(dict.fromkeys(vip for service in hit for vip in service.vips)),
            revenue_per_hour=self._lost(hit, degraded, self._hour_of_week(now))[0],
            data_classes=tuple(dict.fromkeys(kind for service in hit for kind in service.data_classes)),
            exposed_per_hour=self.rules.exposed if regulated else None,
        )

    def _degraded(self, case: Case) -> Range:
        said = case.impact.degraded
        if said is not None:
            return Range.exact(min(max(said.value, 0.0), 1.0))
        return _entry(self.rules.degraded, self._severity(case.severity).rank)

    def _severity(self, key: str) -> SeverityPolicy:
        return self._severities.get(key) or self.policy.severity(key)

    def _hour_of_week(self, now: datetime) -> int:
        local = now.astimezone(UTC if self._zone.key == "UTC" else self._zone)
        return local.weekday() * 24 + local.hour

    def _earnings(self, service: ServicePolicy, hour: int) -> tuple[Range, bool]:
        """Return what a service earns in that hour of the week, and whether the catalog says so."""
        known = self._earns.get((service.key, hour))
        if known is None:
            stated = service.revenue_per_hour
            figure = _entry(self.rules.revenue, service.tier) if stated is None else stated
            known = (
                figure.times(service.revenue_by_hour[hour] if service.revenue_by_hour else 1.0),
                stated is not None,
            )
            self._earns[service.key, hour] = known
        return known

    def _revenue(self, case: Case, hit: list[ServicePolicy], degraded: Range, hour: int) -> Factor | None:
        """Revenue: the loss a person stated; else, for each affected service, its earnings in this hour x degraded.

        A service without a figure counts by its tier (`priority.revenue`), unless it has an error budget (see there).
        An incident without a known service counts as one of tier 3.
        """
        said = case.impact.revenue_per_hour
        if said is not None:
            return Factor(Key.REVENUE, _at_least(said), "revenue lost", Source.PERSON, said.by)
        total, stated = self._lost(hit, degraded, hour)
        return Factor(
            Key.REVENUE, total, "revenue lost", _source(case.impact.degraded, stated), _by(case.impact.degraded)
        )

    def _lost(self, hit: list[ServicePolicy], degraded: Range, hour: int) -> tuple[Range, bool]:
        """Return the revenue lost per hour by the catalog, and whether it has a figure for every service."""
        earning = [self._earnings(one, hour) for one in hit if not _by_budget(one)]
        if not hit:
            earning = [(_entry(self.rules.revenue, ServicePolicy("", "").tier), False)]
        total = sum((figure for figure, _ in earning), NOTHING) * degraded
        return total, bool(earning) and all(known for _, known in earning)

    def _customers(self, case: Case, hit: list[ServicePolicy], degraded: Range) -> Factor:
        """Customers: (those affected + VIPs x their weight) x `priority.customer_hour`.

        Those affected are what a person said; else customers of the services x degraded. Services mostly share their
        customers: low and expected take the largest service, high takes the sum. Unknown: `priority.customers`.
        """
        said, named = case.impact.customers, case.impact.vips
        known = any(service.customers is not None for service in hit)
        people = self._affected(hit, degraded) if said is None else Range.exact(max(float(said.value), 0.0))
        weights = [service.vip_weight for service in hit if service.vip_weight is not None]
        weight = max(weights, default=self.rules.vip_weight)
        if named is not None:
            vips = Range.exact(weight * len(set(named.value)))
        else:
            vips = degraded.times(weight * len({vip for service in hit for vip in service.vips}))
        names = "customers and VIPs" if vips.high else "customers"
        moved = said or named or case.impact.degraded
        total = (people + vips).times(self.rules.customer_hour)
        return Factor(Key.CUSTOMERS, total, f"{names} affected", _source(moved, known), _by(moved))

    def _affected(self, hit: list[ServicePolicy], degraded: Range) -> Range:
        """Return the customers affected by the catalog."""
        known = [float(service.customers) for service in hit if service.customers is not None]
        return (Range(max(known), max(known), sum(known)) if known else self.rules.customers) * degraded

    def _regulation(self, case: Case, hit: list[ServicePolicy]) -> Factor | None:
        """Regulation: records newly exposed per hour x `priority.record` x data classes touched (or rules, if unknown).

        Only what still grows while the incident lasts; a filing deadline is a clock and no cost. Unknown size:
        `priority.exposed`. Where nobody said which data is touched, a regulated service counts `priority.leak` of it.
        """
        classes, growing = case.impact.data_classes, case.impact.exposed_per_hour
        exposed = self.rules.exposed if growing is None else _at_least(growing)
        moved = growing or classes
        if classes is not None:
            count, chance = len(set(classes.value)), Range.exact(1.0)
        else:
            rules = {rule for service in hit for rule in service.regulations}
            count = max(len(rules), 1 if growing else 0)
            chance = Range.exact(1.0) if growing else self.rules.leak
        if not count:
            return None
        total = (exposed * chance).times(self.rules.record * count)
        text = "data or people still being exposed" if moved else "possible exposure of regulated data"
        return Factor(Key.REGULATION, total, text, _source(moved, stated=False), _by(moved))

    def _cascade(self, case: Case, hit: list[ServicePolicy], degraded: Range, now: datetime) -> Factor | None:
        """Cascade: over each dependent once, reach x its earnings x degraded, halved for each `priority.horizon` to go.

        What is left to go is the time until failures arrive, less the incident's age. Affected services are left out,
        and so are customers of dependents, as they mostly are the same people.
        """
        reached = self._cascades.of(frozenset(service.key for service in hit))
        if not reached:
            return None
        age = max((now - case.since) / HOUR, 0.0)
        half = self.rules.horizon / HOUR
        hour = self._hour_of_week(now)
        low = expected = high = 0.0
        for reach in reached:
            figure, _ = self._earnings(self.services[reach.service], hour)
            to_go = reach.after - age
            weight = 0.5 ** (to_go / half) if to_go > 0 else 1.0
            low += reach.share.low * figure.low * weight
            expected += reach.share.expected * figure.expected * weight
            high += reach.share.high * figure.high * weight
        count = len(reached)
        text = f"{count} service{'s' if count > 1 else ''} that depend{'' if count > 1 else 's'} on it"
        moved = case.impact.degraded
        return Factor(Key.CASCADE, Range(low, expected, high) * degraded, text, _source(moved, stated=True), _by(moved))

    def _backlog(self, case: Case, now: datetime) -> Factor | None:
        """Backlog: items by which it grows per hour x hours since that was said x `priority.waiting_item`."""
        said = case.impact.backlog_per_hour
        if said is None:
            return None
        hours = max((now - said.at) / HOUR, 0.0)
        waiting = max(said.value, 0.0) * hours * self.rules.waiting_item
        return Factor(Key.BACKLOG, Range.exact(waiting), "a backlog that grows", Source.PERSON, said.by)

    def _budget(self, case: Case, hit: list[ServicePolicy], degraded: Range) -> Factor | None:
        """Error budget: degraded / the service's budget (share of a month) / 730 h x `priority.budget`.

        Only for services without a revenue figure, and not where a person stated the loss.
        """
        if case.impact.revenue_per_hour is not None:
            return None
        burning = [1.0 / service.error_budget for service in hit if service.error_budget and _by_budget(service)]
        if not burning:
            return None
        per_hour = degraded.times(sum(burning) / HOURS_A_MONTH * self.rules.budget)
        moved = case.impact.degraded
        return Factor(Key.BUDGET, per_hour, "error budget burnt", _source(moved, stated=True), _by(moved))


def _by_budget(service: ServicePolicy) -> bool:
    return service.revenue_per_hour is None and bool(service.error_budget)


def _entry(table: tuple[Range, ...], place: int) -> Range:
    """Return the entry for a rank or tier (from 1); the last one serves for all beyond."""
    return table[min(max(place, 1), len(table)) - 1]


def _at_least(said: Figure[float]) -> Range:
    return Range.exact(max(said.value, 0.0))


def _by(figure: Figure[object] | None) -> str:
    return figure.by if figure else ""


def _source(figure: Figure[object] | None, stated: bool) -> Source:
    if figure is not None:
        return Source.PERSON
    return Source.CATALOG if stated else Source.ASSUMED
