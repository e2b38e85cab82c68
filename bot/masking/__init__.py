"""Finds what could tell who somebody is, and writes a placeholder in its place. Plain code: no Django, no Rasa.

    mask("my husband Dave, 07700 900123").text == "my husband [name], [phone number]"

Recognisers are patterns and lists, measured by `attune eval --suite masking`. They miss some: masking helps those who
read, and is never a promise that nothing is left.
"""

from __future__ import annotations

from bot.masking.mask import Masked, find, mask
from bot.masking.spans import KINDS, PLACEHOLDER, PLACEHOLDERS, Kind, Span

__all__ = ["KINDS", "PLACEHOLDER", "PLACEHOLDERS", "Kind", "Masked", "Span", "find", "mask"]
