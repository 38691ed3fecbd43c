"""What waits to be sent, as the sender looks for it, and whoever wants to know."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BigInteger, bindparam, case, cast, delete, func, select

from storage import destinations, leases, models
from storage.prepared import Prepared
from storage.rows import OutboxRow, columns
from storage.transaction import Transaction

_TABLE = models.outbox
_CUSTOMER = models.customer
_COLUMNS = columns(_TABLE, OutboxRow)

# Built once: building it costs more than running it.
_REMOVE = Prepared(delete(_TABLE).where(_TABLE.c.id == bindparam("row_id")))
# So much of what waits for one destination is looked at together.
_AT_A_TIME = 30


async def waiting(tx: Transaction) -> list[OutboxRow]:
    """Everything queued, in order; for a start after a stop."""
    statement = select(*_COLUMNS).where(_TABLE.c.state == "queued").order_by(_TABLE.c.id)
    return [OutboxRow.from_row(row) for row in await tx.all(statement)]


async def waiting_for(tx: Transaction, places: Collection[str]) -> dict[str, list[OutboxRow]]:
    """What is to be sent next to each of these destinations, so far as one wants to know it at a time.

    Nothing for customers who cannot be reached.
    """
    if not places:
        return {}
    reached = await _reached(tx, places)
    place = func.row_number().over(partition_by=_TABLE.c.destination, order_by=(_TABLE.c.rank, _TABLE.c.id))
    first = (
        select(*_COLUMNS, place.label("place"))
        .where(_TABLE.c.destination.in_(list(reached)), _TABLE.c.state == "queued")
        .subquery()
    )
    rows = await tx.all(
        select(*(first.c[column.name] for column in _COLUMNS)).where(first.c.place <= _AT_A_TIME)
    )
    found: dict[str, list[OutboxRow]] = {}
    for row in rows:
        found.setdefault(row.destination, []).append(OutboxRow.from_row(row))
    return found


async def _reached(tx: Transaction, places: Collection[str]) -> set[str]:
    ids = {customer_id: place for place in places if (customer_id := destinations.customer_of(place))}
    if not ids:
        return set(places)
    away = await tx.all(
        select(_CUSTOMER.c.id).where(_CUSTOMER.c.id.in_(list(ids)), _CUSTOMER.c.unreachable.is_not(None))
    )
    return set(places).difference(ids[row.id] for row in away)


async def unattended(tx: Transaction, owner: str, limit: int) -> list[str]:
    """Destinations for which something is due and to which nobody sends; on PostgreSQL alone.

    Those that `owner` holds are among them, for it knows best whether it does send.
    """
    lease = models.destination
    customer_id = case(
        (_TABLE.c.destination.like("c:%"), cast(func.substr(_TABLE.c.destination, 3), BigInteger))
    )
    rows = await tx.all(
        select(
            _TABLE.c.destination,
            lease.c.lease_owner,
            func.coalesce(lease.c.lease_until < func.statement_timestamp(), True).label("free"),
        )
        .distinct()
        .select_from(
            _TABLE.outerjoin(lease, lease.c.key == _TABLE.c.destination).outerjoin(
                _CUSTOMER, _CUSTOMER.c.id == customer_id
            )
        )
        .where(_TABLE.c.state == "queued", _TABLE.c.due_at <= tx.now, _CUSTOMER.c.unreachable.is_(None))
        .limit(limit)
    )
    others = {row.lease_owner for row in rows if not row.free and row.lease_owner != owner}
    gone = {owner, *await leases.dead(tx, sorted(others))}
    return [row.destination for row in rows if row.free or row.lease_owner in gone]


async def is_queued(tx: Transaction, message_id: int, destination: str) -> bool:
    """Whether the message still waits to be sent there."""
    statement = select(_TABLE.c.id).where(
        _TABLE.c.message_id == message_id,
        _TABLE.c.destination == destination,
        _TABLE.c.kind == "message",
        _TABLE.c.state == "queued",
    )
    return await tx.scalar(statement) is not None


async def is_being_taken_back(tx: Transaction, ticket_number: int, message_id: int) -> bool:
    """Whether the removal of a message of that ticket is owed."""
    rows = await tx.all(
        select(_TABLE.c.message_id, _TABLE.c.payload).where(
            _TABLE.c.kind == "take_back", _TABLE.c.ticket_number == ticket_number
        )
    )
    return any(message_id in (row.message_id, *row.payload["also"]) for row in rows)


async def remove(tx: Transaction, row_id: int) -> None:
    """Its outcome is known: nothing is owed any more."""
    await tx.run(_REMOVE, {"row_id": row_id})
