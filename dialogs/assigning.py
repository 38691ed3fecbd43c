"""Whose ticket it is: given to an agent by itself or by another, back to the team if the agent is gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from markupsafe import Markup

from desk.duty import Candidate, next_agent
from desk.history import FINISHED
from desk.journal import ASSIGNED
from desk.lifecycle import Action, State
from desk.profile import Profile
from dialogs.context import Work
from dialogs.groups import Groups
from dialogs.reply import view
from locales import Translator, translator
from storage import destinations, duty, journal, memberships, tickets, timers
from storage.journal import Actor
from storage.memberships import Person
from storage.rows import Ticket
from storage.transaction import Transaction

# Due when a ticket should find an agent by itself: when somebody comes on duty, or an agent is gone.
ASSIGN_TIMER = "assign"
# Somebody who comes on duty is what is waited for; this is for what nobody thought of.
_LOOK_AGAIN = timedelta(hours=1)
BOT = Actor("bot")


def department_key(profile: Profile, ticket: Ticket) -> str:
    """The department a ticket is in, as duty names it; empty where the desk has none."""
    department = profile.department(ticket.department)
    return department.key if department is not None else ""


def mention(person_id: int, name: str) -> Markup:
    """A name that notifies whoever bears it."""
    return Markup('<a href="tg://user?id={}">{}</a>').format(person_id, name)


async def settle(work: Work, ticket: Ticket) -> Ticket:
    """A ticket without an agent finds one by itself, if the desk has it so; it waits if nobody is there."""
    profile, tx = work.desk.profile, work.tx
    if profile.assign != "automatic":
        return ticket
    await duty.turn(tx)
    chosen = await _next(tx, department_key(profile, ticket), work.desk.groups)
    if chosen is None:
        await timers.put(tx, ASSIGN_TIMER, ticket.number, tx.now + _LOOK_AGAIN)
        return ticket
    return await _give(work, ticket, Person(chosen.id, chosen.name), BOT)


async def _next(tx: Transaction, department: str, groups: Groups) -> Candidate | None:
    present = await duty.on_duty(tx, department)
    if groups.are_several:
        # Whoever came on duty when the department had another group may not be in this one.
        chat_id = groups.of_department(department).chat_id
        members = await memberships.of_these(tx, chat_id, [each.user_id for each in present])
        present = [each for each in present if each.user_id in members]
    loads = await tickets.loads(tx, [each.user_id for each in present])
    return next_agent(
        Candidate(each.user_id, each.name, loads.get(each.user_id, 0), each.assigned_at, each.since)
        for each in present
    )


async def assign(work: Work, ticket: Ticket, person: Person, actor: Actor) -> Ticket | None:
    """An agent gives a ticket to somebody, perhaps to themself; None if there is nothing left to do on it."""
    if State(ticket.state) in FINISHED:
        return None
    await duty.turn(work.tx)
    return await _give(work, ticket, person, actor)


async def _give(work: Work, ticket: Ticket, person: Person, actor: Actor) -> Ticket:
    tx = work.tx
    changed = await tickets.change(
        tx, ticket.number, assignee_id=person.id, assignee_name=person.name, menu=None
    )
    await journal.note(tx, ticket.number, actor, ASSIGNED, {"agent": person.id, "name": person.name})
    await duty.assigned(tx, person.id)
    await timers.cancel(tx, ASSIGN_TIMER, ticket.number)
    if actor.id != person.id:
        await tell_thread(work, ticket.number, _given(_staff(work), person, actor))
    await work.outbox.card(ticket.number)
    return changed


def _given(tr: Translator, person: Person, actor: Actor) -> Markup:
    agent = mention(person.id, person.name)
    if actor.name is None:
        return tr.text("{agent}, this ticket is assigned to you.", agent=agent)
    return tr.text("{agent}, {by} assigns this ticket to you.", agent=agent, by=actor.name)


async def returned(work: Work, ticket: Ticket, actor: Actor) -> Ticket:
    """Work on a finished ticket begins again: with its agent, unless they are gone or off duty."""
    if ticket.assignee_id is None:
        return await settle(work, ticket)
    if actor.kind == "agent" and actor.id == ticket.assignee_id:
        # Whoever opens their own again means to go on with it.
        return ticket
    why = await _why_not(work, ticket)
    return ticket if why is None else await _to_team(work, ticket, why)


async def _why_not(work: Work, ticket: Ticket) -> Markup | None:
    """What keeps the agent of a ticket from going on with it, in words."""
    assert ticket.assignee_id is not None
    tr, name = _staff(work), ticket.assignee_name or str(ticket.assignee_id)
    if await _has_left(work, ticket):
        return tr.text("{name} is no longer in the group: the ticket is back with the team.", name=name)
    profile = work.desk.profile
    is_automatic = profile.assign == "automatic"
    if is_automatic and await duty.is_off_duty(work.tx, ticket.assignee_id, department_key(profile, ticket)):
        return tr.text("{name} is off duty: the ticket is back with the team.", name=name)
    return None


async def _has_left(work: Work, ticket: Ticket) -> bool:
    """Whether the agent of a ticket is no longer in its group."""
    assert ticket.assignee_id is not None
    return await memberships.has_left(work.tx, work.desk.groups.of(ticket).chat_id, ticket.assignee_id)


async def _to_team(work: Work, ticket: Ticket, why: Markup) -> Ticket:
    number, state = ticket.number, ticket.state
    changed = await tickets.change(work.tx, number, assignee_id=None, assignee_name=None)
    await journal.note(work.tx, number, BOT, Action.RELEASE.value, {"from": state, "to": state})
    await tell_thread(work, number, why)
    await work.outbox.card(number)
    return await settle(work, changed)


async def gone(tx: Transaction, user_id: int, departments: Collection[str] | None = None) -> None:
    """Somebody left the group of these departments, else of all: they are off duty there, and what they had
    in it goes back to the team.
    """
    await duty.turn(tx)
    await duty.end(tx, user_id, departments)
    await timers.put_for_assignee(tx, ASSIGN_TIMER, user_id)


async def timer(work: Work, number: int) -> None:
    """A ticket that waits for an agent looks for one, and one whose agent is gone goes back to the team."""
    ticket = await tickets.find(work.tx, number)
    if ticket is None or State(ticket.state) in FINISHED:
        return
    if ticket.assignee_id is None:
        await settle(work, ticket)
    elif await _has_left(work, ticket):
        why = await _why_not(work, ticket)
        assert why is not None
        await _to_team(work, ticket, why)


async def tell_thread(work: Work, number: int, text: Markup) -> None:
    """One line into a ticket's thread."""
    await work.outbox.owe(destinations.thread(number), view(text), ticket_number=number)


def _staff(work: Work) -> Translator:
    return translator(work.desk.staff_language)
