"""The life of a ticket: every change goes through here, for customers, agents and timers alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.alarms import Alarm, alarms
from desk.clocks import clocks, running_out
from desk.closing import reminder
from desk.history import FINISHED
from desk.journal import BREACHED, CLOSING, DEADLINE, OPENED, PRIORITY
from desk.lifecycle import Action, State, is_decided, is_paused, next_state
from desk.targets import ClockName
from dialogs import agents, assigning, promises, telling
from dialogs.context import Work
from storage import customers, journal, marks, tickets, timers
from storage.journal import TIMER, Actor
from storage.rows import Customer, Ticket

SILENCE_TIMER = "silence"
CLOSING_TIMER = "closing"
POSTPONE_TIMER = "postpone"
PROMISE_TIMER = "promise"


@dataclass(frozen=True, slots=True)
class Life(Work):
    """What may happen to tickets, in one transaction."""

    async def act(
        self, ticket: Ticket, action: Action, actor: Actor, *, takes: bool = True, **changes: Any
    ) -> Ticket | None:
        """Do `action` to a ticket; gives back the ticket as it is then, or None if it is not possible now.

        Whoever answers a new ticket first has taken it, unless `takes` says no. `changes` are further columns
        of the ticket: the `reason` to postpone or to refuse it, and `until` when it is postponed. The
        customer is told what concerns them; the card follows.
        """
        state = State(ticket.state)
        target = None if ticket.is_erased else next_state(state, action)
        if target is None:
            return None
        if action is Action.TAKE:
            changes |= {"assignee_id": actor.id, "assignee_name": actor.name}
        elif action is Action.RELEASE:
            changes |= {"assignee_id": None, "assignee_name": None}
        elif takes and action is Action.ANSWER and ticket.assignee_id is None and state is State.NEW:
            changes |= {"assignee_id": actor.id, "assignee_name": actor.name}
        asked_at = self._asked_at(ticket, action, actor, target)
        if asked_at != ticket.asked_at:
            changes |= {"asked_at": asked_at}
        if is_decided(state) and action is Action.CUSTOMER_MESSAGE:
            # Whoever writes is not silent.
            await self._await_silence(ticket.number)
        if target is state and not changes:
            return ticket
        told = {name: changes[name] for name in ("reason", "until") if changes.get(name) is not None}
        if target is not state:
            changes = {"reason": None, "until": None} | changes
            changes |= {"state": target, "closed_at": self.tx.now if target is State.CLOSED else None}
        if ticket.menu is not None and action not in (Action.ANSWER, Action.CUSTOMER_MESSAGE):
            changes |= {"menu": None}
        changed = await tickets.change(self.tx, ticket.number, **changes)
        await journal.note(
            self.tx,
            ticket.number,
            actor,
            action.value,
            {"from": state.value, "to": target.value} | _in_json(told),
        )
        await self._timers(changed, state, target)
        if "assignee_id" in changes or target in FINISHED:
            await timers.cancel(self.tx, assigning.ASSIGN_TIMER, ticket.number)
        await self.watch(ticket.number)
        if is_paused(state) and target is State.IN_PROGRESS:
            await telling.resumed(self, changed, action)
        if actor.kind != "customer":
            await telling.changed(self, changed, action, state)
        elif target is State.CLOSED:
            await agents.tell_closed(self.outbox, self.desk, ticket.number, action)
        await self.outbox.card(ticket.number)
        if state in FINISHED and target not in FINISHED:
            return await assigning.returned(self, changed, actor)
        return changed

    def _asked_at(self, ticket: Ticket, action: Action, actor: Actor, target: State) -> datetime | None:
        """Since when the customer waits for an answer, once this is done.

        Of messages in a row only the first is a change, so the journal holds no more than the clocks need.
        """
        if action is Action.ANSWER or target in FINISHED:
            return None
        asks = action in (Action.OBJECT, Action.REOPEN) or actor.kind == "customer"
        return ticket.asked_at or self.tx.now if asks else ticket.asked_at

    async def _timers(self, ticket: Ticket, before: State, after: State) -> None:
        number = ticket.number
        if is_decided(after) and not is_decided(before):
            await self._await_silence(number)
        elif is_decided(before) and not is_decided(after):
            await timers.cancel(self.tx, SILENCE_TIMER, number)
            await timers.cancel(self.tx, CLOSING_TIMER, number)
        if ticket.until is not None:
            await timers.put(self.tx, POSTPONE_TIMER, number, ticket.until)
        elif before is State.POSTPONED:
            await timers.cancel(self.tx, POSTPONE_TIMER, number)

    async def _await_silence(self, number: int) -> None:
        """From now on silence counts: it will close the ticket, and before that the customer is reminded."""
        profile, now = self.desk.profile, self.tx.now
        closes_at = now + profile.solved_silence
        await timers.put(self.tx, SILENCE_TIMER, number, closes_at)
        before = profile.close_reminder
        remind_at = reminder(now, closes_at, before, profile.timezone) if before is not None else None
        if remind_at is not None:
            await timers.put(self.tx, CLOSING_TIMER, number, remind_at)
        else:
            await timers.cancel(self.tx, CLOSING_TIMER, number)

    async def remind_of_closing(self, number: int) -> None:
        """The timer is over: ask the customer once more, as long as silence has not closed the ticket."""
        ticket = await tickets.get(self.tx, number)
        closes_at = await timers.due_at(self.tx, SILENCE_TIMER, number)
        if not is_decided(State(ticket.state)) or closes_at is None or closes_at <= self.tx.now:
            return
        customer = await customers.get(self.tx, ticket.customer_id)
        if customer.banned_at is not None:
            return
        await journal.note(self.tx, number, TIMER, CLOSING, {"at": closes_at.isoformat()})
        await telling.ask_decided(self, ticket, customer, closes_at)

    async def expire(self, number: int) -> None:
        """The timer is over: silence closes a decided ticket."""
        ticket = await tickets.get(self.tx, number)
        if is_decided(State(ticket.state)):
            await self.act(ticket, Action.EXPIRE, TIMER)

    async def end_postponing(self, number: int) -> None:
        """The timer is over: work on a ticket that was postponed until now goes on, and agents are told."""
        ticket = await tickets.get(self.tx, number)
        if ticket.until is None or ticket.until > self.tx.now:
            return
        resumed = await self.act(ticket, Action.RESUME, TIMER)
        if resumed is not None:
            await agents.tell_resumed(self.outbox, self.desk, resumed)

    async def watch(self, number: int) -> None:
        """The clocks have moved: set the timer for what agents are to be told next of the deadlines."""
        coming = await self._alarms(number)
        if coming:
            await timers.put(self.tx, PROMISE_TIMER, number, coming[0].at)
        else:
            await timers.cancel(self.tx, PROMISE_TIMER, number)

    async def tell_deadlines(self, number: int) -> None:
        """The timer is over: owe the agents what they are to be told now, and wait for the next."""
        ticket = await tickets.find(self.tx, number)
        if ticket is None:
            return
        coming = await self._alarms(number)
        due = [alarm for alarm in coming if alarm.at <= self.tx.now]
        for alarm in due:
            await journal.note(self.tx, number, TIMER, alarm.event, alarm.data)
            await self.outbox.alarm(number, alarm.event, alarm.data)
        if any(alarm.event == BREACHED for alarm in due):
            await self.outbox.card(number)
        for alarm in coming[len(due) :][:1]:
            await timers.put(self.tx, PROMISE_TIMER, number, alarm.at)

    async def _alarms(self, number: int) -> list[Alarm]:
        profile, now = self.desk.profile, self.tx.now
        entries = await journal.entries(self.tx, number)
        found = clocks(profile, entries, now)
        await tickets.set_due(self.tx, number, running_out(found))
        return alarms(found, entries, profile.calendar, now)

    async def prioritise(self, ticket: Ticket, key: str, actor: Actor) -> Ticket | None:
        """Give a ticket a priority of the profile; None if that is not possible now.

        To confirm the priority it has is a change only while it waits to be judged. The customer is told the
        priority and what is promised with it; the card follows.
        """
        profile = self.desk.profile
        if State(ticket.state) in FINISHED or profile.priority(key) is None:
            return None
        found = await promises.clocks_of(self.tx, profile, ticket.number)
        awaited = any(clock.name is ClockName.TRIAGE and clock.is_active for clock in found)
        if key == ticket.priority and not awaited:
            return ticket
        changed = await self.set_priority(ticket, key, actor)
        await telling.priority(self, changed)
        return changed

    async def set_priority(self, ticket: Ticket, key: str, actor: Actor) -> Ticket:
        """Change the priority, known to be possible, without a word to the customer; the card follows."""
        changed = await tickets.change(self.tx, ticket.number, priority=key, menu=None)
        await journal.note(self.tx, ticket.number, actor, PRIORITY, {"old": ticket.priority, "new": key})
        await self.watch(ticket.number)
        await self.outbox.card(ticket.number)
        return changed

    async def agree_deadline(self, ticket: Ticket, due_at: datetime, actor: Actor) -> bool:
        """Set by when the problem is to be solved, after the customer was told why; False if it is over.

        The customer is told the deadline; the card follows.
        """
        if State(ticket.state) in FINISHED:
            return False
        deadline = {"clock": ClockName.SOLUTION.value, "due": due_at.isoformat()}
        await journal.note(self.tx, ticket.number, actor, DEADLINE, deadline)
        await self.watch(ticket.number)
        await telling.deadline(self, ticket, due_at)
        await self.outbox.card(ticket.number)
        return True

    async def open_menu(self, ticket: Ticket, menu: str | None) -> None:
        """Let the card offer something to choose from instead of its buttons, or its buttons again."""
        if menu != ticket.menu:
            await tickets.place(self.tx, ticket.number, menu=menu)
            await self.outbox.card(ticket.number, at_once=True)

    async def open(
        self,
        customer: Customer,
        *,
        type: str | None = None,
        subject: str,
        serial: str | None,
        answers: dict[str, str],
        priority: str | None = None,
        department: str | None = None,
        linked_to: int | None = None,
        actor: Actor | None = None,
    ) -> Ticket:
        """Open a ticket; its card is the first thing its thread is owed.

        `priority` is a key of the profile; without it, or with one that the profile has no more, the ticket
        begins with that of its type or its customer's marks, and without such with the profile's default.
        `department` is one of the profile's too; without it the ticket begins in that of its type.
        `actor` is who opens it, the customer unless said otherwise.
        """
        profile = self.desk.profile
        if profile.priority(priority) is None:
            known = await marks.of(self.tx, customer.id) if profile.marks else ()
            priority = profile.first_priority(type, known)
        begins_in = profile.department_for(type) if department is None else profile.department(department)
        ticket = await tickets.open_new(
            self.tx,
            customer_id=customer.id,
            type=type,
            subject=subject,
            serial=serial,
            answers=answers,
            first_number=profile.first_ticket_number,
            priority=priority,
            department=None if begins_in is None else begins_in.key,
            linked_to=linked_to,
        )
        actor = actor or Actor("customer", customer.id, customer.name)
        opening = {"to": State.NEW.value, "priority": priority}
        if begins_in is not None:
            opening["department"] = begins_in.key
        await journal.note(self.tx, ticket.number, actor, OPENED, opening)
        await self.watch(ticket.number)
        await self.outbox.card(ticket.number, at_once=True)
        return await assigning.settle(self, ticket)


def _in_json(values: dict[str, Any]) -> dict[str, str]:
    """Moments as the journal writes them."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
