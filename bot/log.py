"""Logs: for people or for machines, and never with a token or a password in them."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from pydantic import BaseModel, SecretStr
from pythonjsonlogger.json import JsonFormatter

from storage import trace

# In an address the colon may be written as a code.
_TOKEN = re.compile(r"(?<!\d)\d{3,20}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_PASSWORD = re.compile(r"(?<=://)([^\s/?#:@]*):[^\s/?#@]+@")
# As SQLAlchemy reads it: anything but an @.
_ADDRESS = re.compile(r"://[^:/]*:([^@]+)@")
# Shorter ones are no secrets, and striking them out would leave nothing to read.
_SHORTEST_SECRET = 4


def without_tokens(text: str) -> str:
    """The text with every bot token in it struck out, and every password in an address."""
    return _PASSWORD.sub(r"\1:[password]@", _TOKEN.sub("[token]", text))


def secrets_of(settings: BaseModel) -> set[str]:
    """What must never be read in a log: secret settings, and the passwords in addresses, however written."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            whole = value.get_secret_value()
            # Of a token the part after the colon is the secret; it may be quoted alone.
            found |= {whole, whole.rpartition(":")[2]}
        elif isinstance(value, str) and (address := _ADDRESS.search(value)):
            plain = unquote(address[1])
            found |= {address[1], plain, quote(plain), quote(plain, safe="")}
    return {secret for secret in found if len(secret) >= _SHORTEST_SECRET}


class _Scrubber:
    """Strikes out secrets, wherever they stand."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Of two that begin alike the longer one first.
        known = sorted(secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        text = without_tokens(text)
        return self._known.sub("[secret]", text) if self._known else text

    def value(self, value: Any) -> Any:
        """The same for whatever was logged: as JSON can hold it."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(each) for each in value]
        return self.text(value if isinstance(value, str) else str(value))


class _ForPeople(logging.Formatter):
    def __init__(self, scrubber: _Scrubber) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s:%(about)s %(message)s")
        self._scrubber = scrubber

    def format(self, record: logging.LogRecord) -> str:
        record.about = _in_words(trace.current())
        return self._scrubber.text(super().format(record))


def _in_words(work: trace.Work | None) -> str:
    if work is None:
        return ""
    parts = [
        "" if work.update is None else f"update {work.update}",
        "" if work.row is None else f"{work.row} to {work.destination}",
        "" if work.ticket is None else f"#{work.ticket}",
    ]
    return f" [{', '.join(part for part in parts if part)}]"


class _ForMachines(JsonFormatter):
    """One object a line: `time`, `level`, `logger`, `message`, what is worked on, and any `extra`."""

    def __init__(self, scrubber: _Scrubber) -> None:
        super().__init__(
            ["levelname", "name", "message"],
            rename_fields={"levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )
        self._scrubber = scrubber

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        """Begin with the time, in UTC."""
        moment = datetime.fromtimestamp(record.created, UTC)
        log_data["time"] = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        super().add_fields(log_data, record, message_dict)
        work = trace.current()
        if work is not None:
            for name in ("update", "ticket", "row", "destination"):
                if (value := getattr(work, name)) is not None:
                    log_data[name] = value

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Strike out secrets while texts are what they were: as JSON they may look different."""
        scrubbed: dict[str, Any] = self._scrubber.value(log_data)
        return scrubbed


class _Handler(logging.StreamHandler[Any]):
    """Where a line cannot be written, says so without quoting what it was to say, unlike Python's own."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Tell where the line came from and what was wrong with it."""
        kind = sys.exc_info()[0]
        if isinstance(record.msg, str) and record.name == __name__:
            # Not even that could be written.
            return
        told = logging.LogRecord(
            __name__,
            logging.ERROR,
            record.pathname,
            record.lineno,
            "a line of %s at %s:%d could not be written: %s",
            (record.name, record.filename, record.lineno, kind.__name__ if kind else "?"),
            None,
        )
        self.handle(told)


def set_up(log_format: str, level: str, secrets: Iterable[str] = ()) -> None:
    """Send logs to standard error in this format (`console` or `json`) from this level up.

    `secrets` are struck out wherever they stand, besides what looks like a token.
    """
    scrubber = _Scrubber(secrets)
    handler = _Handler(sys.stderr)
    handler.setFormatter(_ForMachines(scrubber) if log_format == "json" else _ForPeople(scrubber))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What Python warns of would else stand between the lines, with whatever it quotes.
    logging.captureWarnings(True)
    # One line an update says nothing that the desk's own log does not.
    logging.getLogger("aiogram.event").setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
