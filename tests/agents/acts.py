"""Everything people can do with a ticket, and everybody who may try it: the rig of the table of who may what.

Each action is tried on tickets of its own, each of a customer of its own, so that all of it fits in one world
and it can be told what came of which.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram.filters.callback_data import CallbackData
from aiogram.types import User
from sqlalchemy import Column, Table, select

from desk.lifecycle import Action
from dialogs.context import Desk
from dialogs.life import Life
from dialogs.reply import view
from locales import every
from playground import Click, Fault, Group, Person, Refuse, SeenMessage, Topic
from storage import customers, destinations, models, tickets
from storage.journal import Actor
from storage.outbox import Outbox
from storage.transaction import Transaction
from tests.agents.seeds import SUBJECT, desk_of
from tests.world import Customer, World

CUSTOMER, STRANGER, ELSEWHERE, FORMER = "customer", "stranger", "elsewhere", "former"
NEIGHBOUR, AGENT, ADMIN, ANONYMOUS = "neighbour", "agent", "admin", "anonymous"
WHO = (CUSTOMER, STRANGER, ELSEWHERE, FORMER, NEIGHBOUR, AGENT, ADMIN, ANONYMOUS)

# What is not to be done says why; who reads it may have any language.
_WORDS = {
    "refused": every("This button is for the desk's agents."),
    "not yours": every("This is not one of your requests."),
    "stale": every("This button is out of date."),
}
_THERE = "теперь в другой группе"
_ADMINS = "могут только администраторы"
_HELLO = "Здравствуйте"


@dataclass(eq=False)
class Cell:
    """A ticket that an action is tried on, by one or by several who may not."""

    who: Sequence[str]
    customer: Customer
    number: int = 0
    topic: Topic | None = None
    answer: SeenMessage | None = None
    asked: SeenMessage | None = None
    screen: SeenMessage | None = None

    @property
    def thread(self) -> Topic:
        """The ticket's thread."""
        assert self.topic is not None
        return self.topic

    @property
    def card(self) -> SeenMessage:
        """The card that opens it."""
        return self.thread.messages[1]

    def written(self) -> str | None:
        """What the customer wrote last."""
        mine = [m.text for m in self.customer.chat.messages if m.sender is self.customer.person]
        return mine[-1] if mine else None

    def below(self) -> SeenMessage:
        """Where agents press: the latest message of the bot's with buttons, often the card."""
        if self.screen is not None:
            return self.screen
        return next(m for m in reversed(self.thread.messages) if m.buttons or m is self.card)


@dataclass(eq=False)
class Stage:
    """The world with everybody in it, a group that is not ours, and one of another department's own.

    The neighbour administers that one.
    """

    world: World
    desk: Desk
    people: dict[str, Person]
    eve: Customer
    foreign: SeenMessage
    next_door: SeenMessage

    @classmethod
    async def of(cls, world: World, next_door: Group) -> "Stage":
        """Let everybody come in; the former agent leaves again."""
        pg, group = world.pg, world.group
        people = {name: pg.add_person(name, language_code="ru") for name in (FORMER, AGENT, ADMIN, ANONYMOUS)}
        for name, person in people.items():
            group.join(person, admin=name in (ADMIN, ANONYMOUS))
        group.promote(people[ANONYMOUS], anonymous=True)
        eve = world.customer("Ева")
        eve.person.start(world.bot)
        other = pg.add_group("Чужая", owner=eve.person)
        other.add_bot(world.bot)
        eve.person.write(other, "/id")
        people[FORMER].write(group, "Всем привет")
        await world.settle()
        group.leave(people[FORMER])
        people[NEIGHBOUR] = next_door.owner
        next_door.owner.write(next_door, "/id")
        await world.settle()
        return cls(world, desk_of(world), people, eve, other.last, next_door.last)


Step = Callable[[Stage, Cell], None]
Ready = Callable[[Transaction, Cell], Awaitable[None]]
Try = Callable[[Stage, Cell, str], Click | None]


@dataclass(frozen=True)
class Deed:
    """How something is done, and how a ticket comes to where it can be."""

    do: Try
    prints: type[CallbackData] | str
    state: Sequence[Action] = ()
    before: Sequence[Step] = ()
    banned: bool = False
    agreed: bool = True
    again: bool = False
    """Whether it can be done to one ticket again and again."""
    last: Ready | None = None
    """What has to be done to the store when everything else has been tried."""


# What comes before.


def writes(text: str, who: str = AGENT) -> Step:
    """An agent writes in the thread; the text may name the ticket's number."""

    def step(stage: Stage, cell: Cell) -> None:
        cell.answer = stage.people[who].write(cell.thread, text.format(number=cell.number))

    return step


def orders(text: str, who: str = AGENT, *, reply: bool = False) -> Step:
    """An agent asks the bot for something in the thread, perhaps in reply to their answer."""

    def step(stage: Stage, cell: Cell) -> None:
        stage.people[who].write(cell.thread, text, reply_to=cell.answer if reply else None)

    return step


def asks(text: str) -> Step:
    """The customer writes."""

    def step(stage: Stage, cell: Cell) -> None:
        cell.asked = cell.customer.write(text)

    return step


def presses(make: Callable[[int], CallbackData]) -> Step:
    """An agent presses something, on the latest message that has buttons."""

    def step(stage: Stage, cell: Cell) -> None:
        stage.people[AGENT].press_data(cell.below(), make(cell.number).pack())

    return step


def presses_label(words: str) -> Step:
    """An agent presses a button that stands there."""

    def step(stage: Stage, cell: Cell) -> None:
        stage.people[AGENT].press_data(cell.below(), _data(cell.below(), words))

    return step


def finds_question(stage: Stage, cell: Cell) -> None:
    """Whether to announce what the agent wrote is asked outside of the thread, below the preview."""
    assert cell.answer is not None
    general = stage.world.group.general
    previewed = next(i for i, m in enumerate(general) if m.text == cell.answer.text)
    cell.screen = next(m for m in general[previewed:] if m.buttons)


def fails(stage: Stage, cell: Cell) -> None:
    """An answer that Telegram does not take."""
    refuse = Refuse(400, "Bad Request: message is too long")
    stage.world.pg.faults.add(Fault("sendMessage", refuse, chat_id=cell.customer.person.id))
    stage.people[AGENT].write(cell.thread, "Это не дойдёт")


def _data(message: SeenMessage, words: str) -> str:
    labels = [label for row in message.buttons for label in row]
    label = next((each for each in labels if words in each), None)
    assert label is not None, (words, message.text, labels)
    data: str = message.button(label)["callback_data"]
    return data


# What is tried.


def press(stage: Stage, cell: Cell, who: str, data: str) -> Click:
    """Press what carries this where that person can."""
    if who == CUSTOMER:
        return cell.customer.person.press_data(cell.customer.bots()[-1], data)
    if who == STRANGER:
        return stage.eve.person.press_data(stage.eve.bots()[-1], data)
    if who == ELSEWHERE:
        return stage.eve.person.press_data(stage.foreign, data)
    if who == NEIGHBOUR:
        return stage.people[who].press_data(stage.next_door, data)
    return stage.people[who].press_data(cell.below(), data)


def button(make: Callable[[int], CallbackData], **how: Any) -> Deed:
    """Press what carries this for the ticket's number."""

    def do(stage: Stage, cell: Cell, who: str) -> Click:
        return press(stage, cell, who, make(cell.number).pack())

    return Deed(do, type(make(1)), **how)


def shown(words: str, kind: type[CallbackData], *, mine: bool = False, **how: Any) -> Deed:
    """Press a button that stands in the thread, or `mine` in the customer's chat; others have its copy."""

    def do(stage: Stage, cell: Cell, who: str) -> Click:
        stands = cell.customer.with_button(words) if mine else cell.below()
        assert stands is not None, words
        data = _data(stands, words)
        assert data.startswith(f"{kind.__prefix__}:"), data
        return press(stage, cell, who, data)

    return Deed(do, kind, **how)


def writing(text: str, *, reply: bool = False, command: str | None = None, **how: Any) -> Deed:
    """Write this in the thread, customers and strangers in their private chat."""

    def do(stage: Stage, cell: Cell, who: str) -> None:
        world, answers = stage.world, cell.answer if reply else None
        if who == CUSTOMER:
            cell.customer.write(text)
        elif who == STRANGER:
            stage.eve.write(text)
        elif who == ELSEWHERE:
            stage.eve.person.write(stage.foreign.chat, text)
        elif who == NEIGHBOUR:
            # In a reply, as if to the ticket's thread.
            stage.people[who].write(stage.next_door.chat, text, reply_to=stage.next_door)
        elif who == FORMER:
            # A client would not let them; what was under way when they left comes all the same.
            person = stage.people[who]
            message = world.pg.new_message(
                world.group, person, "text", text, topic=cell.thread, reply_to=answers
            )
            world.pg.post(_with_command(message))
        else:
            stage.people[who].write(cell.thread, text, reply_to=answers, anonymous=who == ANONYMOUS)

    return Deed(do, command if command is not None else text.split()[0].removeprefix("/"), **how)


def _with_command(message: SeenMessage) -> SeenMessage:
    text = message.text or ""
    if text.startswith("/"):
        message.entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    return message


def reacting(**how: Any) -> Deed:
    """React to the customer's message in the thread; the customer to an agent's in their chat."""

    def do(stage: Stage, cell: Cell, who: str) -> None:
        if who == CUSTOMER:
            cell.customer.person.react(cell.customer.bots()[-1], "❤")
            return
        copy = next(m for m in cell.thread.messages if cell.asked and m.text == cell.asked.text)
        if who in (STRANGER, ELSEWHERE):
            stage.eve.person.react(copy, "👎")
        elif who == NEIGHBOUR:
            stage.people[who].react(copy, "👎")
        else:
            as_chat = stage.world.group if who == ANONYMOUS else None
            stage.people[who].react(copy, "👎" if who == FORMER else "👍", as_chat=as_chat)

    return Deed(do, "a reaction", **how)


# The tickets, and what they look like.


async def open_tickets(stage: Stage, cells: Iterable[tuple[Deed, Cell]]) -> None:
    """Open one for each cell, all at once, and bring it to where its action can be tried."""
    world = stage.world
    cells = list(cells)
    assert world.app is not None
    agent = Actor("agent", stage.people[AGENT].id, AGENT)
    async with world.app.store.transaction() as tx:
        life = Life(tx, Outbox(tx), stage.desk)
        for deed, cell in cells:
            cell.customer.chat.started = True
            known = await customers.meet(tx, _user(cell.customer.person))
            await customers.set_language(tx, known.id, "ru")
            if deed.agreed:
                await customers.agree(tx, known.id, 1)
            ticket = await life.open(known, subject=SUBJECT, serial=None, answers={"subject": SUBJECT})
            cell.number = ticket.number
            if deed.banned:
                await customers.ban(tx, known.id, "спам")
            await life.outbox.owe(destinations.customer(known.id), view(_HELLO))
    await world.settle()
    threads = {topic.name.split()[0]: topic for topic in world.group.topics}
    for _, cell in cells:
        cell.topic = threads[f"#{cell.number}"]
    async with world.app.store.transaction() as tx:
        life = Life(tx, Outbox(tx), stage.desk)
        for deed, cell in cells:
            for action in deed.state:
                assert await life.act(await tickets.get(tx, cell.number), action, agent) is not None
    await world.settle()
    for step in range(max(len(deed.before) for deed, _ in cells)):
        for deed, cell in cells:
            if len(deed.before) > step:
                deed.before[step](stage, cell)
        await world.settle()


def _user(person: Person) -> User:
    return User(id=person.id, is_bot=False, first_name=person.first_name, language_code="ru")


Facts = dict[str, object]


async def facts_of(stage: Stage, cells: Sequence[Cell]) -> list[Facts]:
    """What stands anywhere about each ticket and its customer, as far as an action could change it."""
    app, bot = stage.world.app, stage.world.bot
    assert app is not None
    async with app.store.reading() as tx:
        stored = {name: _grouped(await tx.all(select(*columns))) for name, columns in _STORED.items()}
    return [
        {
            **{
                name: found.get(cell.number if name in _BY_NUMBER else cell.customer.person.id, [])
                for name, found in stored.items()
            },
            "chat": _looks(cell.customer.chat.messages, bot),
            "thread": _looks(cell.thread.messages, bot),
            "topic": (cell.thread.closed, cell.thread.deleted),
            "outside": [
                m.text
                for m in stage.world.group.general
                if m.sender is bot and str(cell.number) in (m.text or "")
            ],
            "screen": _looks([cell.screen], bot) if cell.screen is not None else None,
        }
        for cell in cells
    ]


def _columns(table: Table, names: str) -> list[Column[Any]]:
    return [table.c[name] for name in names.split()]


# Whose it is comes first.
_STORED = {
    "ticket": _columns(
        models.ticket,
        "number customer_id state assignee_id department priority menu reason until due_at linked_to",
    ),
    "journal": _columns(models.journal, "ticket_number event"),
    "customer": _columns(models.customer, "id language banned_at agreed_version erased_at"),
    "draft": _columns(models.draft, "customer_id id step type passed"),
    "marks": _columns(models.customer_mark, "customer_id mark"),
}
_BY_NUMBER = ("ticket", "journal")


def _grouped(rows: Iterable[Any]) -> dict[int, list[object]]:
    found: dict[int, list[object]] = {}
    for key, *values in rows:
        found.setdefault(key, []).append(values)
    return found


def _looks(messages: Iterable[SeenMessage], bot: Any) -> list[object]:
    """What the bot shows, and how it reacts to what others wrote."""
    return [
        (m.kind, m.text, m.buttons) if m.sender is bot else m.reactions.get(bot)
        for m in messages
        if m.sender is bot or bot in m.reactions
    ]


def outcome(before: Facts, after: Facts, click: Click | None, written: str | None) -> str:
    """What came of it, in a word of the table."""
    if before == after:
        toast = click.result.text if click is not None and click.result is not None else ""
        for word, texts in _WORDS.items():
            if toast in texts:
                return word
        if _THERE in toast:
            return "there"
        if _ADMINS in toast:
            return "admins"
        return "nothing" if click is None else "own"
    changed = {name for name in before if before[name] != after[name]}
    if changed == {"chat"} and written is not None and click is None:
        return "told"
    said = [each for each in _list(after["thread"]) if each not in _list(before["thread"])]
    if changed == {"thread"} and len(said) == 1 and _ADMINS in str(said):
        return "admins"
    crossed = written is not None and ("text", written, []) in said
    return "words" if crossed and changed <= {"thread", "journal", "ticket"} else "acts"


def _list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
