"""The migrations climb, descend, and make what the models say; on both databases."""

import asyncio
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text

from storage import journal, migrate, models, tickets
from storage.models import metadata
from storage.store import Store
from storage.trouble import StoreError


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "target_metadata": metadata,
            "render_as_batch": True,
            "include_name": migrate.is_modelled,
        },
    )
    return list(compare_metadata(context, metadata))


def _tables(connection: Connection) -> set[str]:
    return set(filter(migrate.is_modelled, inspect(connection).get_table_names()))


def _to_nothing(connection: Connection) -> None:
    migrate.downgrade(connection, "base")


async def test_migrations_match_the_models(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    assert await store.run(_differences) == []
    assert await store.run(_tables) == {*metadata.tables, "alembic_version"}
    await store.close()


_TICKET = """
    INSERT INTO ticket (number, customer_id, state, subject, answers, opened_at, updated_at, thread_closed)
    VALUES (:number, 1, :state, '', '{}', '2026-11-20 10:00:00', '2026-11-20 10:00:00', false)
"""
_MESSAGE = """
    INSERT INTO message (ticket_number, customer_id, author, kind, text, opening, on_card, created_at)
    VALUES (:number, 1, :author, 'text', '', false, false, '2026-11-20 11:00:00')
"""
_JOURNAL = """
    INSERT INTO journal (ticket_number, at, actor, event)
    VALUES (:number, '2026-11-20 10:00:00', 'agent', :event)
"""


async def test_answers_that_were_not_noted_are_noted(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    # Taken and answered twice; answered while new, which was noted; with a note only; with nothing.
    states = {1: "in_progress", 2: "resolved", 3: "in_progress", 4: "new"}
    events = {1: ["open", "take"], 2: ["open", "answer", "resolve"], 3: ["open", "take"], 4: ["open"]}
    authors = {1: ["customer", "agent", "agent"], 2: ["agent"], 3: ["note"], 4: ["customer"]}

    def as_it_was(connection: Connection) -> None:
        migrate.downgrade(connection, "0001")
        customer = "INSERT INTO customer (id, first_name, created_at) VALUES (1, 'A', '2026-11-20 10:00:00')"
        connection.execute(text(customer))
        for number, state in states.items():
            connection.execute(text(_TICKET), {"number": number, "state": state})
            for author in authors[number]:
                connection.execute(text(_MESSAGE), {"number": number, "author": author})
            for event in events[number]:
                connection.execute(text(_JOURNAL), {"number": number, "event": event})
        migrate.upgrade(connection)

    await store.run(as_it_was)
    async with store.transaction() as tx:
        noted = {number: [entry.event for entry in await journal.entries(tx, number)] for number in states}
        asked = {number: (await tickets.get(tx, number)).asked_at is not None for number in states}
    assert noted == events | {1: ["open", "take", "answer"]}
    assert asked == {1: False, 2: False, 3: True, 4: True}
    await store.close()


def _store_kinds_as_before(connection: Connection) -> None:
    migrate.downgrade(connection, "0005")
    at = datetime(2026, 11, 23, tzinfo=UTC)
    connection.execute(insert(models.customer).values(id=5, first_name="Anna", created_at=at))
    for kind in ("text", "ContentType.POLL", "ContentType.RICH_MESSAGE"):
        said = {"customer_id": 5, "author": "customer", "kind": kind, "created_at": at}
        connection.execute(insert(models.message).values(**said))


def _kinds(connection: Connection) -> list[str]:
    return list(connection.scalars(select(models.message.c.kind).order_by(models.message.c.id)))


async def test_kinds_get_their_own_names(database_url: str) -> None:
    store = Store(database_url)
    await store.open()
    await store.run(_store_kinds_as_before)
    await store.run(migrate.upgrade)
    assert await store.run(_kinds) == ["text", "poll", "rich_message"]
    await store.close()


def _waiting(connection: Connection) -> list[tuple[str, int]]:
    rows = connection.execute(select(models.timer.c.kind, models.timer.c.subject).order_by(models.timer.c.id))
    return [(row.kind, row.subject) for row in rows]


async def test_new_tickets_that_are_nobodys_wait_for_an_agent(database_url: str) -> None:
    store = Store(database_url)
    await store.open()

    def as_it_was(connection: Connection) -> None:
        migrate.downgrade(connection, "0006")
        customer = "INSERT INTO customer (id, first_name, created_at) VALUES (1, 'A', '2026-11-20 10:00:00')"
        connection.execute(text(customer))
        for number, state in ((1, "new"), (2, "in_progress"), (3, "new"), (4, "new")):
            connection.execute(text(_TICKET), {"number": number, "state": state})
        connection.execute(text("UPDATE ticket SET assignee_id = 7 WHERE number = 3"))
        migrate.upgrade(connection)

    await store.run(as_it_was)
    assert await store.run(_waiting) == [("assign", 1), ("assign", 4)]
    await store.close()


async def test_opening_twice_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        store = Store(database_url)
        await store.open()
        await store.close()


def _heads(connection: Connection) -> list[str]:
    return list(ScriptDirectory.from_config(migrate.configuration(connection)).get_heads())


async def test_the_newest_migration_is_the_one_that_alembic_climbs_to(store: Store) -> None:
    assert await store.run(_heads) == [migrate.newest()]
    assert await store.run(migrate.is_current)
    await store.run(_to_nothing)
    assert not await store.run(migrate.is_current)


def _of_the_future(connection: Connection) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))


async def test_a_store_of_a_newer_version_is_refused(store: Store) -> None:
    await store.run(_of_the_future)
    other = Store(store.url.render_as_string(hide_password=False))
    await store.close()
    with pytest.raises(StoreError, match=r"was written by a newer version of Talon \(revision 9999\)"):
        await other.open()


async def test_replicas_that_start_at_once(postgres_url: str) -> None:
    first = Store(postgres_url)
    await first.open()
    await first.run(_to_nothing)
    stores = [first, *(Store(postgres_url) for _ in range(3))]
    await asyncio.gather(*(store.open() for store in stores[1:]))
    assert await first.run(_differences) == []
    for store in stores:
        await store.close()


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_names_follow_the_convention(name: str) -> None:
    table = metadata.tables[name]
    assert table.primary_key.columns
    assert name == name.lower()
