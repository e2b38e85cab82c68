"""What a parent writes is in no log, no metric, no error page and no mail, whatever path it takes."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

    from tests.stack import Stack

pytestmark = pytest.mark.stack
SECRET = "Xylophania"  # a name that nothing else here contains


def everything_said(stack: Stack) -> list[str]:
    """Play the secret through every path; the answers that are no turn of the parent's own."""
    parent = stack.parent("GB")
    headers = {"Authorization": f"Bearer {parent.token}"}
    post = stack.client.post

    def message(text: str, **more: str) -> httpx.Response:
        return post("/chat/message", json={"id": str(uuid.uuid4()), "text": text, **more}, headers=headers)

    for text in (f"my baby {SECRET} cries", f"/{SECRET}", f"/affirm{{{SECRET}", f"I want to die, {SECRET}"):
        assert message(text).status_code == 200
    with stack.frozen("actions"):
        assert message(f"will {SECRET} ever pass").status_code == 200
    with stack.frozen("rasa"):
        assert message(f"I want to kill {SECRET} and me").status_code == 200
    stack.wait_until_ready()
    odd = [
        message(f"{SECRET} " * 20_000),
        message(f"{SECRET}\ud800"[:10]),
        post("/chat/message", json={"id": "1", "payload": f"/{SECRET}"}, headers=headers),
        post("/chat/message", content=f'{{"id": "{SECRET}', headers=headers),
        post("/chat/message", json={"id": f"{SECRET} {SECRET}", "text": SECRET}, headers=headers),
        post("/chat/message", json={"id": "2", "text": SECRET}, headers={"Authorization": f"Bearer {SECRET}"}),
        post("/chat/session", json={"region": SECRET, "page": f"/{SECRET}"}),
        post("/api/bookings", json={"name": SECRET, "email": f"{SECRET}@", "kind": SECRET}, headers=headers),
        stack.client.get(f"/articles/{SECRET.lower()}"),
        stack.client.get(f"/booking/{SECRET}/"),
        stack.client.get("/staff/conversations/x/", params={"q": SECRET}),
        stack.client.post("/staff/sign-in/", data={"username": SECRET, "password": SECRET}),
    ]
    return [answer.text for answer in odd]


def test_no_log_metric_error_page_or_mail_has_what_a_parent_wrote(stack: Stack) -> None:
    stack.wait_until_ready()
    answers = everything_said(stack)
    pages = [stack.client.get(path).text for path in ("/metrics", "/healthz", "/readyz")]
    files = [path for path in stack.var.rglob("*") if path.is_file() and path.parent.name in {"log", "mail"}]
    assert any(path.name == "web.log" for path in files)
    for text in [*answers, *pages]:
        assert SECRET.lower() not in text.lower(), json.dumps(text[:300])
    for path in [*files, stack.output]:
        assert SECRET.lower() not in path.read_text("utf-8", "replace").lower(), path
