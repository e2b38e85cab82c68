"""Sends spans to the endpoint of ATTUNE_TRACES_URL, from a thread of its own. Imported only where that is set.

OTLP over HTTP as JSON, since the exporter for protobuf needs a newer protobuf than Rasa allows (docs/decisions/014).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.json.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

WAITING = 2_048  # spans in memory, some two hundred turns; the oldest go first
TOGETHER = 512  # spans in one call
EVERY = 2_000  # milliseconds between calls
PATIENCE = 5.0  # seconds for one call
logger = logging.getLogger(__name__)


class Exporter(OTLPSpanExporter):
    """Says once that the endpoint is away, and once that it is back; OpenTelemetry would say it with every call."""

    away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send `spans`; what cannot be sent is lost."""
        result = super().export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self.away:
            logger.error("traces cannot be sent to ATTUNE_TRACES_URL; they are dropped until it answers again")
        elif self.away and not failed:
            logger.warning("traces are sent again")
        self.away = failed
        return result


def provider(process: str, url: str) -> TracerProvider:
    """Makes tracers whose spans go to `url`/v1/traces, in the name of `process`."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # their lines name the endpoint
    exporter = Exporter(f"{url}/v1/traces", timeout=PATIENCE)
    # Only this name: what OpenTelemetry would find out by itself about machine and process stays here.
    made = TracerProvider(resource=Resource({"service.name": f"attune-{process}"}), shutdown_on_exit=False)
    made.add_span_processor(BatchSpanProcessor(exporter, WAITING, EVERY, TOGETHER))
    return made
