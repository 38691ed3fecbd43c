"""What becomes of a message at the other side: the words for it, and what has to stand there."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from playground import Channel, Group, Person, PrivateChat, SeenMessage, Topic
from tests.world import World

Sent = list[SeenMessage]
Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """Whom people forward from."""

    friend: Person
    hidden: Person
    gone: Person
    colleague: Person
    talk: Group
    news: Channel
    closed_news: Channel

    @classmethod
    def of(cls, world: World) -> "Scene":
        """Make them. All people of it are in one group, where customer and agent read them."""
        pg = world.pg
        friend = pg.add_person("<b>Друг</b>", "& {0}", username="drug_ivan")
        hidden, gone, colleague = (pg.add_person(name) for name in ("Скрытный", "Ушедший", "Пётр"))
        talk = pg.add_group("Соседи", owner=friend)
        talk.username = "sosedi_chat"
        for person in (hidden, gone, colleague):
            talk.join(person)
        hidden.hides_forwards = True
        world.group.join(colleague)
        news, closed_news = pg.add_channel("Новости", "novosti_kanal"), pg.add_channel("Для своих")
        return cls(friend, hidden, gone, colleague, talk, news, closed_news)


@dataclass(frozen=True, slots=True)
class Side:
    """Where somebody sends from: a customer's chat, a ticket's topic, or under its card in a plain group."""

    person: Person
    place: PrivateChat | Topic | Group
    scene: Scene
    card: SeenMessage | None = None

    @property
    def how(self) -> dict[str, Any]:
        """What makes it part of the ticket."""
        return {} if self.card is None else {"reply_to": self.card}


def facts(message: SeenMessage, **other: object) -> Facts:
    """What makes a copy the same for those who read it."""
    told: Facts = {
        "kind": message.kind,
        "html": message.html,
        "file": message.file_id,
        "extra": _extra(message),
        "spoiler": message.flags.get("has_media_spoiler", False),
        "above": message.flags.get("show_caption_above_media", False),
        "from": None,
    }
    return told | other


def seen(message: SeenMessage) -> Facts:
    """The same of a message of the bot's, with where Telegram says it was forwarded from."""
    return facts(message, **{"from": message.forwarded_from})


def _extra(message: SeenMessage) -> object:
    extra = message.extra
    if message.kind == "contact":
        return {name: value for name, value in extra.items() if name != "user_id"}
    if message.kind == "location":
        return extra["latitude"], extra["longitude"], extra.get("live_period")
    if message.kind == "poll":
        options = [option["text"] for option in extra["options"]]
        return extra["question"], options, extra["type"], extra.get("correct_option_ids")
    return extra


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the other side gets.

    `words` say it to people. `shows` gives what stands there in the end, in a topic or in a plain group;
    without it nothing does: then the sender is told, and the agents are, unless it is `silent`, because it
    is none of the ticket's.
    """

    words: str
    shows: Callable[[Sent, bool], list[Facts]] | None = None
    silent: bool = False


def _same(sent: Sent, plain: bool) -> list[Facts]:
    return [facts(message) for message in sent]


def _words(html: str) -> Facts:
    nothing: Facts = {"file": None, "extra": None, "spoiler": False, "above": False, "from": None}
    return {"kind": "text", "html": html, **nothing}


def _resting(sent: Sent, plain: bool) -> list[Facts]:
    spot = {name: sent[0].extra[name] for name in ("latitude", "longitude")}
    if sent[0].is_live:
        return [facts(sent[0], extra=(*spot.values(), None))]
    words = {"title": "Трансляция геопозиции завершена", "address": "Последнее местоположение"}
    return [facts(sent[0], kind="venue", extra={"location": spot, **words})]


def _without_answer(sent: Sent, plain: bool) -> list[Facts]:
    poll = sent[0].extra
    options = [option["text"] for option in poll["options"]]
    return [facts(sent[0], extra=(poll["question"], options, "regular", None))]


def _number(sent: Sent, plain: bool) -> list[Facts]:
    return [_words(f"{sent[0].extra['emoji']} {sent[0].extra['value']}")]


def _list(sent: Sent, plain: bool) -> list[Facts]:
    checklist = sent[0].extra
    boxes = [("☑" if task.get("completed_by_user") else "☐", task["text"]) for task in checklist["tasks"]]
    return [_words("\n".join([f"<b>{checklist['title']}</b>", *(f"{box} {text}" for box, text in boxes)]))]


def _forwarded(sent: Sent, plain: bool) -> list[Facts]:
    forward = facts(sent[0], **{"from": sent[0].forwarded_from})
    return [_words("Следующее сообщение относится сюда."), forward] if plain else [forward]


def below(line: str, words: str, *, apart: bool = False) -> Outcome:
    """As it is, below a line that says where it comes from: a message apart where nothing takes a caption."""
    top = f"<i>{escape(line, quote=False)}</i>"

    def shows(sent: Sent, plain: bool) -> list[Facts]:
        if apart:
            return [_words(top), *_same(sent, plain)]
        html = f"{top}\n{sent[0].html}" if sent[0].html else top
        return [facts(sent[0], html=html), *_same(sent[1:], plain)]

    return Outcome(words, shows)


AS_IS = Outcome("as it is", _same)
COPY = Outcome("as it is, copied by Telegram", _same)
RESTING = Outcome("as the place where it began", _resting)
NUMBER = Outcome("as a text with the number thrown", _number)
LIST = Outcome("as a text with its tasks, done or not", _list)
NEW_POLL = Outcome("as a poll of its own: votes stay where they are given", _same)
QUIZ = Outcome("as a quiz of its own", _same)
RIDDLE = Outcome("as a poll, for Telegram tells no bot the right answer", _without_answer)
FORWARD = Outcome("forwarded, so it shows where it comes from", _forwarded)
NOT_PASSED = Outcome("not at all, which its sender reads")
WITHHELD = Outcome("not at all, for a forward would show where it comes from")
TEAM_TALK = Outcome("not at all, for a forward replies to nothing", silent=True)
