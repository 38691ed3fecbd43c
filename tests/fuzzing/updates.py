"""Updates of every shape: built from aiogram's own models with parts left out, odd, huge or unknown."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from aiogram.filters.callback_data import CallbackData
from aiogram.types import Chat, Message, Update, User
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from pydantic import BaseModel

# Deeper than this only what a model demands is there.
_DEPTH = 4
# How many optional parts one object has at most; all of them at once would take a second to draw.
_PARTS = 4

NUMBERS = st.one_of(
    st.integers(1, 20),
    st.sampled_from((0, -1, 777000, 2**31, 2**52 - 1, 2**63 - 1, -(2**63), 2**64, -(10**12))),
)
TEXTS = st.one_of(
    st.sampled_from(
        (
            "",
            " ",
            "/start",
            "/start sn_123456789012",
            "/new",
            "/my",
            "/cancel",
            "/privacy",
            "//",
            "/note",
            "/ban",
            "/find",
            "Done",
            "<b>&lt;",
            "{0} %s",
            "\u202e\u200b",
            "\x00",
            "😀" * 40,
            "x" * 5000,
            "private",
            "supergroup",
            "member",
        )
    ),
    st.text(max_size=30),
)
# What a client lets people type: never nothing, no more than one message holds.
TYPED = TEXTS.map(lambda text: text.replace("\x00", "")[:4096]).filter(str.strip)
# What no model of ours demands: Telegram may say anything tomorrow.
ODD = st.one_of(
    st.none(), st.booleans(), NUMBERS, TEXTS, st.just([]), st.just({}), st.just([[]]), st.just({"id": None})
)


class People:
    """Who is there: chats and users of the world take part as often as invented ones."""

    def __init__(self, chats: list[dict[str, Any]], users: list[dict[str, Any]], message_ids: int) -> None:
        self.chats = st.sampled_from(chats)
        self.users = st.sampled_from(users)
        self.message_ids = st.integers(1, message_ids)


class Shapes:
    """Strategies for the JSON of aiogram's models."""

    def __init__(self, people: People) -> None:
        self.people = people
        self._models: dict[type[BaseModel], Callable[[int], SearchStrategy[Any]]] = {}

    def model(self, model: type[BaseModel], depth: int = 0) -> SearchStrategy[dict[str, Any]]:
        """An object of this model: what it demands, some of what it may have, rarely what it must not."""
        return _object(self, model, depth)

    def of(self, annotation: Any, name: str, depth: int) -> SearchStrategy[Any]:
        """A value for a field of this name and type."""
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Literal:
            return st.sampled_from(arguments)
        if origin in (Union, types.UnionType):
            some = [argument for argument in arguments if argument is not type(None)]
            return st.sampled_from(some).flatmap(lambda argument: self.of(argument, name, depth))
        if origin is list:
            return st.lists(self.of(arguments[0], name, depth + 1), max_size=2)
        if hasattr(annotation, "__metadata__"):
            return self.of(arguments[0], name, depth)
        return self._plain(annotation, name, depth)

    def _plain(self, kind: Any, name: str, depth: int) -> SearchStrategy[Any]:
        if not isinstance(kind, type):
            return ODD
        if issubclass(kind, BaseModel):
            if kind is Chat:
                return st.one_of(self.people.chats, self.people.chats, self.model(kind, depth + 1))
            if kind is User:
                return st.one_of(self.people.users, self.people.users, self.model(kind, depth + 1))
            return self.model(kind, depth + 1)
        if issubclass(kind, bool):
            return st.booleans()
        if issubclass(kind, Enum):
            return st.sampled_from([each.value for each in kind])
        if issubclass(kind, datetime):
            return st.sampled_from((0, 1, 1_700_000_000, 2**31, 2**40))
        if issubclass(kind, int):
            return self.people.message_ids if name == "message_id" else NUMBERS
        if issubclass(kind, float):
            return st.floats(-200, 200)
        return TEXTS if issubclass(kind, str) else ODD


@st.composite
def _object(draw: DrawFn, shapes: Shapes, model: type[BaseModel], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    optional = [name for name, each in model.model_fields.items() if not each.is_required()]
    # The group would be elsewhere from then on.
    optional = [name for name in optional if not name.startswith("migrate_")]
    chosen: list[str] = []
    if depth < _DEPTH and optional:
        chosen = draw(st.lists(st.sampled_from(optional), max_size=_PARTS, unique=True))
    for name, each in model.model_fields.items():
        if name in chosen or each.is_required():
            made[each.alias or name] = draw(shapes.of(each.annotation, name, depth))
    if model is Message and draw(st.integers(0, 3)):
        made.setdefault("from", draw(shapes.people.users))
        made["chat"] = draw(shapes.people.chats)
    return made


def updates(shapes: Shapes) -> SearchStrategy[dict[str, Any]]:
    """An update without its number: of any kind, also of one that nobody knows, whole or damaged."""
    kinds = [name for name in Update.model_fields if name != "update_id"]
    usual = ("message", "edited_message", "callback_query", "message_reaction")

    def of_kind(name: str) -> SearchStrategy[dict[str, Any]]:
        field = Update.model_fields[name]
        return st.fixed_dictionaries({name: shapes.of(field.annotation, name, 0)})

    known = st.one_of(st.sampled_from(kinds), st.sampled_from(usual)).flatmap(of_kind)
    unknown = st.dictionaries(st.text(min_size=1, max_size=12), ODD, max_size=2)
    return st.one_of(known, known, damaged(known), damaged(known), unknown)


@st.composite
def damaged(draw: DrawFn, whole: SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """Something in it is gone, or is something else."""
    made = copy.deepcopy(draw(whole))
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(made))
        if not places:
            break
        inside, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            del inside[key]
        else:
            inside[key] = copy.deepcopy(draw(ODD))
    return made


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Everything that can be taken away or replaced."""
    found: list[tuple[Any, Any]] = []
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        found.append((value, key))
        found += _places(value[key])
    return found


def presses(packed: SearchStrategy[str], shapes: Shapes) -> SearchStrategy[dict[str, Any]]:
    """A press of a button that carries what no button of ours does, under a message or under none."""
    people = shapes.people
    message = st.fixed_dictionaries(
        {"message_id": people.message_ids, "date": st.sampled_from((0, 1_700_000_000)), "chat": people.chats},
        optional={"message_thread_id": st.integers(1, 40), "text": st.just("…")},
    )
    query = st.fixed_dictionaries(
        {
            "id": st.text("0123456789", min_size=1, max_size=20),
            "from": people.users,
            "chat_instance": TEXTS,
        },
        optional={"message": message, "data": packed, "inline_message_id": TEXTS},
    )
    return st.fixed_dictionaries({"callback_query": query})


def button_data() -> SearchStrategy[str]:
    """What our buttons could carry: every kind there is, with odd values in every place."""
    return st.one_of(st.sampled_from(_kinds(CallbackData)).flatmap(_packed), TEXTS)


def _kinds(base: type[CallbackData]) -> list[type[CallbackData]]:
    return [kind for each in base.__subclasses__() for kind in (each, *_kinds(each))]


def _packed(kind: type[CallbackData]) -> SearchStrategy[str]:
    words = st.sampled_from(
        ("", "0", "1", "2", "-1", "1001", "1002", "9999999999", "99999999999999999999", "yes", "no", "True",
         "list", "show", "close", "reopen", "take", "release", "assign", "priority", "transfer", "wait",
         "postpone", "resolve", "refuse", "canned", "more", "back", "cancel", "edit", "submit", "pass", "use",
         "step.review", "step.type", "subject", "serial", "description", "attachments", "high", "ru", "xx",
         "😀", "\x00", "ё" * 30)
    )  # fmt: skip
    parts = st.lists(st.one_of(words, words, st.text(max_size=8)), max_size=6)
    named = st.lists(words, min_size=len(kind.model_fields), max_size=len(kind.model_fields))
    return st.one_of(named, named, parts).map(lambda some: ":".join((kind.__prefix__, *some)))
