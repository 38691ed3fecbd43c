"""`talon backup` and `talon restore`: a copy is taken while people write, and the desk goes on from it."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from typer.testing import CliRunner

from bot.cli import app
from bot.moving import MoveError
from bot.moving.backup import run_backup
from bot.moving.restore import run_restore
from bot.settings import Settings, load_settings
from playground import Fault, ServerError
from storage import backups, migrate
from storage.store import Store
from storage.trouble import StoreError
from tests.agents.seeds import by_bot, lines, press, seed
from tests.world import Customer, World


def _file(url: str) -> Path:
    return Path(make_url(url).database or "")


def _settings(url: str, **values: Any) -> Settings:
    return load_settings(_env_file=None, database_url=url, **values)


def _restore(url: str, backup: Path, *, drop_owed: bool = False, next_number: int | None = None) -> None:
    run_restore(_settings(url), backup, drop_owed=drop_owed, next_number=next_number)


def _sql(path: Path, *statements: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


_ASKED = "SELECT text FROM message WHERE author = 'customer' AND text LIKE 'вопрос %' ORDER BY id"


async def test_a_backup_taken_under_load_goes_on(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = await seed(world)
    boris = await seed(world, "Борис", serial="999988887777")
    out = tmp_path / "backup.db"
    command = [sys.executable, "-m", "bot", "backup", "--out", str(out)]
    environment = os.environ | {"DATABASE_URL": world.database_url}
    written: list[str] = []
    # Away from any .env file, in a process of its own.
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while process.poll() is None:
            written.append(f"вопрос {len(written)}")
            anna.customer.write(written[-1])
            world.agent.write(boris.topic, written[-1])
            await world.settle(0.5)
        told, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "2 customers, 2 tickets" in told
    assert (out.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o600, ["backup.db"])
    await world.settle(3)
    assert [line for line in lines(world, anna.topic) if line in written] == written
    # The copy is of one moment in the middle of all that.
    copied = [text for (text,) in _sql(out, _ASKED)]
    assert copied
    assert copied == written[: len(copied)]

    # What happens afterwards is lost with the file.
    vera = await seed(world, "Вера", serial="111122223333")
    customer_id = boris.customer.person.id
    await _erase(boris.customer)
    await world.stop()
    with pytest.raises(MoveError, match="already"):
        run_backup(world.database_url, out, force=False)
    capsys.readouterr()
    _restore(world.database_url, out)
    said = capsys.readouterr().out
    assert f"The next ticket will be #{vera.number + 1}." in said
    assert f"erase these customers once more: {customer_id}." in said
    assert f"Tickets opened after the backup (#{vera.number}) are unknown" in said

    await world.start()
    await world.settle(10)
    anna.customer.write("Всё ещё не работает")
    world.agent.write(anna.topic, "Проверяем")
    await world.settle(3)
    assert lines(world, anna.topic).count("Всё ещё не работает") == 1
    assert by_bot(world, anna.customer.chat)[-1] == "Проверяем"
    assert "больше не действует" in await press(world, vera.card, "Взять")
    again = await seed(world, "Гунта", serial="444455556666")
    assert again.number == vera.number + 1


async def _erase(customer: Customer) -> None:
    await customer.say("/privacy")
    await customer.press("Erase my data")
    await customer.press("Yes, erase everything")
    await customer.world.settle(3)


@pytest.mark.parametrize("drop_owed", [False, True])
async def test_what_was_owed_is_sent_again_unless_it_is_dropped(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], drop_owed: bool
) -> None:
    anna = await seed(world)
    world.pg.faults.add(Fault("sendMessage", ServerError(), anna.customer.person.id, times=None))
    world.agent.write(anna.topic, "Перезагрузите роутер")
    await world.settle(2)
    out = tmp_path / "backup.db"
    run_backup(world.database_url, out, force=False)
    world.pg.faults.clear()
    await world.settle(60)
    assert lines(world, anna.customer.chat) == ["Перезагрузите роутер"]
    await world.stop()
    capsys.readouterr()
    _restore(world.database_url, out, drop_owed=drop_owed)
    said = " ".join(capsys.readouterr().out.split())
    assert ("(1 dropped)" in said) is drop_owed
    assert ("At the next start 1 owed messages are sent" in said) is not drop_owed
    await world.start()
    await world.settle(60)
    assert lines(world, anna.customer.chat) == ["Перезагрузите роутер"] * (1 if drop_owed else 2)


async def test_a_desk_that_runs_is_not_restored(world: World, tmp_path: Path) -> None:
    out = tmp_path / "backup.db"
    run_backup(world.database_url, out, force=False)
    with pytest.raises(StoreError, match="another process already runs on"):
        _restore(world.database_url, out)


def test_copying_neither_waits_for_a_writer_nor_lets_it_wait(sqlite_url: str, tmp_path: Path) -> None:
    file, out = _file(sqlite_url), tmp_path / "backup.db"
    _sql(
        file,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)"
        " INSERT INTO meta (key, value) SELECT i, hex(randomblob(1000)) FROM n",
    )
    told: list[tuple[int, int]] = []
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as writer:

        def write(done: int, total: int) -> None:
            told.append((done, total))
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("INSERT INTO meta (key, value) VALUES (?, '')", [f"late {done}"])
            writer.execute("COMMIT")

        backups.copy(file, out, write)
    # It never began anew, and shows one moment.
    assert len(told) > 5
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    backups.check(out)
    assert _sql(out, "SELECT count(*) FROM meta") == [(3000,)]


def _old(file: Path, tmp_path: Path, *statements: str) -> Path:
    old = tmp_path / "old.db"
    shutil.copy(file, old)
    if statements:
        _sql(old, *statements)
    return old


def test_restoring_gives_no_number_twice(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _file(sqlite_url)
    shutil.copy(file, tmp_path / "backup.db")
    _sql(
        file,
        "INSERT INTO counter VALUES ('ticket', 1044), ('pseudonym', 3)",
        "INSERT INTO lookup (id, words, asked_at) VALUES (7, 'а', '2026-11-22 10:00')",
    )
    _restore(sqlite_url, tmp_path / "backup.db", next_number=1040)
    assert "The next ticket will be #1045." in capsys.readouterr().out
    assert _sql(file, "SELECT seq FROM sqlite_sequence WHERE name = 'lookup'") == [(7,)]
    assert _sql(file, "SELECT value FROM counter ORDER BY name") == [(3,), (1044,)]
    # Of a file that is lost nobody knows it.
    file.unlink()
    _restore(sqlite_url, tmp_path / "backup.db")
    assert "restore once more with --next-number" in " ".join(capsys.readouterr().out.split())
    _restore(sqlite_url, tmp_path / "backup.db", next_number=1060)
    assert "The next ticket will be #1060." in capsys.readouterr().out
    kept = [path for path in file.parent.iterdir() if path.name.startswith(f"{file.name}.before-")]
    assert len(kept) == 2


async def test_a_backup_of_the_first_version_is_restored(sqlite_url: str, tmp_path: Path) -> None:
    old = f"sqlite+aiosqlite:///{_old(_file(sqlite_url), tmp_path)}"
    store = Store(old)
    await store.open()
    await store.run(partial(migrate.downgrade, revision="0001"))
    await store.close()
    _restore(sqlite_url, _file(old))
    assert _sql(_file(sqlite_url), "SELECT version_num FROM alembic_version") == [("0001",)]
    store = Store(sqlite_url)
    await store.open()
    assert await store.run(migrate.is_current)
    await store.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "written by a newer version of Talon"),
        ("INSERT INTO meta VALUES ('bot_id', '42')", "BOT_TOKEN: the backup belongs to the bot 42"),
        ("DROP TABLE alembic_version", "it is no store of Talon's"),
        (
            "INSERT INTO customer_mark (customer_id, mark, set_at) VALUES (9, 'owner', '2026-11-22 10:00')",
            "is damaged (row 1 of customer_mark refers to what is not there)",
        ),
    ],
    ids=["newer", "another bot's", "no store", "orphan"],
)
def test_a_backup_that_does_not_fit_changes_nothing(
    sqlite_url: str, tmp_path: Path, change: str, words: str
) -> None:
    file = _file(sqlite_url)
    old = _old(file, tmp_path, change)
    before = file.read_bytes()
    settings = _settings(sqlite_url, bot_token="777:" + "A" * 35)
    with pytest.raises(MoveError) as caught:
        run_restore(settings, old, drop_owed=False, next_number=None)
    assert words in str(caught.value)
    assert file.read_bytes() == before


def test_a_backup_of_a_desk_that_has_moved_does_not_bring_it_back(sqlite_url: str, tmp_path: Path) -> None:
    file = _file(sqlite_url)
    old = _old(file, tmp_path)
    _sql(file, "INSERT INTO meta VALUES ('moved_to', 'postgresql+asyncpg://h/db')")
    with pytest.raises(MoveError, match="has moved to postgresql"):
        _restore(sqlite_url, old)


def test_damage_is_found(sqlite_url: str, tmp_path: Path) -> None:
    file = _file(sqlite_url)
    old = tmp_path / "old.db"
    sound = _old(file, tmp_path).rename(tmp_path / "sound.db")
    torn = bytearray(file.read_bytes())
    torn[8192:40960] = b"\xff" * 32768
    old.write_bytes(torn)
    with pytest.raises(MoveError, match=r"old\.db"):
        _restore(sqlite_url, old)
    shutil.copy(old, file)
    out = tmp_path / "backup.db"
    with pytest.raises(MoveError, match="cannot be copied"):
        run_backup(sqlite_url, out, force=False)
    assert not out.exists()
    # What is damaged can be replaced, and is kept.
    _restore(sqlite_url, sound)
    backups.check(file)
    (aside,) = file.parent.glob(f"{file.name}.before-*")
    assert aside.read_bytes() == bytes(torn)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["backup", "--out", "new.db"], "DATABASE_URL: there is no file talon.db"),
        (["backup", "--out", "."], "DATABASE_URL: there is no file talon.db"),
        (["restore", "none.db"], "restore: there is no file none.db"),
    ],
    ids=str,
)
def test_mistakes_get_one_line(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert words in result.stderr
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://u:topsecret@h/db")
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "docs/running.md says how" in result.stderr
    assert "topsecret" not in result.output


def test_a_backup_replaces_nothing_unless_told(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "backup.db"
    out.write_text("precious")
    with pytest.raises(MoveError, match="--force"):
        run_backup(sqlite_url, out, force=False)
    assert out.read_text() == "precious"
    run_backup(sqlite_url, out, force=True)
    assert "0 customers, 0 tickets" in capsys.readouterr().out
    with pytest.raises(MoveError, match="no place for a backup"):
        run_backup(sqlite_url, _file(sqlite_url), force=True)
    with pytest.raises(MoveError, match="cannot be written"):
        run_backup(sqlite_url, tmp_path / "nowhere" / "backup.db", force=True)
