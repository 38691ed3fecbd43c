"""The parameters of one call, whatever body carried them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from playground.errors import CHAT_ID_EMPTY, TEXT_NOT_UTF8, bad, required


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    name: str
    mime_type: str | None
    data: bytes


@dataclass(slots=True)
class Params:
    """Parameters by name; each reader checks as Telegram does and raises `Refusal`."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)
    _decoded: dict[str, Any] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """The parameter as text; empty if it was not given."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value) if isinstance(value, dict | list | bool) else str(value)

    def need(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise required(name)
        return value

    def integer(self, name: str, default: int = 0) -> int:
        """A number; td's `to_integer` reads the digits at the front and makes 0 of the rest."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, int):
            return int(value)
        text = str(value).strip()
        sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text)
        end = 0
        while end < len(digits) and digits[end].isascii() and digits[end].isdigit():
            end += 1
        return sign * int(digits[:end]) if end else 0

    def number(self, name: str) -> float:
        try:
            return float(self.text(name))
        except ValueError:
            return float("nan")

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str | None = None) -> Any:
        """The decoded JSON of the parameter; None if it was not given.

        Raises:
            Refusal: "can't parse … JSON object", as Client.cpp words it.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        if name not in self._decoded:
            try:
                self._decoded[name] = json.loads(value)
            except ValueError:
                raise bad(f"can't parse {what or name.replace('_', ' ')} JSON object") from None
        return self._decoded[name]

    def array(self, name: str, what: str | None = None) -> list[Any] | None:
        value = self.json(name, what)
        if value is not None and not isinstance(value, list):
            raise bad(f"expected an Array of {what or name}")
        return value

    def chat(self, name: str = "chat_id") -> str:
        value = self.text(name).strip()
        if not value:
            raise CHAT_ID_EMPTY
        return value

    def chat_number(self) -> int | None:
        """The chat the call is about, for records and faults; None for calls about none."""
        value = self.text("chat_id")
        try:
            return int(value)
        except ValueError:
            return None


def read_params(content_type: str, query: str, body: bytes) -> Params:
    """Read query string and body: JSON, form or multipart.

    Raises:
        Refusal: for a body that is not what its content type says.
    """
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    files: dict[str, Upload] = {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        _read_multipart(content_type, body, values, files)
    elif kind == "application/json" and body:
        _read_json(body, values)
    elif body:
        values.update(parse_qsl(_decoded(body), keep_blank_values=True))
    return Params(values, files)


def _read_json(body: bytes, values: dict[str, Any]) -> None:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise bad("can't parse JSON object")  # td-db HttpReader
    values.update({key: value for key, value in given.items() if value is not None})


def _read_multipart(content_type: str, body: bytes, values: dict[str, Any], files: dict[str, Upload]) -> None:
    boundary = content_type.partition("boundary=")[2].partition(";")[0].strip().strip('"').encode()
    if not boundary:
        raise bad("boundary field not found")  # td HttpReader
    # aiohttp's own reader awaits line by line; bodies here are small and whole, and benchmarks wait for us.
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = file_name = mime = None
        for line in head.decode("utf-8", "replace").split("\r\n"):
            header, _, value = line.partition(":")
            header = header.lower()
            if header == "content-disposition":
                name, file_name = _quoted(value, "name"), _quoted(value, "filename")
            elif header == "content-type":
                mime = value.strip()
        if name is None:
            continue
        if file_name is not None:
            files[name] = Upload(file_name, mime, content)
        else:
            values[name] = _decoded(content)


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise TEXT_NOT_UTF8 from None


def _quoted(header: str, name: str) -> str | None:
    start = header.find(f' {name}="')
    if start < 0:
        return None
    first = start + len(name) + 3
    return header[first : header.find('"', first)]
