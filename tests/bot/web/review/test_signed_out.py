"""A session that ends while somebody works: what was typed is shown, and a link leads back to where they were."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session

from bot.web.accounts.signed_in import signed_in

from .conftest import Console

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def paths(conversation):
    page = f"/staff/conversations/{conversation.pk}/"
    return page, f"{page}review/", f"/staff/turns/{conversation.turns.first().pk}/correct/"


def ended(client: Client) -> Client:
    Session.objects.all().delete()
    return client


def text(answer) -> str:
    return html.unescape(answer.content.decode())


def test_part_of_a_page_says_so_in_a_line_and_asks_no_more(reviewer, crisis):
    page, _review, _correct = paths(crisis)
    client = ended(signed_in(reviewer))
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?tier=S#turn-2"}
    answer = client.post(f"{page}present/", headers=headers)
    assert answer.status_code == 286
    assert "no-store" in answer["Cache-Control"]
    assert "You are signed out" in text(answer)
    assert "<html" not in text(answer)
    link = re.search(r'href="([^"]+)"', answer.content.decode())
    assert link
    assert link[1] == f"/staff/sign-in/?next=%2Fstaff%2Fconversations%2F{crisis.pk}%2F%3Ftier%3DS"
    answer = client.get("/staff/passages/", {"q": "crying"}, headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert "next=%2Fstaff%2F" in text(answer)


@pytest.mark.parametrize("which", ["note", "correction"])
def test_note_that_is_saved_too_late_is_shown_with_the_way_back(reviewer, crisis, which):
    page, review, correct = paths(crisis)
    client = ended(signed_in(reviewer))
    note = "She <b>asked</b> twice.\nCall her."
    path, values = (review, {"action": "note", "text": note}) if which == "note" else (correct, {"note": note})
    answer = client.post(path, values, headers={"Referer": f"http://testserver{page}"})
    assert answer.status_code == 403
    assert note in text(answer)
    assert "<b>asked" not in answer.content.decode()
    assert f"next=%2Fstaff%2Fconversations%2F{crisis.pk}%2F" in answer.content.decode()
    assert not crisis.notes.exists()


def test_note_from_before_signing_in_again_is_shown_with_the_way_back(reviewer, crisis):
    page, review, _correct = paths(crisis)
    console = Console(reviewer)
    console.open(page)
    values = {"action": "note", "text": "She asked twice.", "csrfmiddlewaretoken": "a" * 64}
    answer = console.client.post(review, values, headers={"Referer": f"http://testserver{page}"})
    assert answer.status_code == 403
    assert "She asked twice." in text(answer)
    assert f'href="{page}"' in answer.content.decode()


def test_form_in_which_nothing_was_typed_leads_to_signing_in_and_back(reviewer, crisis):
    page, review, _correct = paths(crisis)
    client = ended(signed_in(reviewer))
    for values in ({"action": "reviewed"}, {"action": "unnote", "note": "12"}):
        answer = client.post(review, values, headers={"Referer": f"http://testserver{page}"})
        assert answer["Location"] == f"/staff/sign-in/?next=%2Fstaff%2Fconversations%2F{crisis.pk}%2F"


@pytest.mark.parametrize("seen", ["https://evil.example/staff/", "http://testserver/booking/x/", "//staff/", "no"])
def test_way_back_is_a_page_of_the_console(reviewer, crisis, seen):
    _page, review, _correct = paths(crisis)
    client = ended(signed_in(reviewer))
    answer = client.post(review, {"action": "reviewed"}, headers={"Referer": seen})
    assert answer["Location"] == "/staff/sign-in/?next=%2Fstaff%2F"


def test_password_is_never_shown_again(reviewer):
    client = ended(signed_in(reviewer))
    answer = client.post("/staff/account/", {"password": "quiet heron", "new": "lamp river"})
    assert answer.status_code == 302
