"""Who may send to a destination now. The database decides, so that two processes never both do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, func, or_, select, update

from storage import models
from storage.store import Transaction, sign_of_life
from storage.upsert import upsert

_TABLE = models.destination
# Longer than any call to Telegram may take, so that a lease never ends under a call.
LEASE = timedelta(seconds=90)


async def claim(tx: Transaction, owner: str, keys: Sequence[str]) -> set[str]:
    """Take or renew each lease that is free, ours or a dead process's; gives back of which destinations."""
    wanted = sorted(set(keys))
    if not wanted:
        return set()
    await tx.execute(upsert(tx, _TABLE, [{"key": key} for key in wanted], keys=("key",), change=()))
    free = [
        _TABLE.c.lease_owner.is_(None),
        _TABLE.c.lease_owner.in_([owner, *await _dead(tx, owner, wanted)]),
        _TABLE.c.lease_until < tx.now,
    ]
    claimed = await tx.all(
        update(_TABLE)
        .where(_TABLE.c.key.in_(wanted), or_(*free))
        .values(lease_owner=owner, lease_until=tx.now + LEASE)
        .returning(_TABLE.c.key)
    )
    return {row.key for row in claimed}


async def _dead(tx: Transaction, owner: str, keys: Sequence[str]) -> list[str]:
    """Who holds these leases and lives no more; only PostgreSQL knows."""
    if tx.dialect == "sqlite":
        return []
    others = await tx.all(
        select(_TABLE.c.lease_owner).distinct().where(_TABLE.c.key.in_(keys), _TABLE.c.lease_owner != owner)
    )
    return [
        other.lease_owner
        for other in others
        if await tx.scalar(select(func.pg_try_advisory_xact_lock(sign_of_life(other.lease_owner))))
    ]


_RENEW = (
    update(_TABLE)
    .where(_TABLE.c.key.in_(bindparam("keys", expanding=True)), _TABLE.c.lease_owner == bindparam("owner"))
    .values(lease_until=bindparam("until"))
    .returning(_TABLE.c.key)
)


async def renew(tx: Transaction, owner: str, keys: Sequence[str]) -> set[str]:
    """Prolong the leases that are still ours; gives back which: only their outcomes may be committed."""
    if not keys:
        return set()
    renewed = await tx.all(_RENEW, {"keys": sorted(set(keys)), "owner": owner, "until": tx.now + LEASE})
    return {row.key for row in renewed}


async def release_all(tx: Transaction, owner: str) -> None:
    """Give the leases of `owner` back."""
    await tx.execute(
        update(_TABLE).where(_TABLE.c.lease_owner == owner).values(lease_owner=None, lease_until=None)
    )
