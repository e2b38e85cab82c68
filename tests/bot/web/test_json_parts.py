"""What another process wrote is of the expected kind, or nothing."""

from __future__ import annotations

from bot.web.json_parts import as_dict, as_list, as_number, as_text

EVERYTHING = [None, True, 1, 1.5, "a", ["a"], {"a": 1}]


def test_what_is_of_another_kind_becomes_nothing() -> None:
    assert [as_dict(one) for one in EVERYTHING] == [{}] * 6 + [{"a": 1}]
    assert [as_list(one) for one in EVERYTHING] == [[]] * 5 + [["a"]] + [[]]
    assert [as_text(one) for one in EVERYTHING] == [""] * 4 + ["a"] + [""] * 2
    assert [as_number(one) for one in EVERYTHING] == [None, None, 1.0, 1.5, None, None, None]
