"""The full-text index over what parents wrote: FTS5 in SQLite, tsvector in PostgreSQL, one document a conversation.

The documents have the ids of Summary. The table is made by a migration, and is no model: Django knows no such kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REMOVED = 0  # an empty document that says that another was removed
LEAST_PREFIX = 3  # letters: shorter beginnings fit half of all words
_PARTS = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORDS = re.compile(r"[^\W_]+")
SQL: dict[str, dict[str, Any]] = {
    "sqlite": {
        "make": [
            "CREATE VIRTUAL TABLE review_words USING fts5(words, tokenize='porter unicode61 remove_diacritics 2')"
        ],
        "begin": "INSERT INTO review_words(rowid, words) VALUES (%s, '')",
        "append": "UPDATE review_words SET words = words || ' ' || %s WHERE rowid = %s",
        "remove": "DELETE FROM review_words WHERE rowid = %s",
        "find": "SELECT rowid FROM review_words WHERE review_words MATCH %s",
    },
    "postgresql": {
        "make": [
            "CREATE TABLE review_words (id bigint PRIMARY KEY, words tsvector NOT NULL)",
            "CREATE INDEX review_words_found ON review_words USING gin (words)",
        ],
        "begin": "INSERT INTO review_words(id, words) VALUES (%s, '')",
        "append": "UPDATE review_words SET words = words || to_tsvector('english', %s) WHERE id = %s",
        "remove": "DELETE FROM review_words WHERE id = %s",
        "find": "SELECT id FROM review_words WHERE words @@ to_tsquery('english', %s)",
    },
}
REWRITE = "INSERT INTO review_words(review_words) VALUES ('optimize')"


def make_table(editor: BaseDatabaseSchemaEditor) -> None:
    """Creates the table; for a migration."""
    for statement in SQL[editor.connection.vendor]["make"]:
        editor.execute(statement)


def drop_table(editor: BaseDatabaseSchemaEditor) -> None:
    """Takes the table away; for a migration."""
    editor.execute("DROP TABLE review_words")


def _run(statement: str, *values: str | int) -> int:
    """Runs a statement of SQL for this database; returns how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor][statement], values)
        return int(cursor.rowcount)


def begin(document: int) -> None:
    """An empty document, whatever was there under its id."""
    _run("remove", document)
    _run("begin", document)


def append(document: int, text: str) -> None:
    """Adds `text` to a document that was begun."""
    if text.strip():
        _run("append", text.replace("\x00", " "), document)


def remove(document: int) -> None:
    """Takes the document out: no search finds it any more. `forget_removed` ends what SQLite keeps of it."""
    if connection.vendor == "sqlite":
        begin(REMOVED)
    _run("remove", document)


def forget_removed() -> bool:
    """Rewrites SQLite's index if something was removed since, and returns whether.

    FTS5 notes that a document is gone, and drops its words only when it merges them with others. That is work for
    the background: it takes seconds with a hundred thousand conversations.
    """
    if connection.vendor != "sqlite":
        return False
    with transaction.atomic():
        if _run("remove", REMOVED) < 1:
            return False
        with connection.cursor() as cursor:
            cursor.execute(REWRITE)
    return True


def found(query: str) -> RawSQL | None:
    """The ids of the documents with all words of `query`, as a subquery; None when there is no word in it.

    Words are compared by their stem, what stands in quotes as a phrase, and the last word also as a beginning.
    """
    phrases = [_WORDS.findall(quoted or plain) for quoted, plain in _PARTS.findall(query)]
    phrases = [words for words in phrases if words]
    if not phrases:
        return None
    begun = not query.rstrip().endswith('"') and len(phrases[-1]) == 1 and len(phrases[-1][0]) >= LEAST_PREFIX
    if connection.vendor == "sqlite":
        terms = ['"' + " ".join(words) + '"' for words in phrases]
        if begun:
            # The beginning of a stem, the whole of it too: "babysit" finds "babysitter".
            terms[-1] += " *"
        joined = " AND ".join(terms)
    else:
        terms = ["(" + " <-> ".join(f"'{word}'" for word in words) + ")" for words in phrases]
        if begun:
            terms[-1] = f"({terms[-1]} | '{phrases[-1][0]}':*)"
        joined = " & ".join(terms)
    return RawSQL(SQL[connection.vendor]["find"], [joined])  # noqa: S611 - the words are bound, and letters only
