"""The servers of the tests are real, start by themselves and leave nothing behind."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.servers import PostgresServer, ServerFailed, ValkeyServer

ROOT = Path(__file__).parent.parent


async def answer(url: str, query: str) -> object:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            result = await connection.execute(text(query))
            return result.scalar_one() if result.returns_rows else None
    finally:
        await engine.dispose()


async def test_postgres_answers_and_knows_cyrillic(postgres_url: str) -> None:
    version = await answer(postgres_url, "SELECT version()")
    assert str(version).startswith("PostgreSQL")
    assert (
        await answer(postgres_url, "SELECT lower('ЗАЯВКА № 7, PIETEIKUMS Š')") == "заявка № 7, pieteikums š"
    )
    assert await answer(postgres_url, "SELECT 'Терминал' ILIKE '%терм%'") is True


async def test_each_database_is_its_own(postgres: PostgresServer, postgres_url: str) -> None:
    await answer(postgres_url, "CREATE TABLE sample (number integer)")
    await answer(postgres_url, "INSERT INTO sample VALUES (1042)")
    source = postgres_url.split("?")[0].rsplit("/", 1)[1]
    name = f'odd "{source[:20]}"'
    postgres.create_database(name, template=source)
    try:
        assert postgres.execute("SELECT number FROM sample", database=name) == "1042"
        with pytest.raises(ServerFailed, match="sample"):
            postgres.execute("SELECT number FROM sample")
    finally:
        postgres.drop_database(name)


async def test_postgres_survives_a_kill() -> None:
    with PostgresServer(fsync=True) as server:
        url = server.create_database("desk")
        await answer(url, "CREATE TABLE sample AS SELECT 1042 AS number")
        server.kill()
        with pytest.raises(OSError, match=r"No such file|refused"):
            await answer(url, "SELECT 1")
        server.start()
        assert await answer(url, "SELECT number FROM sample") == 1042
        assert server.execute("SHOW fsync") == "on"
        folder, pid = server.folder, server.pid
    assert not folder.exists()
    assert not runs(pid)


async def test_valkey_sets_and_gets(valkey_url: str) -> None:
    async with redis.asyncio.from_url(valkey_url) as client:
        assert await client.keys() == []
        await client.set("chat:-100", "waits")
        assert await client.get("chat:-100") == b"waits"


async def test_valkey_starts_again_where_it_was() -> None:
    with ValkeyServer() as server:
        url = server.url()
        server.kill()
        server.start()
        assert server.url() == url
        async with redis.asyncio.from_url(url) as client:
            assert await client.ping()


@pytest.mark.parametrize("server", ["PostgresServer", "ValkeyServer"])
def test_a_killed_test_run_leaves_no_server(server: str) -> None:
    program = f"""
import time
from tests.servers import {server}
server = {server}()
server.start()
print(server.pid, server.folder, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        assert runs(int(pid))
        run.kill()
    deadline = time.monotonic() + 15
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not runs(int(pid))


def test_a_server_that_cannot_start_says_why() -> None:
    server = PostgresServer(settings={"max_connections": "many"})
    with pytest.raises(ServerFailed, match="max_connections"), server:
        pass
    assert not server.folder.exists()


def runs(pid: int) -> bool:
    # Where no one reaps orphans, as in a container without an init, the dead stay listed.
    return psutil.pid_exists(pid) and bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
