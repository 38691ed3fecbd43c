"""/privacy: what is stored of a customer, as a word, as a file, and the end of it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message
from markupsafe import Markup

from desk.privacy import Privacy
from dialogs import erasing
from dialogs.buttons import PrivacyButton, button, rows
from dialogs.incoming import customer_actor
from dialogs.reply import Talk
from locales import mark
from storage import destinations, privacy

GET = mark("Get my data")
ERASE = mark("Erase my data")
ERASE_ALL = mark("Yes, erase everything")
KEEP = mark("No, keep it")
# The wiring's name of the file with everything that is stored of a customer.
FILE = "my_data"


async def asked(message: Message, talk: Talk) -> None:
    """What is stored, and what can be done with it."""
    await _show(talk)


async def _show(talk: Talk) -> None:
    tr, zone = talk.tr, talk.desk.profile.timezone
    found = await privacy.stored(talk.tx, talk.customer.id)
    lines = [
        tr.text(
            "To answer your requests the desk stores your Telegram name and id, the language you chose, "
            "and what you send here: answers, messages and references to files. The specialists of the desk "
            "can read it. The files themselves stay with Telegram."
        )
    ]
    if talk.desk.profile.marks:
        lines.append(
            tr.text("Specialists may note with it what they have confirmed about you, such as your rights.")
        )
    counted = [
        tr.plural("{n} request", "{n} requests", found.tickets),
        tr.plural("{n} message", "{n} messages", found.messages),
        tr.plural("{n} file", "{n} files", found.files),
        tr.plural("{n} remembered answer", "{n} remembered answers", found.remembered),
    ]
    lines.append(
        tr.text(
            "Stored since {moment}: {counted}.",
            moment=tr.timestamp(found.since, zone),
            counted=Markup(", ").join(counted),
        )
    )
    if found.has_draft:
        lines.append(tr.text("You are filling in a request now; what it has is stored as well."))
    if found.agreed_at is not None:
        lines.append(tr.text("You agreed to it on {moment}.", moment=tr.timestamp(found.agreed_at, zone)))
    rules = talk.desk.profile.privacy
    if rules is not None and rules.retention_days is not None:
        lines.append(
            tr.plural(
                "Everything personal is erased {n} day after a request was closed.",
                "Everything personal is erased {n} days after a request was closed.",
                rules.retention_days,
            )
        )
    if rules is not None and rules.url is not None:
        lines.append(tr.text("The rules in full: {url}", url=rules.url.in_language(tr.language)))
    keyboard = rows(
        [button(tr.plain(GET), PrivacyButton(act="get"))],
        [button(tr.plain(ERASE), PrivacyButton(act="ask"))],
    )
    await talk.show("privacy", Markup("\n\n").join(lines), keyboard)


async def pressed(query: CallbackQuery, callback_data: PrivacyButton, talk: Talk) -> None:
    """A button below it."""
    match callback_data.act:
        case "get":
            args = {"customer": talk.customer.id, "language": talk.tr.language}
            await talk.outbox.file(destinations.customer(talk.customer.id), FILE, args)
            talk.toast.say(talk.tr.plain("The file is being made; it comes in a moment."))
        case "ask":
            await _ask(talk)
        case "erase":
            await _erase(talk)
        case _:
            await _show(talk)


async def _ask(talk: Talk) -> None:
    tr = talk.tr
    lines = [
        tr.text("<b>Erase everything that is stored about you?</b>"),
        tr.text(
            "This cannot be undone. Your open requests are closed first, and nobody can answer them any "
            "more. Texts, files, answers, serial numbers, your name and your language are erased."
        ),
        tr.text(
            "What stays: the number, type, priority and times of your requests, without your name, because "
            "the desk has to account for its work; and your bare Telegram id, so that a ban, if there is "
            "one, holds."
        ),
        _of_group(talk),
        tr.text("This chat remains with you: you can delete it yourself in Telegram."),
    ]
    keyboard = rows(
        [button("🗑 " + tr.plain(ERASE_ALL), PrivacyButton(act="erase"))],
        [button(tr.plain(KEEP), PrivacyButton(act="show"))],
    )
    await talk.show("erase", Markup("\n\n").join(lines), keyboard)


def _of_group(talk: Talk) -> Markup:
    """What becomes of the copies that the specialists have, honestly."""
    if (talk.desk.profile.privacy or Privacy()).erase_threads:
        return talk.tr.text(
            "The specialists' copies in their Telegram group are deleted with their threads, as far as "
            "Telegram lets us; where it does not, they are asked to delete them by hand."
        )
    return talk.tr.text(
        "The specialists' copies stay in their Telegram group, where Telegram lets nobody delete them all "
        "by a program; your name is taken from the titles."
    )


async def _erase(talk: Talk) -> None:
    number = await erasing.erase(talk.tx, talk.outbox, talk.desk, talk.customer, customer_actor(talk))
    tr = talk.tr
    await talk.show("erased", tr.text("Erased."))
    lines = [tr.text("Everything personal that was stored about you is erased.")]
    if number:
        lines.append(
            tr.plural(
                "{n} request stays as a number with its times, without anything of yours.",
                "{n} requests stay as numbers with their times, without anything of yours.",
                number,
            )
        )
    lines.append(tr.text("If you write here again, you begin as somebody new."))
    await talk.tell(Markup("\n").join(lines))


def register_privacy(router: Router) -> None:
    """The command and its buttons."""
    router.message.register(asked, Command("privacy"))
    router.callback_query.register(pressed, PrivacyButton.filter())
