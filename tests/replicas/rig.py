"""Bots as several processes have them on one PostgreSQL, in real time, and a webhook that brings updates."""

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod
from sqlalchemy import text

from bot.app import App
from bot.pipeline.accept import ALLOWED_UPDATES, Poller, receive
from bot.pipeline.shared_sender import _SharedLane
from bot.settings import load_settings
from playground import Bot, Group, Person, Playground, Topic
from storage import inbox, leases, outbox
from storage.store import Store
from tests.crash_rig import until
from tests.open_tickets import open_tickets

# Nobody polls while this "process" says that it does.
_NOBODY = "webhook"

Choose = Callable[[dict[str, Any]], int]


class Replicas:
    """A playground with a desk whose customers have open tickets, and as many bots as are started."""

    def __init__(
        self, database_url: str, *, redis_url: str | None = None, customers: int = 2, **settings: Any
    ) -> None:
        self.database_url = database_url
        self.redis_url = redis_url
        # Further settings of each bot.
        self.settings = settings
        self.pg = Playground()
        self.bot: Bot = self.pg.add_bot(name="Talon", username="talon_bot")
        self.group: Group = self.pg.add_group("Поддержка", forum=True)
        self.agent: Person = self.pg.add_person("Ольга", language_code="ru")
        self.group.join(self.agent)
        self.group.add_bot(self.bot, admin=True)
        self.people = [self.pg.add_person(f"Клиент {n}", language_code="ru") for n in range(customers)]
        self.topics: dict[Person, Topic] = {}
        self.apps: list[App] = []
        # Which of the apps an update is brought to.
        self.choose: Choose = self.any_of
        self._random = random.Random(1)
        self._store = Store(database_url)
        self._webhook: asyncio.Task[None] | None = None
        self._held: list[dict[str, Any]] | None = None

    async def begin(self, count: int = 2, *, webhook: bool = True) -> None:
        """Start so many bots."""
        for index, person in enumerate(self.people):
            person.chat(self.bot).started = True
            self.topics[person] = self.group.open_topic(f"#{1001 + index}")
        await self.pg.start()
        await open_tickets(self.database_url, self.group, self.topics)
        await self._store.open()
        if webhook:
            await self._store.show_life(_NOBODY)
            async with self._store.transaction() as tx:
                assert await leases.claim(tx, _NOBODY, [leases.POLLING])
            self.bot.updates.allowed = frozenset(ALLOWED_UPDATES)
        await asyncio.gather(*(self.start() for _ in range(count)))
        if webhook:
            self._webhook = asyncio.create_task(self._bring())

    async def start(self) -> App:
        """Start one more."""
        settings = load_settings(
            _env_file=None,
            bot_token=self.bot.token,
            staff_chat_id=self.group.id,
            database_url=self.database_url,
            redis_url=self.redis_url,
            telegram_api_url=self.pg.url,
            listen="127.0.0.1:0",
            **self.settings,
        )
        app = App(settings)
        await app.start()
        self.apps.append(app)
        return app

    async def stop(self, app: App) -> None:
        """Stop one cleanly."""
        self.apps.remove(app)
        await app.stop()

    async def kill(self, app: App) -> None:
        """End one as if the machine had lost power: nothing is given back or written down."""
        self.apps.remove(app)
        tasks, app._tasks = app._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app._close()

    async def close(self) -> None:
        """End everything."""
        if self._webhook is not None:
            self._webhook.cancel()
            with suppress(asyncio.CancelledError):
                await self._webhook
        for app in list(self.apps):
            await self.stop(app)
        await self._store.close()
        await self.pg.stop()

    # The webhook.

    def any_of(self, update: dict[str, Any]) -> int:
        """Bring it to any of the bots, as a proxy would."""
        return self._random.randrange(len(self.apps))

    async def _bring(self) -> None:
        """As Telegram does: the next update of a lane comes when the one before was answered."""
        lanes: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                found = [json.loads(raw) for raw in self.bot.updates.peek(100)]
                for update in found:
                    lane = inbox.lane(update)
                    if lane not in lanes:
                        lanes[lane] = asyncio.Queue()
                        group.create_task(self._bring_in_order(lanes[lane]))
                    lanes[lane].put_nowait(update)
                if found:
                    self.bot.updates.acknowledge(found[-1]["update_id"] + 1)
                await self.bot.updates.arrival()

    async def _bring_in_order(self, lane: "asyncio.Queue[dict[str, Any]]") -> None:
        while True:
            update = await lane.get()
            if self._held is None:
                await self.bring(update, self.apps[self.choose(update)])
            else:
                self._held.append(update)

    @contextmanager
    def held_back(self) -> Iterator[list[dict[str, Any]]]:
        """What people do meanwhile is brought to nobody; gives the updates."""
        self._held = []
        yield self._held
        self._held = None

    async def bring(self, update: dict[str, Any], app: App) -> None:
        """Bring an update to a bot; returns when it is answered."""
        assert app.parts is not None
        await receive(app.store, app.parts.processor, inbox.rows([update]))

    # What is seen.

    def said(self, person: Person) -> list[str]:
        """What the thread of a customer shows of theirs, in order."""
        # What has buttons is the ticket's card, which may come anew between them.
        shown = [m.text or "" for m in self.topics[person].messages if m.sender is self.bot and not m.buttons]
        return [line for lines in shown for line in lines.split("\n") if line]

    def heard(self, person: Person) -> list[str]:
        """What the bot told a customer, in order."""
        return [m.text or "" for m in person.chat(self.bot).messages if m.sender is self.bot]

    async def shows(self, person: Person, lines: list[str], within: float = 20.0) -> None:
        """Wait until the thread shows these lines of a customer, and no others."""
        await until(lambda: len(self.said(person)) >= len(lines), f"{lines} in {self.said(person)}", within)
        assert self.said(person) == lines, self.said(person)

    async def quiet(self) -> None:
        """Wait until nothing is left to do: a kill then can double nothing."""
        while True:
            async with self._store.reading() as tx:
                if not await outbox.waiting(tx) and not await inbox.waiting(tx):
                    return
            await asyncio.sleep(0.05)

    async def let_leases_end(self, *, polling: bool = False) -> None:
        """As if their time had passed, by the database's clock: of those to send, or of the one to poll."""
        ending = "UPDATE destination SET lease_until = lease_until - interval '91 s' WHERE (key = :it) = :one"
        async with self._store.transaction() as tx:
            await tx.execute(text(ending), {"it": leases.POLLING, "one": polling})

    @staticmethod
    def let_time_pass(app: App) -> None:
        """As if one process had stood still for so long that its leases ended, by its machine's clock."""
        assert app.parts is not None
        long = leases.LEASE.total_seconds() + 1
        for lane in app.parts.sender._lanes.values():
            assert isinstance(lane, _SharedLane)
            lane._read_at -= long
        if isinstance(app.parts.source, Poller) and app.parts.source._turn is not None:
            app.parts.source._turn._asked_at -= long

    def freeze(self, app: App, *methods: str) -> "Frozen":
        """Hold the calls of one bot back before Telegram sees them."""
        frozen = Frozen(methods)
        app.bot.session.middleware(frozen)  # type: ignore[arg-type]
        return frozen


class Frozen:
    """Calls of one bot that stand still."""

    def __init__(self, methods: tuple[str, ...]) -> None:
        self._methods = methods
        self._thawed = asyncio.Event()
        self.held = 0

    async def __call__(
        self, ask: NextRequestMiddlewareType[Any], bot: Any, method: TelegramMethod[Any]
    ) -> Response[Any]:
        if method.__api_method__ in self._methods and not self._thawed.is_set():
            self.held += 1
            await self._thawed.wait()
        return await ask(bot, method)

    def thaw(self) -> None:
        """Let them go."""
        self._thawed.set()


async def soon(seen: Callable[[], Any], what: str, within: float) -> float:
    """Wait for it; gives back the seconds it took."""
    began = asyncio.get_running_loop().time()
    await until(seen, what, within)
    return asyncio.get_running_loop().time() - began
