"""Who may send to a destination now. The database decides, so that two processes never both do.

Time is the database's, for the clocks of machines differ and may jump.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, bindparam, func, literal, or_, select, update

from storage import models
from storage.sign_of_life import sign_of_life
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.destination
# Longer than any call to Telegram may take, so that a lease never ends under a call.
LEASE = timedelta(seconds=90)
# Which of the processes polls is one more thing that only one may do.
POLLING = "polling"

_NOW: dict[str, Any] = {
    "sqlite": bindparam("moment", type_=_TABLE.c.lease_until.type),
    "postgresql": func.statement_timestamp(type_=DateTime(timezone=True)),
}
_LOCK = {
    name: select(
        _TABLE.c.key,
        _TABLE.c.lease_owner,
        or_(_TABLE.c.lease_until.is_(None), _TABLE.c.lease_until < now).label("free"),
    )
    .where(_TABLE.c.key.in_(bindparam("keys", expanding=True)))
    # Always in this order, or two processes could wait for each other.
    .order_by(_TABLE.c.key)
    .with_for_update(key_share=True)
    for name, now in _NOW.items()
}


@dataclass(frozen=True, slots=True)
class Lease:
    """Who has a destination, or had it last if it is free because its time is over."""

    owner: str | None
    free: bool


def _moment(tx: Transaction) -> dict[str, datetime]:
    return {"moment": tx.now} if tx.dialect == "sqlite" else {}


async def lock(tx: Transaction, keys: Collection[str]) -> dict[str, Lease]:
    """The leases of these destinations, which nobody else changes until the transaction ends."""
    if not keys:
        return {}
    found = await _locked(tx, keys)
    missing = set(keys).difference(found)
    if missing:
        new = [{"key": key} for key in sorted(missing)]
        await tx.execute(upsert(tx, _TABLE, new, keys=("key",), change=()))
        found |= await _locked(tx, missing)
    return found


async def _locked(tx: Transaction, keys: Collection[str]) -> dict[str, Lease]:
    rows = await tx.all(_LOCK[tx.dialect], {"keys": list(keys), **_moment(tx)})
    return {row.key: Lease(row.lease_owner, row.free) for row in rows}


async def claimable(tx: Transaction, owner: str, found: dict[str, Lease]) -> set[str]:
    """Which of the locked ones are free, ours or a dead process's."""
    others = {lease.owner for lease in found.values() if not lease.free and lease.owner != owner}
    gone = await dead(tx, [name for name in others if name is not None])
    return {key for key, lease in found.items() if lease.free or lease.owner == owner or lease.owner in gone}


async def dead(tx: Transaction, owners: Sequence[str]) -> set[str]:
    """Which of these processes live no more; only PostgreSQL knows, and not while all connect anew."""
    if tx.dialect == "sqlite" or tx.others_may_return:
        return set()
    # Shared, or of two that look at once one would take the other's look for a sign of life.
    looks = func.pg_try_advisory_xact_lock_shared
    return {name for name in owners if await tx.scalar(select(looks(sign_of_life(name))))}


async def hold(tx: Transaction, owner: str, keys: Collection[str]) -> None:
    """Take, or go on with, the leases of destinations that were locked and may be claimed."""
    if keys:
        until = _NOW[tx.dialect] + literal(LEASE) if tx.dialect == "postgresql" else tx.now + LEASE
        await tx.execute(
            update(_TABLE).where(_TABLE.c.key.in_(list(keys))).values(lease_owner=owner, lease_until=until)
        )


async def claim(tx: Transaction, owner: str, keys: Collection[str]) -> set[str]:
    """Take or go on with each lease that is free, ours or a dead process's; gives back of which."""
    ours = await claimable(tx, owner, await lock(tx, keys))
    await hold(tx, owner, ours)
    return ours


async def release(tx: Transaction, owner: str, keys: Collection[str]) -> None:
    """Give leases back."""
    if keys:
        await tx.execute(
            update(_TABLE)
            .where(_TABLE.c.key.in_(list(keys)), _TABLE.c.lease_owner == owner)
            .values(lease_owner=None, lease_until=None)
        )


async def release_all(tx: Transaction, owner: str) -> None:
    """Give back all that `owner` holds."""
    await tx.execute(
        update(_TABLE).where(_TABLE.c.lease_owner == owner).values(lease_owner=None, lease_until=None)
    )
