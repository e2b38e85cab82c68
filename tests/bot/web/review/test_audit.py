"""The record of who looked: what goes into it, how it is narrowed, taken out and forgotten."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta
from datetime import timezone as zones

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bot.settings import get_settings
from bot.web.accounts.signed_in import signed_in
from bot.web.booking.policy import get_policy
from bot.web.chat.retention import purge
from bot.web.review import audit
from bot.web.review.models import ViewRecord

from .conftest import Console, member, portions

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def line(name, what, conversation="", detail="", ago=timedelta(0)):
    return ViewRecord.objects.create(
        staff_name=name, what=what, conversation=conversation, detail=detail, at=timezone.now() - ago
    )


def rows(answer):
    return list(csv.reader(io.StringIO("".join(portions(answer)))))


def choices(page, name):
    """What a choice of the page's form can be set to."""
    (choice,) = re.findall(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    return re.findall(r"<option[^>]*>([^<]*)</option>", choice)[1:]


def test_lists_searches_views_and_prints_leave_a_line_each(console, crisis):
    path = f"/staff/conversations/{crisis.pk}/"
    for address in ("/staff/", "/staff/?tier=S", "/staff/?text=bathroom", path, f"{path}print/"):
        console.text(address)
    said = [(one.what, one.conversation, one.detail) for one in ViewRecord.objects.order_by("pk")]
    assert said == [
        ("inbox", "", ""),
        ("inbox", "", "tier=S"),
        ("search", "", "bathroom"),
        ("transcript", crisis.pk, ""),
        ("print", crisis.pk, ""),
    ]


def test_supervisors_narrow_it(supervisor):
    line("robin", "search", detail="tide")
    line("robin", "transcript", "ab12")
    line("jo", "search", detail="heron", ago=3 * DAY)
    kim = Console(supervisor)
    assert "heron" not in kim.text("/staff/views/", who="robin")
    page = kim.text("/staff/views/", what="search")
    assert "tide" in page
    assert "heron" in page
    assert "ab12" not in page
    assert "ab12" in kim.text("/staff/views/", conversation="ab")
    # Days are those of the practice, in whatever zone the tests run.
    since = (timezone.localdate(timezone=get_policy().zone) - DAY).isoformat()
    assert "heron" not in kim.text("/staff/views/", since=since)
    assert "tide" not in kim.text("/staff/views/", until=since)
    assert "Nothing fits" in kim.text("/staff/views/", who="nobody")
    assert "tide" in kim.text("/staff/views/", since="yesterday", until="0001-01-01")


def test_as_csv_it_has_the_same_lines_no_formula_and_is_recorded_itself(supervisor):
    line("robin", "search", detail='=HYPERLINK("http://evil.example")')
    line("jo", "search", detail="tide")
    kim = Console(supervisor)
    found = rows(kim.open("/staff/views/csv/", who="robin"))
    assert found[0] == ["when", "who", "what", "conversation", "detail"]
    assert [row[1:] for row in found[1:]] == [["robin", "search", "", '\'=HYPERLINK("http://evil.example")']]
    assert ViewRecord.objects.get(what="record").detail == "1 lines as CSV who=robin"


def test_its_file_is_read_and_sent_in_portions_without_the_line_about_itself(supervisor, monkeypatch):
    monkeypatch.setattr(audit, "PORTION", 2)
    for n in range(5):
        line("robin", "search", detail=f"word {n}")
    sent = portions(Console(supervisor).open("/staff/views/csv/"))
    assert [part.count("\r\n") for part in sent] == [1, 2, 2, 1]
    assert re.findall(r"word \d", "".join(sent)) == [f"word {n}" for n in range(4, -1, -1)]
    assert ViewRecord.objects.get(what="record").detail == "5 lines as CSV "


@pytest.mark.django_db(transaction=True)
async def test_the_file_comes_through_the_whole_web_process(browser):
    @sync_to_async
    def signed_in_with_lines():
        for n in range(3):
            line("robin", "search", detail=f"word {n}")
        return signed_in(member("kim", "supervisor")).cookies[settings.SESSION_COOKIE_NAME].value

    cookie = await signed_in_with_lines()
    answer = await browser.get("/staff/views/csv/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"})
    assert answer.status_code == 200
    assert [row[4] for row in csv.reader(io.StringIO(answer.text))] == ["detail", "word 2", "word 1", "word 0"]
    assert answer.headers["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_it_can_be_narrowed_to_whoever_left_too(supervisor, reviewer):
    line("attune erase", "erasure")
    for name in ("left", "gone"):
        ViewRecord.objects.record(member(name, "reviewer"), ViewRecord.SEARCH)
    accounts = get_user_model().objects
    accounts.filter(username="left").update(is_active=False)
    accounts.get(username="gone").delete()
    kim = Console(supervisor)
    assert choices(kim.text("/staff/views/"), "who") == ["attune erase", "gone", "kim", "left", "robin"]
    assert "sam" in choices(kim.text("/staff/views/", who="sam"), "who")


def test_what_it_can_be_narrowed_to_is_known_without_reading_it(supervisor):
    kim = Console(supervisor)
    with CaptureQueriesContext(connection) as asked:
        assert choices(kim.text("/staff/views/"), "what") == sorted(ViewRecord.KINDS)
    distinct = [one["sql"] for one in asked if "SELECT DISTINCT" in one["sql"] and "viewrecord" in one["sql"]]
    assert len(distinct) == 1
    assert '"staff_id" IS NULL' in distinct[0]


def test_every_kind_of_line_can_be_chosen():
    kinds = {value for name, value in vars(ViewRecord).items() if name.isupper() and isinstance(value, str)}
    assert set(ViewRecord.KINDS) == kinds


def test_its_file_bears_the_day_of_the_practice(supervisor, clock):
    clock.time = datetime(2027, 3, 11, 3, 30, tzinfo=zones.utc)  # the evening before in New York
    answer = Console(supervisor).open("/staff/views/csv/")
    assert answer["Content-Disposition"] == 'attachment; filename="attune-record-2027-03-10.csv"'


def test_it_is_kept_for_its_time_and_never_shorter_than_conversations(environment):
    environment.setenv("ATTUNE_RECORD_DAYS", "100")
    get_settings.cache_clear()
    for days in (1, 95, 101):
        line("robin", "transcript", detail=str(days), ago=days * DAY)
    purge()
    assert {one.detail for one in ViewRecord.objects.all()} == {"1", "95"}
    environment.setenv("ATTUNE_RECORD_DAYS", "1")
    get_settings.cache_clear()
    line("robin", "transcript", detail="80", ago=80 * DAY)
    purge()
    assert {one.detail for one in ViewRecord.objects.all()} == {"1", "80"}
