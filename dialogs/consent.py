"""The word before the first data is asked: what the desk does with it, and a button to agree."""

from __future__ import annotations

from dataclasses import replace

from aiogram.types import InlineKeyboardButton
from markupsafe import Markup

from desk.privacy import Privacy
from dialogs import words
from dialogs.buttons import ConsentButton, FaqButton, MenuButton, button, rows
from dialogs.form import CONSENT
from dialogs.reply import Talk
from dialogs.screens import plain, screen_key, warned, ways_out
from dialogs.standing import Standing
from storage import customers


async def ask_in_form(talk: Talk, at: Standing, problem: Markup | None) -> None:
    """The first step of the form of somebody who has not agreed yet."""
    keyboard = rows(*_choice(talk), ways_out(talk, at.draft, CONSENT))
    await talk.show(screen_key(at.draft, at.step), warned(_paragraphs(talk), problem), keyboard)


async def ask_in_talk(talk: Talk) -> None:
    """The same before a conversation begins; what was written waits for the answer."""
    kept = talk.tr.text("What you wrote is kept until you answer.")
    await talk.show(
        "consent", Markup("\n\n").join([*_paragraphs(talk), kept]), rows(*_choice(talk)), moves=True
    )


def _privacy(talk: Talk) -> Privacy:
    privacy = talk.desk.profile.privacy
    assert privacy is not None, "without rules nobody is asked"
    return privacy


def _paragraphs(talk: Talk) -> list[Markup]:
    tr, privacy = talk.tr, _privacy(talk)
    if privacy.consent is not None:
        paragraphs = [plain(privacy.consent.in_language(tr.language))]
    else:
        paragraphs = [
            tr.text(
                "Before you begin: to deal with your requests, {desk} stores and processes what you enter "
                "and send here, with your Telegram name and id. Our specialists read it; it is used for "
                "nothing else. With /privacy you can see, get and erase it at any moment.\n\n"
                "Do you agree to this processing of your personal data?",
                desk=talk.desk.profile.name.in_language(tr.language),
            )
        ]
    if privacy.url is not None:
        paragraphs.append(tr.text("The rules in full: {url}", url=privacy.url.in_language(tr.language)))
    return paragraphs


def _choice(talk: Talk) -> list[list[InlineKeyboardButton]]:
    tr, version = talk.tr, _privacy(talk).version
    return [
        [button("✅ " + tr.plain(words.AGREE), ConsentButton(yes=True, version=version))],
        [button(tr.plain(words.DISAGREE), ConsentButton(yes=False, version=version))],
    ]


async def agree(talk: Talk, privacy: Privacy) -> None:
    """Remember that the customer agrees, to what and when."""
    await customers.agree(talk.tx, talk.customer.id, privacy.version)
    talk.customer = replace(talk.customer, agreed_version=privacy.version)


async def tell_declined(talk: Talk) -> None:
    """Nothing was stored; what can be done all the same."""
    tr, profile = talk.tr, talk.desk.profile
    paragraphs = [
        tr.text(
            "As you wish: nothing of what you entered or wrote is stored. "
            "Without your consent we cannot deal with a request here."
        )
    ]
    if profile.channel is not None:
        paragraphs.append(plain(profile.channel.in_language(tr.language)))
    if profile.faq:
        paragraphs.append(tr.text("The frequent questions are open to you without it."))
    paragraphs.append(tr.text("If you change your mind, just begin again: you will be asked anew."))
    keyboard = []
    if profile.faq:
        keyboard.append(button(tr.plain(words.FAQ), FaqButton()))
    if not profile.is_talk:
        keyboard.append(button(tr.plain(words.NEW_REQUEST), MenuButton(to="new")))
    await talk.show("declined", Markup("\n\n").join(paragraphs), rows(keyboard))
