"""The life of a ticket: every change goes through here, for customers, agents and timers alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from desk.lifecycle import Action, State, next_state
from desk.sla import promise
from dialogs import agents, words
from dialogs.buttons import RequestButton, SolvedButton, button, rows
from dialogs.context import Desk
from dialogs.reply import language_of, view
from storage import customers, destinations, journal, tickets, timers
from storage.journal import Actor
from storage.outbox import Outbox
from storage.rows import Customer, Ticket
from storage.store import Transaction

SILENCE_TIMER = "silence"


@dataclass(frozen=True, slots=True)
class Life:
    """What may happen to tickets, in one transaction."""

    tx: Transaction
    outbox: Outbox
    desk: Desk

    async def act(self, ticket: Ticket, action: Action, actor: Actor, **changes: Any) -> Ticket | None:
        """Do `action` to a ticket; gives back the ticket as it is then, or None if it is not possible now.

        The customer is told what concerns them; the card follows.
        """
        state = State(ticket.state)
        target = next_state(state, action)
        if target is None:
            return None
        if action is Action.TAKE:
            changes |= {"assignee_id": actor.id, "assignee_name": actor.name}
        elif action is Action.RELEASE:
            changes |= {"assignee_id": None, "assignee_name": None}
        elif action is Action.ANSWER and ticket.assignee_id is None and state is State.NEW:
            # Who answers first has taken it.
            changes |= {"assignee_id": actor.id, "assignee_name": actor.name}
        if target is state and not changes:
            return ticket
        if target is not state:
            changes |= {"state": target, "closed_at": self.tx.now if target is State.CLOSED else None}
        changed = await tickets.change(self.tx, ticket.number, **changes)
        await journal.note(
            self.tx, ticket.number, actor, action.value, {"from": state.value, "to": target.value}
        )
        await self._timers(changed, state, target)
        await self._tell_customer(changed, action, actor)
        if actor.kind == "customer" and target is State.CLOSED:
            await agents.tell_closed(self.outbox, self.desk, ticket.number, action)
        await self.outbox.card(ticket.number)
        return changed

    async def _timers(self, ticket: Ticket, before: State, after: State) -> None:
        decided = (State.RESOLVED, State.REFUSED)
        if after in decided and before not in decided:
            due_at = self.tx.now + self.desk.profile.solved_silence
            await timers.put(self.tx, SILENCE_TIMER, ticket.number, due_at)
        elif before in decided and after not in decided:
            await timers.cancel(self.tx, SILENCE_TIMER, ticket.number)

    async def _tell_customer(self, ticket: Ticket, action: Action, actor: Actor) -> None:
        if actor.kind == "customer":
            return
        customer = await customers.get(self.tx, ticket.customer_id)
        if action is Action.RESOLVE:
            await self.ask_solved(ticket, customer)
            return
        tr = language_of(customer, self.desk)
        if self.desk.profile.is_talk:
            await self._tell_talker(customer, action)
            return
        if action is Action.CLOSE:
            text = tr.text("Request #{number} has been closed by a specialist.", number=ticket.number)
        elif action is Action.EXPIRE:
            text = tr.text(
                "Request #{number} has been closed: you did not tell us that the problem remains.",
                number=ticket.number,
            )
        elif action is Action.REOPEN:
            text = tr.text("Request #{number} is open again; we are working on it.", number=ticket.number)
            await self._owe(customer, text)
            return
        else:
            return
        reopen = button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=ticket.number))
        await self.outbox.owe(
            destinations.customer(customer.id), view(text, rows([reopen])), ticket_number=ticket.number
        )

    async def _tell_talker(self, customer: Customer, action: Action) -> None:
        """The same where nothing is called a request."""
        tr = language_of(customer, self.desk)
        if action in (Action.CLOSE, Action.EXPIRE):
            await self._owe(
                customer, tr.text("This conversation is closed. To begin another, just write here.")
            )
        elif action is Action.REOPEN:
            await self._owe(customer, tr.text("This conversation goes on."))

    async def _owe(self, customer: Customer, text: Markup) -> None:
        await self.outbox.owe(destinations.customer(customer.id), view(text))

    async def ask_solved(self, ticket: Ticket, customer: Customer) -> None:
        """Ask the customer whether the problem is solved."""
        tr = language_of(customer, self.desk)
        if self.desk.profile.is_talk:
            text = tr.text(
                "The specialist considers your question answered: <b>{subject}</b>.\n\n"
                "Is the problem solved?",
                subject=ticket.subject,
            )
        else:
            text = tr.text(
                "The specialist considers request #{number} resolved: <b>{subject}</b>.\n\n"
                "Is the problem solved?",
                number=ticket.number,
                subject=ticket.subject,
            )
        keyboard = rows(
            [
                button(tr.plain(words.SOLVED), SolvedButton(yes=True, number=ticket.number)),
                button(tr.plain(words.NOT_SOLVED), SolvedButton(yes=False, number=ticket.number)),
            ]
        )
        await self.outbox.owe(
            destinations.customer(customer.id), view(text, keyboard), ticket_number=ticket.number
        )

    async def open(
        self,
        customer: Customer,
        *,
        type: str | None = None,
        subject: str,
        serial: str | None,
        answers: dict[str, str],
        linked_to: int | None = None,
    ) -> Ticket:
        """Open a ticket; its card is the first thing its thread is owed."""
        ticket = await tickets.open_new(
            self.tx,
            customer_id=customer.id,
            type=type,
            subject=subject,
            serial=serial,
            answers=answers,
            first_number=self.desk.profile.first_ticket_number,
            promised_at=promise(self.desk.profile, self.tx.now),
            linked_to=linked_to,
        )
        actor = Actor("customer", customer.id, customer.name)
        await journal.note(self.tx, ticket.number, actor, "open", {"to": State.NEW.value})
        await self.outbox.card(ticket.number, at_once=True)
        return ticket
