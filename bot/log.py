"""Logs: for people or for machines, and never with a token in them."""

from __future__ import annotations

import logging
import re
import sys

from pythonjsonlogger.json import JsonFormatter

_TOKEN = re.compile(r"(?<!\d)\d{3,20}:[A-Za-z0-9_-]{20,}")


def without_tokens(text: str) -> str:
    """The text with every bot token in it struck out."""
    return _TOKEN.sub("[token]", text)


class _ForPeople(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


class _ForMachines(JsonFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_tokens(super().format(record))


def set_up(log_format: str, level: str) -> None:
    """Send logs to standard error in this format (`console` or `json`) from this level up."""
    handler = logging.StreamHandler(sys.stderr)
    if log_format == "json":
        handler.setFormatter(_ForMachines("{asctime}{levelname}{name}{message}", style="{"))
    else:
        handler.setFormatter(_ForPeople("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # One line an update says nothing that the desk's own log does not.
    logging.getLogger("aiogram.event").setLevel(max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
