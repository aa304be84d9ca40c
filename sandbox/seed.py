"""The demo's workspace: Larkspur Market, an online grocer, nine minutes after a release of its checkout.

Everything is invented. Times are seconds relative to the start of the demo, so that the story is always fresh.
"""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]

ANA, BEA, SAM, MEI = "U0ANARUIZ1", "U0BEALIND2", "U0SAMOKAF3", "U0MEITANA4"
DEV, INES, JONAS, TOMAS = "U0DEVPATE5", "U0INESMOR6", "U0JONASWE7", "U0TOMASVI8"
STAFF = (ANA, BEA, SAM, MEI, DEV, INES, JONAS)

GENERAL, INCIDENTS, ALERTS = "C0GENERAL1", "C0INCIDEN2", "C0ALERTS03"
DEPLOYS, SUPPORT, ML_PLATFORM = "C0DEPLOYS4", "C0SUPPORT5", "C0MLPLATF6"

ALERTMANAGER = "Alertmanager"

MINUTE = 60
HOUR = 60 * MINUTE


def demo_seed() -> JSON:
    """Return a whole workspace as JSON: team, users, usergroups, channels, messages, composer, first_channel.

    Channels and people are named by id throughout. A message's ``at`` is negative, in seconds before the start, and
    unlike that of any other message in its channel: ``thread_of`` names the message it answers by that one's ``at``.
    """
    messages = [*_general(), *_deploys(), *_alerts(), *_support(), *_ml_platform(), *_incidents()]
    return {
        "team": {"id": "T0LARKSPUR", "name": "Larkspur Market", "domain": "larkspur-market"},
        "users": _users(),
        "usergroups": _usergroups(),
        "channels": _channels(),
        "messages": sorted(messages, key=lambda message: float(message["at"])),
        "composer": {"channel": ALERTS, "text": "/incident declare sev1 checkout returns 500s"},
        "first_channel": ALERTS,
        "acting_as": ANA,
    }


def _users() -> list[JSON]:
    rows = (
        (ANA, "ana", "Ana Ruiz", "Checkout engineer, on call", "Europe/Madrid", "b5485d"),
        (BEA, "bea", "Bea Lindqvist", "Site reliability engineer", "Europe/Stockholm", "2f7f86"),
        (SAM, "sam", "Sam Okafor", "Support lead", "Africa/Lagos", "b8741a"),
        (MEI, "mei", "Mei Tanaka", "Machine learning engineer", "Asia/Tokyo", "6a5acd"),
        (DEV, "dev", "Dev Patel", "Engineering manager", "America/New_York", "3a6ea5"),
        (INES, "ines", "Ines Moreau", "VP operations", "Europe/Paris", "8a4f7d"),
        (JONAS, "jonas", "Jonas Weber", "Payments engineer", "Europe/Berlin", "4b7f52"),
        (TOMAS, "tomas", "Tomás Vidal", "Front-end contractor", "America/Sao_Paulo", "7a6a58"),
    )
    return [
        {
            "id": user,
            "name": name,
            "real_name": real_name,
            "email": f"{name}@larkspur.example",
            "title": title,
            "tz": zone,
            "color": color,
            "avatar": "".join(word[0] for word in real_name.split()),
            "guest": user == TOMAS,
        }
        for user, name, real_name, title, zone, color in rows
    ]


def _usergroups() -> list[JSON]:
    rows = (
        ("S0RESPOND1", "responders", "Incident responders", (ANA, BEA, MEI, DEV, JONAS)),
        ("S0CHECKOU2", "checkout-oncall", "Checkout on call", (ANA, BEA)),
        ("S0PAYMENT3", "payments-oncall", "Payments on call", (JONAS,)),
        ("S0SEARCHO4", "search-oncall", "Search on call", (BEA,)),
        ("S0MLONCAL5", "ml-oncall", "Machine learning on call", (MEI,)),
        ("S0SUPPORT6", "support-leads", "Support leads", (SAM,)),
        ("S0LEGALLI7", "legal", "Legal and privacy", (INES,)),
        ("S0LEADERS8", "incident-leads", "Incident leads, who see amounts", (ANA, DEV, INES)),
    )
    return [{"id": key, "handle": handle, "name": name, "users": list(users)} for key, handle, name, users in rows]


def _channels() -> list[JSON]:
    rows = (
        (GENERAL, "general", "Fresh every morning", "Everything that concerns everyone", STAFF, INES),
        (INCIDENTS, "incidents", "What is broken now, one card each", "Status for everyone", STAFF, DEV),
        (ALERTS, "alerts", "On call: @checkout-oncall @ml-oncall", "What Alertmanager fires", STAFF, BEA),
        (DEPLOYS, "deploys", "Checkout is frozen on Fridays", "Every rollout", (ANA, BEA, MEI, DEV, JONAS, TOMAS), BEA),
        (SUPPORT, "support", "Macros are in the handbook", "What customers tell us", (SAM, INES, ANA, DEV), SAM),
        (ML_PLATFORM, "ml-platform", "Recommender r77 is live", "Models, features, training", (MEI, BEA, DEV), MEI),
    )
    return [
        {
            "id": key,
            "name": name,
            "topic": topic,
            "purpose": purpose,
            "members": list(members),
            "creator": creator,
            "private": False,
        }
        for key, name, topic, purpose, members, creator in rows
    ]


def _general() -> list[JSON]:
    lunch = -3 * HOUR
    return [
        _said(
            GENERAL, INES, "Weekend orders are 12% above plan. Thank you, everyone.", lunch, tada=(SAM, DEV, ANA, BEA)
        ),
        _said(GENERAL, SAM, "Support cover today: me until 20:00, then Lisbon takes over.", lunch + 24 * MINUTE),
        _said(GENERAL, DEV, "I am in New York this week, so mornings will be quiet from my side.", -70 * MINUTE),
    ]


def _deploys() -> list[JSON]:
    started, finished = -12 * MINUTE, -9 * MINUTE
    return [
        _posted(DEPLOYS, "Rollouts", "`search` v88 → v89 is live on 6 of 6 pods (Bea Lindqvist)", -2 * HOUR),
        _posted(
            DEPLOYS,
            "Rollouts",
            "`checkout` v141 → v142 started: “Read the basket from the new session store” (Jonas Weber)",
            started,
        ),
        _posted(
            DEPLOYS,
            "Rollouts",
            "`checkout` v142 is live on 12 of 12 pods (Jonas Weber)",
            finished,
            blocks=[
                _section("*checkout* v141 → *v142* is live on 12 of 12 pods"),
                _context("Read the basket from the new session store · Jonas Weber · took 3 min"),
            ],
            white_check_mark=(JONAS,),
        ),
        _said(
            DEPLOYS, JONAS, "Baskets look right on v142 from here. Going for coffee.", finished + 40, thumbsup=(TOMAS,)
        ),
    ]


def _alerts() -> list[JSON]:
    latency = _section(":large_yellow_circle: *CheckoutLatencyHigh* · `checkout`\np99 is above 800 ms.")
    errors = _section(
        ":red_circle: *CheckoutErrorRatio* · `checkout`\nMore than 20% of requests are answered with 5xx."
    )
    dragged = _section(":large_yellow_circle: *PaymentsLatencyHigh* · `payments`\np99 is above 600 ms.")
    first = -6 * MINUTE
    return [
        _posted(ALERTS, ALERTMANAGER, "Resolved: SearchIndexLag, search, 4 min", -5 * HOUR),
        _posted(
            ALERTS,
            ALERTMANAGER,
            "Firing: CheckoutLatencyHigh, checkout p99 above 800 ms",
            first,
            blocks=[
                latency,
                _chart("Checkout latency, p99", "checkout-latency"),
                _context(f"severity ticket · started with v142? See <#{DEPLOYS}>"),
            ],
            eyes=(ANA,),
        ),
        _said(ALERTS, BEA, "I see it too. Search is fine, so it is not the load balancer.", first + 50),
        _posted(
            ALERTS,
            ALERTMANAGER,
            "Firing: CheckoutErrorRatio, checkout answers 5xx to more than 20% of requests",
            -4 * MINUTE,
            blocks=[
                errors,
                _chart("Checkout errors, share of requests", "checkout-errors"),
                _context("severity page · <!subteam^S0CHECKOU2>"),
            ],
        ),
        _posted(
            ALERTS,
            ALERTMANAGER,
            "Firing: PaymentsLatencyHigh, payments p99 above 600 ms",
            -100,
            blocks=[dragged, _context("severity ticket · payments is called by checkout")],
        ),
        _said(ALERTS, ANA, "I have the page. Declaring.", -25),
    ]


def _support() -> list[JSON]:
    return [
        _said(
            SUPPORT, SAM, "A customer in Porto says that the pay button answers “Something went wrong”.", -5 * MINUTE
        ),
        _said(
            SUPPORT,
            SAM,
            "Four more now, all at the last step of checkout. Baskets are kept, cards are not charged.",
            -150,
        ),
        _said(SUPPORT, INES, f"<@{SAM}> do we have words for customers yet?", -95),
        _said(SUPPORT, SAM, "Not yet. I am waiting to hear what is known.", -60, pray=(INES,)),
    ]


def _ml_platform() -> list[JSON]:
    root = -26 * HOUR
    return [
        _said(
            ML_PLATFORM,
            MEI,
            "Recommender r77 serves all traffic. Accuracy 0.913 on yesterday's labels.",
            root,
            rocket=(DEV,),
        ),
        {**_said(ML_PLATFORM, DEV, "Is the fallback share unchanged?", root + 9 * MINUTE), "thread_of": root},
        {**_said(ML_PLATFORM, MEI, "Yes, 1.2% as before.", root + 11 * MINUTE), "thread_of": root},
        _said(
            ML_PLATFORM, BEA, "The feature store moves to the new nodes next week; nothing to do for you.", -4 * HOUR
        ),
    ]


def _incidents() -> list[JSON]:
    return [
        _said(
            INCIDENTS,
            DEV,
            "Cards of running incidents appear here. Talk in the incident's own channel, please.",
            -9 * 24 * HOUR,
        )
    ]


def _said(channel: str, user: str, text: str, at: float, **reactions: tuple[str, ...]) -> JSON:
    return {"channel": channel, "user": user, "text": text, "at": at, **_reactions(reactions)}


def _posted(
    channel: str, bot_name: str, text: str, at: float, *, blocks: list[JSON] | None = None, **reactions: tuple[str, ...]
) -> JSON:
    message = {"channel": channel, "bot_name": bot_name, "text": text, "at": at, **_reactions(reactions)}
    return message if blocks is None else {**message, "blocks": blocks}


def _reactions(reactions: dict[str, tuple[str, ...]]) -> JSON:
    if not reactions:
        return {}
    return {"reactions": [{"name": name, "users": list(users)} for name, users in reactions.items()]}


def _section(text: str) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> JSON:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _chart(title: str, name: str) -> JSON:
    """Return an image that is drawn afresh each time it is shown; its address is relative to the local Slack."""
    return {
        "type": "image",
        "image_url": f"/sandbox/charts/{name}.svg",
        "alt_text": f"{title}: the last hour",
        "title": {"type": "plain_text", "text": title},
    }
