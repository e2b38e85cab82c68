"""Traces: nothing while they are off, no words and no ids while they are on, and never in the way of a turn."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from bot import span_export, tracing
from bot.runtime import action_server
from tests.span_receiver import said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.span_receiver import SpanReceiver

SECRET = "Zaphodine Quux"
ABOVE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_while_off_nothing_of_opentelemetry_is_imported_in_any_process(root: Path) -> None:
    code = (
        "import sys; from bot.serving.without_tensorflow import leave_out_tensorflow; leave_out_tensorflow();"
        "import bot.web.asgi, bot.action_server, bot.channel; bot.channel.AttuneChannel().blueprint(None);"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    assert subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_while_off_a_span_is_always_the_same_one_that_does_nothing() -> None:
    with tracing.trace("turn", kind="text"), tracing.span("step"):
        tracing.note(tier=True)
        assert tracing.headers() == {}
    assert tracing.span("step") is tracing.trace("turn") is tracing.continued("rasa", {"traceparent": ABOVE})
    tracing.finish()


def test_steps_lie_below_what_they_belong_to(traces: SpanReceiver) -> None:
    with tracing.trace("turn", kind="text"):
        with tracing.span("understand"):
            tracing.note(intent="feel_low")
        with tracing.span("ask rasa", calls=True):
            pass
    assert traces.tree() == [("turn", None), ("understand", "turn"), ("ask rasa", "turn")]
    turn, understand, ask = traces.spans()
    assert [span["kind"] for span in (turn, understand, ask)] == [2, 1, 3]  # server, internal, client
    assert (said(turn), said(understand)) == ({"attune.kind": "text"}, {"attune.intent": "feel_low"})
    assert traces.paths == {"/v1/traces"}


def test_every_trace_begins_anew(traces: SpanReceiver) -> None:
    with tracing.trace("turn"), tracing.trace("turn"):
        pass
    assert traces.tree() == [("turn", None), ("turn", None)]


def test_outside_of_a_turn_nothing_is_traced(traces: SpanReceiver) -> None:
    with tracing.span("read database"):
        tracing.note(tier=True)
        assert tracing.headers() == {}
    assert traces.spans() == []


def test_a_trace_goes_on_in_the_process_that_is_called(traces: SpanReceiver) -> None:
    with tracing.continued("rasa", {"traceparent": ABOVE}):
        pass
    (span,) = traces.spans()
    assert (span["traceId"], span["parentSpanId"]) == tuple(ABOVE.split("-")[1:3])


@pytest.mark.parametrize("given", ["", SECRET, ABOVE[:-5], ABOVE.replace("b7ad6b7169203331", "0" * 16)])
def test_without_a_trace_of_the_caller_there_is_none(traces: SpanReceiver, given: str) -> None:
    with tracing.continued("rasa", {"traceparent": given}), tracing.span("understand"):
        assert tracing.headers() == {}
    assert traces.spans() == []


def test_what_the_caller_does_not_keep_is_not_kept_further_down(traces: SpanReceiver) -> None:
    with tracing.continued("rasa", {"traceparent": f"{ABOVE[:-2]}00"}), tracing.span("understand"):
        assert tracing.headers()["traceparent"].endswith("-00")
    assert traces.spans() == []


def test_of_an_error_only_its_kind_is_said(traces: SpanReceiver) -> None:
    with pytest.raises(ValueError, match=SECRET), tracing.trace("turn"):
        raise ValueError(SECRET)
    (span,) = traces.spans()
    assert said(span) == {"error.type": "ValueError"}
    assert span["status"] == {"code": 2}
    assert SECRET.encode() not in b"".join(traces.bodies)


def test_of_the_machine_nothing_is_said(traces: SpanReceiver) -> None:
    with tracing.trace("turn"):
        pass
    traces.spans()
    (resource,) = [row["resource"]["attributes"] for row in json.loads(traces.bodies[0])["resourceSpans"]]
    assert resource == [{"key": "service.name", "value": {"stringValue": "attune-test"}}]


def test_an_endpoint_that_hangs_holds_up_nothing_and_fills_no_memory(
    traces: SpanReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracing.finish()
    for name, value in (("WAITING", 20), ("TOGETHER", 10), ("EVERY", 1)):
        monkeypatch.setattr(span_export, name, value)
    traces.answers.clear()
    tracing.start("test")
    with tracing.trace("first"):
        pass
    assert traces.called.acquire(timeout=20)
    began = time.perf_counter()
    for _ in range(1000):
        with tracing.trace("turn"):
            pass
    assert time.perf_counter() - began < 2  # the call that hangs would take five
    traces.answers.set()
    assert len(traces.spans()) <= 21
    assert len(traces.bodies) >= 2


def test_a_process_that_stops_waits_no_longer_than_told(traces: SpanReceiver) -> None:
    traces.answers.clear()
    with tracing.trace("turn"):
        pass
    began = time.perf_counter()
    tracing.finish(0.05)
    assert time.perf_counter() - began < 2
    assert tracing.span("step") is tracing.trace("turn")


def test_an_endpoint_that_is_away_is_said_once_and_not_by_its_address(
    traces: SpanReceiver, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = span_export.Exporter(f"{traces.url}/secret-path", timeout=5)
    for traces.status in (400, 400, 200, 200, 400):
        exporter.export([])
    said_so = [row.message.split(" ")[1:4] for row in caplog.records]
    assert said_so == [["cannot", "be", "sent"], ["are", "sent", "again"], ["cannot", "be", "sent"]]
    assert "secret-path" not in caplog.text


def test_a_real_action_server_goes_on_with_the_trace_and_sends_it_when_it_stops(traces: SpanReceiver) -> None:
    call = {"next_action": "action_nowhere", "sender_id": SECRET, "tracker": {"sender_id": SECRET}, "domain": {}}
    with action_server() as url:
        for headers in ({"traceparent": ABOVE}, {}):
            content = {"Content-Type": "application/json", **headers}
            request = urllib.request.Request(url, json.dumps(call).encode(), content)
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(request, timeout=10)
    (span,) = traces.spans()
    assert (span["name"], span["parentSpanId"]) == ("run action", ABOVE.split("-")[2])
    assert b"attune-actions" in traces.bodies[0]
    assert SECRET.encode() not in b"".join(traces.bodies)
