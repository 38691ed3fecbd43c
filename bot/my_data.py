"""The file with everything that is stored of a customer: for machines as JSON, and to be read as text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from bot.pipeline.files import Build, Built
from desk.answers import shown_answer
from desk.lifecycle import State
from desk.profile import Profile
from dialogs.stars import stars
from dialogs.words import STATE_NAMES
from locales import Translator, translator
from storage import privacy
from storage.store import Store

# As many rows are in memory at once.
_PAGE = 500


def my_data(profile: Profile) -> Build:
    """What makes the file; `args` are the `customer` and the `language` of the text."""

    async def build(store: Store, args: Mapping[str, Any], path: Path) -> Built | None:
        tr = translator(args["language"])
        async with store.reading() as tx:
            person = await privacy.person(tx, args["customer"])
        if person is None:
            return None
        with TemporaryDirectory(prefix="talon-") as folder:
            names = Path(folder) / "data.json", Path(folder) / "data.txt"
            with names[0].open("w", encoding="utf-8") as data, names[1].open("w", encoding="utf-8") as read:
                writer = _Writer(profile, tr, data, read)
                await asyncio.to_thread(writer.begin, person)
                async for part, rows in _rows(store, args["customer"]):
                    await asyncio.to_thread(writer.add, part, rows)
                await asyncio.to_thread(writer.end)
            await asyncio.to_thread(_pack, path, names)
        return Built(
            "my-data.zip",
            tr.text("What this desk has stored about you; for reading: {name}", name="data.txt"),
        )

    return build


async def _rows(store: Store, customer_id: int) -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
    """Tickets, then messages, a page at a time."""
    for part, fetch in (("requests", privacy.tickets_of), ("messages", privacy.messages_of)):
        after = 0
        while True:
            async with store.reading() as tx:
                rows = await fetch(tx, customer_id, after, _PAGE)
            if not rows:
                break
            yield part, rows
            after = rows[-1]["number" if part == "requests" else "id"]


def _pack(path: Path, names: Sequence[Path]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(name, name.name)


class _Writer:
    """Writes both files as the rows come."""

    def __init__(self, profile: Profile, tr: Translator, data: IO[str], read: IO[str]) -> None:
        self._profile = profile
        self._tr = tr
        self._data = data
        self._read = read
        self._part: str | None = None

    def begin(self, person: dict[str, Any]) -> None:
        """Who it is, and what is remembered of them."""
        tr = self._tr
        self._data.write('{"person": ' + _json(person))
        self._line(
            tr.plain("Name: {name}", name=f"{person['first_name']} {person['last_name'] or ''}".strip())
        )
        self._line(tr.plain("Telegram id: {id}", id=person["id"]))
        if person["username"]:
            self._line(f"@{person['username']}")
        for each in person["remembered"]:
            self._line(f"{self._label(each['field'])}: {each['value']}")
        for each in person["marks"]:
            mark = self._profile.find_mark(each["mark"])
            self._line("✓ " + (each["mark"] if mark is None else mark.label.in_language(tr.language)))
        if person["draft"] is not None:
            self._line()
            self._line(tr.plain("A request that is not sent yet:"))
            self._answers(person["draft"]["answers"])

    def add(self, part: str, rows: Sequence[dict[str, Any]]) -> None:
        """More rows of a part, which may be the first."""
        if part != self._part:
            self._close_part()
            self._data.write(f', "{part}": [')
            self._part = part
            separator = "\n"
        else:
            separator = ",\n"
        for row in rows:
            self._data.write(separator + _json(row))
            separator = ",\n"
            if part == "requests":
                self._request(row)
            else:
                self._message(row)

    def end(self) -> None:
        """Nothing comes any more."""
        self._close_part()
        self._data.write("}\n")

    def _close_part(self) -> None:
        if self._part is not None:
            self._data.write("\n]")

    def _request(self, row: dict[str, Any]) -> None:
        tr = self._tr
        state = tr.plain(STATE_NAMES[State(row["state"])])
        self._line()
        self._line(f"#{row['number']} · {self._moment(row['opened_at'])} · {state}")
        self._line(row["subject"])
        if row["stars"] is not None:
            self._line(f"{stars(row['stars'])} {row['comment'] or ''}".rstrip())
        self._answers(row["answers"])

    def _message(self, row: dict[str, Any]) -> None:
        tr = self._tr
        who = tr.plain("You") if row["author"] == "customer" else tr.plain("Specialist")
        place = "" if row["ticket_number"] is None else f" · #{row['ticket_number']}"
        self._line()
        self._line(f"{self._moment(row['created_at'])}{place} · {who}:")
        if row["text"]:
            self._line(row["text"])
        for file in row["files"]:
            caption = file["caption"] if file["caption"] != row["text"] else ""
            self._line(f"[{file['family']}] {file['file_name'] or ''} {caption}".rstrip())

    def _answers(self, answers: dict[str, str]) -> None:
        for key, value in answers.items():
            field = next((field for field in self._profile.form if field.key == key), None)
            shown = value if field is None else shown_answer(field, value, self._tr.language)
            self._line(f"{self._label(key)}: {shown}")

    def _label(self, key: str) -> str:
        field = next((field for field in self._profile.form if field.key == key), None)
        return key if field is None else field.label.in_language(self._tr.language)

    def _moment(self, at: datetime) -> str:
        return self._tr.timestamp(at, self._profile.timezone)

    def _line(self, words: str = "") -> None:
        self._read.write(words + "\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=datetime.isoformat)
