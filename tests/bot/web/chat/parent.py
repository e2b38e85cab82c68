"""A parent in a test: one session, spoken in the words of the protocol."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async

from bot.web.chat.models import Conversation, Turn

if TYPE_CHECKING:
    import httpx


class Parent:
    """Has a session after `arrive`."""

    def __init__(self, browser: httpx.AsyncClient) -> None:
        self.browser = browser
        self.token = ""
        self.session = ""
        self.opening: list[dict[str, Any]] = []

    async def arrive(self, **body: Any) -> Parent:
        answer = (await self.browser.post("/chat/session", json=body)).json()
        self.token, self.session, self.opening = answer["token"], answer["session"], answer["messages"]
        return self

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def send(self, **body: Any) -> httpx.Response:
        return await self.browser.post("/chat/message", json=body, headers=self.headers)

    async def write(self, text: str, message_id: str | None = None) -> httpx.Response:
        return await self.send(id=message_id or str(uuid.uuid4()), text=text)

    async def press(self, payload: str) -> httpx.Response:
        return await self.send(id=str(uuid.uuid4()), payload=payload)

    async def history(self) -> list[dict[str, Any]]:
        answer = await self.browser.get("/chat/history", headers=self.headers)
        return list(answer.json()["messages"])

    async def erase(self) -> httpx.Response:
        return await self.browser.delete("/chat/session", headers=self.headers)

    async def turns(self) -> list[Turn]:
        return await sync_to_async(lambda: list(Turn.objects.filter(conversation_id=self.session)))()

    async def conversation(self) -> Conversation:
        return await Conversation.objects.aget(pk=self.session)


def texts(response: httpx.Response) -> list[str]:
    """What the bot says."""
    return [message["text"] for message in response.json()["messages"]]


def shows_helplines(response: httpx.Response, kind: str | None = None) -> bool:
    """Whether a helplines card with ways to call is among the messages."""
    cards = [message.get("card", {}) for message in response.json()["messages"]]
    return any(card.get("type") == "helplines" and card["lines"] and kind in (None, card["kind"]) for card in cards)
