"""Intents that steer rules; what was understood stays the likeliest label."""

from __future__ import annotations

FALLBACK_INTENT = "nlu_fallback"
FOLLOW_UP_INTENT = "follow_up"
ASIDE_INTENT = "aside"
TECHNICAL = {FALLBACK_INTENT, FOLLOW_UP_INTENT, ASIDE_INTENT}
SOMEBODY_ELSE_INTENT = "about_someone_else"
