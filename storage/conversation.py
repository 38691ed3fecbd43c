"""aiogram's conversation state, kept in the same database and transaction as everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from sqlalchemy import bindparam, delete, select

from storage import models
from storage.prepared import Prepared
from storage.transaction import Transaction
from storage.upsert import upsert

_TABLE = models.conversation


_STATE = Prepared(select(_TABLE.c.state).where(_TABLE.c.key == bindparam("key")))


def _key(key: StorageKey) -> str:
    return f"{key.bot_id}:{key.chat_id}:{key.user_id}:{key.thread_id or 0}:{key.destiny}"


class ConversationStorage(BaseStorage):
    """State and data of conversations, bound to one transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Set the state; None ends the conversation but keeps its data."""
        name = state.state if isinstance(state, State) else state
        values = {"key": _key(key), "state": name}
        await self._tx.execute(upsert(self._tx, _TABLE, values, keys=("key",)))

    async def get_state(self, key: StorageKey) -> str | None:
        """The state, or None."""
        state: str | None = await self._tx.scalar(_STATE, {"key": _key(key)})
        return state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replace the data."""
        values = {"key": _key(key), "data": dict(data)}
        await self._tx.execute(upsert(self._tx, _TABLE, values, keys=("key",)))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The data, a value of the caller's own."""
        data: dict[str, Any] | None = await self._tx.scalar(
            select(_TABLE.c.data).where(_TABLE.c.key == _key(key))
        )
        return data or {}

    async def forget(self, key: StorageKey) -> None:
        """Drop state and data."""
        await self._tx.execute(delete(_TABLE).where(_TABLE.c.key == _key(key)))

    async def close(self) -> None:
        """Nothing to close: the transaction belongs to the pipeline."""
