"""Finding tickets by words, by when they are due, and by serial number.

The words of messages, subjects and customers are indexed for full-text search, by the database itself, so
that whatever changes a text changes what finds it in the same transaction. SQLite has virtual tables that
triggers fill (a table that is made anew by a batch loses its triggers), PostgreSQL indexes over a function.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_UNFINISHED = sa.text("state NOT IN ('resolved', 'refused', 'closed')")

# For each table with words: what tells its rows apart, and where the words stand.
_SEARCHED = {
    "message": ("id", ("text",)),
    "ticket": ("number", ("subject",)),
    "customer": ("id", ("first_name", "last_name", "username")),
}

# Letters that a database without a locale does not know to be the same, and those that people take for each
# other. Signs part words: PostgreSQL would read paths, addresses and negative numbers.
_SAME = str.maketrans(
    "ЁёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯĀāČčĒēĢģĪīĶķĻļŅņŌōŖŗŠšŪūŽž",
    "ееабвгдежзийклмнопрстуфхцчшщъыьэюяaacceeggiikkllnnoorrssuuzz",
)
_SIGNS = "_.,;:!?+-/\\@#%&*=()[]{}<>|\"'`~^$«»„“”’–—№…"


def upgrade() -> None:
    """Add the column, the indexes and the tables, and fill them from what is there."""
    op.add_column("ticket", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_ticket_serial_number", "ticket", ["serial", "number"])
    op.drop_index("ix_ticket_serial", "ticket")
    for name, columns in {
        "ix_ticket_assignee_id_due_at": ["assignee_id", "due_at", "number"],
        "ix_ticket_due_at": ["due_at", "number"],
    }.items():
        op.create_index(name, "ticket", columns, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)
    given = sa.text("media_group_id IS NOT NULL")
    op.create_index(
        "ix_message_media_group_id",
        "message",
        ["media_group_id"],
        sqlite_where=given,
        postgresql_where=given,
    )
    op.create_table(
        "lookup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words", sa.String(length=256), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookup")),
        sqlite_autoincrement=True,
    )
    # The next start counts the clocks of all open tickets anew, and so finds when they are due.
    op.execute("DELETE FROM meta WHERE key = 'clocks'")
    if op.get_bind().dialect.name == "sqlite":
        _make_tables()
    else:
        _make_indexes()


def _make_tables() -> None:
    for table, (key, columns) in _SEARCHED.items():
        op.execute(
            f"CREATE VIRTUAL TABLE words_of_{table} USING fts5 "
            "(said, content='', tokenize='unicode61 remove_diacritics 2')"
        )
        op.execute(f"INSERT INTO words_of_{table} (rowid, said) SELECT {key}, {_said(columns)} FROM {table}")
        add = f"INSERT INTO words_of_{table} (rowid, said) VALUES (new.{key}, {_said(columns, 'new.')})"
        # What is taken out has to be named exactly as it was put in.
        forget = (
            f"INSERT INTO words_of_{table} (words_of_{table}, rowid, said) "
            f"VALUES ('delete', old.{key}, {_said(columns, 'old.')})"
        )
        for event, name, what in (
            ("INSERT", "added", add),
            ("DELETE", "removed", forget),
            (f"UPDATE OF {', '.join(columns)}", "changed", f"{forget}; {add}"),
        ):
            op.execute(f"CREATE TRIGGER words_of_{table}_{name} AFTER {event} ON {table} BEGIN {what}; END")


def _said(columns: tuple[str, ...], row: str = "") -> str:
    together = " || ' ' || ".join(f"coalesce({row}{column}, '')" for column in columns)
    return f"replace(replace({together}, 'ё', 'е'), 'Ё', 'Е')"


def _make_indexes() -> None:
    before = "".join(map(chr, _SAME)) + _SIGNS
    after = "".join(map(chr, _SAME.values())) + " " * len(_SIGNS)
    function = (
        "CREATE FUNCTION words_of(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ "
        "SELECT pg_catalog.to_tsvector('pg_catalog.simple', "
        f"pg_catalog.translate(pg_catalog.lower(said), {_quoted(before)}, {_quoted(after)})) $$"
    )
    op.get_bind().exec_driver_sql(function)
    for table, (_, columns) in _SEARCHED.items():
        together = " || ' ' || ".join(f"coalesce({column}, '')" for column in columns)
        said = together if len(columns) > 1 else columns[0]
        op.execute(f"CREATE INDEX words_of_{table} ON {table} USING gin (words_of({said}))")


def _quoted(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def downgrade() -> None:
    """Take them away again."""
    for table in _SEARCHED:
        if op.get_bind().dialect.name == "sqlite":
            for name in ("added", "removed", "changed"):
                op.execute(f"DROP TRIGGER words_of_{table}_{name}")
            op.execute(f"DROP TABLE words_of_{table}")
        else:
            op.execute(f"DROP INDEX words_of_{table}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION words_of(text)")
    op.drop_table("lookup")
    op.drop_index("ix_message_media_group_id", "message")
    for index in ("ix_ticket_due_at", "ix_ticket_assignee_id_due_at"):
        op.drop_index(index, "ticket")
    op.create_index("ix_ticket_serial", "ticket", ["serial"])
    op.drop_index("ix_ticket_serial_number", "ticket")
    op.drop_column("ticket", "due_at")
