"""The way that docs/running.md tells for PostgreSQL: what pg_dump wrote, pg_restore brings back."""

import re
import shlex
import subprocess
from pathlib import Path

from sqlalchemy import make_url, text

from desk.lookup import read_lookup
from storage import search
from storage.store import Store
from tests import servers
from tests.servers import PostgresServer

_PAGE = (Path(__file__).parent.parent.parent / "docs" / "running.md").read_text(encoding="utf-8")


def _run(name: str, **instead: str) -> None:
    """Run the page's command of this name; some of its words stand for others here."""
    found = re.search(rf"^{name} .*$", _PAGE, re.MULTILINE)
    assert found is not None
    words = shlex.split(found[0].replace("$(date +%F)", "2026-11-22"))
    for option, value in instead.items():
        (at,) = (at for at, word in enumerate(words) if option in word)
        words[at] = re.sub(r"(--\w+=)?.*", rf"\g<1>{value}", words[at], count=1)
    words[0] = str(servers._newest_postgres() / "bin" / name)
    subprocess.run(words, check=True, timeout=60, capture_output=True)


async def test_what_was_dumped_comes_back(
    postgres: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    store = Store(postgres_url)
    await store.open()
    async with store.transaction() as tx:
        await tx.execute(
            text(
                "INSERT INTO customer (id, first_name, created_at) VALUES (5, 'Ёлкина', '2026-11-22 10:00Z')"
            )
        )
        await tx.execute(
            text(
                "INSERT INTO ticket (number, customer_id, state, subject, answers, opened_at, updated_at)"
                " VALUES (1001, 5, 'new', 'Терминал', '{}', '2026-11-22 10:00Z', '2026-11-22 10:00Z')"
            )
        )
    await store.close()
    host = make_url(postgres_url).query["host"]
    dump = str(tmp_path / "talon.dump")
    source = f"postgresql://talon@/{make_url(postgres_url).database}?host={host}"
    restored = postgres.create_database("restored")
    _run("pg_dump", **{"--file": dump, "postgresql://": source})
    _run("pg_restore", **{"--dbname": f"postgresql://talon@/restored?host={host}", ".dump": dump})
    store = Store(restored)
    await store.open()
    async with store.transaction() as tx:
        assert (await search.find(tx, read_lookup("елкина", None))).numbers == (1001,)
        indexes = await tx.all(text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'words_of%'"))
        assert len(indexes) == 3
    await store.close()
    postgres.drop_database("restored")
