"""`talon inbox`: updates that our own code could not process."""

from __future__ import annotations

import json

import typer

from storage import inbox
from storage.store import Store


async def run_inbox(database_url: str, *, replay: bool, update_id: int | None, traceback: bool) -> None:
    """List what was set aside, or give it another three tries at the next start."""
    store = Store(database_url)
    await store.open()
    try:
        async with store.transaction() as tx:
            if replay:
                count = await inbox.replay(tx, None if update_id is None else [update_id])
                typer.echo(f"{count} updates wait to be processed again.")
                return
            rows = [row for row in await inbox.aside(tx) if update_id in (None, row.update_id)]
    finally:
        await store.close()
    if not rows:
        typer.echo("Nothing was set aside.")
    for row in rows:
        reason = row.error.strip().splitlines()[-1] if row.error else ""
        typer.echo(f"{row.update_id}  {row.received_at:%Y-%m-%d %H:%M:%S} UTC  {row.lane}  {reason}")
        if traceback:
            typer.echo(row.error)
            typer.echo(json.dumps(row.payload, ensure_ascii=False, indent=1))
