"""The registry of what is counted, and the counter that places below bot.web.metrics count in too."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

registry = CollectorRegistry()
errors = Counter("attune_errors", "What went wrong, by kind.", ["kind"], registry=registry)
for _kind in ("rasa", "database", "server"):
    errors.labels(_kind)
