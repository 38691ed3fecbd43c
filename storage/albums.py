"""What Telegram lets travel as one album: Bot API, sendMediaGroup."""

from __future__ import annotations

from collections.abc import Sequence

from storage.rows import StoredMessage

ALBUM_LIMIT = 10
_FAMILIES = {
    "photo": "pictures",
    "live_photo": "pictures",
    "video": "pictures",
    "audio": "audio",
    "document": "documents",
}


def album_groups(messages: Sequence[StoredMessage]) -> list[list[StoredMessage]]:
    """Messages in as few albums as their families allow; what no album takes stands by itself.

    What was forwarded stands apart, for one line above an album says where all of it is from.
    """
    groups: list[list[StoredMessage]] = []
    open_groups: dict[str, list[StoredMessage]] = {}
    for message in messages:
        families = {_FAMILIES.get(file.family) for file in message.attachments}
        family = families.pop() if len(families) == 1 else None
        if family is None or message.forwarded_from is not None:
            groups.append([message])
            continue
        group = open_groups.get(family)
        size = sum(len(each.attachments) for each in group or ())
        if group is None or size + len(message.attachments) > ALBUM_LIMIT:
            group = open_groups[family] = []
            groups.append(group)
        group.append(message)
    return groups
