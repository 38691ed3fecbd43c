"""`talon journal` in the form of appendix 1 of SaveIT's regulation, of a desk that runs meanwhile."""

import asyncio
import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from bot.cli import app
from tests.agents.seeds import press
from tests.desks.conftest import OpenShipped, shipped
from tests.desks.scene import answer, arrive, new_request, set_priority, share_phone, submit, wait_until
from tests.world import World

__all__ = ["shipped"]

HEADER = ["Приоритет", "Организация", "Текст обращения", "Статус заявки", "Контакты", "Дата\\Ход решения"]


async def _story(world: World) -> None:
    """A request of two days: taken, answered, objected to, confirmed."""
    anna = await arrive(world, "Русский")
    await new_request(anna)
    await anna.press("Continue")
    await answer(anna, "АКБ «Барьер»", "Петрова Анна Ивановна", "Бухгалтер")
    await share_phone(anna)
    await answer(anna, "anna@example.com", "0373-26", "=Не открывается отчёт за октябрь")
    await anna.press("Done")
    ticket = await submit(anna)
    await wait_until(world, "2026-11-24 10:05")
    await press(world, ticket.card, "Взять")
    await set_priority(ticket, "Приоритет", "1 (не работает)")
    world.agent.write(ticket.topic, "// посмотреть журнал сервера")
    world.agent.write(ticket.topic, "Провёл необходимые работы, нашёл и устранил причину сбоя.")
    await world.settle(2)
    await press(world, ticket.card, "Решить")
    await wait_until(world, "2026-11-25 09:30")
    await anna.press("Yes, solved")
    await world.settle(2)


def _run(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    assert world.app is not None
    monkeypatch.setenv("DESK", "saveit")
    monkeypatch.setenv("DATABASE_URL", world.database_url)
    result = CliRunner().invoke(app, ["journal", *arguments])
    assert result.exit_code == 0, result.output
    return result.stderr


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_the_columns_and_rows_of_the_appendix(
    shipped: OpenShipped, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await shipped("saveit", "2026-11-24 09:30")
    await _story(world)
    told = await asyncio.to_thread(_run, world, monkeypatch, "--form", "saveit", "--out", "journal.csv")
    assert "journal.csv: 1 tickets" in told
    rows = _csv(in_folder / "journal.csv")
    assert rows[0] == HEADER
    assert rows[1] == [
        "1 (не работает)",
        "АКБ «Барьер»",
        "'=Не открывается отчёт за октябрь",
        "Открыта",
        "1. Петрова Анна Ивановна\n2. Бухгалтер\n3. +371 20 000 000\n4. anna@example.com\n5. 0373-26",
        "24.11.26 09:30 \\ Передано в ТП.",
    ]
    # What is of the ticket stands once; no note of the agents is told.
    assert [(*row[:3], row[4]) for row in rows[2:]] == [("", "", "", "")] * (len(rows) - 2)
    assert [(row[3], row[5]) for row in rows[2:]] == [
        ("Открыта", "24.11.26 10:05 \\ Назначен ответственный Ольга Смирнова."),
        ("Открыта", "24.11.26 10:05 \\ Приоритет: 1 (не работает)."),
        ("Открыта", "24.11.26 10:05 \\ Провёл необходимые работы, нашёл и устранил причину сбоя."),
        ("Открыта", "24.11.26 10:05 \\ Решено, ожидается подтверждение заказчика."),
        ("Закрыта", "25.11.26 09:30 \\ Заказчик подтвердил решение. Закрыто."),
    ]

    # A period is of whole days on the desk's clock. The same in a workbook, where no text is a formula.
    arguments = ("--form", "saveit", "--from", "2026-11-25", "--to", "2026-11-25", "--format", "xlsx")
    await asyncio.to_thread(_run, world, monkeypatch, *arguments, "--out", "journal.xlsx")
    sheet = load_workbook(in_folder / "journal.xlsx").active
    assert [cell.value for cell in sheet[1]] == HEADER
    assert [cell.value or "" for cell in sheet[2]] == [
        *("1 (не работает)", "АКБ «Барьер»", "=Не открывается отчёт за октябрь", "Закрыта"),
        rows[1][4],
        "25.11.26 09:30 \\ Заказчик подтвердил решение. Закрыто.",
    ]
    assert sheet["C2"].data_type == "s"
    assert sheet.max_row == 2
    await asyncio.to_thread(_run, world, monkeypatch, "--to", "2026-11-23", "--out", "before.csv")
    assert len(_csv(in_folder / "before.csv")) == 1


async def test_in_full_with_the_time_that_was_booked(
    shipped: OpenShipped, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await shipped("saveit", "2026-11-24 09:30")
    await _story(world)
    await asyncio.to_thread(_run, world, monkeypatch, "--out", "full.csv")
    header, *rows = _csv(in_folder / "full.csv")
    assert header[0] == "Номер"
    assert header[-1] == "Учтено, мин"
    assert {row[0] for row in rows} == {"1001"}
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(each["Кто"], each["Учтено, мин"]) for each in told] == [
        ("клиент", ""),
        ("клиент", ""),
        ("специалист", ""),
        ("специалист", ""),
        ("заметка", ""),
        ("специалист", "30"),
        ("специалист", ""),
        ("таймер", ""),
        ("клиент", ""),
    ]
    opened = next(each for each in told if "Передано в ТП." in each["Что произошло"])
    assert "Должность: Бухгалтер" in opened["Что произошло"]
    assert "// посмотреть журнал сервера" in [each["Что произошло"] for each in told]
    assert {each["Состояние"] for each in told} == {"закрыта"}


@pytest.mark.parametrize(
    ("arguments", "named", "mend"),
    [
        (("--form", "short"), '--form: "short"', "saveit or full"),
        (("--format", "ods"), '--format: "ods"', "csv or xlsx"),
        (("--from", "2026-11-25", "--to", "2026-11-24"), "--to", "the later one last"),
        ((), "DATABASE_URL: there is no file", "name the desk's own"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    arguments: tuple[str, ...], named: str, mend: str, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite+aiosqlite:///nowhere.db")
    result = CliRunner().invoke(app, ["journal", *arguments, "--out", "journal.csv"])
    assert result.exit_code == 2
    assert named in result.stderr
    assert mend in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (in_folder / "journal.csv").exists()
