"""`/duty`: agents come on duty and go off it, and see who is there with how much to do."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import EditMessageText
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.thread import answer_there
from desk.departments import Department
from desk.texts import LANGUAGES
from dialogs.assigning import ASSIGN_TIMER
from locales import mark
from storage import duty, memberships, tickets, timers
from storage.scope import Scope

GO_ON = mark("Go on duty")
GO_OFF = mark("Go off duty")


class DutyButton(CallbackData, prefix="duty"):
    """A button under the list: on duty, in all departments or in one, or off it."""

    on: bool
    department: str = ""


async def commanded(message: Message, command: CommandObject, shift: Shift) -> None:
    """`/duty on`, `/duty on service`, `/duty off`; alone it shows who is there."""
    said = await _obeyed(shift, (command.args or "").split())
    text = await _list(shift)
    if said is not None:
        text = Markup("\n\n").join([said, text])
    await answer_there(shift, message, line(text, _keyboard(shift), answers=message.message_id))


async def _obeyed(shift: Shift, words: list[str]) -> Markup | None:
    """Do what was typed; gives back what to say of it, None if nothing was."""
    if not words:
        return None
    department = _named(shift, " ".join(words[1:]))
    if words[0].casefold() == "off" and len(words) == 1:
        return Markup("{}").format(await _end(shift))
    if words[0].casefold() == "on" and department is not None:
        return Markup("{}").format(await _begin(shift, department))
    return shift.tr.text(
        "Please write <code>{on}</code> or <code>{off}</code>; "
        "<code>{alone}</code> alone shows who is there.",
        on="/duty on",
        off="/duty off",
        alone="/duty",
    )


def _scope(shift: Shift) -> Scope | None:
    return shift.desk.groups.scope(shift.group)


def _departments(shift: Shift) -> list[Department]:
    """Those whose tickets are in the group where somebody acts."""
    return shift.desk.groups.departments(shift.group)


def _named(shift: Shift, name: str) -> str | None:
    """The department that somebody means, by key or label; empty for all, None for no such."""
    if not name:
        return ""
    wanted = name.casefold()
    for each in _departments(shift):
        if wanted in {each.key, *(each.label.in_language(language).casefold() for language in LANGUAGES)}:
            return each.key
    return None


async def _begin(shift: Shift, department: str) -> str:
    tr, agent = shift.tr, shift.agent
    assert agent.id is not None
    assert agent.name is not None
    if await memberships.is_anonymous(shift.tx, agent.id):
        return tr.plain("Who is on duty is called by name, so an anonymous administrator cannot be.")
    everywhere = [each.key for each in _departments(shift)]
    if not everywhere:
        if shift.desk.profile.departments:
            return tr.plain("Every department has a group of its own: one goes on duty there.")
        everywhere = [""]
    of = shift.desk.groups.duties(shift.group)
    await duty.turn(shift.tx)
    if not await duty.begin(shift.tx, agent.id, agent.name, [department] if department else everywhere, of):
        return tr.plain("{name} is on duty already.", name=agent.name)
    await timers.bring_forward(shift.tx, ASSIGN_TIMER)
    return tr.plain("{name} is on duty now.", name=agent.name)


async def _end(shift: Shift) -> str:
    tr, agent = shift.tr, shift.agent
    assert agent.id is not None
    await duty.turn(shift.tx)
    if not await duty.end(shift.tx, agent.id, shift.desk.groups.duties(shift.group)):
        return tr.plain("{name} is not on duty.", name=agent.name)
    said = tr.plain("{name} is off duty now.", name=agent.name)
    left = (await tickets.loads(shift.tx, [agent.id], _scope(shift))).get(agent.id, 0)
    if left:
        said += " " + tr.plural_plain("{n} ticket stays theirs.", "{n} tickets stay theirs.", left)
    return said


async def _list(shift: Shift) -> Markup:
    """Who is on duty, with how much there is to do for each."""
    tr, profile = shift.tr, shift.desk.profile
    present = await duty.on_duty(shift.tx)
    loads = await tickets.loads(shift.tx, {each.user_id for each in present})
    groups = [(each.key, each.label.in_language(tr.language)) for each in _departments(shift)]
    blocks = []
    if not profile.departments:
        groups = [("", tr.plain("On duty"))]
    for key, label in groups:
        people = [
            tr.plural("{name}: {n} ticket", "{name}: {n} tickets", loads.get(each.user_id, 0), name=each.name)
            for each in present
            if each.department == key
        ]
        lines = [Markup("<b>{}</b>").format(label), *(people or [tr.text("Nobody is on duty.")])]
        blocks.append(Markup("\n").join(lines))
    waiting = await timers.count(shift.tx, ASSIGN_TIMER, _scope(shift))
    if waiting:
        text = tr.plural(
            "{n} ticket waits for somebody on duty.", "{n} tickets wait for somebody on duty.", waiting
        )
        blocks.append(text)
    return Markup("\n\n").join(
        blocks or [tr.text("Every department has a group of its own: one goes on duty there.")]
    )


def _keyboard(shift: Shift) -> InlineKeyboardMarkup:
    tr = shift.tr
    rows = [[_button(tr.plain(GO_ON), on=True), _button(tr.plain(GO_OFF), on=False)]]
    departments = _departments(shift)
    if len(departments) > 1:
        rows += [
            [_button(tr.plain("Only {department}", department=label), on=True, department=each.key)]
            for each in departments
            if (label := each.label.in_language(tr.language))
        ]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, *, on: bool, department: str = "") -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=DutyButton(on=on, department=department).pack())


async def pressed(query: CallbackQuery, callback_data: DutyButton, shift: Shift) -> None:
    """A button under the list, which then shows how it is."""
    key = callback_data.department
    if key and key not in {each.key for each in _departments(shift)}:
        shift.out_of_date()
        return
    said = await _begin(shift, key) if callback_data.on else await _end(shift)
    shift.toast.say(said)
    if query.message is None:
        return
    edit = EditMessageText(
        chat_id=0,
        message_id=query.message.message_id,
        text=await _list(shift),
        parse_mode="HTML",
        reply_markup=_keyboard(shift),
    )
    await shift.outbox.call(shift.group.general, edit)


def register_duty(router: Router) -> None:
    """The command and its buttons; comes before what relays messages."""
    router.message.register(commanded, Asks("duty"))
    router.callback_query.register(pressed, DutyButton.filter())
