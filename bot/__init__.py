"""Attune: what carries a turn."""

from bot.openblas import name_processor

name_processor()
