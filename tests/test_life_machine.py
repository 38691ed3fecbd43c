"""Any sequence of what customers, agents, time and faults do leaves tickets whole: over the wire.

`TALON_EXAMPLES=50 pytest --timeout 0 tests/test_life_machine.py` plays more of them, other ones each time.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from desk.history import replay
from desk.lifecycle import State
from playground import Fault, SeenMessage, ServerError, TooMany
from storage import journal, tickets
from tests.agents.seeds import leap, open_ticket
from tests.watched_loop import WatchedLoop
from tests.world import Customer, World

_EXAMPLES = int(os.environ.get("TALON_EXAMPLES", "0"))
_HOUR = 3600.0

# What hypothesis draws: who or what acts, and which of what they could do, by numbers that always fit.
_AGENT, _CUSTOMER = ("write", "press", "press", "press"), ("write", "press", "press", "reply")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("agent"), st.sampled_from(_AGENT), st.integers(0, 40)),
        st.tuples(st.just("customer"), st.sampled_from(_CUSTOMER), st.integers(0, 40)),
        st.tuples(st.just("time"), st.sampled_from(("minutes", "hours", "days", "weeks")), st.just(0)),
        st.tuples(st.just("fault"), st.sampled_from(("restart", "500", "429", "block")), st.just(0)),
    ),
    min_size=25,
    max_size=40,
)
_SPANS = {"minutes": (600.0, 600.0), "hours": (5 * _HOUR, _HOUR), "days": (50 * _HOUR, 10 * _HOUR)}
_SPANS["weeks"] = (16 * 24 * _HOUR, 48 * _HOUR)

# What leads from wherever a customer stands in the form to its end.
_ONWARD = ("Новая заявка", "Продолжить", "Даю согласие", "Нет", "Отправить", "Пропустить", "Готово")


class Play:
    """One desk, two agents, a customer, and what was written by each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.agents = [world.agent, world.pg.add_person("Пётр", language_code="ru")]
        world.group.join(self.agents[1])
        self.anna: Customer = world.customer("Анна")
        self.by_customer: list[str] = []
        self.by_agent: list[str] = []

    async def act(self, who: str, what: str, which: int) -> None:
        """One event, and what comes of it at once."""
        doing: dict[str, Callable[[str, int], Awaitable[None]]] = {
            "agent": self._agent,
            "customer": self._customer,
            "time": self._time,
            "fault": self._fault,
        }
        await doing[who](what, which)
        await self.world.settle(2)

    async def _agent(self, what: str, which: int) -> None:
        topics = self.world.group.topics
        topic = topics[which % len(topics)]
        agent = self.agents[which % 2]
        if what == "write" and not topic.closed:
            self.by_agent.append(f"Ответ {len(self.by_agent)}.")
            agent.write(topic, self.by_agent[-1])
        elif what == "press":
            labels = [label for row in topic.messages[1].buttons for label in row]
            if labels:
                agent.press(topic.messages[1], labels[which % len(labels)])

    async def _customer(self, what: str, which: int) -> None:
        chat, person = self.anna.chat, self.anna.person
        if chat.blocked:
            person.start(self.world.bot)
            return
        shown = [(m, label) for m in self.anna.bots()[-6:] for row in m.buttons for label in row]
        if what == "press" and shown:
            person.press(*shown[which % len(shown)])
            return
        said = self.anna.bots()
        reply = said[which % len(said)] if what == "reply" and said else None
        self.by_customer.append(f"Сообщение {len(self.by_customer)}.")
        self.anna.write(self.by_customer[-1], reply_to=reply)

    async def _time(self, what: str, which: int) -> None:
        await leap(self.world, *_SPANS[what])

    async def _fault(self, what: str, which: int) -> None:
        world = self.world
        match what:
            case "restart":
                await world.stop()
                await world.start()
            case "500":
                world.pg.faults.add(Fault(None, ServerError(502), times=3))
            case "429":
                world.pg.faults.add(Fault("sendMessage", TooMany(5), times=2))
            case "block":
                if not self.anna.chat.blocked:
                    self.anna.person.block(world.bot)

    async def check(self) -> None:
        """At the end, with everybody back and nothing in the way, all is where it belongs."""
        world = self.world
        world.pg.faults.clear()
        # Whatever they were at, /start gets an answer, and so does a message.
        for text in ("/start", f"Сообщение {len(self.by_customer)}."):
            before = self._latest()
            threads = sum(len(topic.messages) for topic in world.group.topics)
            if text == "/start":
                self.anna.person.start(world.bot)
            else:
                self.by_customer.append(text)
                self.anna.write(text)
            await world.settle(60)
            now = sum(len(topic.messages) for topic in world.group.topics)
            assert self._latest() > before or now > threads, world.report()
        await self._finish_what_is_kept()
        await world.settle(60)
        # What waited for Telegram travels as one message; a list of what was said tells who and when.
        in_threads = _lines(message for topic in world.group.topics for message in topic.messages)
        for text in self.by_customer:
            assert in_threads.count(text) == 1, (text, world.report())
        in_chat = _lines(self.anna.bots())
        for text in self.by_agent:
            assert in_chat.count(text) == 1, (text, world.report())
        await self._check_store()

    def _latest(self) -> int:
        return max((message.id for message in self.anna.bots()), default=0)

    async def _finish_what_is_kept(self) -> None:
        """What could belong to several requests, or to none, waits for a button: press it."""
        where = self.anna.with_button(f"#{self._open_number()} · Терминал не принимает карты")
        if where is not None:
            label = next(label for row in where.buttons for label in row if label.startswith("#"))
            self.anna.person.press(where, label)
            await self.world.settle(2)
        # Or it is, or becomes, a request that is not finished yet.
        for _ in range(12):
            question = self.anna.bots()[-1]
            labels = [label for row in question.buttons for label in row]
            button = next((word for word in _ONWARD if any(label.endswith(word) for label in labels)), None)
            if button is not None:
                await self.anna.press(button)
            elif "Отменить" in labels:
                await self.anna.say("210987654321" if "номер" in (question.text or "") else "Молчит")
            else:
                return

    def _open_number(self) -> int:
        return max(int(topic.name.split()[0].removeprefix("#")) for topic in self.world.group.topics)

    async def _check_store(self) -> None:
        assert self.world.app is not None
        async with self.world.app.store.transaction() as tx:
            for topic in self.world.group.topics:
                number = int(topic.name.split()[0].removeprefix("#"))
                ticket = await tickets.get(tx, number)
                assert replay(await journal.entries(tx, number)) == State(ticket.state)
                assert (ticket.closed_at is not None) == (ticket.state == State.CLOSED)
                assert topic.closed == (ticket.state == State.CLOSED), self.world.report()
                assert ticket.until is None or ticket.state == State.POSTPONED
                assert ticket.reason is None or ticket.state in (State.POSTPONED, State.REFUSED)


async def _play(url: str, events: list[tuple[str, str, int]]) -> None:
    world = World(url)
    await world.start()
    try:
        play = Play(world)
        await open_ticket(world, play.anna)
        await world.until(lambda: world.group.topics and world.topic().messages[1:])
        for event in events:
            await play.act(*event)
        await play.check()
    finally:
        await world.close()


def _lines(messages: Iterable[SeenMessage]) -> list[str]:
    return [line for message in messages for line in (message.text or "").split("\n")]


def test_whatever_happens_tickets_stay_whole(sqlite_template: Path, fast_folder: Path) -> None:
    @settings(
        max_examples=_EXAMPLES or 2,
        derandomize=not _EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate] if not _EXAMPLES else list(Phase),
        suppress_health_check=list(HealthCheck),
    )
    @given(EVENTS)
    def play(events: list[tuple[str, str, int]]) -> None:
        path = fast_folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(sqlite_template, path)
        try:
            with asyncio.Runner(loop_factory=WatchedLoop) as runner:
                runner.run(_play(f"sqlite+aiosqlite:///{path}", events))
        finally:
            for leftover in fast_folder.glob(f"{path.name}*"):
                leftover.unlink()

    play()
