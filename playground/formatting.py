"""Telegram's HTML: into text with entities, and back."""

from collections.abc import Iterable
from html import escape
from typing import Any

from playground.errors import ENTITY_OUT_OF_TEXT, unparsable
from playground.text import BLANK, units, utf16_slice

Entity = dict[str, Any]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_OPENING = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_PLAIN = frozenset(
    (
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "date_time",
        "bank_card_number",
    )
)
_KNOWN = frozenset(_OPENING) | {"text_link", "text_mention", "custom_emoji", "expandable_blockquote"} | _PLAIN
_MAX_POINT = 0x10FFFF


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text and the entities that Telegram reads out of this HTML.

    Raises:
        Refusal: with the words of td's MessageEntity.cpp `parse_html`, offsets in bytes of UTF-8.
    """
    if "<" not in source and "&" not in source:
        return source, []
    return _HtmlReader(source).read()


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._out: list[str] = []
        self._units = 0
        self._open: list[tuple[str, Entity]] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        source = self._source
        while self._at < len(source):
            char = source[self._at]
            if char == "&":
                self._put(self._reference())
            elif char == "<" and source.startswith("</", self._at):
                self._end_tag()
            elif char == "<":
                self._start_tag()
            else:
                stop = self._next_special()
                self._put(source[self._at : stop])
                self._at = stop
        if self._open:
            raise unparsable(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._out), self._entities

    def _next_special(self) -> int:
        found = [at for at in (self._source.find(char, self._at) for char in "<&") if at >= 0]
        return min(found, default=len(self._source))

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._units += units(text)

    def _byte(self, at: int) -> int:
        return len(self._source[:at].encode())

    def _reference(self) -> str:
        source, start = self._source, self._at
        end = start + 1
        if source.startswith("#", end):
            end += 1
            is_hex = source[end : end + 1] in ("x", "X") and end < len(source)
            end += is_hex
            first = end
            digits = "0123456789abcdefABCDEF" if is_hex else "0123456789"
            while end < len(source) and source[end] in digits:
                end += 1
            point = int(source[first:end], 16 if is_hex else 10) if end > first else 0
            if not 0 < point <= _MAX_POINT:
                self._at += 1
                return "&"
            decoded = chr(point)
        else:
            while end < len(source) and source[end].isascii() and source[end].isalpha():
                end += 1
            named = _NAMED.get(source[start + 1 : end])
            if named is None:
                self._at += 1
                return "&"
            decoded = named
        self._at = end + source.startswith(";", end)
        return decoded

    def _start_tag(self) -> None:
        source, begin = self._source, self._at
        at = begin + 1
        while at < len(source) and not source[at].isspace() and source[at] != ">":
            at += 1
        if at == len(source):
            raise unparsable(f"Unclosed start tag at byte offset {self._byte(begin)}")
        tag = source[begin + 1 : at].lower()
        kind = _TAGS.get(tag)
        if kind is None:
            raise unparsable(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes, self._at = self._attributes(at, tag, begin)
        entity: Entity = {"type": kind, "offset": self._units, "length": 0}
        if tag == "a":
            entity["url"] = attributes.get("href", "")
        elif tag == "span" and attributes.get("class") != "tg-spoiler":
            raise unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}')
        elif tag == "tg-emoji":
            entity["custom_emoji_id"] = attributes.get("emoji-id", "")
        elif tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif tag == "code" and attributes.get("class", "").startswith("language-"):
            entity["language"] = attributes["class"].removeprefix("language-")
        self._open.append((tag, entity))

    def _attributes(self, at: int, tag: str, begin: int) -> tuple[dict[str, str], int]:
        source = self._source
        found: dict[str, str] = {}
        unclosed = unparsable(f"Unclosed start tag at byte offset {self._byte(begin)}")
        while True:
            while at < len(source) and source[at].isspace():
                at += 1
            if at == len(source):
                raise unclosed
            if source[at] == ">":
                return found, at + 1
            first = at
            while at < len(source) and not source[at].isspace() and source[at] not in "=>":
                at += 1
            name = source[first:at].lower()
            if not name:
                raise unparsable(
                    f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(begin)}'
                )
            if at < len(source) and source[at] == "=":
                value, at = self._attribute_value(at + 1, unclosed)
                found[name] = value
            else:
                found[name] = ""

    def _attribute_value(self, at: int, unclosed: Exception) -> tuple[str, int]:
        source = self._source
        if at < len(source) and source[at] in "'\"":
            quote = source[at]
            end = source.find(quote, at + 1)
            if end < 0:
                raise unclosed
            return self._decoded(source[at + 1 : end]), end + 1
        first = at
        while at < len(source) and not source[at].isspace() and source[at] != ">":
            at += 1
        return self._decoded(source[first:at]), at

    def _decoded(self, value: str) -> str:
        if "&" not in value:
            return value
        reader = _HtmlReader(value.replace("<", "&lt;"))
        return reader.read()[0]

    def _end_tag(self) -> None:
        source, begin = self._source, self._at
        end = source.find(">", begin)
        if end < 0:
            raise unparsable(f"Unclosed end tag at byte offset {self._byte(begin)}")
        name = source[begin + 2 : end].strip().lower()
        if not self._open:
            raise unparsable(f"Unexpected end tag at byte offset {self._byte(begin)}")
        tag, entity = self._open.pop()
        if name not in ("", tag):
            raise unparsable(
                f"Unmatched end tag at byte offset {self._byte(begin)},"
                f' expected "</{tag}>", found "</{name}>"'
            )
        self._at = end + 1
        self._close(entity)

    def _close(self, entity: Entity) -> None:
        entity["length"] = self._units - entity["offset"]
        if not entity["length"]:
            return
        if entity["type"] == "text_link":
            covered = utf16_slice("".join(self._out), entity["offset"], entity["length"])
            entity["url"] = entity["url"] or covered
            if "." not in entity["url"] and ":" not in entity["url"]:
                return
        if entity["type"] == "code" and "language" in entity:
            language = entity.pop("language")
            outer = next((one for tag, one in reversed(self._open) if tag == "pre"), None)
            if outer is not None and outer["offset"] == entity["offset"]:
                outer["language"] = language
                return
        self._entities.append(entity)


def check_entities(text: str, entities: Iterable[Any]) -> list[Entity]:
    """The explicit entities of a call, checked as Telegram checks them.

    Raises:
        Refusal: for an entity that is no object, of an unknown type, or out of the text.
    """
    size = units(text)
    checked: list[Entity] = []
    for given in entities:
        if not isinstance(given, dict):
            raise unparsable("expected an Object")  # Client.cpp `get_text_entity`
        kind, offset, length = given.get("type"), given.get("offset"), given.get("length")
        if not isinstance(offset, int) or not isinstance(length, int):
            raise unparsable('Field "offset" must be of type Number')  # td JsonBuilder
        if kind not in _KNOWN:
            continue  # Client.cpp `get_text_entity_type` passes over types it does not know
        if offset < 0 or length < 0 or offset + length > size:
            raise ENTITY_OUT_OF_TEXT
        if length and kind not in _PLAIN:
            checked.append({key: value for key, value in given.items() if value is not None})
    checked.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return checked


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without blanks at its ends, the entities moved and cut to fit."""
    cut = text.rstrip(BLANK)
    kept = cut.lstrip(BLANK)
    if len(kept) == len(text):
        return text, entities
    shift = units(cut[: len(cut) - len(kept)])
    size = units(kept)
    moved: list[Entity] = []
    for entity in entities:
        start = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] - shift + entity["length"], size)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved


def to_html(text: str, entities: list[Entity]) -> str:
    """The text as HTML that `parse_html` reads back; crossing entities are split."""
    if not entities:
        return escape(text, quote=False)
    raw = text.encode("utf-16-le", "surrogatepass")
    marks = {0, len(raw) // 2}
    for entity in entities:
        marks |= {entity["offset"], entity["offset"] + entity["length"]}
    points = sorted(marks)
    ordered = sorted(enumerate(entities), key=lambda pair: (pair[1]["offset"], -pair[1]["length"], pair[0]))
    out: list[str] = []
    stack: list[int] = []
    for start, end in zip(points, [*points[1:], points[-1]], strict=True):
        alive = [at for at, one in ordered if one["offset"] <= start < one["offset"] + one["length"]]
        keep = 0
        while keep < min(len(stack), len(alive)) and stack[keep] == alive[keep]:
            keep += 1
        out.extend(_tags(entities[at])[1] for at in reversed(stack[keep:]))
        out.extend(_tags(entities[at])[0] for at in alive[keep:])
        stack = alive
        out.append(escape(raw[start * 2 : end * 2].decode("utf-16-le", "replace"), quote=False))
    return "".join(out)


def _tags(entity: Entity) -> tuple[str, str]:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    if kind == "custom_emoji":
        return f'<tg-emoji emoji-id="{escape(str(entity["custom_emoji_id"]))}">', "</tg-emoji>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    if kind == "pre" and entity.get("language"):
        return f'<pre><code class="language-{escape(entity["language"])}">', "</code></pre>"
    name = _OPENING.get(kind)
    return (f"<{name}>", f"</{name}>") if name else ("", "")
