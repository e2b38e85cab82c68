"""The description of the booking API is true: each documented answer, got for real, fits its schema."""

from __future__ import annotations

import re

import jsonschema
import pytest

from bot.web.booking import api
from bot.web.chat.limits import RateLimit

pytestmark = pytest.mark.django_db


def at(document, node):
    """`node`, or what its $ref points to."""
    if "$ref" not in node:
        return node
    for part in node["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document


@pytest.fixture
def fits(client):
    document = client.get("/api/openapi.json").json()

    def check(method, path, answer, status):
        assert answer.status_code == status, answer.content
        described = at(document, document["paths"][path][method]["responses"][str(status)])
        schema = {**described["content"]["application/json"]["schema"], "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())

    return check


def test_every_path_of_the_api_is_described_and_every_reference_leads_somewhere(client):
    from bot.web.booking.urls import urlpatterns

    document = client.get("/api/openapi.json").json()
    assert set(document["paths"]) == {f"/{one.pattern}" for one in urlpatterns if str(one.pattern).startswith("api/")}
    for reference in set(re.findall(r"'\$ref': '([^']+)'", str(document))):
        assert at(document, {"$ref": reference})


def test_answers_are_as_described(fits, client, parent, free, wish, monkeypatch):
    fits("get", "/api/slots", client.get("/api/slots"), 200)
    fits("get", "/api/slots", client.get("/api/slots", {"days": "x"}), 400)
    fits("get", "/api/openapi.json", client.get("/api/openapi.json"), 200)
    fits("post", "/api/bookings", parent.book(free[0].id), 201)
    fits("post", "/api/bookings", parent.book(free[0].id, name="Alex"), 409)
    fits("post", "/api/bookings", parent.book(free[1].id, name=""), 422)
    fits("post", "/api/bookings", parent.post("{"), 400)
    fits("post", "/api/bookings", parent.post("{}", token="x"), 401)
    fits("post", "/api/bookings", parent.post(" " * 70_000), 413)
    foreign = client.post("/api/bookings", headers={"Origin": "https://evil.example"})
    fits("post", "/api/bookings", foreign, 403)
    monkeypatch.setattr(api, "_limit", RateLimit(1))
    parent.book(free[2].id)
    fits("post", "/api/bookings", parent.book(free[2].id), 429)


def test_a_kind_or_language_that_nobody_offers_leaves_no_times(client, therapist, free, parent):
    therapist.kinds, therapist.languages = ["phone"], ["Spanish"]
    therapist.save()

    def count(**query):
        return len(client.get("/api/slots", query).json()["slots"])

    everything = count()
    assert everything
    assert count(kind="phone") == count(language="spanish") == everything
    assert count(kind="video") == count(language="Welsh") == 0
    refused = parent.book(free[0].id, kind="video")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["kind"])
    assert parent.book(free[0].id, kind="phone").status_code == 201
