"""auth, users, usergroups, team and bots: who is here."""

from __future__ import annotations

from sandbox.errors import SlackError
from sandbox.model import JSON
from sandbox.responses import bot_profile, user_object, usergroup_object
from sandbox.web_api.call import Call


async def api_test(call: Call) -> JSON:
    """Echo the arguments; ``error`` is given back as one."""
    args = call.args.values
    args.pop("token", None)
    if error := call.args.text("error"):
        return {"ok": False, "error": error, "args": args}
    return {"ok": True, "args": args}


async def auth_test(call: Call) -> JSON:
    """Say whose token this is."""
    state = call.state
    return {
        "ok": True,
        "url": f"{state.base_url}/",
        "team": state.team.name,
        "user": state.bot.name,
        "team_id": state.team.id,
        "user_id": state.bot.id,
        "bot_id": state.identity.bot_id,
        "is_enterprise_install": False,
    }


async def users_list(call: Call) -> JSON:
    """List everyone, deactivated people and bots included."""
    page, cursor = call.page(list(call.state.users.values()), default=1000)
    return {
        "ok": True,
        "members": [user_object(call.state, user) for user in page],
        "cache_ts": call.state.now(),
        "response_metadata": {"next_cursor": cursor},
    }


async def users_info(call: Call) -> JSON:
    """Describe one user."""
    return {"ok": True, "user": user_object(call.state, call.user())}


async def users_lookup_by_email(call: Call) -> JSON:
    """Find an active user by e-mail address, whatever its case."""
    email = call.args.required("email").strip().lower()
    for user in call.state.users.values():
        if user.email.lower() == email and not user.deleted:
            return {"ok": True, "user": user_object(call.state, user)}
    raise SlackError("users_not_found")


async def usergroups_list(call: Call) -> JSON:
    """List the user groups."""
    groups = [
        usergroup_object(
            call.state,
            group,
            include_users=call.args.flag("include_users"),
            include_count=call.args.flag("include_count"),
        )
        for group in call.state.usergroups.values()
    ]
    return {"ok": True, "usergroups": groups}


async def usergroup_users(call: Call) -> JSON:
    """List who is in a user group."""
    group = call.state.usergroups.get(call.args.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"ok": True, "users": list(group.users)}


async def team_info(call: Call) -> JSON:
    """Describe the workspace."""
    team = call.state.team
    if call.args.text("team") not in ("", team.id):
        raise SlackError("team_not_found")
    return {
        "ok": True,
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "url": f"{call.state.base_url}/",
            "email_domain": "",
            "icon": {"image_default": True},
        },
    }


async def bots_info(call: Call) -> JSON:
    """Describe the app's bot."""
    if call.args.text("bot") not in ("", call.state.identity.bot_id):
        raise SlackError("bot_not_found")
    return {"ok": True, "bot": bot_profile(call.state)}


async def connections_open(call: Call) -> JSON:
    """Return the address at which one Socket Mode connection may be opened."""
    address = call.state.base_url.replace("http://", "ws://", 1)
    app_id = call.state.identity.app_id
    return {"ok": True, "url": f"{address}/link/?ticket={call.hub.ticket()}&app_id={app_id}"}
