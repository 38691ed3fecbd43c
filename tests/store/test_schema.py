"""What the migrations make is what the models say; no step, up or down, loses what it can keep."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Integer,
    insert,
    inspect,
    text,
)

from desk.lookup import read_lookup
from storage import migrate, search
from storage.models import metadata
from storage.models.columns import Document, Moment
from storage.store import Store

_AT = datetime(2026, 11, 22, 10, 0, 0, 123456, UTC)
_SCHEMA = "as_modelled"


def _shape(connection: Connection, schema: str | None) -> dict[str, Any]:
    """Everything that the database can tell of its tables."""
    looked = inspect(connection)
    shape = {}
    for table in filter(migrate.is_modelled, looked.get_table_names(schema)):
        columns = looked.get_columns(table, schema)
        foreign = looked.get_foreign_keys(table, schema)
        unique = looked.get_unique_constraints(table, schema)
        indexes = [one for one in looked.get_indexes(table, schema) if migrate.is_modelled(one["name"])]
        shape[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], _plain(column["default"]))
                for column in columns
            },
            "primary key": looked.get_pk_constraint(table, schema),
            "foreign keys": {
                key["name"]: (key["constrained_columns"], key["referred_table"], key["options"])
                for key in foreign
            },
            "unique": {key["name"]: key["column_names"] for key in unique},
            "checks": looked.get_check_constraints(table, schema),
            "indexes": {
                index["name"]: (
                    index["column_names"],
                    index["unique"],
                    str(index.get("dialect_options", {}).get(f"{connection.dialect.name}_where")),
                )
                for index in indexes
            },
        }
    shape.pop("alembic_version", None)
    return shape


def _plain(default: str | None) -> str | None:
    return default.replace(f"{_SCHEMA}.", "") if default else default


def _counts_on(connection: Connection) -> set[str]:
    """The tables of SQLite that never give an id twice."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    return {row.name for row in rows if "AUTOINCREMENT" in (row.sql or "")}


def _search_objects(connection: Connection) -> list[tuple[Any, ...]]:
    """What full-text search is made of, which the models do not know."""
    if connection.dialect.name == "sqlite":
        words = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name LIKE 'words_of%' ORDER BY 2"
    else:
        words = (
            "SELECT 'index', indexname, tablename, indexdef FROM pg_indexes WHERE indexname LIKE 'words_of%'"
            " UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc WHERE proname = 'words_of'"
            " ORDER BY 2"
        )
    return [tuple(row) for row in connection.execute(text(words))]


async def test_the_models_say_what_the_migrations_make(database_url: str) -> None:
    store = Store(database_url)
    await store.open()

    def compare(connection: Connection) -> None:
        migrated = _shape(connection, None)
        if connection.dialect.name == "sqlite":
            counting = _counts_on(connection)
            for table in reversed(metadata.sorted_tables):
                table.drop(connection)
            metadata.create_all(connection)
            modelled = _shape(connection, None)
            assert counting == _counts_on(connection)
        else:
            connection.execute(text(f"CREATE SCHEMA {_SCHEMA}"))
            apart = connection.execution_options(schema_translate_map={None: _SCHEMA})
            metadata.create_all(apart)
            modelled = _shape(connection, _SCHEMA)
        assert migrated == modelled

    await store.run(compare)
    await store.close()


def _fill(connection: Connection) -> None:
    """Two rows in every table, whatever tables there are."""
    for table in metadata.sorted_tables:
        for number in (1, 2):
            connection.execute(insert(table).values({c.name: _value(c, number) for c in table.columns}))


def _value(column: Column[Any], number: int) -> object:
    if isinstance(column.type, Boolean):
        return number == 1
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, Moment):
        return _AT
    if isinstance(column.type, type(Document)):
        return {"ё": [number, None, "\u2028"]}
    return f"{column.name} {number}"[: getattr(column.type, "length", None)]


def _contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, of whatever revision."""
    names = set(filter(migrate.is_modelled, inspect(connection).get_table_names())) - {"alembic_version"}
    found = {name: connection.execute(text(f"SELECT * FROM {name} ORDER BY 1")) for name in sorted(names)}
    return {name: [dict(row) for row in rows.mappings()] for name, rows in found.items()}


def _assert_kept(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """What has a place before and after a step is what it was."""
    for table in before.keys() & after.keys():
        assert len(before[table]) == len(after[table]), table
        for one, other in zip(before[table], after[table], strict=True):
            common = one.keys() & other.keys()
            assert {key: one[key] for key in common} == {key: other[key] for key in common}, table


def _revisions(connection: Connection) -> list[str]:
    """From the newest to the first."""
    directory = ScriptDirectory.from_config(migrate.configuration(connection))
    return [script.revision for script in directory.walk_revisions()]


def _no_orphans(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


async def test_no_step_loses_what_it_can_keep(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    await store.run(_fill)
    made = await store.run(_search_objects)
    revisions = await store.run(_revisions)
    contents = await store.run(_contents)
    assert all(len(rows) == 2 for rows in contents.values())
    down = [partial(migrate.downgrade, revision=revision) for revision in revisions[1:]]
    up = [partial(migrate.upgrade, revision=revision) for revision in reversed(revisions[:-1])]
    for step in (*down, *up):
        await store.run(step)
        await store.run(_no_orphans)
        before, contents = contents, await store.run(_contents)
        _assert_kept(before, contents)
    assert await store.run(_search_objects) == made
    async with store.transaction() as tx:
        assert (await search.find(tx, read_lookup("subject", None))).numbers == (2, 1)
    await store.run(partial(migrate.downgrade, revision="base"))
    assert await store.run(_contents) == {}
    assert await store.run(_search_objects) == []
    await store.close()
