"""A foreign client: slack_sdk's synchronous WebClient. Environment: API_URL, BOT_TOKEN, CHANNEL, USER."""

import os
import tempfile
from pathlib import Path

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError


def main() -> None:
    client = WebClient(token=os.environ["BOT_TOKEN"], base_url=os.environ["API_URL"])
    channel, user = os.environ["CHANNEL"], os.environ["USER_ID"]
    assert client.auth_test()["bot_id"]
    posted = client.chat_postMessage(
        channel=channel, text="from sync", blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}]
    )
    client.chat_update(channel=channel, ts=posted["ts"], text="from sync, edited")
    client.reactions_add(channel=channel, timestamp=posted["ts"], name="eyes")
    client.pins_add(channel=channel, timestamp=posted["ts"])
    made = client.conversations_create(name="made-by-sync")["channel"]["id"]
    client.conversations_invite(channel=made, users=[user])
    client.conversations_setTopic(channel=made, topic="topic")
    client.bookmarks_add(channel_id=made, title="t", type="link", link="https://x.example")
    names = [c["name"] for page in client.conversations_list(limit=1) for c in page["channels"]]
    assert "made-by-sync" in names, names
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.txt"
        path.write_text("notes", encoding="utf-8")
        shared = client.files_upload_v2(file=str(path), channel=channel, title="Notes", initial_comment="see")
    assert shared["file"]["title"] == "Notes"
    print(refusal(client))


def refusal(client: WebClient) -> str:
    """Return the error code of a call that must fail."""
    try:
        client.conversations_create(name="made-by-sync")
    except SlackApiError as error:
        return str(error.response["error"])
    return "it did not fail"


main()
