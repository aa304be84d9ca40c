"""A foreign app: synchronous Bolt in Socket Mode. Environment: API_URL, BOT_TOKEN, APP_TOKEN.

Prints "ready" once connected; answers /incident with a modal, its submit with a message, and mentions in a thread.
"""

import os
import sys

from slack_bolt import Ack, App, Say
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

app = App(client=WebClient(token=os.environ["BOT_TOKEN"], base_url=os.environ["API_URL"]))
TEXT = {"type": "plain_text", "text": "Title"}


@app.command("/incident")
def command(ack: Ack, body: dict, client: WebClient) -> None:
    ack()
    field = {
        "type": "input",
        "block_id": "title",
        "label": TEXT,
        "element": {"type": "plain_text_input", "action_id": "text"},
    }
    view = {
        "type": "modal",
        "callback_id": "form",
        "private_metadata": body["channel_id"],
        "title": TEXT,
        "submit": TEXT,
        "blocks": [field],
    }
    client.views_open(trigger_id=body["trigger_id"], view=view)


@app.view("form")
def submit(ack: Ack, view: dict, client: WebClient) -> None:
    ack()
    said = view["state"]["values"]["title"]["text"]["value"]
    client.chat_postMessage(channel=view["private_metadata"], text=f"sync bolt got {said}")


@app.event("app_mention")
def mention(event: dict, say: Say) -> None:
    say(text="sync bolt was mentioned", thread_ts=event["ts"])


handler = SocketModeHandler(app, os.environ["APP_TOKEN"])
handler.connect()
print("ready", flush=True)
sys.stdin.read()
handler.close()
