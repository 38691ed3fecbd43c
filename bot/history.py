"""A ticket's history as one file that reads well on a phone: what it is, and all that happened, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from bot.journal.words import told
from bot.pipeline.files import Build, Built
from bot.views.card import STAFF_STATE_NAMES
from desk.answers import shown_answer
from desk.fields import AttachmentsField
from desk.lifecycle import State
from desk.profile import Profile
from dialogs import promises
from dialogs.requests import kind_name
from dialogs.words import DEPARTMENT, LANGUAGE_NAMES, TYPE
from locales import Translator, mark, translator
from storage import customers, recorded, tickets
from storage.recorded import Event, Recorded, Said
from storage.rows import Customer
from storage.store import Store

# Nothing is loaded from anywhere, nothing runs: it opens offline, in whatever shows HTML.
_PAGE = Markup(
    """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.45 sans-serif; max-width: 44em; margin: 0 auto; padding: 1em; }}
body {{ color: #222; background: #fff; }}
h1 {{ font-size: 1.25em; }}
dt {{ color: #666; font-size: .85em; }}
dd {{ margin: 0 0 .5em; overflow-wrap: anywhere; white-space: pre-wrap; }}
article {{ margin: .6em 0; padding: .5em .8em; border-radius: .6em; overflow-wrap: anywhere; }}
article p {{ margin: .2em 0 0; white-space: pre-wrap; }}
.customer {{ background: #eef3fb; }}
.agent {{ background: #eaf6ea; }}
.note {{ background: #fdf6dc; }}
.event {{ color: #666; padding: 0 .8em; }}
small {{ color: #666; }}
s {{ color: #888; }}
</style>
</head>
<body>
<h1>{title}</h1>
<dl>
{facts}
</dl>
{steps}
</body>
</html>
"""
)
# So much is written before anybody would notice; more is left to a thread.
_MANY = 200
_BY = {"customer": mark("customer"), "agent": mark("agent"), "note": mark("note")}


def history_file(profile: Profile, staff_language: str) -> Build:
    """What makes the file; `args` name the `ticket`."""
    tr = translator(staff_language)

    async def build(store: Store, args: Mapping[str, Any], path: Path) -> Built | None:
        number: int = args["ticket"]
        async with store.reading() as tx:
            ticket = await tickets.get(tx, number)
            if ticket.is_erased:
                return None
            customer = await customers.get(tx, ticket.customer_id)
            (found,) = await recorded.between(tx, range(number, number + 1), None, None)
        if len(found.steps) > _MANY:
            await asyncio.to_thread(_write, path, found, customer, profile, tr)
        else:
            _write(path, found, customer, profile, tr)
        caption = tr.text("All that happened to #{number} before", number=number)
        return Built(f"{number}.html", caption)

    return build


def _write(path: Path, found: Recorded, customer: Customer, profile: Profile, tr: Translator) -> None:
    path.write_text(_page(found, customer, profile, tr), "utf-8")


def _page(found: Recorded, customer: Customer, profile: Profile, tr: Translator) -> str:
    title = f"#{found.ticket.number} · {found.ticket.subject}"
    facts = Markup("\n").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(label, value)
        for label, value in _facts(found, customer, profile, tr)
    )
    steps = Markup("\n").join(_steps(found, profile, tr))
    return _PAGE.format(language=tr.language, title=title, facts=facts, steps=steps)


def _facts(
    found: Recorded, customer: Customer, profile: Profile, tr: Translator
) -> Iterator[tuple[str, str]]:
    """What the ticket is, and what was asked."""
    ticket, language = found.ticket, tr.language
    address = f" (@{customer.username})" if customer.username else ""
    writes_in = f", {tr.plain(LANGUAGE_NAMES[customer.language])}" if customer.language else ""
    yield tr.plain("Customer"), f"{customer.name}{address}{writes_in}"
    yield tr.plain("State"), tr.plain(STAFF_STATE_NAMES[State(ticket.state)])
    if kind := profile.type_label(ticket.type, language):
        yield tr.plain(TYPE), kind
    if department := profile.department(ticket.department):
        yield tr.plain(DEPARTMENT), department.label.in_language(language)
    if ticket.priority is not None:
        yield tr.plain("Priority"), promises.label(tr, profile, ticket.priority)
    yield tr.plain("Opened"), tr.timestamp(ticket.opened_at, profile.timezone)
    if ticket.linked_to is not None:
        yield tr.plain("Linked to"), f"#{ticket.linked_to}"
    for field in profile.form:
        value = ticket.answers.get(field.key)
        if value and not isinstance(field, AttachmentsField):
            yield field.label.in_language(language), shown_answer(field, value, language)


def _steps(found: Recorded, profile: Profile, tr: Translator) -> Iterator[Markup]:
    """All that happened, in order, in the desk's own time."""

    def moment(at: datetime) -> str:
        return tr.timestamp(at, profile.timezone)

    for step in found.steps:
        if isinstance(step, Said):
            yield _said(step, moment(step.at), tr)
        elif (sentence := told(step, profile, tr)) is not None:
            yield _happened(step, moment(step.at), sentence)


def _said(said: Said, moment: str, tr: Translator) -> Markup:
    lines = [Markup("<p>{}</p>").format(said.text)] if said.text else []
    if not said.text and not said.files:
        lines.append(Markup("<p>[{}]</p>").format(kind_name(tr, said.kind)))
    names = (name if "." in name else kind_name(tr, name) for name in said.files)
    lines += [Markup("<p>📎 {}</p>").format(name) for name in names]
    if said.is_taken_back:
        taken_back = tr.plain("(taken back)")
        lines = [Markup("<s>{}</s><p>{}</p>").format(Markup("").join(lines), taken_back)]
    who = tr.plain(_BY[said.author])
    head = f"{moment} · {said.name} ({who})" if said.name else f"{moment} · {who}"
    return Markup('<article class="{}"><small>{}</small>{}</article>').format(
        said.author, head, Markup("").join(lines)
    )


def _happened(event: Event, moment: str, sentence: str) -> Markup:
    head = f"{moment} · {event.name}" if event.name else moment
    return Markup('<p class="event"><small>{}</small><br>{}</p>').format(head, sentence)
