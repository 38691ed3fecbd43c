"""The campaign: faults in the order that a seed gives, people who talk all the while, and what came of it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.campaign.scene import Scene
from tests.campaign.strikes import Kind
from tests.crash_rig import Customer, Findings, Inspection, is_delivery, until

# Within so many seconds everything has to stand on the other side, or something is stuck.
PATIENCE = 150.0


@dataclass
class Row:
    """What is known of one kind of fault."""

    name: str
    times: int = 0
    messages: int = 0
    lost: int = 0
    reordered: int = 0
    doubled: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Campaign:
    """Faults against one desk, one after the other."""

    def __init__(
        self,
        scene: Scene,
        seed: int,
        *,
        customers: int,
        messages: int,
        within: float,
        tell: Callable[[str], object] = lambda line: None,
    ) -> None:
        self.scene = scene
        # Hears of each fault that is over.
        self._tell = tell
        self.rows: dict[str, Row] = {}
        self._seed = seed
        self._count = customers
        self._messages = messages
        self._within = within
        self._known = Findings()

    async def prepare(self) -> None:
        """Everybody opens a ticket."""
        people = [self.scene.rig.customer() for _ in range(self._count)]
        await asyncio.gather(*(person.open_ticket() for person in people))

    async def play(self, kinds: Sequence[Kind], rounds: int) -> None:
        """Let each kind strike so many times, in an order of the seed's."""
        plan = [kind for kind in kinds for _ in range(rounds)]
        Random(self._seed).shuffle(plan)
        for index, kind in enumerate(plan):
            await self._round(kind, Random(f"{self._seed} {index}"))
        await self._nobody_is_stuck()

    async def _round(self, kind: Kind, rng: Random) -> None:
        rig = self.scene.rig
        row = self.rows.setdefault(kind.name, Row(kind.name))
        began, before = len(rig.pg.calls), self._said()
        talking = asyncio.create_task(self._talk(rng))
        await asyncio.sleep(rng.uniform(0.1, self._within / 2))
        await kind.strike(self.scene, rng)
        over, during = time.time(), self._said() - before
        await talking
        said = self._said() - before
        found = await self._everything_arrives()
        row.times += 1
        row.messages += len(said)
        recovered = self._recovered(during, began, over)
        row.longest = max(row.longest, recovered)
        self._note(row, found, said)
        self._tell(f"{kind.name}: {recovered:.1f} s")

    async def _talk(self, rng: Random) -> None:
        """People write, send albums and answer at random moments."""
        rig = self.scene.rig
        moments = sorted(rng.uniform(0, self._within) for _ in range(self._messages))
        began = time.monotonic()
        for moment in moments:
            await asyncio.sleep(max(0.0, began + moment - time.monotonic()))
            customer, chance = rng.choice(rig.customers), rng.random()
            if chance < 0.25:
                await customer.get_answer(rng.choice(rig.agents))
            elif chance < 0.3:
                customer.send_album(rng.randint(2, 4))
            else:
                customer.write()

    def _said(self) -> set[str]:
        return {token for each in self.scene.rig.customers for token in _said_by(each)}

    async def _everything_arrives(self) -> Findings:
        """Wait until nothing is missing and nothing happens any more; look at both sides."""
        rig, deadline = self.scene.rig, time.monotonic() + PATIENCE
        while True:
            last = max((call.done_at for call in rig.pg.calls), default=0.0)
            if rig.pg.idle(rig.bot) and time.time() - last > 1.2:
                found = Inspection(rig).look()
                if not found.missing():
                    return found
            if time.monotonic() > deadline:
                waiting = rig.pg.pending_updates(rig.bot)
                self._tell(
                    f"not over after {PATIENCE:.0f} s: {waiting} updates wait; {Inspection(rig).look()}"
                )
                return Inspection(rig).look()
            await asyncio.sleep(0.1)

    def _recovered(self, during: set[str], began: int, over: float) -> float:
        """Seconds from the end of the fault until all that was said before stood on the other side."""
        first: dict[str, float] = {}
        for call in self.scene.rig.pg.calls[began:]:
            if is_delivery(call):
                text = str(call.param("text") or call.param("media") or "")
                for token in during:
                    if token in text:
                        first.setdefault(token, call.done_at)
        return max(0.0, max(first.values(), default=over) - over)

    def _note(self, row: Row, found: Findings, said: set[str]) -> None:
        """What is new since the last look came of this fault."""
        row.lost += len(set(found.lost) & said)
        row.reordered += len(found.reordered) > len(self._known.reordered)
        row.doubled += found.excused - self._known.excused
        for name, wrong in found.wrong().items():
            row.wrong += [f"{name}: {each}" for each in wrong if each not in getattr(self._known, name)]
        for what in found.stories.keys() - self._known.stories.keys():
            self._tell(f"  {what} came twice: {found.stories[what]}")
        self._known = found

    async def _nobody_is_stuck(self) -> None:
        """Everybody can still talk to the bot, which knows one request of theirs."""
        for customer in self.scene.rig.customers:
            customer.person.tap(customer.chat, customer.word("My requests"))
        for customer in self.scene.rig.customers:
            await until(customer.sees_own_request, "the list of requests", chat=customer.chat)


def _said_by(customer: Customer) -> list[str]:
    return [*customer.asked, *((answer.text or "").split()[0] for answer in customer.answers)]


def table(rows: Sequence[Row]) -> str:
    """Fault by fault, as Markdown."""
    lines = [
        "| fault | times | messages | lost | reordered | doubled (and why) | longest recovery |",
        "|---|--:|--:|--:|--:|---|--:|",
    ]
    total: dict[str, float] = defaultdict(float)
    for row in rows:
        why = ", ".join(f"{count}: {reason}" for reason, count in sorted(row.doubled.items())) or "0"
        lines.append(
            f"| {row.name} | {row.times} | {row.messages} | {row.lost} | {row.reordered} | {why} "
            f"| {row.longest:.1f} s |"
        )
        total["times"] += row.times
        total["messages"] += row.messages
        total["lost"] += row.lost
        total["reordered"] += row.reordered
        total["doubled"] += sum(row.doubled.values())
        total["longest"] = max(total["longest"], row.longest)
    lines.append(
        f"| **all** | {total['times']:.0f} | {total['messages']:.0f} | {total['lost']:.0f} "
        f"| {total['reordered']:.0f} | {total['doubled']:.0f} | {total['longest']:.1f} s |"
    )
    return "\n".join(lines)
