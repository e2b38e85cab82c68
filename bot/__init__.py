"""Attune: what carries a turn."""

from bot.processor import name_processor

name_processor()
