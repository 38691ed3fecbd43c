"""The journal of however many tickets needs the memory of a few.

TALON_JOURNAL_TICKETS=100000 tries that many; as it stands the test takes seconds.
"""

import asyncio
import csv
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from bot.journal.export import export, form_of
from bot.journal.period import Period
from desk.loading import load_profile
from storage.store import Store
from tests.journal.many import fill
from tests.journal.test_saveit_form import HEADER

FEW = 50
MANY = int(os.environ.get("TALON_JOURNAL_TICKETS", "500"))


# What a process had at most in memory, in KB; its parent's is not counted, as `getrusage` would.
_COMMAND = """
import sys
from bot.cli import app
app(sys.argv[1:], standalone_mode=False)
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def _export(url: str, out: Path) -> int:
    """Run the command in a process of its own; gives back the most memory it had, in KB."""
    options = ["--form", "saveit", "--format", out.suffix[1:], "--out", str(out)]
    environment = os.environ | {"DATABASE_URL": url, "DESK": "saveit"}
    arguments = [sys.executable, "-c", _COMMAND, "journal", *options]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


async def _export_here(store: Store, out: Path) -> None:
    profile = load_profile("saveit")
    count = await export(
        store, form_of("saveit", profile, "lv"), Period(None, None, profile.timezone), out, "csv"
    )
    assert count == MANY


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it there")
@pytest.mark.timeout(1800)
async def test_many_tickets_take_the_memory_of_few(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url)
    await store.open()
    peaks = []
    try:
        for number in (FEW, MANY - FEW):
            await fill(store, number)
            # A workbook needs more than a plain text.
            peaks.append(await asyncio.to_thread(_export, sqlite_url, tmp_path / "journal.xlsx"))
        print(f"{peaks[0] / 1024:.0f} MB for {FEW} tickets, {peaks[1] / 1024:.0f} MB for {MANY}")
        assert peaks[1] < 1.15 * peaks[0]
        await _export_here(store, tmp_path / "journal.csv")
    finally:
        await store.close()
    with (tmp_path / "journal.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(islice(csv.reader(file), 3))
        assert sum(1 for _ in csv.reader(file)) + 2 == 7 * MANY
    assert rows == [
        HEADER,
        [
            "1 (не работает)",
            "АКБ «Барьер»",
            "Не открывается отчёт 1001",
            "Открыта",
            "1. Петрова Анна Ивановна\n2. Бухгалтер\n3. +7 495 123-45-67\n4. anna@example.com\n5.",
            "12.01.26 09:30 \\ Передано в ТП.",
        ],
        ["", "", "", "Открыта", "", "12.01.26 10:30 \\ Назначен ответственный Рудаков А."],
    ]
