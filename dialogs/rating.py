"""Rating: 1 to 5 stars once a ticket is closed, and a few words with them for whoever wants to add some."""

from __future__ import annotations

from datetime import timedelta

from aiogram import Router
from aiogram.filters import Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from desk.journal import RATED
from desk.lifecycle import State
from dialogs import agents, incoming, words
from dialogs.buttons import RatingButton, RequestButton, button, rows
from dialogs.incoming import customer_actor
from dialogs.reply import Talk
from dialogs.stars import STARS, star_buttons, stars
from dialogs.states import Conversation
from storage import journal, ratings, tickets
from storage.ratings import Rating
from storage.rows import Ticket

_ASKING = "rating:"
# Whoever writes later writes about something else.
_COMMENT_WITHIN = timedelta(hours=1)


async def pressed(query: CallbackQuery, callback_data: RatingButton, talk: Talk, state: FSMContext) -> None:
    """Stars, or no words with them."""
    tr = talk.tr
    ticket = await talk.ticket(callback_data.number)
    if ticket is None:
        return
    known = await ratings.of_close(talk.tx, ticket.number, ticket.closed_at)
    if ticket.state != State.CLOSED:
        talk.toast.say(_not_now(talk))
    elif callback_data.stars == 0 and known is not None:
        await _show(talk, ticket, known.stars, ask=False)
    elif callback_data.stars not in STARS or not talk.desk.profile.asks_rating:
        talk.out_of_date()
    elif known is not None and known.stars == callback_data.stars:
        talk.toast.say(tr.plain("This is your rating already. Thank you!"))
    else:
        await _rate(talk, ticket, callback_data.stars, known, is_free=await _is_free(talk, ticket, state))


def _not_now(talk: Talk) -> str:
    if talk.desk.profile.is_talk:
        return talk.tr.plain(
            "We are still working on your question. You can rate our help once it is closed."
        )
    return talk.tr.plain("This request is open again. You can rate our help once it is closed.")


async def _is_free(talk: Talk, ticket: Ticket, state: FSMContext) -> bool:
    """Whether the customer is at nothing else; what they wrote to this request is over with its close."""
    if talk.raw_state == Conversation.about.state and (await state.get_data()).get("number") == ticket.number:
        await state.set_state(None)
        return True
    return talk.raw_state is None


async def _rate(talk: Talk, ticket: Ticket, given: int, known: Rating | None, *, is_free: bool) -> None:
    comment = known.comment if known is not None else None
    await ratings.rate(talk.tx, ticket.number, given, comment)
    await journal.note(talk.tx, ticket.number, customer_actor(talk), RATED, {"stars": given})
    await agents.tell_rating(talk.outbox, talk.desk, ticket.number, given)
    await talk.outbox.card(ticket.number)
    talk.toast.say(talk.tr.plain("Thank you!"))
    # Who is at something else is not asked for more.
    ask = comment is None and is_free and not talk.desk.profile.is_talk
    await _show(talk, ticket, given, ask=ask)


async def _show(talk: Talk, ticket: Ticket, given: int, *, ask: bool) -> None:
    """The stars as given, to be changed; `ask` for words with them."""
    tr, number = talk.tr, ticket.number
    if talk.desk.profile.is_talk:
        text = tr.text("Thank you! Your rating: {stars}", stars=stars(given))
    else:
        text = tr.text(
            "Thank you! Your rating of our help with request #{number}: {stars}",
            number=number,
            stars=stars(given),
        )
    further: list[InlineKeyboardButton] = []
    if ask:
        text += "\n\n" + tr.text("Would you like to add a few words? Just write them here, or press Skip.")
        further.append(button(tr.plain(words.SKIP), RatingButton(number=number, stars=0)))
    if not talk.desk.profile.is_talk:
        further.append(button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=number)))
    await talk.show(f"{_ASKING if ask else 'rated:'}{number}", text, rows(star_buttons(number), further))


class Commenting(Filter):
    """A text, while the question for words with the stars is the last that was asked."""

    async def __call__(self, message: Message, talk: Talk) -> bool | dict[str, Ticket]:
        """Give the handler the ticket as `rated`."""
        key = talk.customer.screen_key
        if key is None or not key.startswith(_ASKING) or message.text is None or talk.raw_state is not None:
            return False
        reply = await incoming.replied_to(talk, message)
        if reply is not None and reply.ticket_number is not None:
            return False
        ticket = await tickets.get(talk.tx, int(key.removeprefix(_ASKING)))
        rating = await ratings.of_close(talk.tx, ticket.number, ticket.closed_at)
        if rating is None or rating.comment is not None or talk.tx.now - rating.at > _COMMENT_WITHIN:
            return False
        return {"rated": ticket}


async def commented(message: Message, talk: Talk, rated: Ticket) -> None:
    """A few words with the stars."""
    rating = await ratings.find(talk.tx, rated.number)
    assert rating is not None
    text = message.text or ""
    await ratings.rate(talk.tx, rated.number, rating.stars, text)
    data = {"stars": rating.stars, "comment": True}
    await journal.note(talk.tx, rated.number, customer_actor(talk), RATED, data)
    await agents.tell_comment(talk.outbox, talk.desk, rated.number, text)
    await talk.outbox.card(rated.number)
    tr = talk.tr
    reopen = button(tr.plain(words.REOPEN), RequestButton(act="reopen", number=rated.number))
    thanks = tr.text(
        "Thank you! Your words have been passed on. If the problem is still there, open the request again."
    )
    await talk.show(f"rated:{rated.number}", thanks, rows([reopen]))


def register_rating(router: Router) -> None:
    """Stars and the words with them; comes before what places messages."""
    router.callback_query.register(pressed, RatingButton.filter())
    router.message.register(commented, Commenting())
