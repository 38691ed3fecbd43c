"""Years of work written straight into a store: tickets, their messages, copies and journals."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from desk.clocks import fingerprint
from desk.loading import load_profile
from playground import Topic
from storage.store import Store
from storage.transaction import Transaction
from tests.world import Customer, World

# Stand five times in a store of any size.
RARE = "перегрелся трансформатор"
NAMED = "Трёхзвёздочкина"
_FIRST = 1001
# One ticket in ten is open.
_OPEN = "n % 10 = 0"
_AGENTS = 20

_CUSTOMERS = """
    INSERT INTO customer (id, first_name, last_name, language, created_at)
    SELECT n, 'Имя' || n, CASE WHEN n <= 5 THEN '{named}' ELSE 'Фамилия' || (n % 5000) END, 'ru', {past}
    FROM {series}
"""
_TICKETS = """
    INSERT INTO ticket (number, customer_id, state, subject, serial, answers, assignee_id, assignee_name,
        opened_at, updated_at, closed_at, due_at, thread_chat_id, thread_id, card_message_id, thread_closed)
    SELECT n + {before}, (n + 1) / 2, CASE WHEN {open} THEN 'in_progress' ELSE 'closed' END, {subject},
        {serial}, '{{}}',
        CASE WHEN n % 20 = 0 THEN 1 + n % {agents} END, CASE WHEN n % 20 = 0 THEN 'Специалист' END,
        {past}, {past}, CASE WHEN {open} THEN NULL ELSE {past} END, CASE WHEN {open} THEN {future} END,
        {chat}, n + 1000000, n + 1000001, {closed}
    FROM {series}
"""
_MESSAGES = """
    INSERT INTO message (ticket_number, customer_id, author, kind, text, opening, on_card, created_at)
    SELECT {before} + 1 + (n - 1) / {each}, (1 + (n - 1) / {each} + 1) / 2,
        CASE WHEN n % 2 = 0 THEN 'agent' ELSE 'customer' END, 'text', {text}, {opening}, {opening}, {past}
    FROM {series}
"""
_DELIVERIES = """
    INSERT INTO delivery (message_id, chat_id, telegram_message_id, part, origin, at)
    SELECT id, {place}, id + {shift}, 0, {origin}, {past} FROM message
"""
_JOURNAL = """
    INSERT INTO journal (ticket_number, at, actor, event, data)
    SELECT number, {past}, '{actor}', '{event}', '{data}' FROM ticket WHERE {where}
"""


async def fill(world: World, tickets: int, each: int, people: Sequence[tuple[Customer, Topic]]) -> None:
    """Fill the store of a desk that does not run; these people have open tickets, evenly spread."""
    store = Store(world.database_url, world.clock)
    await store.open()
    async with store.transaction() as tx:
        await _write(tx, world, tickets, each)
        await _place(tx, world, tickets, people)
    if not store.is_sqlite:
        async with store.transaction() as tx:
            await _run(tx, "ANALYZE")
    await store.close()


async def _run(tx: Transaction, statement: str) -> None:
    if isinstance(tx.connection, AsyncConnection):
        await tx.connection.exec_driver_sql(statement)
    else:
        tx.connection.exec_driver_sql(statement)


async def _write(tx: Transaction, world: World, tickets: int, each: int) -> None:
    sqlite = tx.dialect == "sqlite"

    def series(count: int) -> str:
        if sqlite:
            numbers = (
                "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT {}) SELECT n FROM s"
            )
            return f"({numbers.format(count)}) AS s"
        return f"generate_series(1::bigint, {count}) AS n"

    every = max(1, tickets * each // 5)
    words = " || ' слово' || ".join(f"(n * {prime} % 20011)" for prime in (7919, 1299709, 611953, 15485863))
    common = "CASE WHEN n % 10 = 0 THEN ' ошибка' ELSE '' END"
    rare = f"CASE WHEN n % {every} = 0 THEN ' {RARE}' ELSE '' END"
    known = {
        "past": "'2026-11-02 09:00:00.000000'",
        "future": "'2026-12-' || (10 + n % 20) || ' 09:00:00.000000'",
        "serial": f"CAST(200000000000 + n % {max(100, tickets // 2)} AS VARCHAR(64))",
        "before": _FIRST - 1,
        "open": _OPEN,
        "closed": f"NOT ({_OPEN})",
        "named": NAMED,
        "agents": _AGENTS,
        "chat": world.group.id,
        "each": each,
        "opening": f"n % {each} = 1",
        "subject": "'Терминал номер ' || n || ' молчит'",
        "text": f"'слово' || {words} || {common} || {rare}",
    }
    if not sqlite:
        known["past"] = f"timestamptz {known['past']}"
        known["future"] = f"({known['future']})::timestamptz"
        # Filled bit by bit an index takes minutes, made at once it takes seconds.
        await _run(tx, "DROP INDEX words_of_message")
        await _run(tx, "SET LOCAL maintenance_work_mem = '256MB'")
    await _run(tx, _CUSTOMERS.format(series=series(tickets // 2), **known))
    await _run(tx, _TICKETS.format(series=series(tickets), **known))
    await _run(tx, _MESSAGES.format(series=series(tickets * each), **known))
    for place, shift, origin in (("customer_id", 0, "n"), (str(world.group.id), 5_000_000, "y")):
        flag = "true" if origin == "n" else "false"
        await _run(tx, _DELIVERIES.format(place=place, shift=shift, origin=flag, **known))
    for actor, happened, data, where in (
        ("customer", "open", '{{"to": "new"}}', "true"),
        ("agent", "answer", '{{"from": "new", "to": "in_progress"}}', "true"),
        ("agent", "close", '{{"from": "in_progress", "to": "closed"}}', "state = 'closed'"),
    ):
        values = {"actor": actor, "event": happened, "data": data.replace("{{", "{").replace("}}", "}")}
        await _run(tx, _JOURNAL.format(where=where, **values, **known))
    if not sqlite:
        await _run(tx, "CREATE INDEX words_of_message ON message USING gin (words_of(text))")
    await _run(tx, f"INSERT INTO counter (name, value) VALUES ('ticket', {_FIRST - 1 + tickets})")
    now = fingerprint(load_profile("vendotek"))
    await _run(tx, f"INSERT INTO meta (key, value) VALUES ('clocks', '{now}')")


async def _place(
    tx: Transaction, world: World, tickets: int, people: Sequence[tuple[Customer, Topic]]
) -> None:
    """Give each of these people one of the tickets, in their topic of the group."""
    for index, (customer, topic) in enumerate(people):
        person = customer.person
        number = _FIRST + index * tickets // len(people)
        serial = 100_000_000_000 + index
        await _run(
            tx,
            "INSERT INTO customer (id, first_name, language, created_at) "
            f"VALUES ({person.id}, '{person.first_name}', 'ru', '2026-11-02 09:00:00.000000')",
        )
        await _run(
            tx,
            f"UPDATE ticket SET customer_id = {person.id}, state = 'in_progress', closed_at = NULL, "
            f"serial = '{serial}', thread_id = {topic.id}, card_message_id = NULL, card_digest = NULL, "
            f"assignee_id = {world.agent.id}, assignee_name = 'Ольга', thread_closed = false "
            f"WHERE number = {number}",
        )
        await _run(tx, f"UPDATE message SET customer_id = {person.id} WHERE ticket_number = {number}")
        await _run(tx, f"DELETE FROM journal WHERE ticket_number = {number} AND event = 'close'")
