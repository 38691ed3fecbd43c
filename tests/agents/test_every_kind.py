"""The table of kinds, played: each cell over the wire, and compared with what people read about it."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiogram.enums import ContentType

from playground import Chat, Person, Topic
from storage.content import NOTES
from tests.agents.kinds import FORWARDS, KINDS, NEVER_SENT, PROTECTED, ROWS, Edit, Kind, rows_of
from tests.agents.outcomes import WITHHELD, Facts, Outcome, Scene, Sent, Side, seen
from tests.agents.seeds import DELIVERED, open_ticket
from tests.world import Customer, World

ACTIONS = ("new", "edited", "replied to", "reacted to")
AGAIN = [["Отправить ещё раз"]]
EDITED = "Клиент изменил это сообщение."
HEART = "❤"


@dataclass(slots=True)
class Play:
    """One direction in one kind of group: who sends, who gets it, and what was found of each cell.

    A cell is a row's title and an action. `found` is empty where all is as the table says, and begins
    with "never: " where Telegram lets nobody do that.
    """

    world: World
    by_customer: bool
    plain: bool
    side: Side
    here: Chat | Topic
    there: Chat | Topic
    other: Person
    rows: list[Kind]
    sent: dict[str, Sent] = field(default_factory=dict)
    copies: dict[str, Sent] = field(default_factory=dict)
    found: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    async def begin(cls, world: World, *, by_customer: bool, plain: bool) -> "Play":
        """Open a ticket to play in."""
        customer = Customer(world, world.pg.add_person("Анна", language_code="ru"))
        if plain:
            world.group.set_forum(False)
        await world.start()
        # What was said there before tells of topics still.
        await world.settle(0)
        await open_ticket(world, customer)
        await world.until(lambda: any(message.buttons for message in world.group.messages))
        await world.settle(0)
        card = next(message for message in world.group.messages if message.buttons)
        scene = Scene.of(world)
        thread: Chat | Topic = world.group if plain else world.topic()
        asks = Side(customer.person, customer.chat, scene)
        answers = Side(world.agent, thread, scene, card if plain else None)  # type: ignore[arg-type]
        await world.settle(0)
        rows = rows_of(plain=plain)
        if by_customer:
            return cls(world, True, plain, asks, customer.chat, thread, world.agent, rows)
        return cls(world, False, plain, answers, thread, customer.chat, customer.person, rows)

    async def wait(self, seen: Callable[[], bool]) -> None:
        """Let time pass until that is seen, at most a minute; and a moment for what should not come."""
        with suppress(AssertionError):
            await self.world.until(seen, 60)
        await self.world.settle(1)

    def outcome(self, row: Kind) -> Outcome:
        return row.outcome(by_customer=self.by_customer, plain=self.plain)

    def wanted(self, row: Kind) -> list[Facts]:
        """What has to stand at the other side now."""
        shows = self.outcome(row).shows
        return shows(self.sent[row.title], self.plain) if shows is not None else []

    def bots(self, place: Chat | Topic, known: int = 0) -> Sent:
        """What the bot said in a place, what was known before left out."""
        return [message for message in place.messages[known:] if message.sender is self.world.bot]

    # New.

    def sent_of(self, row: Kind) -> Sent:
        """Send a row."""
        sent = row.send(self.side, row.title)
        return sent if isinstance(sent, list) else [sent]

    async def send(self) -> None:
        """Send every row, all at once, and look what became of it."""
        known = len(self.there.messages)
        chat = self.side.place.group if isinstance(self.side.place, Topic) else self.side.place
        for row in self.rows:
            chat.protects_content = row.protected
            self.sent[row.title] = self.sent_of(row)
        chat.protects_content = False
        await self.wait(lambda: len(self.bots(self.there, known)) >= self._expected())
        arrived = self.bots(self.there, known)
        notices = [message for message in arrived if message.buttons == AGAIN]
        arrived = [message for message in arrived if message not in notices]
        for row in self.rows:
            self.found[row.title, "new"] = self._arrived(row, arrived, notices)
        assert not arrived, f"nobody sent {arrived}"
        assert not notices, f"nothing failed that {notices} tell of"
        first = [copies[0].id for copies in self.copies.values() if copies]
        assert first == sorted(first), "out of order"

    def _expected(self) -> int:
        """How many messages have to come of all rows, notices to agents included."""
        refused = sum(self.outcome(row).shows is None for row in self.rows) if self.by_customer else 0
        return sum(len(self.wanted(row)) for row in self.rows) + refused

    def _arrived(self, row: Kind, arrived: Sent, notices: Sent) -> str:
        wanted = self.wanted(row)
        if not wanted:
            return self._told(row, notices)
        size = len(wanted)
        for at in range(len(arrived) - size + 1):
            if [seen(message) for message in arrived[at : at + size]] == wanted:
                self.copies[row.title] = arrived[at : at + size]
                del arrived[at : at + size]
                return self._stands(row)
        return f"wanted {wanted}, got none of {[seen(message) for message in arrived[:3]]}"

    def _stands(self, row: Kind) -> str:
        """What is wrong about how the copies stand there."""
        sent, copies = self.sent[row.title], self.copies[row.title]
        if (len(sent) > 1) != (len({copy.album for copy in copies if copy.album}) == 1):
            return "not one album"
        if not self.by_customer:
            return "" if sent[0].reactions.get(self.world.bot) == DELIVERED else "no mark"
        if self.plain and any(copy.reply_to is None for copy in copies if copy.forward_origin is None):
            return "not below the card"
        return ""

    def _told(self, row: Kind, notices: Sent) -> str:
        """What is wrong about how people are told that nothing crossed."""
        outcome, sent = self.outcome(row), self.sent[row.title][0]
        if self.world.bot in sent.reactions:
            return "marked as if it had crossed"
        answers = [message for message in self.bots(self.here) if message.reply_to is sent]
        if outcome.silent:
            return "answered" if answers else ""
        if self.by_customer:
            if not notices or "не удалось показать" not in (notices.pop(0).text or ""):
                return "the agents are not told"
            return "" if "не удалось передать" in _said(answers) else "the customer is not told"
        if "не доставлено" not in _said(answers) or answers[0].buttons != AGAIN:
            return "the agent is not told"
        withheld = "можно только переслать" in _said(answers)
        return "" if withheld == (outcome is WITHHELD) else f"wrong reason: {_said(answers)}"

    # What is done to what crossed.

    async def edit(self) -> None:
        """Let the authors change what they sent, and look at the copies."""
        known = len(self.there.messages)
        followers: list[Kind] = []
        edited: list[Kind] = []
        for row in self.rows:
            if not isinstance(row.edit, Edit):
                self.found[row.title, "edited"] = f"never: {row.edit}"
            elif row.title not in self.copies:
                self.found[row.title, "edited"] = f"never: {self.outcome(row).words}"
            else:
                before = self.wanted(row)
                row.edit.do(self.side.person, self.sent[row.title])
                assert self.wanted(row) != before, f"{row.title}: that is no change"
                (followers if row.edit.follows else edited).append(row)
        await self.wait(
            lambda: (
                len(self._new_versions(known)) >= len(followers)
                and all(self._now(row) == self.wanted(row) for row in edited)
            )
        )
        for row in edited:
            now, wanted = self._now(row), self.wanted(row)
            self.found[row.title, "edited"] = "" if now == wanted else f"wanted {wanted}, got {now}"
        arrived = self._new_versions(known)
        assert len(arrived) == len(followers), arrived
        for row, message in zip(followers, arrived, strict=True):
            follows = [seen(message)] == self.wanted(row) and message.reply_to is self.copies[row.title][0]
            self.found[row.title, "edited"] = "" if follows else f"{message} in reply to {message.reply_to}"

    def _new_versions(self, known: int) -> Sent:
        """What followed, without the lines that tell agents of an edit."""
        return [message for message in self.bots(self.there, known) if message.text != EDITED]

    def _now(self, row: Kind) -> list[Facts]:
        return [seen(copy) for copy in self.copies[row.title]]

    async def reply(self) -> None:
        """Let the other side reply to each copy, and look what the reply stands under."""
        known = len(self.here.messages)
        crossed = self._crossed("replied to")
        for row in crossed:
            self.other.write(self.there, f"Ответ: {row.title}", reply_to=self.copies[row.title][0])
        await self.wait(lambda: len(self.bots(self.here, known)) >= len(crossed))
        replies = {message.text: message for message in self.bots(self.here, known)}
        for row in crossed:
            reply = replies.get(f"Ответ: {row.title}")
            maps = reply is not None and reply.reply_to in self.sent[row.title]
            self.found[row.title, "replied to"] = "" if maps else f"got {reply}"

    async def react(self) -> None:
        """Let the other side react to each copy, and look at the originals."""
        crossed = self._crossed("reacted to")
        for row in crossed:
            self.other.react(self.copies[row.title][-1], HEART)
        await self.wait(lambda: all(HEART in self._marks(row) for row in crossed))
        for row in crossed:
            marks = self._marks(row)
            self.found[row.title, "reacted to"] = "" if HEART in marks else f"got {marks}"

    def _marks(self, row: Kind) -> list[str | None]:
        return [message.reactions.get(self.world.bot) for message in self.sent[row.title]]

    def _crossed(self, action: str) -> list[Kind]:
        for row in self.rows:
            if row.title not in self.copies:
                self.found[row.title, action] = f"never: {self.outcome(row).words}"
        return [row for row in self.rows if row.title in self.copies]


def _said(messages: Sent) -> str:
    return " ".join(message.text or "" for message in messages)


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[World]:
    """A world that the test itself starts."""
    world = World(sqlite_url)
    yield world
    await world.close()


@pytest.mark.parametrize("plain", [False, True], ids=["forum", "plain group"])
@pytest.mark.parametrize("by_customer", [True, False], ids=["from the customer", "from an agent"])
async def test_every_cell(stage: World, by_customer: bool, plain: bool) -> None:
    play = await Play.begin(stage, by_customer=by_customer, plain=plain)
    await play.send()
    await play.edit()
    await play.reply()
    await play.react()
    wrong = {cell: found for cell, found in play.found.items() if found and not found.startswith("never: ")}
    assert not wrong
    assert set(play.found) == {(row.title, action) for row in play.rows for action in ACTIONS}
    # Nothing is passed by without a word of why.
    for row in play.rows:
        crossed = play.outcome(row).shows is not None
        never = [action for action in ACTIONS if play.found[row.title, action]]
        assert never == ([] if crossed and isinstance(row.edit, Edit) else ["edited"] if crossed else never)
        assert crossed or never == ["edited", "replied to", "reacted to"]


async def test_the_table_knows_every_kind(stage: World) -> None:
    """A kind that a new Telegram brings has to be given its row, or a reason why nobody sends it."""
    assert len({row.title for row in ROWS}) == len(ROWS)
    play = await Play.begin(stage, by_customer=True, plain=False)
    played = {message.kind for row in ROWS for message in play.sent_of(row)}
    known = {kind.value for kind in ContentType}
    assert not played & set(NEVER_SENT)
    assert played - known == {"hologram"}
    assert known == (played & known) | set(NEVER_SENT) | {kind.value for kind in NOTES}


# The same for people.


def _ways(row: Kind) -> str:
    customer, agent = row.customer.words, row.agent.words
    return customer if customer == agent else f"from a customer {customer}; from an agent {agent}"


def _changes(row: Kind) -> str:
    return row.edit.words if isinstance(row.edit, Edit) else f"never: {row.edit}"


def _tables() -> list[list[str]]:
    """The tables of `docs/kinds.md`, line by line."""
    kinds = [f"| {row.name} | {_ways(row)} | {_changes(row)} |" for row in KINDS if not row.variant]
    forwards = [
        f"| {row.name} | {row.customer.words} | {'the same' if row.agent is row.customer else 'nothing'} |"
        for row in FORWARDS
        if not row.variant
    ]
    protected = [f"| {row.name} | {_ways(row)} |" for row in PROTECTED]
    return [kinds, forwards, protected]


def test_the_page_says_what_the_table_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "kinds.md").read_text()
    blocks = [block.splitlines() for block in page.split("\n\n") if block.startswith("| ")]
    assert [block[2:] for block in blocks] == _tables()
    assert "a forward reply to nothing" in page
