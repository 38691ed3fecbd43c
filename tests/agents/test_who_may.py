"""Who may do what: every button and every command, tried by everybody, over the wire.

An outcome is a word: it *acts*; it does not, and whoever pressed reads why: *refused* (this is for agents),
*admins* (only they may), *not yours* (somebody else's request), *stale* (the button is out of date), *there*
(the ticket is in another group); *nothing* comes of it at all; it is passed on as mere *words*; the customer
is only *told* something; or it concerns only what is the *own* of who pressed.

A *neighbour* is an agent of another group of the desk's, with copied data; *elsewhere* is a foreign group.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from aiogram import Router
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData, CallbackQueryFilter
from sqlalchemy import func, select

from bot.pipeline.announcing import ANNOUNCE_TIMER
from bot.staff.duty import DutyButton
from bot.staff.erase import EraseButton
from bot.staff.marks import MarkButton
from bot.staff.menu import COMMANDS
from bot.staff.routers import staff_router
from bot.staff.split import SplitButton
from bot.views.announcement import AnnounceButton
from bot.views.buttons import (
    CannedButton,
    MarksButton,
    MenuButton,
    PriorityButton,
    RetryButton,
    StaffButton,
)
from bot.views.choices import ReasonButton, UntilButton
from bot.views.lookups import PageButton
from bot.views.menus import AssignButton, TransferButton, TypeButton
from desk.lifecycle import Action
from desk.loading import load_profile
from desk.profile import Profile
from dialogs import buttons
from dialogs.routers import customers_router
from playground import Click
from storage import announcements, models
from storage.transaction import Transaction
from tests.agents.acts import (
    ADMIN,
    AGENT,
    CUSTOMER,
    WHO,
    Cell,
    Deed,
    Stage,
    asks,
    button,
    facts_of,
    fails,
    finds_question,
    open_tickets,
    orders,
    outcome,
    press,
    presses,
    presses_label,
    reacting,
    shown,
    writes,
    writing,
)
from tests.agents.desks import SOLVING, desk_file
from tests.world import World

TYPES = """
[[types]]
key = "problem"
label = "Problem"
[[types]]
key = "question"
label = "Question"
"""
MARK = """
[[marks]]
key = "owner"
label = { ru = "Владелец", en = "Owner", lv = "Īpašnieks" }
"""

TABLE = """
action            | customer | stranger  | elsewhere | former  | neighbour | agent  | admin | anonymous

take              | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
release           | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
wait              | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
resume            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
resolve           | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
close             | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
reopen            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
assign            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… to somebody     | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
priority          | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… another one     | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
transfer          | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… to a department | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
type              | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… another type    | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
postpone          | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… for a reason    | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… until a day     | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
refuse            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… with a reason   | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
more              | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
back              | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
marks             | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… one of them     | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
canned            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… preview         | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… send            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… list            | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
… cancel          | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
send again        | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
split: tick       | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
split: done       | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
split: cancel     | refused  | refused   | refused   | refused | there     | acts   | acts  | acts
go on duty        | refused  | refused   | refused   | refused | own       | acts   | acts  | own
next page         | refused  | refused   | refused   | refused | own       | acts   | acts  | acts
announce: send    | refused  | refused   | refused   | refused | stale     | admins | acts  | acts
announce: cancel  | refused  | refused   | refused   | refused | stale     | admins | acts  | acts
announce: stop    | refused  | refused   | refused   | refused | stale     | admins | acts  | acts
erase: yes        | refused  | refused   | refused   | refused | there     | admins | acts  | acts
erase: no         | refused  | refused   | refused   | refused | there     | admins | acts  | acts

an answer         | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
a reaction        | acts     | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/note             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/ticket           | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/find             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/queue            | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/mine             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/duty             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/canned           | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/postpone         | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/due              | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/split            | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/del              | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/time             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/mark             | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/unmark           | words    | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/faq              | told     | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/help             | told     | nothing   | nothing   | nothing | nothing   | acts   | acts  | acts
/journal          | words    | nothing   | nothing   | nothing | nothing   | admins | acts  | acts
/announce         | words    | nothing   | nothing   | nothing | nothing   | admins | acts  | acts
/ban              | words    | nothing   | nothing   | nothing | nothing   | admins | acts  | acts
/unban            | told     | nothing   | nothing   | nothing | nothing   | admins | acts  | acts
/erase            | words    | nothing   | nothing   | nothing | nothing   | admins | acts  | acts

close request     | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
write             | own      | not yours | refused   | refused | stale     | stale  | stale | stale
open              | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
open again        | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
my requests       | acts     | own       | refused   | refused | stale     | stale  | stale | stale
yes, solved       | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
no, not solved    | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
I accept this     | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
I object          | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
stars             | acts     | not yours | refused   | refused | stale     | stale  | stale | stale
where it goes     | acts     | stale     | refused   | refused | stale     | stale  | stale | stale
cancel a draft    | acts     | own       | refused   | refused | stale     | stale  | stale | stale
I agree           | acts     | own       | refused   | refused | stale     | stale  | stale | stale
get my data       | acts     | own       | refused   | refused | stale     | stale  | stale | stale
erase my data     | acts     | own       | refused   | refused | stale     | stale  | stale | stale
… yes, everything | acts     | own       | refused   | refused | stale     | stale  | stale | stale
language          | acts     | own       | refused   | refused | stale     | stale  | stale | stale
a question        | acts     | own       | refused   | refused | stale     | stale  | stale | stale
new request       | acts     | own       | refused   | refused | stale     | stale  | stale | stale
"""


async def _under_way(tx: Transaction, cell: Cell) -> None:
    """The cell's announcement is being sent."""
    assert cell.screen is not None
    await announcements.change(tx, _announcement(cell), state=announcements.SENDING, total=1)


def _announcement(cell: Cell) -> int:
    """Its number, as the buttons have it."""
    label = cell.below().buttons[0][0]
    return AnnounceButton.unpack(cell.below().button(label)["callback_data"]).id


def _stop(stage: Stage, cell: Cell, who: str) -> Click:
    return press(stage, cell, who, AnnounceButton(id=_announcement(cell), act="stop").pack())


def _deeds(peter: int, profile: Profile) -> dict[str, Deed]:
    """How each of them is done; `peter` is an agent that tickets can be assigned to."""
    postpone, refuse = (profile.reasons_to(to)[0].key for to in ("postpone", "refuse"))
    question = profile.faq[0].key
    solved, closed, refused = [Action.RESOLVE], [Action.CLOSE], [Action.REFUSE]

    def menu(name: str) -> Any:
        return lambda n: MenuButton(menu=name, number=n)

    def until(n: int) -> CallbackData:
        return UntilButton(number=n, reason=postpone, until="0")

    def because(to: str, reason: str) -> Any:
        return lambda n: ReasonButton(number=n, to=to, reason=reason)

    def staff(action: str, **how: Any) -> Deed:
        return button(lambda n: StaffButton(action=action, number=n), **how)

    def mine(make: Any, **how: Any) -> Deed:
        return button(make, **how)

    def request(act: str, **how: Any) -> Deed:
        return mine(lambda n: buttons.RequestButton(act=act, number=n), **how)

    def says(*, yes: bool, state: Any) -> Deed:
        return mine(lambda n: buttons.SolvedButton(yes=yes, number=n), state=state)

    canned = [presses(lambda n: CannedButton(act="open", number=n))]
    previewed = [*canned, presses(lambda n: CannedButton(act="show", number=n, key="photos"))]
    splitting = [asks("А ещё сканер не работает"), orders("/split")]
    announcing = [
        writes("Завтра не работаем, {number}"),
        orders("/announce lv", ADMIN, reply=True),
        finds_question,
    ]
    return {
        "take": staff("take"),
        "release": staff("release", state=[Action.TAKE]),
        "wait": staff("wait"),
        "resume": staff("resume", state=[Action.TAKE, Action.WAIT]),
        "resolve": staff("resolve"),
        "close": staff("close"),
        "reopen": staff("reopen", state=closed),
        "assign": button(menu("assign")),
        "… to somebody": button(lambda n: AssignButton(number=n, to=peter, was=0)),
        "priority": button(menu("priority")),
        "… another one": button(lambda n: PriorityButton(number=n, to="second", was="")),
        "transfer": button(menu("transfer")),
        "… to a department": button(lambda n: TransferButton(number=n, to="service", was="support")),
        "type": button(menu("type")),
        "… another type": button(lambda n: TypeButton(number=n, to="question", was="")),
        "postpone": button(menu("postpone")),
        "… for a reason": button(because("postpone", postpone), before=[presses(menu("postpone"))]),
        "… until a day": button(
            until, before=[presses(menu("postpone")), presses(because("postpone", postpone))]
        ),
        "refuse": button(menu("refuse")),
        "… with a reason": button(because("refuse", refuse), before=[presses(menu("refuse"))]),
        "more": button(menu("more")),
        "back": button(menu(""), before=[presses(menu("priority"))]),
        "marks": button(lambda n: MarksButton(number=n), again=True),
        "… one of them": shown("Владелец", MarkButton, before=[orders("/mark")]),
        "canned": button(lambda n: CannedButton(act="open", number=n), again=True),
        "… preview": button(lambda n: CannedButton(act="show", number=n, key="photos"), before=canned),
        "… send": shown("Отправить клиенту", CannedButton, before=previewed),
        "… list": shown("Назад", CannedButton, before=previewed),
        "… cancel": shown("Отмен", CannedButton, before=canned),
        "send again": shown("Отправить ещё раз", RetryButton, before=[fails]),
        "split: tick": shown("сканер", SplitButton, before=splitting),
        "split: done": shown("Готово", SplitButton, before=[*splitting, presses_label("сканер")]),
        "split: cancel": shown("Отмен", SplitButton, before=splitting),
        "go on duty": shown("Начать", DutyButton, again=True, before=[orders("/duty")]),
        "next page": shown("▶", PageButton, before=[orders("/queue")]),
        "announce: send": shown("Разослать", AnnounceButton, before=announcing),
        "announce: cancel": shown("Отмен", AnnounceButton, before=announcing),
        "announce: stop": Deed(_stop, AnnounceButton, before=announcing, last=_under_way),
        "erase: yes": shown("Удалить", EraseButton, before=[orders("/erase", ADMIN)]),
        "erase: no": shown("Отмен", EraseButton, before=[orders("/erase", ADMIN)]),
        "an answer": writing("Проверьте кабель", command="an answer", again=True),
        "a reaction": reacting(before=[asks("Что делать?"), writes("Ждать")]),
        "/note": writing("/note он звонил", again=True),
        "/ticket": writing("/ticket", again=True),
        "/find": writing("/find терминал", again=True),
        "/queue": writing("/queue", again=True),
        "/mine": writing("/mine", again=True),
        "/duty": writing("/duty", again=True),
        "/canned": writing("/canned photos", again=True),
        "/postpone": writing("/postpone", again=True),
        "/due": writing("/due 01.12.2026 14:00", reply=True, again=True, before=[writes("Ждём деталь")]),
        "/split": writing("/split", before=[asks("А ещё сканер не работает")]),
        "/del": writing("/del", reply=True, before=[writes("Не туда")]),
        "/time": writing("/time 45", reply=True, again=True, before=[writes("Проверили")]),
        "/mark": writing("/mark owner"),
        "/unmark": writing("/unmark owner", before=[orders("/mark owner")]),
        "/faq": writing("/faq", again=True),
        "/help": writing("/help", again=True),
        "/journal": writing("/journal"),
        "/announce": writing("/announce lv", reply=True, before=[writes("Завтра не работаем, {number}")]),
        "/ban": writing("/ban спам"),
        "/unban": writing("/unban", banned=True),
        "/erase": writing("/erase"),
        "close request": request("close"),
        "write": request("write"),
        "open": request("show"),
        "open again": request("reopen", state=closed),
        "my requests": request("list"),
        "yes, solved": says(yes=True, state=solved),
        "no, not solved": says(yes=False, state=solved),
        "I accept this": says(yes=True, state=refused),
        "I object": says(yes=False, state=refused),
        "stars": mine(lambda n: buttons.RatingButton(number=n, stars=4), state=closed),
        "where it goes": mine(lambda n: buttons.WhereButton(number=n)),
        "cancel a draft": shown("Отменить", buttons.FormButton, mine=True, before=[asks("/new")]),
        "I agree": shown(
            "Даю согласие", buttons.ConsentButton, mine=True, agreed=False, before=[asks("/new")]
        ),
        "get my data": mine(lambda n: buttons.PrivacyButton(act="get")),
        "erase my data": mine(lambda n: buttons.PrivacyButton(act="ask")),
        "… yes, everything": mine(lambda n: buttons.PrivacyButton(act="erase")),
        "language": mine(lambda n: buttons.LanguageButton(language="en")),
        "a question": mine(lambda n: buttons.FaqButton(key=question)),
        "new request": mine(lambda n: buttons.MenuButton(to="new")),
    }


def _table() -> dict[str, dict[str, str]]:
    head, *rows = ([each.strip() for each in line.split("|")] for line in TABLE.split("\n") if line)
    assert head[1:] == list(WHO)
    return {name: dict(zip(WHO, cells, strict=True)) for name, *cells in rows}


@pytest.fixture
async def stage(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """A desk that has everything a profile can ask for, and everybody in it."""
    path = desk_file(tmp_path, "reply_minutes = 30", SOLVING + MARK + TYPES)
    text = Path(path).read_text("utf-8").replace('assign = "automatic"', 'assign = "by hand"')
    Path(path).write_text(text, "utf-8")
    world = World(sqlite_url, desk=path)
    next_door = world.pg.add_group("Сервис", forum=True, owner=world.pg.add_person("Сосед"))
    next_door.add_bot(world.bot)
    world.set_up(staff_chats={"service": next_door.id})
    await world.start()
    yield await Stage.of(world, next_door)
    await world.close()


def _cells(expected: dict[str, str], deed: Deed, stage: Stage) -> list[Cell]:
    """Those who change nothing share a ticket; whoever acts has one of their own."""
    if deed.again:
        return [Cell(WHO, stage.world.customer("Клиент"))]
    acting = [who for who in WHO if expected[who] in ("acts", "words")]
    groups = [[who for who in WHO if who not in acting], *([who] for who in acting)]
    return [Cell(group, stage.world.customer("Клиент")) for group in groups if group]


async def _ready(world: World, cells: list[tuple[Deed, Cell]]) -> None:
    assert world.app is not None
    async with world.app.store.transaction() as tx:
        for deed, cell in cells:
            if deed.last is not None:
                await deed.last(tx, cell)


async def _all_done(world: World) -> None:
    """Files are made beside everything else, in real time, and what comes after them waits."""
    assert world.app is not None
    queued = select(func.count()).select_from(models.outbox).where(models.outbox.c.state == "queued")
    sending = select(func.count()).select_from(models.timer).where(models.timer.c.kind == ANNOUNCE_TIMER)
    left = 1
    while left:
        await asyncio.sleep(0.005)
        await world.settle(1)
        async with world.app.store.reading() as tx:
            left = await tx.scalar(queued) + await tx.scalar(sending)


async def _try(
    stage: Stage, deeds: dict[str, Deed], trying: list[tuple[str, Cell]], who: str
) -> dict[str, str]:
    """Everything at once by one of them; gives back what came of each."""
    those = [cell for _, cell in trying]
    before = await facts_of(stage, those)
    clicks = [deeds[name].do(stage, cell, who) for name, cell in trying]
    await stage.world.settle()
    await _all_done(stage.world)
    after = await facts_of(stage, those)
    return {
        name: outcome(was, now, click, cell.written() if who == CUSTOMER else None)
        for (name, cell), was, now, click in zip(trying, before, after, clicks, strict=True)
    }


async def test_the_table(stage: Stage) -> None:
    world, table, deeds = stage.world, _table(), _deeds(stage.people[AGENT].id, stage.desk.profile)
    assert table.keys() == deeds.keys()
    cells = [(name, cell) for name in table for cell in _cells(table[name], deeds[name], stage)]
    await open_tickets(stage, [(deeds[name], cell) for name, cell in cells])
    world.pg.faults.clear()
    found = {name: dict.fromkeys(WHO, "") for name in table}
    ordinary = [each for each in cells if deeds[each[0]].last is None]
    for those in (ordinary, [each for each in cells if each not in ordinary]):
        await _ready(world, [(deeds[name], cell) for name, cell in those])
        for who in WHO:
            trying = [(name, cell) for name, cell in those if who in cell.who]
            for name, came in (await _try(stage, deeds, trying, who)).items():
                found[name][who] = came
    # In a group that is not ours nothing is said but its number.
    said = [m for m in stage.foreign.chat.messages if m.sender is world.bot and m.text]
    assert said == [stage.foreign]
    wrong = [
        f"{name}, {who}: {found[name][who]} instead of {table[name][who]}"
        for name in table
        for who in WHO
        if found[name][who] != table[name][who]
    ]
    assert not wrong, "\n".join(wrong)


def _routers(router: Router) -> Iterator[Router]:
    yield router
    for each in router.sub_routers:
        yield from _routers(each)


def _filters(handlers: list[HandlerObject]) -> Iterator[Any]:
    for handler in handlers:
        for each in handler.filters or ():
            yield each.callback


def test_no_button_and_no_command_is_missing() -> None:
    have = {deed.prints for deed in _deeds(1, load_profile("vendotek")).values()}
    nothing: Any = None
    staff = staff_router(cast("Any", nothing), cast("Any", nothing))
    asked: set[object] = set()
    for router in (*_routers(staff), *_routers(customers_router())):
        for each in _filters(router.callback_query.handlers):
            if isinstance(each, CallbackQueryFilter):
                asked.add(each.callback_data)
    for router in _routers(staff):
        for each in _filters(router.message.handlers):
            if isinstance(each, Command):
                asked.update(str(name) for name in each.commands)
    assert asked - have == set()
    assert set(COMMANDS) - have == set()
