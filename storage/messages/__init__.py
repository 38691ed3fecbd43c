"""The entries of conversations, their files, and where each of them stands in Telegram."""

from storage.messages.albums import ALBUM_DELAY, extend_album, find_album, split_album, whole_albums
from storage.messages.deliveries import add_copy, copies, copies_are_gone, note_failure
from storage.messages.reading import (
    answers,
    find_by_copy,
    get,
    kept,
    latest,
    latest_of_customer,
    many,
    of_draft,
    opening,
    plain_texts,
    shown_by,
    written_as,
)
from storage.messages.writing import add, change, leave_thread, remove, rewrite, take_off_card

__all__ = [
    "ALBUM_DELAY",
    "add",
    "add_copy",
    "answers",
    "change",
    "copies",
    "copies_are_gone",
    "extend_album",
    "find_album",
    "find_by_copy",
    "get",
    "kept",
    "latest",
    "latest_of_customer",
    "leave_thread",
    "many",
    "note_failure",
    "of_draft",
    "opening",
    "plain_texts",
    "remove",
    "rewrite",
    "shown_by",
    "split_album",
    "take_off_card",
    "whole_albums",
    "written_as",
]
