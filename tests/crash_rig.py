"""The real bot as a process that is killed and starts again, in real time, and what people see of it."""

import asyncio
import itertools
import json
import os
import random
import re
import signal
import socket
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.parse import urlsplit

from locales import translator
from playground import Bot, Call, Group, Person, Photo, Playground, PrivateChat, SeenMessage, Topic
from storage.leases import LEASE
from tests.world import transcript

_ROOT = Path(__file__).parent.parent
_LOOK_EVERY = 0.04
# Seconds without a call after which nothing more is expected.
_QUIET = 2.0
# What is missing then may still wait for something, such as a dead process's lease.
_PATIENCE = 30.0
# So many deliveries at most may be made and not yet committed when the bot is killed: those may come again.
IN_FLIGHT = 10
# Seconds: what was on its way when something began that may have calls made again.
_JUST_BEFORE = 1.0
# Seconds before something was sent first from which on the story of its repeat tells.
_TOLD_BEFORE = 5.0
_SENDS = re.compile(r"send(?!ChatAction)")
# What everything that people say in these tests begins with: who, and which of theirs it is.
_TOKEN = re.compile(r"\b[ca]\d\d-\d{3}\b")
DELIVERED = "👌"
# The names of this machine by which the processes of a desk call Telegram, so that it shows which one called.
_NAMES = ("127.0.0.1", "localhost")
_DOOR = "desk.example"
_WEBHOOK = {"WEBHOOK_URL": f"https://{_DOOR}/telegram", "WEBHOOK_SECRET": "a-secret_of-Telegrams"}

T = TypeVar("T")


async def until(
    seen: Callable[[], T | None], what: str, within: float = 40.0, *, chat: PrivateChat | None = None
) -> T:
    """Wait in real time until `seen()` gives something; gives that back. A failure shows `chat`."""
    deadline = time.monotonic() + within
    while not (found := seen()):
        if time.monotonic() > deadline:
            shown = f"\n{transcript(chat)}" if chat else ""
            raise AssertionError(f"not within {within:.0f} s: {what}{shown}")
        await asyncio.sleep(_LOOK_EVERY)
    return found


@dataclass
class Life:
    """One process of the bot, from its start to its end, in seconds since the epoch."""

    pid: int
    began: float
    ended: float = float("inf")
    killed: bool = False


class Launcher:
    """Starts the bot, kills it, stops it."""

    def __init__(self, answers: StreamReader, commands: StreamWriter, host: str) -> None:
        self._answers = answers
        self._commands = commands
        # The name and port by which its lives call Telegram.
        self.host = host
        self.lives: list[Life] = []
        # From when to when a life stood still.
        self.freezes: list[tuple[float, float]] = []

    @property
    def kills(self) -> list[float]:
        """When lives were ended by force."""
        return [life.ended for life in self.lives if life.killed]

    async def start(self) -> None:
        """Begin a life."""
        began = time.time()
        self._commands.write(b".")
        self.lives.append(Life(await self._answer(), began))

    async def _answer(self) -> int:
        return int(await self._answers.readline())

    async def kill(self) -> None:
        """SIGKILL, now."""
        self.lives[-1].ended = time.time()
        self.lives[-1].killed = True
        assert await self._end(signal.SIGKILL) == -signal.SIGKILL

    async def stop(self) -> int:
        """SIGTERM; gives back the exit status."""
        status = await self._end(signal.SIGTERM)
        self.lives[-1].ended = time.time()
        return status

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It stands still, as when its machine is paused."""
        pid, began = self.lives[-1].pid, time.time()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)
            self.freezes.append((began, time.time()))

    async def _end(self, number: signal.Signals) -> int:
        os.kill(self.lives[-1].pid, number)
        return await asyncio.wait_for(self._answer(), 20)

    async def ended(self) -> int:
        """Wait until it ends by itself; gives back the exit status."""
        status = await asyncio.wait_for(self._answer(), 20)
        self.lives[-1].ended = time.time()
        return status

    async def restart(self) -> None:
        """Kill it and start it at once."""
        await self.kill()
        await self.start()

    async def close(self) -> None:
        """End whatever runs."""
        self._commands.write_eof()
        # What is alive is killed, its status told, and the connection closed.
        await self._answers.read()
        self._commands.close()
        with suppress(BrokenPipeError, ConnectionResetError):
            await self._commands.wait_closed()


@contextmanager
def crash_launcher() -> Iterator[Path]:
    """The process that forks lives of the bot; gives the address to connect to."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name in ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT")
    } | {"PYTHONPATH": str(_ROOT)}
    with TemporaryDirectory(prefix="talon-") as folder:
        address = Path(folder) / "launcher"
        with Popen(
            [sys.executable, "-m", "tests.crash_launcher", str(address)],
            stdin=PIPE,
            stdout=PIPE,
            # Away from any .env file.
            cwd=folder,
            env=environment,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield address
            process.stdin.close()


class Rig:
    """A playground with a desk, its customers and agents, and the bot's process."""

    def __init__(
        self, pg: Playground, launchers: Sequence[Launcher], bot: Bot, group: Group, log: Path
    ) -> None:
        self.pg = pg
        # One for each process that serves the desk.
        self.launchers = launchers
        self.launcher = launchers[0]
        self.bot = bot
        self.group = group
        # Where all of them write their log.
        self.log = log
        self.agents = [pg.add_person(name, language_code="ru") for name in ("Ольга", "Пётр", "Инга")]
        for agent in self.agents:
            group.join(agent)
        self.customers: list[Customer] = []
        # Whether a fault may come between the items of an album: a webhook brings each by itself, and whoever
        # sends does not know whether there is more for the one that polls.
        self.in_parts = False
        # From when to when calls may come again for another reason than a kill, and which.
        self.excuses: list[tuple[float, float, str]] = []

    def customer(self) -> "Customer":
        """One more customer."""
        customer = Customer(self, len(self.customers) + 1)
        self.customers.append(customer)
        return customer

    async def quiet(self) -> None:
        """Wait until the bot has started, and neither it nor Telegram has anything left for the other."""
        await until(self._is_quiet, "quiet", 90)

    def _is_quiet(self) -> bool:
        last = self.pg.calls[-1].done_at
        has_started = last > self.launcher.lives[-1].began
        return has_started and self.pg.idle(self.bot) and time.time() - last > _QUIET

    def errors(self) -> list[str]:
        """What the bot's log tells of that should never happen."""
        return [
            line
            for line in self.log.read_text().splitlines()
            if " ERROR " in line or line.startswith("Traceback")
        ]


@asynccontextmanager
async def running_rig(
    launcher: Path, database_url: str, folder: Path, *, clock: Path | None = None, **settings: str
) -> AsyncIterator[Rig]:
    """A rig whose bot is not started yet; it lives by the clock that is kept in a file, if one is given."""
    async with _desk([launcher], [0], database_url, folder, clock, settings) as rig:
        yield rig


@asynccontextmanager
async def running_replicas(
    launchers: Sequence[Path],
    database_url: str,
    folder: Path,
    *,
    webhook: bool = True,
    clock: Path | None = None,
    **settings: str,
) -> AsyncIterator[Rig]:
    """A rig with one process of the bot for each launcher; none is started yet.

    All of them are behind one webhook, or else one of them polls.
    """
    ports = free_ports(len(launchers))
    if webhook:
        settings = _WEBHOOK | settings
    async with _desk(launchers, ports, database_url, folder, clock, settings) as rig:
        if webhook:
            rig.pg.webhooks.names[_DOOR] = _proxy(ports)
        rig.in_parts = True
        yield rig


@asynccontextmanager
async def _desk(
    launchers: Sequence[Path],
    ports: Sequence[int],
    database_url: str,
    folder: Path,
    clock: Path | None,
    settings: dict[str, str],
) -> AsyncIterator[Rig]:
    async with Playground() as pg, AsyncExitStack() as stack:
        bot = pg.add_bot(name="Talon", username="talon_bot")
        group = pg.add_group("Поддержка", forum=True)
        group.add_bot(bot, admin=True)
        log = folder / "bot.log"
        lives = []
        for address, port, name in zip(launchers, ports, _NAMES, strict=False):
            telegram = urlsplit(pg.url)
            telegram = telegram._replace(netloc=f"{name}:{telegram.port}")
            environment = {
                "BOT_TOKEN": bot.token,
                "STAFF_CHAT_ID": str(group.id),
                "TELEGRAM_API_URL": telegram.geturl(),
                "DATABASE_URL": database_url,
                "LISTEN": f"127.0.0.1:{port}",
            } | settings
            told: dict[str, object] = {"folder": str(folder), "log": str(log), "environment": environment}
            if clock is not None:
                told["clock"] = str(clock)
            answers, commands = await asyncio.open_unix_connection(address)
            commands.write(json.dumps(told).encode() + b"\n")
            lives.append(Launcher(answers, commands, telegram.netloc))
            stack.push_async_callback(lives[-1].close)
        yield Rig(pg, lives, bot, group, log)


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens yet."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _proxy(ports: Sequence[int]) -> Callable[[], str]:
    """As a proxy does: the next replica in turn that lets itself be connected to, frozen or not."""
    turns = itertools.cycle(ports)

    def choose() -> str:
        for port in itertools.islice(turns, len(ports)):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.05):
                return f"127.0.0.1:{port}"
        return f"127.0.0.1:{ports[0]}"

    return choose


class Customer:
    """A customer with one ticket, and everything said in it."""

    def __init__(self, rig: Rig, index: int) -> None:
        self.rig = rig
        self.index = index
        self.serial = f"{index:012d}"
        self.person: Person = rig.pg.add_person("Анна", language_code="ru")
        self.chat: PrivateChat = self.person.chat(rig.bot)
        self.asked: list[str] = []
        self.albums: dict[str, list[str | None]] = {}
        self.answers: list[SeenMessage] = []

    # The form.

    def _button(self, label: str) -> tuple[SeenMessage, str] | None:
        for message in reversed(self.chat.messages):
            for row in message.buttons:
                for text in row:
                    if text.endswith(label):
                        return message, text
        return None

    def word(self, message: str) -> str:
        """A text of the bot's."""
        return translator("ru").plain(message)

    async def press(self, label: str) -> None:
        """Press the latest button of this English label, once it is there."""
        word = self.word(label)
        message, text = await until(lambda: self._button(word), f"the button {word}", chat=self.chat)
        self.person.press(message, text)

    async def sees(self, words: str) -> SeenMessage:
        """Wait until the bot says these words."""

        def found() -> SeenMessage | None:
            for message in reversed(self.chat.messages):
                if message.sender is self.rig.bot and words in (message.text or ""):
                    return message
            return None

        return await until(found, words, chat=self.chat)

    def steps(self, album: list[Photo] | None = None) -> list[Callable[[], Awaitable[None]]]:
        """What has to be done, one after the other, to open a ticket; each waits for its turn."""
        person = self.person

        async def start() -> None:
            person.start(self.rig.bot)

        async def choose_new() -> None:
            await until(lambda: self.chat.keyboard, "the keyboard", chat=self.chat)
            person.tap(self.chat, self.word("New request"))

        async def write(step: int, text: str) -> None:
            await self.sees(f"Шаг {step} из 5")
            person.write(self.chat, text)

        async def attach() -> None:
            await self.sees("Шаг 5 из 5")
            if album:
                self._sent_album("files", person.send_album(self.chat, album))

        return [
            start,
            lambda: self.press("Русский"),
            choose_new,
            lambda: self.press("I agree"),
            lambda: self.press("No"),
            lambda: self.press("Continue"),
            lambda: write(1, f"Терминал {self.index}"),
            lambda: write(2, self.serial),
            lambda: write(3, f"Описание {self.index}"),
            lambda: self.press("Skip"),
            attach,
            lambda: self.press("Done"),
            lambda: self.press("Submit"),
        ]

    async def open_ticket(self) -> None:
        """Go through the form; returns when the ticket has its thread."""
        for step in self.steps():
            await step()
        await self.thread()

    def threads(self) -> list[Topic]:
        """The threads about this customer."""
        return [topic for topic in self.rig.group.topics if f" {self.serial} " in topic.name]

    def cards(self) -> list[SeenMessage]:
        """The cards that stand in them."""
        return [m for topic in self.threads() for m in topic.messages if (m.text or "").startswith("#")]

    async def thread(self) -> Topic:
        """The thread with the ticket's card."""

        def found() -> Topic | None:
            return next((topic for topic in reversed(self.threads()) if len(topic.messages) > 1), None)

        return await until(found, "a thread", chat=self.chat)

    def sees_own_request(self) -> bool:
        """Whether the last thing the bot said is a list of one request, the one of the thread."""
        number = self.threads()[0].name.split(" ")[0]
        last = self.chat.last
        shown = set(re.findall(r"#\d+", f"{last.text} {last.buttons}"))
        return last.sender is self.rig.bot and shown == {number}

    # The conversation.

    def write(self) -> None:
        """Say one more thing."""
        self.person.write(self.chat, f"{self._next()} не работает")

    def send_album(self, count: int) -> None:
        """Send files with one more thing said about them."""
        token = self._next()
        self._sent_album(
            token, self.person.send_album(self.chat, [Photo() for _ in range(count)], caption=token)
        )

    def _sent_album(self, key: str, sent: list[SeenMessage]) -> None:
        self.albums[key] = [message.file_id for message in sent]

    def _next(self) -> str:
        token = f"c{self.index:02d}-{len(self.asked):03d}"
        self.asked.append(token)
        return token

    async def get_answer(self, agent: Person) -> None:
        """An agent answers in the thread."""
        topic = await self.thread()
        token = f"a{self.index:02d}-{len(self.answers):03d}"
        self.answers.append(agent.write(topic, f"{token} проверяем"))

    def in_threads(self) -> list[SeenMessage]:
        """What the bot shows of this customer in the group."""
        return [m for topic in self.threads() for m in topic.messages if m.sender is self.rig.bot]

    def in_chat(self) -> list[SeenMessage]:
        """What the bot shows this customer."""
        return [m for m in self.chat.messages if m.sender is self.rig.bot]


def tokens(messages: Iterable[SeenMessage]) -> list[str]:
    """What people said, as it stands in messages, in order."""
    return [token for message in messages for token in _TOKEN.findall(message.text or "")]


@dataclass
class Findings:
    """What is wrong, and what may be: a repeat close to a kill."""

    lost: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    torn_albums: list[str] = field(default_factory=list)
    false_marks: list[str] = field(default_factory=list)
    without_mark: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    excused: Counter[str] = field(default_factory=Counter)
    # Of each that came more than once: when it was sent, by whom, and what became of that process.
    stories: dict[str, str] = field(default_factory=dict)
    # Whole and in order, but not as one: Telegram could not bring its items together.
    albums_in_parts: dict[str, int] = field(default_factory=dict)

    def missing(self) -> bool:
        """Whether something has not arrived, or not yet."""
        return bool(self.lost or self.torn_albums or self.without_mark)

    def wrong(self) -> dict[str, list[str]]:
        """What must not be there."""
        lists = {name: value for name, value in vars(self).items() if isinstance(value, list)}
        return {name: value for name, value in lists.items() if value}


class Inspection:
    """Looks at both sides from outside."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self.found = Findings()
        self._sends: dict[str, list[Call]] = defaultdict(list)
        self._again: dict[tuple[str, float], int] = defaultdict(int)
        for call in rig.pg.calls:
            if is_delivery(call):
                for token in set(_TOKEN.findall(str(call.param("text") or call.param("media") or ""))):
                    self._sends[token].append(call)
        for sends in self._sends.values():
            # A late answer comes after that to a call which was made later.
            sends.sort(key=lambda call: call.at)

    def look(self) -> Findings:
        """Look at everything."""
        for customer in self._rig.customers:
            self._direction(customer.asked, tokens(customer.in_threads()))
            said = [m.text.split()[0] for m in customer.answers if m.text]
            self._direction(said, tokens(customer.in_chat()))
            self._albums(customer)
            self._marks(customer)
            self._ticket(customer)
        return self.found

    def _direction(self, said: list[str], shown: list[str]) -> None:
        first = list(dict.fromkeys(shown))
        self.found.lost += [token for token in said if token not in first]
        in_order = [token for token in said if token in first]
        if first != in_order:
            self.found.reordered.append(" ".join(first))
        for token, count in Counter(shown).items():
            if count > 1:
                self._doubled(token, self._sends[token], count)

    def _doubled(self, what: str, sends: list[Call], count: int) -> None:
        if len(sends) != count:
            self.found.doubled.append(f"{what}: stands {count} times, sent {len(sends)} times")
        story = self.found.stories[what] = _story(sends, self._rig.launchers)
        for call in sends[:-1]:
            reason = self._excuse(call)
            if reason is None:
                self.found.doubled.append(f"{what}: {story}")
            else:
                self.found.excused[reason] += 1

    def _launcher(self, call: Call) -> Launcher:
        return next(launcher for launcher in self._rig.launchers if launcher.host == call.host)

    def _excuse(self, call: Call) -> str | None:
        if not call.answered:
            return "its answer was cut off"
        for began, ended, reason in self._rig.excuses:
            if began - _JUST_BEFORE <= call.done_at <= ended:
                return reason
        launcher = self._launcher(call)
        for began, ended in launcher.freezes:
            if ended - began < LEASE.total_seconds():
                continue
            if began < call.done_at and call.at < ended and self._may_repeat(launcher, began):
                return "its process froze before it could read the answer"
            if call.done_at <= began and self._is_last(call, launcher, began):
                return "the last of its destination before a freeze"
        lives = launcher.lives
        for life, after in zip(lives, [*lives[1:], None], strict=True):
            if not life.killed:
                continue
            if life.ended <= call.done_at and (after is None or call.at < after.began):
                return "its answer was cut off"
            in_life = life.began <= call.at and call.done_at <= life.ended
            if in_life and self._is_last(call, launcher, life.ended):
                return "the last of its destination before a kill"
        return None

    def _is_last(self, call: Call, launcher: Launcher, end: float) -> bool:
        """Whether nothing more went to the same destination until then, so that its outcome may be lost."""
        if any(
            later.ok and call.done_at < later.at <= end and _place(later) == _place(call)
            for later in self._rig.pg.calls
            if is_delivery(later)
        ):
            return False
        return self._may_repeat(launcher, end)

    def _may_repeat(self, launcher: Launcher, end: float) -> bool:
        """Whether so many may have been under way then, and not written down."""
        self._again[launcher.host, end] += 1
        return self._again[launcher.host, end] <= IN_FLIGHT

    def _albums(self, customer: Customer) -> None:
        shown: dict[str, list[str | None]] = defaultdict(list)
        for message in customer.in_threads():
            if message.file_id is not None:
                shown[message.album or str(message.id)].append(message.file_id)
        arrived = list(shown.values())
        for key, sent in customer.albums.items():
            if sent in arrived:
                continue
            parts = [files for files in arrived if set(files) <= set(sent)]
            if self._rig.in_parts and list(itertools.chain(*parts)) == sent:
                self.found.albums_in_parts[f"{customer.index}: {key}"] = len(parts)
                arrived = [files for files in arrived if files not in parts] + [sent]
            else:
                self.found.torn_albums.append(f"{customer.index}: {key}")
        self.found.torn_albums += [
            f"{customer.index}: {len(files)} files by themselves"
            for files in arrived
            if files not in customer.albums.values()
        ]

    def _marks(self, customer: Customer) -> None:
        marked: dict[int, float] = {}
        for call in self._rig.pg.calls:
            if call.method == "setMessageReaction" and call.applied and DELIVERED in str(call.params):
                marked.setdefault(int(call.params["message_id"]), call.at)
        for answer in customer.answers:
            token = (answer.text or "").split()[0]
            if answer.reactions.get(self._rig.bot) != DELIVERED:
                self.found.without_mark.append(token)
            sends = self._sends[token]
            if answer.id in marked and (not sends or sends[0].done_at > marked[answer.id]):
                self.found.false_marks.append(token)

    def _ticket(self, customer: Customer) -> None:
        numbers = {topic.name.split(" ")[0] for topic in customer.threads()}
        if len(numbers) != 1:
            self.found.tickets.append(f"{customer.index}: {sorted(numbers)}")
        for method, what, count in (
            ("createForumTopic", "thread", len(customer.threads())),
            ("sendMessage", "card", len(customer.cards())),
        ):
            if count > 1:
                calls = [
                    call
                    for call in self._rig.pg.calls
                    if call.method == method
                    and call.ok
                    and call.chat_id == self._rig.group.id
                    and customer.serial in str(call.params)
                ]
                self._doubled(f"{what} of {customer.index}", calls, count)


async def look(rig: Rig) -> Findings:
    """Wait until everything has arrived and nothing happens any more, and look at both sides."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        await rig.quiet()
        found = Inspection(rig).look()
        if not found.missing() or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.5)


def is_delivery(call: Call) -> bool:
    """Whether the call put a message somewhere."""
    return call.ok and _SENDS.match(call.method) is not None


def _story(sends: Sequence[Call], launchers: Sequence[Launcher]) -> str:
    """When each of these calls came from which process, and what became of those meanwhile."""
    began = sends[0].at

    def after(moment: float) -> str:
        return f"{moment - began:.3f} s"

    told = []
    for call in sends:
        number = next(n for n, each in enumerate(launchers, 1) if each.host == call.host)
        answer = "answered" if call.answered else "cut off"
        told.append(
            f"{call.method} of process {number} at {after(call.at)}, {answer} at {after(call.done_at)}"
        )
    since, until_then = began - _TOLD_BEFORE, sends[-1].done_at
    for number, launcher in enumerate(launchers, 1):
        told += [
            f"process {number} frozen at {after(froze)}, woken at {after(woke)}"
            for froze, woke in launcher.freezes
            if woke > since and froze < until_then
        ]
        told += [
            f"process {number} killed at {after(kill)}"
            for kill in launcher.kills
            if since < kill < until_then
        ]
    return "; ".join(told)


def _place(call: Call) -> tuple[int | None, str]:
    made = call.result if call.method == "createForumTopic" else call.params
    return call.chat_id, str(made.get("message_thread_id"))


def recoveries(rig: Rig) -> list[float]:
    """Seconds from each start to the first message that was delivered in that life."""
    sends = sorted(call.done_at for call in rig.pg.calls if is_delivery(call))
    found = []
    for life in rig.launcher.lives:
        first = next((at for at in sends if life.began < at <= life.ended), None)
        if first is not None:
            found.append(first - life.began)
    return found


@dataclass(frozen=True)
class Ending:
    """When a life ends: so many seconds after its start, or after the first message it delivers."""

    seconds: float
    after_delivery: bool


@dataclass(frozen=True)
class Chapter:
    """What people do during one life of the bot, and when that ends; the same for the same seed."""

    events: list[tuple[float, Callable[[], object]]]
    ending: Ending


def random_story(
    rig: Rig,
    rng: random.Random,
    *,
    lives: int,
    messages: int,
    answers: int,
    early: float = 0.2,
) -> list[Chapter]:
    """Messages and answers at random moments of so many lives; a share `early` ends while beginning."""
    actions: list[Callable[[], object]] = []
    for number in range(messages):
        customer = rig.customers[number % len(rig.customers)]
        count = rng.randint(2, 5)
        is_album = rng.random() < 0.04
        actions.append(partial(customer.send_album, count) if is_album else customer.write)
    actions += [partial(rng.choice(rig.customers).get_answer, rng.choice(rig.agents)) for _ in range(answers)]
    rng.shuffle(actions)
    chapters = []
    for number in range(lives):
        share = actions[number::lives]
        events = [(rng.uniform(0, 1.5), action) for action in share]
        if rng.random() < early:
            ending = Ending(rng.uniform(0.02, 0.5), after_delivery=False)
        else:
            ending = Ending(rng.uniform(0.0, 1.6), after_delivery=True)
        chapters.append(Chapter(sorted(events, key=lambda event: event[0]), ending))
    return chapters


async def do(action: Callable[[], object]) -> None:
    """Do it, and wait for it if it takes time."""
    doing = action()
    if isawaitable(doing):
        await doing


async def play(rig: Rig, story: list[Chapter], end: Callable[[], object] | None = None) -> None:
    """Let the story happen; `end` ends a life and begins the next, by default with a kill."""
    people = []
    for chapter in story:
        people.append(asyncio.create_task(_act(chapter)))
        if chapter.ending.after_delivery:
            began = len(rig.pg.calls)
            await until(lambda began=began: any(map(is_delivery, rig.pg.calls[began:])), "a delivery")  # type: ignore[misc]
        await asyncio.sleep(chapter.ending.seconds)
        await do(end or rig.launcher.restart)
    await asyncio.gather(*people)


async def _act(chapter: Chapter) -> None:
    began = time.monotonic()
    for at, action in chapter.events:
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        await do(action)
