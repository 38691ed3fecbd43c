"""`talon restore`: a desk goes on from a backup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.moving import MoveError
from bot.moving.backup import file_of, in_words, say, shown_progress, unfinished, when
from bot.settings import Settings
from storage import backups, migrate
from storage.backups import BadFile, Holds, Since
from storage.files import lock_file

_LOST = (
    "What customers and agents wrote after the backup is not in it, and Telegram does not deliver it again; "
    "it still stands in the chats and the threads."
)


def run_restore(settings: Settings, backup: Path, *, drop_owed: bool, next_number: int | None) -> None:
    """Put a backup in the place of the desk's file, which is kept, and tell what that means.

    Raises MoveError or StoreError with one line for people.
    """
    target = file_of(settings.database_url, "restore", "pg_restore")
    if not backup.is_file():
        raise MoveError(f"restore: there is no file {backup}; name a backup")
    if target.exists() and target.samefile(backup):
        raise MoveError(f"restore: {backup} is the desk's own file; name a backup")
    if not target.resolve().parent.is_dir():
        raise MoveError(f"DATABASE_URL: there is no folder {target.resolve().parent}; make it")
    lock = lock_file(str(target))
    try:
        _restore(settings, backup, target, drop_owed=drop_owed, next_number=next_number)
    finally:
        lock.release()


def _restore(
    settings: Settings, backup: Path, target: Path, *, drop_owed: bool, next_number: int | None
) -> None:
    held = _looked_at(settings, backup)
    since = _since(target, held)
    aside = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    is_kept = target.exists()
    last_number = None if next_number is None else next_number - 1
    try:
        with unfinished(target) as copy, shown_progress("Restore") as on_pages:
            backups.copy(backup, copy, on_pages)
            backups.check(copy)
            again = backups.prepare(copy, since, last_number=last_number, drop_owed=drop_owed)
            restored = backups.holds(copy)
            backups.replace(target, copy, aside)
    except BadFile as error:
        raise MoveError(f"restore: {backup} is damaged ({error}); use another backup") from None
    except OSError as error:
        raise MoveError(f"DATABASE_URL: {target} cannot be written ({error.strerror})") from None
    taken = "" if held.taken_at is None else f" of {when(held.taken_at)}"
    say(f"{target} is the backup{taken} now: {in_words(restored)}.")
    if is_kept:
        say(f"What stood there is kept as {aside}.")
    for line in _meaning(held, restored, since, again, drop_owed=drop_owed, next_number=next_number):
        say(f"- {line}")


def _looked_at(settings: Settings, backup: Path) -> Holds:
    """What the backup holds, if this desk can go on from it."""
    try:
        held = backups.holds(backup)
    except BadFile as error:
        raise MoveError(f"restore: {backup} cannot be used ({error}); name a backup") from None
    if held.revision not in migrate.known():
        raise MoveError(
            f"restore: {backup} was written by a newer version of Talon (revision {held.revision}); "
            "restore it with that version"
        )
    if settings.bot_token is not None and held.bot_id is not None:
        bot_id = settings.token().partition(":")[0]
        if bot_id != held.bot_id:
            raise MoveError(
                f"BOT_TOKEN: the backup belongs to the bot {held.bot_id}, the token to the bot {bot_id}; "
                "use that bot's token, or another backup"
            )
    return held


def _since(target: Path, held: Holds) -> Since | None:
    """What the present file knows; None if there is none, or it cannot be read any more."""
    if not target.exists():
        return None
    try:
        present = backups.holds(target)
        since = backups.since(target, held.last_number or 0)
    except BadFile:
        return None
    if present.moved_to is not None:
        raise MoveError(
            f"DATABASE_URL: this desk has moved to {present.moved_to}; to have it here again, as it was "
            "before that, first: talon migrate --undo"
        )
    if present.bot_id not in (None, held.bot_id):
        raise MoveError(
            f"DATABASE_URL: {target} belongs to the bot {present.bot_id}, the backup to the bot "
            f"{held.bot_id}; use another DATABASE_URL, or another backup"
        )
    return since


def _meaning(
    held: Holds,
    restored: Holds,
    since: Since | None,
    again: frozenset[int],
    *,
    drop_owed: bool,
    next_number: int | None,
) -> list[str]:
    lines = [_LOST]
    if drop_owed:
        lines.append(f"Of what waited for Telegram nothing is sent any more ({held.owed} dropped).")
    elif held.owed or held.announcing:
        announcing = " and an announcement goes on" if held.announcing else ""
        lines.append(
            f"At the next start {held.owed} owed messages are sent{announcing}: what reached people after "
            "the backup reaches them again. To send none of it, restore once more with --drop-owed."
        )
    if since is not None and since.tickets:
        first, last = since.tickets[0], since.tickets[-1]
        which = f"#{first}" if first == last else f"#{first} to #{last}"
        lines.append(
            f"Tickets opened after the backup ({which}) are unknown to the bot now: what is written in their "
            "threads reaches nobody. Write to those customers yourselves."
        )
    if restored.last_number is not None:
        lines.append(f"The next ticket will be #{restored.last_number + 1}.")
    if since is None and next_number is None:
        lines.append(
            "Which numbers were given after the backup is not known here: should tickets have been opened, "
            "restore once more with --next-number, behind the last of them."
        )
    if again:
        people = ", ".join(map(str, sorted(again)))
        lines.append(f"Data that was erased since is here again: erase these customers once more: {people}.")
    return lines
