"""The command line: `talon …`. A command imports what it needs when it runs, for aiogram is slow to load."""

from __future__ import annotations

import asyncio
import gc
import logging
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Talon: a support desk that lives in Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run a command."""
    app()


def _fail(message: object) -> typer.Exit:
    typer.echo(f"talon: {message}", err=True)
    return typer.Exit(2)


@app.command()
def run() -> None:
    """Run the desk, with the settings of the environment and of .env."""
    from bot.settings import SettingsError, load_settings
    from desk.faults import ProfileError
    from storage.trouble import StoreError

    try:
        settings = load_settings()
        settings.token()
        # What is loaded now stays: the collector need not look at it, neither meanwhile nor ever after.
        gc.disable()
        from bot import log
        from bot.app import App

        gc.freeze()
        gc.enable()
        log.set_up(settings.log_format, settings.log_level, log.secrets_of(settings))
        asyncio.run(App(settings).run())
    except (SettingsError, ProfileError, StoreError) as error:
        raise _fail(error) from None
    except Exception:
        # Not just printed: in the log nothing secret gets through.
        logging.getLogger(__name__).critical("the desk stops", exc_info=True)
        raise typer.Exit(1) from None


@app.command()
def demo(
    tour: Annotated[bool, typer.Option("--tour", help="Play a whole story and print both sides.")] = False,
    port: Annotated[int, typer.Option(help="Where the playground listens; 0 for any free port.")] = 0,
) -> None:
    """Show the desk working, offline: no token, no network."""
    from bot.demo import run_demo

    raise typer.Exit(asyncio.run(run_demo(tour=tour, port=port)))


@app.command()
def check(
    desk: Annotated[
        str | None, typer.Option(help="Describe this desk instead: a shipped one, or a TOML file.")
    ] = None,
) -> None:
    """Tell in words what a real set-up lacks: token, group, rights, topics, privacy mode."""
    if desk is not None:
        _describe(desk)
        return
    from bot.check import run_check

    raise typer.Exit(asyncio.run(run_check()))


def _describe(name: str) -> None:
    from bot.describe import describe
    from bot.months import today_at
    from desk.faults import ProfileError
    from desk.loading import load_profile

    try:
        profile = load_profile(name)
    except ProfileError as error:
        raise _fail(error) from None
    describe(profile, today_at(profile))


@app.command()
def inbox(
    replay: Annotated[bool, typer.Option("--replay", help="Give what was set aside another try.")] = False,
    update_id: Annotated[int | None, typer.Option("--id", help="Only this update.")] = None,
    traceback: Annotated[bool, typer.Option("--traceback", help="Show where it failed.")] = False,
) -> None:
    """List the updates that could not be processed, or replay them. The desk must be stopped on SQLite."""
    from bot.inbox import run_inbox
    from bot.settings import SettingsError, load_settings
    from storage.trouble import StoreError

    try:
        database_url = load_settings().database_url
        asyncio.run(run_inbox(database_url, replay=replay, update_id=update_id, traceback=traceback))
    except (SettingsError, StoreError) as error:
        raise _fail(error) from None


@app.command()
def journal(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    form: Annotated[str, typer.Option(help="What it tells: saveit, or full.")] = "full",
    format: Annotated[str, typer.Option(help="csv, or xlsx.")] = "csv",
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; else from the beginning."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day; else until now.")
    ] = None,
) -> None:
    """Write the journal of a period into a file; the desk may run meanwhile."""
    from bot.journal.command import run_journal
    from bot.journal.export import JournalError
    from bot.settings import SettingsError, load_settings
    from desk.faults import ProfileError
    from storage.trouble import StoreError

    days = [None if day is None else day.date() for day in (since, until)]
    try:
        asyncio.run(
            run_journal(load_settings(), form=form, format=format, first=days[0], last=days[1], out=out)
        )
    except (SettingsError, ProfileError, StoreError, JournalError) as error:
        raise _fail(error) from None


@app.command()
def migrate(
    to: Annotated[
        str | None, typer.Option(help="Where to: postgresql+asyncpg://…, or sqlite+aiosqlite:///FILE.")
    ] = None,
    source: Annotated[str | None, typer.Option("--from", help="Where from; else DATABASE_URL.")] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let the desk start again on what it moved away from.")
    ] = False,
) -> None:
    """Move the desk from SQLite to an empty PostgreSQL, or back. The desk must be stopped."""
    from bot.moving import MoveError
    from bot.moving.migrate import run_migrate, run_undo
    from bot.settings import SettingsError, load_settings
    from storage.trouble import StoreError

    if (to is None) is not undo:
        raise _fail("migrate: say where to with --to, or --undo")
    try:
        source = source or load_settings().database_url
        asyncio.run(run_undo(source) if to is None else run_migrate(source, to))
    except (SettingsError, StoreError, MoveError) as error:
        raise _fail(error) from None


@app.command()
def backup(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Copy the desk's SQLite file, checked and whole; the desk may run meanwhile."""
    from bot.moving import MoveError
    from bot.moving.backup import run_backup
    from bot.settings import SettingsError, load_settings

    try:
        run_backup(load_settings().database_url, out, force=force)
    except (SettingsError, MoveError) as error:
        raise _fail(error) from None


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that talon backup wrote.")],
    drop_owed: Annotated[
        bool, typer.Option("--drop-owed", help="Send nothing of what waited for Telegram then.")
    ] = False,
    next_number: Annotated[
        int | None, typer.Option(min=1, help="The number of the next ticket, if it is not known here.")
    ] = None,
) -> None:
    """Go on from a backup. The desk must be stopped; its present file is kept."""
    from bot.moving import MoveError
    from bot.moving.restore import run_restore
    from bot.settings import SettingsError, load_settings
    from storage.trouble import StoreError

    try:
        run_restore(load_settings(), file, drop_owed=drop_owed, next_number=next_number)
    except (SettingsError, StoreError, MoveError) as error:
        raise _fail(error) from None
