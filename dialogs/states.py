"""The states a conversation with a customer can be in. Without one, what they write finds its ticket."""

from __future__ import annotations

from aiogram.fsm.state import State, StatesGroup


class Conversation(StatesGroup):
    """What the customer is doing now."""

    # Answering the form; the step follows from the draft.
    intake = State()
    # Asked which request their message belongs to.
    choosing = State()
    # Looking for an answer among the frequent questions.
    faq = State()
    # Writing to one request that they named; its number is in the data.
    about = State()
