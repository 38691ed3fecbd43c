"""Every kind of message that people can send, and what becomes of it: the table that the tests play.

`docs/kinds.md` is the same table for people; a test compares them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from playground import (
    Animation,
    Attachment,
    Audio,
    Document,
    LivePhoto,
    Person,
    Photo,
    SeenMessage,
    Sticker,
    Video,
    VideoNote,
    Voice,
)
from tests.agents.outcomes import (
    AS_IS,
    COPY,
    FORWARD,
    LIST,
    NEW_POLL,
    NOT_PASSED,
    NUMBER,
    QUIZ,
    RESTING,
    RIDDLE,
    TEAM_TALK,
    WITHHELD,
    Outcome,
    Scene,
    Sent,
    Side,
    below,
)

Send = Callable[[Side, str], SeenMessage | Sent]

BOLD = [{"type": "bold", "offset": 0, "length": 4}, {"type": "code", "offset": 5, "length": 3}]


@dataclass(frozen=True, slots=True)
class Edit:
    """How an author changes a message; then the copies change, or a new version `follows` as a reply."""

    words: str
    do: Callable[[Person, Sent], None]
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: one way to send one kind of message.

    `edit` is how its author changes it, or why nobody can. `is_forward`: Telegram lets it reply to
    nothing, so that in a plain group it belongs to no ticket. `protected`: its chat lets nobody copy or
    forward it. A `variant` is played as every row is, but people read about its kind.
    """

    name: str
    send: Send
    edit: Edit | str
    customer: Outcome = AS_IS
    agent: Outcome = AS_IS
    variant: str = ""
    is_forward: bool = False
    protected: bool = False

    @property
    def title(self) -> str:
        """The row's own name."""
        return f"{self.name}, {self.variant}" if self.variant else self.name

    def outcome(self, *, by_customer: bool, plain: bool) -> Outcome:
        """What the other side gets of it, from the customer or from an agent, in a plain group or a forum."""
        if by_customer:
            return self.customer
        return TEAM_TALK if plain and self.is_forward else self.agent


# Changing.

_CHANGES = "the copy changes"
_TEXT = Edit(_CHANGES, lambda person, sent: person.edit(sent[0], f"{(sent[0].text or '')[:9]} и ещё"))
_CAPTION = Edit(_CHANGES, lambda person, sent: person.edit(sent[-1], f"Подпись {sent[0].id} стала иной"))
_NO_CAPTION = "it has neither text nor caption"
_OWN_WORDS_ONLY = "nobody edits what was forwarded"
_SENT_FOR_GOOD = "Telegram lets nobody edit it"


def _other_file(file: Attachment) -> Edit:
    def do(person: Person, sent: Sent) -> None:
        person.edit_file(sent[0], file, f"Другой файл {sent[0].id}")

    return Edit(_CHANGES, do)


def _becomes_file(person: Person, sent: Sent) -> None:
    person.edit_file(sent[0], Photo(), f"Теперь с фото {sent[0].id}")


def _tick(person: Person, sent: Sent) -> None:
    """Tick the first task off: Telegram changes the checklist, and notes it in the chat."""
    message = sent[0]
    first, *others = message.extra["tasks"]
    done = {**first, "completed_by_user": person.json(), "completion_date": message.date}
    message.extra = {**message.extra, "tasks": [done, *others]}
    note = message.chat.world.new_message(
        message.chat, person, "checklist_tasks_done", topic=message.topic, reply_to=message
    )
    note.extra = {"checklist_message": _json(message), "marked_as_done_task_ids": [first["id"]]}
    note.flags["service"] = True
    message.chat.world.post(note)


def _json(message: SeenMessage) -> dict[str, Any]:
    date = {"message_id": message.id, "date": message.date, "chat": message.chat.json()}
    return {**date, message.kind: message.extra}


def _rename(person: Person, sent: Sent) -> None:
    person.edit_content(sent[0], {**sent[0].extra, "title": f"{sent[0].extra['title']} и ещё"})


def _rewrite(person: Person, sent: Sent) -> None:
    person.edit_content(sent[0], _rich(f"Иначе {sent[0].id}"))


def _arrive(person: Person, sent: Sent) -> None:
    for step in (0.5, 1):
        person.move(sent[0], 57.25 + step, 25.5)
    person.stop_sharing(sent[0])


def _deepen(person: Person, sent: Sent) -> None:
    person.edit_content(sent[0], {**sent[0].extra, "depth": 4})


# Sending.


def _written(text: str, **what: Any) -> Send:
    return lambda side, name: side.person.write(side.place, text.format(name=name), **what, **side.how)


def _file(file: Attachment, caption: str = "{name}", **what: Any) -> Send:
    def send(side: Side, name: str) -> SeenMessage:
        return side.person.send(side.place, file, caption.format(name=name), **what, **side.how)

    return send


def _flagged(file: Attachment, flag: str) -> Send:
    def send(side: Side, name: str) -> SeenMessage:
        message = side.person._with_file(side.place, file, name, side.card, None, False)
        message.flags[flag] = True
        return message.chat.world.post(message)

    return send


def _album(*files: Attachment, caption: str | None = "{name}") -> Send:
    def send(side: Side, name: str) -> Sent:
        text = caption.format(name=name) if caption else None
        return side.person.send_album(side.place, files, text, **side.how)

    return send


def _content(kind: str, make: Callable[[str], Any]) -> Send:
    return lambda side, name: side.person.send_content(side.place, kind, make(name), **side.how)


def _checklist(name: str) -> dict[str, Any]:
    return {"title": name, "tasks": [{"id": 1, "text": "Включить"}, {"id": 2, "text": "Проверить связь"}]}


def _rich(name: str) -> dict[str, Any]:
    return {
        "blocks": [
            {"type": "heading", "text": name, "size": 2},
            {"type": "paragraph", "text": ["Ошибка ", {"type": "bold", "text": "500"}]},
            {"type": "divider"},
        ]
    }


def _invoice(name: str) -> dict[str, Any]:
    return {"title": name, "description": "-", "start_parameter": "x", "currency": "EUR", "total_amount": 1}


def _giveaway(name: str) -> dict[str, Any]:
    return {"chats": [], "winners_selection_date": 1, "winner_count": 1, "prize_description": name}


def _winners(name: str) -> dict[str, Any]:
    chat = {"id": -1001, "type": "channel", "title": name}
    return {
        "chat": chat, "giveaway_message_id": 1, "winners_selection_date": 1, "winner_count": 1, "winners": []
    }  # fmt: skip


def _game(name: str) -> dict[str, Any]:
    return {"title": name, "description": "-", "photo": []}


def _paid(name: str) -> dict[str, Any]:
    return {"star_count": 5, "paid_media": [{"type": "preview", "duration": len(name)}]}


def _posted(kind: str, make: Callable[[str], Any], *, public: bool = True) -> Send:
    """A post of a channel, forwarded."""

    def send(side: Side, name: str) -> SeenMessage:
        channel = side.scene.news if public else side.scene.closed_news
        return side.person.forward(channel.post_content(kind, make(name)), side.place)

    return send


def _from(find: Callable[[Scene, str], SeenMessage | Sent]) -> Send:
    """Something that is found elsewhere, forwarded."""

    def send(side: Side, name: str) -> SeenMessage | Sent:
        found = find(side.scene, name)
        if isinstance(found, list):
            return side.person.forward_album(found, side.place)
        return side.person.forward(found, side.place)

    return send


def _from_gone(scene: Scene, name: str) -> SeenMessage:
    said = scene.gone.write(scene.talk, name)
    scene.gone.deactivated = True
    return said


def _forward(
    name: str,
    find: Callable[[Scene, str], SeenMessage | Sent],
    line: str,
    words: str = "",
    *,
    variant: str = "",
    apart: bool = False,
    told: bool = False,
) -> Kind:
    """A row of what was forwarded from somewhere: agents read that, customers only if it may be `told`."""
    agents = below(line, words, apart=apart)
    customers = agents if told else AS_IS
    return Kind(name, _from(find), _OWN_WORDS_ONLY, agents, customers, variant=variant, is_forward=True)


KINDS = [
    Kind("Text", _written("{name}"), _TEXT),
    Kind("Text", _written("Жирн код <b>&amp; {{0}} %s {name}", entities=BOLD), _TEXT, variant="formatted"),
    Kind("Text", _written("д" * 4096), _TEXT, variant="of 4096 characters"),
    Kind(
        "Text",
        _written("{name}"),
        Edit("given a file later, that follows as a reply", _becomes_file, follows=True),
        variant="that becomes a photo",
    ),
    Kind("Photo", _file(Photo()), _CAPTION),
    Kind("Photo", _file(Photo(), "Жирн код {name}", entities=BOLD), _CAPTION, variant="formatted"),
    Kind("Photo", _flagged(Photo(), "has_media_spoiler"), _CAPTION, variant="behind a spoiler"),
    Kind("Photo", _flagged(Photo(), "show_caption_above_media"), _CAPTION, variant="caption above"),
    Kind("Photo", _file(Photo()), _other_file(Video()), variant="that becomes a video"),
    Kind("Live photo", _file(LivePhoto()), _CAPTION),
    Kind("Video", _file(Video()), _CAPTION),
    Kind("GIF", _file(Animation()), _CAPTION),
    Kind("Music", _file(Audio()), _CAPTION),
    Kind("File", _file(Document()), _CAPTION),
    Kind("Voice message", _file(Voice()), _CAPTION),
    Kind("Video message", _file(VideoNote(), ""), _NO_CAPTION),
    Kind("Sticker", _file(Sticker(), ""), _NO_CAPTION),
    Kind("Album of photos and videos", _album(Photo(), Video(), Photo()), _CAPTION),
    Kind("Album of photos and videos", _album(*[Photo()] * 10), _CAPTION, variant="of ten"),
    Kind("Album of photos and videos", _album(LivePhoto(), Photo()), _CAPTION, variant="live"),
    Kind("Album of photos and videos", _album(Photo(), Photo()), _other_file(Video()), variant="exchanged"),
    Kind("Album of files", _album(Document(), Document()), _CAPTION),
    Kind("Album of music", _album(Audio(), Audio()), _CAPTION),
    Kind(
        "Contact",
        lambda side, name: side.person.send_contact(
            side.place, "+37129999999", name, last_name="Ильин", **side.how
        ),
        _SENT_FOR_GOOD,
    ),
    Kind(
        "Place on the map",
        lambda side, name: side.person.send_location(side.place, 56.25, 24.5, **side.how),
        _SENT_FOR_GOOD,
    ),
    Kind(
        "Live location",
        lambda side, name: side.person.send_location(side.place, 57.25, 25.5, 600, **side.how),
        Edit(
            "it moves: where it ended follows as a reply, the steps between do not cross",
            _arrive,
            follows=True,
        ),
        RESTING,
        RESTING,
    ),
    Kind("Venue", lambda side, name: side.person.send_venue(side.place, name, **side.how), _SENT_FOR_GOOD),
    Kind(
        "Poll",
        lambda side, name: side.person.send_poll(side.place, name, ("Да", "Нет"), **side.how),
        _SENT_FOR_GOOD,
        NEW_POLL,
        NEW_POLL,
    ),
    Kind(
        "Quiz",
        lambda side, name: side.person.send_quiz(side.place, name, ("Да", "Нет"), **side.how),
        _SENT_FOR_GOOD,
        QUIZ,
        RIDDLE,
    ),
    Kind(
        "Dice",
        lambda side, name: side.person.send_dice(side.place, **side.how),
        _SENT_FOR_GOOD,
        NUMBER,
        NUMBER,
    ),
    Kind("Checklist", _content("checklist", _checklist), Edit(_CHANGES, _rename), LIST, LIST),
    Kind("Checklist", _content("checklist", _checklist), Edit(_CHANGES, _tick), LIST, LIST, "ticked off"),
    Kind("Rich message", _content("rich_message", _rich), Edit(_CHANGES, _rewrite)),
    Kind(
        "Story",
        lambda side, name: side.person.send_story(side.place),
        _SENT_FOR_GOOD,
        COPY,
        COPY,
        is_forward=True,
    ),
    Kind("Game", _content("game", _game), _SENT_FOR_GOOD, COPY, COPY),
    Kind("Paid media", _posted("paid_media", _paid), _OWN_WORDS_ONLY, FORWARD, FORWARD, is_forward=True),
    Kind("Invoice", _posted("invoice", _invoice), _OWN_WORDS_ONLY, FORWARD, FORWARD, is_forward=True),
    Kind("Giveaway", _posted("giveaway", _giveaway), _OWN_WORDS_ONLY, FORWARD, FORWARD, is_forward=True),
    Kind(
        "Winners of a giveaway",
        _posted("giveaway_winners", _winners),
        _OWN_WORDS_ONLY,
        FORWARD,
        FORWARD,
        is_forward=True,
    ),
    Kind(
        "Paid media, an invoice or a giveaway of a closed channel",
        _posted("paid_media", _paid, public=False),
        _OWN_WORDS_ONLY,
        FORWARD,
        WITHHELD,
        is_forward=True,
    ),
    Kind(
        "What Telegram invents tomorrow",
        _content("hologram", lambda name: {"depth": 3, "of": name}),
        Edit("the new version follows as a reply", _deepen, follows=True),
        COPY,
        COPY,
    ),
]

_FRIEND = "Переслано от: <b>Друг</b> & {0} (@drug_ivan)"

FORWARDS = [
    _forward(
        "A person", lambda scene, name: scene.friend.write(scene.talk, name), _FRIEND, "name and @address"
    ),
    _forward(
        "A person", lambda scene, name: scene.friend.send_photo(scene.talk, name), _FRIEND, variant="a photo"
    ),
    _forward(
        "A person",
        lambda scene, name: scene.friend.send_photo(scene.talk, "п" * 1024),
        _FRIEND,
        variant="a photo with 1024 characters",
        apart=True,
    ),
    _forward(
        "A person",
        lambda scene, name: scene.friend.write(scene.talk, "ж" * 4096),
        _FRIEND,
        variant="a text of 4096 characters",
        apart=True,
    ),
    _forward(
        "A person",
        lambda scene, name: scene.friend.send_album(scene.talk, [Photo(), Video()], name),
        _FRIEND,
        variant="an album",
    ),
    _forward(
        "A person",
        lambda scene, name: scene.friend.send_sticker(scene.talk),
        _FRIEND,
        variant="a sticker",
        apart=True,
    ),
    _forward(
        "A person who hides their account",
        lambda scene, name: scene.hidden.write(scene.talk, name),
        "Переслано от: Скрытный",
        "name",
    ),
    _forward(
        "A deleted account", _from_gone, "Переслано от удалённого аккаунта", "that the account is deleted"
    ),
    _forward(
        "An agent", lambda scene, name: scene.colleague.write(scene.talk, name), "Переслано от: Пётр", "name"
    ),
    _forward(
        "An anonymous administrator of a public group",
        lambda scene, name: scene.friend.write(scene.talk, name, anonymous=True),
        "Переслано из группы «Соседи» (@sosedi_chat)",
        "the group's title and @address",
        told=True,
    ),
    _forward(
        "A public channel",
        lambda scene, name: scene.news.post(name),
        "Переслано из канала «Новости» (@novosti_kanal)",
        "the channel's title and @address",
        told=True,
    ),
    _forward(
        "A closed channel",
        lambda scene, name: scene.closed_news.post(name, Document()),
        "Переслано из канала «Для своих»",
        "the channel's title",
    ),
]

_PROTECTED = ["Photo", "Album of files", "Place on the map", "Poll", "Checklist", "Rich message"]
_COPIED = ["Story", "Game", "What Telegram invents tomorrow"]


def _protected(name: str, **other: Any) -> Kind:
    kind = next(kind for kind in KINDS if kind.name == name)
    return replace(kind, variant="protected", protected=True, **other)


PROTECTED = [
    *(_protected(name) for name in _PROTECTED),
    *(
        _protected(name, customer=NOT_PASSED, agent=NOT_PASSED, edit="what did not cross has no copy")
        for name in _COPIED
    ),
]

ROWS = [*KINDS, *FORWARDS, *PROTECTED]


def rows_of(*, plain: bool) -> list[Kind]:
    """What is played: everything in a forum; in a plain group each kind once, without its variants."""
    return [row for row in ROWS if not (plain and row.variant)]


# Kinds that nobody can send to this desk, and why. Telegram's own notes in a chat are no messages.
NEVER_SENT = {
    "any": "no kind but the name of all",
    "unknown": "what Telegram invents tomorrow",
    "gift": "a gift to a bot is none of anybody's words, and a group takes none",
    "unique_gift": "the same",
    "successful_payment": "the bot sells nothing",
    "refunded_payment": "the bot sells nothing",
    "passport_data": "the bot asks for no passport",
    "users_shared": "no keyboard of the bot's asks for people",
    "user_shared": "the same, as it was told before Bot API 7.0",
    "chat_shared": "no keyboard of the bot's asks for chats",
    "web_app_data": "the bot has no web app",
}
