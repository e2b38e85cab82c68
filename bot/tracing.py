"""Where the time of a turn goes, as OpenTelemetry spans: in the web process, in Rasa, in actions.

Off unless ATTUNE_TRACES_URL is set: nothing of OpenTelemetry is imported then, and a span does nothing. A turn is one
trace. The web process begins it; the header `traceparent` (W3C Trace Context) hands it on to Rasa and to the action
server. A span says what `Said` names and nothing else: no words of a parent, no id of a conversation, no address.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TypedDict

from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer
    from typing_extensions import Unpack

FINISHING = 2.0  # seconds for what is still to be sent when a process stops
_OFF: AbstractContextManager[None] = nullcontext()
_provider: TracerProvider | None = None
_tracer: Tracer | None = None


class Said(TypedDict, total=False):
    """What a span may say: names of the code, and numbers."""

    kind: str  # text or payload
    by: str  # rasa, or rules where Rasa was not to be had
    tier: bool  # whether the message had a safety tier, not which
    intent: str  # a label of the taxonomy
    action: str
    model: str
    milliseconds: float


def start(process: str) -> None:
    """Trace in this process from now on, if ATTUNE_TRACES_URL is set; `process` is "web", "rasa" or "actions"."""
    global _provider, _tracer
    url = get_settings().traces_url
    if url is None or _provider is not None:
        return
    from bot.span_export import provider

    _provider = provider(process, url)
    _tracer = _provider.get_tracer("attune")


def finish(seconds: float = FINISHING) -> None:
    """Send what waits, for `seconds` at most, and trace no more. Also where nothing was started."""
    global _provider, _tracer
    if _provider is None:
        return
    # The SDK itself would wait half a minute for an endpoint that hangs.
    sending = threading.Thread(target=_provider.shutdown, daemon=True)
    sending.start()
    sending.join(seconds)
    _provider = _tracer = None


def trace(name: str, **said: Unpack[Said]) -> AbstractContextManager[None]:
    """The first span of a new trace."""
    if _tracer is None:
        return _OFF
    from opentelemetry.context import Context

    return _open(_tracer, name, "SERVER", Context(), said)


def continued(name: str, headers: Mapping[str, str]) -> AbstractContextManager[None]:
    """The span of a process that was called, in the trace of its caller; nothing where `headers` name no trace."""
    if _tracer is None or not (given := headers.get("traceparent")):
        return _OFF
    from opentelemetry.trace import get_current_span
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": given})
    if not get_current_span(context).get_span_context().is_valid:
        return _OFF
    return _open(_tracer, name, "SERVER", context, {})


def span(name: str, *, calls: bool = False, **said: Unpack[Said]) -> AbstractContextManager[None]:
    """A step of what is being traced, nothing outside of that; `calls` where it waits for another process."""
    if _tracer is None:
        return _OFF
    from opentelemetry.trace import get_current_span

    if not get_current_span().get_span_context().is_valid:
        return _OFF
    return _open(_tracer, name, "CLIENT" if calls else "INTERNAL", None, said)


def note(**said: Unpack[Said]) -> None:
    """Add to the span that is open."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes({f"attune.{name}": value for name, value in said.items()})  # type: ignore[misc]  # of a TypedDict mypy knows the values as object


def headers() -> dict[str, str]:
    """The header that hands the trace on; empty where nothing is traced."""
    found: dict[str, str] = {}
    if _tracer is not None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        TraceContextTextMapPropagator().inject(found)
    return found


@contextmanager
def _open(tracer: Tracer, name: str, kind: str, context: Context | None, said: Said) -> Iterator[None]:
    from opentelemetry.trace import SpanKind, StatusCode

    with tracer.start_as_current_span(
        name, context, SpanKind[kind], record_exception=False, set_status_on_exception=False
    ) as opened:
        note(**said)
        try:
            yield
        except BaseException as error:
            # Its message may quote a parent; its kind does not.
            opened.set_status(StatusCode.ERROR)
            opened.set_attribute("error.type", type(error).__name__)
            raise
