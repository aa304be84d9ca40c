"""The demo's outage: when it began is kept with the workspace, and a button of the page ends it."""

from __future__ import annotations

from aiohttp import web

from sandbox import charts, metrics
from sandbox.controls import Controls
from sandbox.outage import Scenario
from sandbox.state import State

# The seed tells of a release nine minutes ago; errors rise from its last pod on.
_FAULT_AGE_SECONDS = 9 * 60.0


def replay(state: State, controls: Controls) -> list[web.RouteDef]:
    """Return the routes that measure and draw the outage, and put "Roll back checkout" on the page."""
    kept = state.store.get("meta", "outage") or {"fault_at": state.clock.now() - _FAULT_AGE_SECONDS}
    scenario = Scenario(**kept)
    _keep(state, scenario)

    async def roll_back() -> str:
        if scenario.fixed_at is not None:
            return "Checkout is rolled back already."
        scenario.fix(state.clock.now())
        _keep(state, scenario)
        return "Checkout goes back to v141. Its charts recover over four minutes."

    controls.add(
        id="roll-back",
        label="Roll back checkout",
        hint="Ends the outage behind the charts, as a real rollback would",
        callback=roll_back,
    )
    return [*metrics.routes(state.clock.now, scenario), *charts.routes(state.clock.now, scenario)]


def _keep(state: State, scenario: Scenario) -> None:
    state.store.put("meta", "outage", {"fault_at": scenario.fault_at, "fixed_at": scenario.fixed_at})
