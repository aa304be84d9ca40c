"""Which function answers which Web API method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sandbox.model import JSON
from sandbox.web_api import canvases, chat, conversations, files, history, marks, people, views
from sandbox.web_api.call import Call

Answer = Callable[[Call], Awaitable[JSON]]

ANSWERS: Mapping[str, Answer] = MappingProxyType(
    {
        "api.test": people.api_test,
        "apps.connections.open": people.connections_open,
        "auth.test": people.auth_test,
        "blocks.validate": views.validate_blocks,
        "bookmarks.add": marks.bookmarks_add,
        "bookmarks.edit": marks.bookmarks_edit,
        "bookmarks.list": marks.bookmarks_list,
        "bookmarks.remove": marks.bookmarks_remove,
        "bots.info": people.bots_info,
        "canvases.edit": canvases.edit,
        "chat.delete": chat.delete,
        "chat.deleteScheduledMessage": chat.delete_scheduled_message,
        "chat.getPermalink": chat.get_permalink,
        "chat.postEphemeral": chat.post_ephemeral,
        "chat.postMessage": chat.post_message,
        "chat.scheduleMessage": chat.schedule_message,
        "chat.scheduledMessages.list": chat.list_scheduled_messages,
        "chat.update": chat.update,
        "conversations.archive": conversations.archive,
        "conversations.canvases.create": canvases.create_for_channel,
        "conversations.close": conversations.close,
        "conversations.create": conversations.create,
        "conversations.history": history.history,
        "conversations.info": conversations.info,
        "conversations.invite": conversations.invite,
        "conversations.join": conversations.join,
        "conversations.kick": conversations.kick,
        "conversations.leave": conversations.leave,
        "conversations.list": conversations.list_all,
        "conversations.mark": conversations.mark,
        "conversations.members": conversations.members,
        "conversations.open": conversations.open_direct,
        "conversations.rename": conversations.rename,
        "conversations.replies": history.replies,
        "conversations.setPurpose": conversations.set_purpose,
        "conversations.setTopic": conversations.set_topic,
        "conversations.unarchive": conversations.unarchive,
        "files.completeUploadExternal": files.complete_upload,
        "files.delete": files.delete,
        "files.getUploadURLExternal": files.get_upload_url,
        "files.info": files.info,
        "files.list": files.list_all,
        "pins.add": marks.pins_add,
        "pins.list": marks.pins_list,
        "pins.remove": marks.pins_remove,
        "reactions.add": marks.reactions_add,
        "reactions.get": marks.reactions_get,
        "reactions.remove": marks.reactions_remove,
        "team.info": people.team_info,
        "usergroups.list": people.usergroups_list,
        "usergroups.users.list": people.usergroup_users,
        "users.conversations": conversations.list_of_user,
        "users.info": people.users_info,
        "users.list": people.users_list,
        "users.lookupByEmail": people.users_lookup_by_email,
        "views.open": views.open_view,
        "views.publish": views.publish_view,
        "views.push": views.push_view,
        "views.update": views.update_view,
    }
)
