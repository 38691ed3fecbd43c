"""`talon journal`: the journal of a period as a file, with a progress bar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from bot.journal.export import JournalError, checked, export, form_of
from bot.journal.period import Period
from bot.settings import Settings
from desk.loading import load_profile
from storage.store import Store


async def run_journal(
    settings: Settings, *, form: str, format: str, first: date | None, last: date | None, out: Path
) -> None:
    """Write the file. Raises JournalError, ProfileError or StoreError with one line for people."""
    profile = load_profile(settings.desk)
    checked(form, format)
    try:
        period = Period(first, last, profile.timezone)
    except ValueError:
        raise JournalError("--to: the last day is before the first; write the later one last") from None
    store = Store(settings.database_url)
    await store.open_to_read()
    console = Console(stderr=True)
    try:
        with Progress(console=console) as progress:
            task = progress.add_task("Journal", total=None)
            count = await export(
                store,
                form_of(form, profile, settings.staff_language),
                period,
                out,
                format,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
            progress.update(task, completed=1, total=1)
    except OSError as error:
        raise JournalError(f"--out: {out} cannot be written ({error.strerror}); name another file") from error
    finally:
        await store.close()
    console.print(f"{out}: {count} tickets", highlight=False)
