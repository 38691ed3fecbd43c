"""`talon migrate`: a desk that was stopped in the middle of everything goes on at another database."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text
from typer.testing import CliRunner

from bot.cli import app
from bot.moving import MoveError
from bot.moving.migrate import run_migrate, run_undo
from playground import Fault, Photo, ServerError
from storage import inbox, models
from storage.store import Store
from storage.trouble import StoreError
from tests.agents.looking_up import ask, numbers
from tests.agents.seeds import by_bot, leap, lines, press, seed
from tests.customers.looking import at_serial, at_step
from tests.servers import PostgresServer
from tests.world import World


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _counts(told: str) -> dict[str, tuple[int, int]]:
    """The rows of each table, here and there, as the command tells them."""
    rows = [line.strip("│ ").split("│") for line in told.splitlines() if line.startswith("│")]
    return {row[0].strip(): (int(row[1]), int(row[2])) for row in rows}


async def test_a_desk_goes_on_where_it_moved_to(
    postgres_url: str, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    # Talked about, resolved, half asked for, and answered while Telegram fails.
    anna = await seed(world, last_name="Озолиня")
    boris = await seed(world, "Борис", subject="Ёлка не горит", serial="999988887777")
    said = anna.customer.write("Ошибка связи")
    anna.customer.person.send_album(anna.customer.chat, [Photo(), Photo()], caption="Вот так")
    world.agent.write(anna.topic, "Перезагрузите роутер")
    await world.settle(3)
    await press(world, boris.card, "Решить")
    vera = world.customer("Вера", language_code="en")
    await at_serial(vera)
    world.pg.faults.add(Fault("sendMessage", ServerError(), anna.customer.person.id, times=None))
    world.agent.write(anna.topic, "Получилось?")
    await world.settle(2)
    assert "Получилось?" not in by_bot(world, anna.customer.chat)
    await world.stop()
    world.pg.faults.clear()

    old_url = world.database_url
    await run_migrate(old_url, postgres_url)
    told = capsys.readouterr().out
    counts = _counts(told)
    assert counts.keys() == models.metadata.tables.keys() - {"destination"}
    assert all(here == there for here, there in counts.values())
    assert {"ticket": 2, "draft": 1, "customer": 3}.items() <= {
        name: n for name, (n, _) in counts.items()
    }.items()
    assert min(counts[name][0] for name in ("outbox", "timer", "inbox", "conversation", "journal")) > 0
    assert f"Set DATABASE_URL to {make_url(postgres_url).render_as_string()}" in told

    # By accident started on the old file, it says where it is now.
    with pytest.raises(StoreError, match=r"has moved to postgresql.*talon migrate --undo"):
        await world.start()
    await world.stop()
    world._settings["database_url"] = postgres_url
    await world.start()
    await world.settle(30)
    # What was owed arrives, once.
    assert lines(world, anna.customer.chat).count("Получилось?") == 1
    # Edits, replies and reactions find their messages.
    anna.customer.person.edit(said, "Ошибка связи 105")
    await world.settle(3)
    assert [text for text in by_bot(world, anna.topic) if text == "Ошибка связи 105"]
    # Words that were written before, and since, are found.
    anna.customer.write("Мигает лампочка")
    await world.settle(3)
    assert numbers(await ask(world, "/find роутер")) == [anna.number]
    assert numbers(await ask(world, "/find лампочка")) == [anna.number]
    assert numbers(await ask(world, "/find озол")) == [anna.number]
    # The draft goes on at its step, and the next ticket has the next number.
    await vera.say("111122223333")
    assert at_step(vera, 3)
    await vera.say("Since yesterday")
    await vera.press("Skip")
    await vera.press("Done")
    await vera.press("Submit")
    await world.settle(3)
    assert world.topic().name.startswith(f"#{boris.number + 1} ")
    # A timer of before: silence closes what was resolved.
    await leap(world, 4 * 24 * 3600, 100 * 3600)
    assert boris.is_closed()


async def test_the_way_back_gives_no_number_twice(postgres_url: str, tmp_path: Path) -> None:
    file = tmp_path / "talon.db"
    store = Store(postgres_url)
    await store.open()
    async with store.transaction() as tx:
        for moment in ("2026-11-22 10:00:00+00", "2026-11-22 11:00:00+00"):
            await tx.execute(text(f"INSERT INTO lookup (words, asked_at) VALUES ('ёлка', '{moment}')"))
        await tx.execute(text("DELETE FROM lookup WHERE id = 2"))
        await tx.execute(text("INSERT INTO destination (key, lease_owner) VALUES ('c:1', 'somebody')"))
    await store.close()

    # What an earlier one left behind when it was killed.
    (tmp_path / "talon.db.unfinished").write_text("torn")
    await run_migrate(postgres_url, f"sqlite+aiosqlite:///{file}")
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".lock"] == ["talon.db"]
    store = Store(f"sqlite+aiosqlite:///{file}")
    await store.open()
    async with store.transaction() as tx:
        await tx.execute(text("INSERT INTO lookup (words, asked_at) VALUES ('снег', '2026-11-22 12:00:00')"))
        rows = await tx.all(select(models.lookup.c.id, models.lookup.c.words).order_by(models.lookup.c.id))
        assert [tuple(row) for row in rows] == [(1, "ёлка"), (3, "снег")]
        assert await tx.scalar(select(models.destination.c.key)) is None
    await store.close()

    # And to PostgreSQL again: not where a desk is.
    with pytest.raises(MoveError, match="holds a desk already"):
        await run_migrate(f"sqlite+aiosqlite:///{file}", postgres_url)


async def _fill(url: str) -> None:
    store = Store(url)
    await store.open()
    async with store.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO customer (id, first_name, created_at)"
                " VALUES (5, 'Анна', '2026-11-22 10:00:00'), (6, 'Борис', '2026-11-22 10:00:00')"
            )
        )
    await store.close()


async def _customers(url: str) -> int:
    store = Store(url)
    await store.open(even_if_moved=True)
    async with store.transaction() as tx:
        names = await tx.all(select(models.customer.c.first_name))
    await store.close()
    return len(names)


_SPOIL = (
    """
    CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.first_name = lower(NEW.first_name); RETURN NEW; END $$
""",
    "CREATE TRIGGER spoil BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION spoil()",
)
_REFUSE = (
    """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'at the very end'; END $$
""",
    """
    CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON customer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse()
""",
)


_HANG_UP = (
    """
    CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
    """,
    "CREATE TRIGGER hang_up BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION hang_up()",
)


async def _run(url: str, *statements: str) -> None:
    store = Store(url)
    await store.open()
    async with store.transaction() as tx:
        for statement in statements:
            await tx.execute(text(statement))
    await store.close()


async def test_a_move_that_fails_leaves_nothing_there_and_begins_again(
    sqlite_url: str, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await _fill(sqlite_url)
    # A database that changes what it is given, one that goes away, one that refuses to commit.
    await _run(postgres_url, *_SPOIL)
    with pytest.raises(MoveError, match="differs from what stands here, in customer; nothing was moved"):
        await run_migrate(sqlite_url, postgres_url)
    assert _counts(capsys.readouterr().out)["customer"] == (2, 2)
    assert await _customers(postgres_url) == 0
    await _run(postgres_url, "DROP TRIGGER spoil ON customer", *_HANG_UP)
    with pytest.raises(MoveError, match=r"ended early \(.+\); nothing was moved"):
        await run_migrate(sqlite_url, postgres_url)
    await _run(postgres_url, "DROP TRIGGER hang_up ON customer", *_REFUSE)
    with pytest.raises(MoveError, match=r"ended early \(at the very end\); nothing was moved"):
        await run_migrate(sqlite_url, postgres_url)
    assert await _customers(postgres_url) == 0
    # The desk may go on where it is, or move after all.
    await _run(sqlite_url)
    await _run(postgres_url, "DROP TRIGGER refuse ON customer")
    # Killed between the two commits it would have left this mark behind.
    place = make_url(postgres_url).render_as_string()
    await _run(sqlite_url, f"INSERT INTO meta (key, value) VALUES ('moved_to', '{place}')")
    await run_migrate(sqlite_url, postgres_url)
    assert await _customers(postgres_url) == 2


async def test_a_move_that_was_undone(
    sqlite_url: str, postgres: PostgresServer, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await _fill(sqlite_url)
    with pytest.raises(MoveError, match="has not moved anywhere"):
        await run_undo(sqlite_url)
    await run_migrate(sqlite_url, postgres_url)
    with pytest.raises(MoveError, match=r"has moved to postgresql.* already"):
        await run_migrate(sqlite_url, postgres.create_database("elsewhere"))
    postgres.drop_database("elsewhere")
    capsys.readouterr()
    await run_undo(sqlite_url)
    assert "never let both run" in capsys.readouterr().out
    store = Store(sqlite_url)
    await store.open()
    await store.close()


async def test_what_the_other_database_cannot_hold_is_named(sqlite_url: str, postgres_url: str) -> None:
    await _fill(sqlite_url)
    with closing(sqlite3.connect(_file(sqlite_url))) as connection, connection:
        connection.execute("UPDATE customer SET language = 'far too long' WHERE id = 6")
    with pytest.raises(MoveError, match="column language of customer 6 is longer than 8 characters"):
        await run_migrate(sqlite_url, postgres_url)
    with closing(sqlite3.connect(_file(sqlite_url))) as connection, connection:
        connection.execute("UPDATE customer SET language = NULL, last_name = ? WHERE id = 6", ["a\0b"])
    with pytest.raises(MoveError, match="column last_name of customer 6 has a NUL character"):
        await run_migrate(sqlite_url, postgres_url)
    with closing(sqlite3.connect(_file(sqlite_url))) as connection, connection:
        connection.execute("UPDATE customer SET last_name = NULL")
        connection.execute(
            "INSERT INTO remembered (customer_id, field, value, used_at)"
            " VALUES (9, 'a', 'b', '2026-11-22 10:00')"
        )
    with pytest.raises(MoveError, match="refers to what is not there"):
        await run_migrate(sqlite_url, postgres_url)
    assert await _customers(postgres_url) == 0


async def test_a_desk_that_runs_does_not_move(postgres_url: str, world: World, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="another process already runs on"):
        await run_migrate(world.database_url, postgres_url)
    await world.stop()
    world._settings["database_url"] = postgres_url
    await world.start()
    file = tmp_path / "talon.db"
    with pytest.raises(MoveError, match="a desk is running there; stop it first"):
        await run_migrate(postgres_url, f"sqlite+aiosqlite:///{file}")
    assert not file.exists()


_AT = "postgresql+asyncpg://u:topsecret@"
_NO_FILE = "sqlite+aiosqlite:///none.db"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--to", f"{_AT}h:x/db"], "--to: this is no address of a database"),
        (["--to", "mysql://u:topsecret@h/db"], "--to: write sqlite+aiosqlite:///FILE or postgresql"),
        (["--to", f"{_AT}h"], "--to: postgresql+asyncpg://u:***@h names no database"),
        (["--to", _NO_FILE], "--to: it moves between SQLite and PostgreSQL, and both are SQLite"),
        (["--to", f"{_AT}127.0.0.1:1/db"], "--to: postgresql+asyncpg://u:***@127.0.0.1:1/db cannot be used"),
        (["--to", f"{_AT}127.0.0.1:1/db?nonsense=1"], "--to: PostgreSQL's address has no parameter nonsense"),
        (["--from", f"{_NO_FILE}?timeout=5", "--to", f"{_AT}h/db"], "--from: a file of SQLite takes no"),
        (["--from", _NO_FILE, "--to", f"{_AT}h/db"], "--from: there is no file none.db"),
        ([], "migrate: say where to with --to, or --undo"),
        (["--undo", "--from", _NO_FILE], "--from: there is no file none.db"),
    ],
    ids=str,
)
def test_mistakes_get_one_line(
    options: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talon.db").touch()
    result = CliRunner().invoke(app, ["migrate", *options])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"talon: {words}")
    assert result.stderr.count("\n") == 1
    assert "topsecret" not in result.output
    assert (tmp_path / "talon.db").stat().st_size == 0


async def test_what_waited_on_the_way_back_stays_before_what_comes(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    await store.open()
    async with store.transaction() as tx:
        await inbox.accept(tx, inbox.rows([{"update_id": 7}]))
        # As PostgreSQL counts.
        await tx.execute(text(f"UPDATE inbox SET seq = {4 * 10**18 + 3}"))
    async with store.transaction() as tx:
        await inbox.waiting(tx)
        await inbox.accept(tx, inbox.rows([{"update_id": 5}]))
        assert [row.update_id for row in await inbox.waiting(tx)] == [7, 5]
    await store.close()
