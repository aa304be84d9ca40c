"""Every error code of the methods used here, and what it means for the caller.

The codes are those of Slack's method pages (docs.slack.dev/reference/methods); a test compares them with the project's
copy of that list. An answer with `ok: false` did nothing, except where Slack says that it may have done part of it
(`SERVER`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.errors import Reason

_AUTH = """
access_denied account_inactive ekm_access_denied enterprise_is_restricted forbidden_team insecure_request invalid_auth
missing_scope no_permission not_allowed_token_type not_authed org_login_required token_expired token_revoked
two_factor_setup_required app_access_restricted
"""

_RATE_LIMITED = "ratelimited rate_limited accesslimited too_many_requests message_limit_exceeded"

_SERVER = """
fatal_error internal_error service_unavailable fetch_members_failed list_record_comment_fetch_failed update_failed
file_update_failed canvas_creation_failed canvas_editing_failed canvas_tab_creation_failed
channel_canvas_creation_failed
"""

_UNREACHABLE = "request_timeout team_added_to_org external_channel_migrating streaming_state_conflict"
"""Not carried out, and worth another try: a truncated request, a workspace or channel that is just being moved."""

_CLIENT = """
already_archived already_in_channel already_pinned alt_txt_too_large app_cannot_join_channel as_user_not_supported
attachment_payload_limit_exceeded bad_timestamp block_mismatch blocked_file_type cannot_bookmark_from_external_org
cannot_bookmark_restricted_sharing_enabled cannot_create_channel cannot_reply_to_message cant_archive_general
cant_archive_required cant_broadcast_message cant_delete_file cant_invite cant_invite_self cant_kick_from_general
cant_kick_self cant_update_message not_supported
canvas_disabled_file_team canvas_disabled_user_team canvas_editing_locked canvas_globally_disabled
canvas_not_found canvas_too_large channel_canvas_already_exists channel_is_limited_access
free_team_canvas_tab_already_exists free_teams_cannot_edit_standalone_canvases team_tier_cannot_create_channel_canvases
channel_not_found channels_limit_exceeded delete_not_allowed deprecated_endpoint draft_already_deleted
draft_already_sent draft_has_conflict draft_not_found duplicate_channel_not_found duplicate_message_not_found
edit_window_closed file_already_added file_deleted file_deleting_disabled file_is_deleted file_not_found
file_not_shared file_share_limit_reached file_type_not_allowed file_upload_size_restricted
file_uploads_disabled file_uploads_except_images_disabled invalid_app_action_type invalid_arg_name
invalid_arguments invalid_array_arg invalid_attachments invalid_blocks invalid_blocks_format invalid_bookmark_type
invalid_channel invalid_charset invalid_child_type invalid_cursor invalid_emoji invalid_entity_id invalid_form_data
invalid_limit invalid_link invalid_metadata_filter_keys invalid_metadata_format invalid_metadata_schema
invalid_name invalid_name_maxlength invalid_name_punctuation invalid_name_required invalid_name_specials
invalid_parent_type invalid_post_type invalid_shortcut_type invalid_team invalid_ts_latest invalid_ts_oldest
invalid_types invalid_user_combination invitee_cant_see_channel is_archived is_bot is_inactive markdown_text_conflict
max_file_sharing_exceeded message_not_found messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large
method_deprecated method_not_supported_for_channel_type missing_args missing_argument missing_file_data
missing_post_type msg_blocks_too_long msg_too_long name_taken no_channel no_dual_broadcast_content_update
no_external_invite_permission no_item_specified no_such_subteam no_text no_user not_archived not_enough_users
not_found not_implemented not_in_channel not_pinnable not_visible org_user_not_in_team parent_bookmark_disabled
parent_with_link permission_denied plan_upgrade_required posting_to_channel_denied restricted_action
restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
restricted_action_thread_only_channel send_on_behalf_not_allowed slack_connect_blocked_file_type
slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked snippet_too_large
storage_limit_reached team_not_found template_not_visible thread_not_found too_long too_many_attachments
too_many_bookmarks too_many_contact_cards too_many_members too_many_pins too_many_tabs too_many_users
unable_to_share_files unknown_method unknown_snippet_type unknown_subtype ura_max_channels user_disabled
user_is_restricted user_not_found user_not_visible users_list_not_supplied users_not_found
"""

REASONS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        code: reason
        for reason, codes in (
            (Reason.AUTH, _AUTH),
            (Reason.RATE_LIMITED, _RATE_LIMITED),
            (Reason.SERVER, _SERVER),
            (Reason.UNREACHABLE, _UNREACHABLE),
            (Reason.CLIENT, _CLIENT),
        )
        for code in codes.split()
    }
)
"""The one table from Slack's error code to our reason. A code that Slack adds later counts as `client`."""

ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing_scope": "Add the scope under OAuth & Permissions and install the app again.",
        "not_in_channel": "Invite Firebell to the channel.",
        "channel_not_found": "The channel does not exist, or Firebell is not in it.",
        "is_archived": "The channel is archived.",
        "restricted_action": "A workspace setting forbids it; an owner can allow it for apps.",
        "invalid_auth": "The token is not valid here; copy it again from the app's settings.",
        "not_authed": "No token was sent; set SLACK_BOT_TOKEN.",
        "token_revoked": "The app was uninstalled; install it again.",
        "account_inactive": "The app was uninstalled; install it again.",
        "messages_tab_disabled": "Turn on the Messages tab under App Home.",
        "user_disabled": "That person's account is deactivated.",
        "ura_max_channels": "That guest may be in one channel only.",
        "too_many_pins": "The channel has no room for another pin.",
        "too_many_bookmarks": "The channel has no room for another bookmark.",
        "storage_limit_reached": "The workspace has no room for another file.",
    }
)
"""How to mend what people can mend."""
