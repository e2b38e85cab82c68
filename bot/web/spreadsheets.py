"""Cells of CSV files that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""

from __future__ import annotations

# What spreadsheets take for the begin of a formula, also after white space, and in full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """`text`, with an apostrophe before it where a spreadsheet could take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
