"""What people read: complete in three languages, well formed, and spelt as their readers spell."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from bot.staff.menu import COMMANDS
from dialogs import words
from locales import LANGUAGES, Language, every, guess, translator
from locales.__main__ import (
    KEYWORDS,
    PACKAGES,
    ROOT,
    NotExtractable,
    extract,
    lacks_translation,
    messages_in,
    read,
    updated,
    written,
)

FOUND = extract()
CATALOGUES = {language: read(language) for language in LANGUAGES}
# Languages whose words differ from those of the sources.
TRANSLATED: tuple[Language, ...] = ("ru", "lv")

HOSTILE = "<b>Eve</b> & {0} %s"
TOAST_LIMIT = 200
BUTTON_LIMIT = 40
# Telegram takes 64 characters each for a first and a last name.
LONGEST = {"name": "N" * 129}

# The words that recur, from the design: English, Russian, Latvian.
WORDS = """
New request; My requests | Новая заявка; Мои заявки | Jauns pieteikums; Mani pieteikumi
FAQ; Language | Частые вопросы; Язык | Biežāk uzdotie jautājumi; Valoda
Skip; Done; Back; Cancel | Пропустить; Готово; Назад; Отменить | Izlaist; Gatavs; Atpakaļ; Atcelt
Edit; Submit | Изменить; Отправить | Labot; Iesniegt
Close request; Reopen | Закрыть заявку; Открыть снова | Slēgt pieteikumu; Atvērt atkārtoti
Yes, solved; No, not solved | Да, решено; Нет, не решено | Jā, atrisināts; Nē, nav atrisināts
Specialist | Специалист | Speciālists
new; in progress; waiting for your answer | новая; в работе; ждём Вашего ответа \
| jauns; tiek risināts; gaidām Jūsu atbildi
postponed; refused; resolved; closed | отложена; отклонена; решена; закрыта \
| atlikts; noraidīts; atrisināts; slēgts
Take; Release; Assign; Priority; Transfer | Взять; Снять с себя; Назначить; Приоритет; Передать \
| Pieņemt; Atdot; Piešķirt; Prioritāte; Nodot
Wait; Postpone; Resolve; Close; Canned | Ждать клиента; Отложить; Решить; Закрыть; Шаблоны \
| Gaidīt klientu; Atlikt; Atrisināt; Slēgt; Sagataves
"""
TABLE = [
    pair
    for line in WORDS.strip().splitlines()
    for pair in zip(*(column.strip().split("; ") for column in line.split("|")), strict=True)
]
# Buttons of the design that no code has yet.
NOT_YET = {"Assign", "Transfer", "Canned"}

NAMES = {"Telegram", "English", "Latviešu", "Русский", "talon", "inbox"}
# Words that Latvian has too.
ALSO_LATVIAN = {"administrators", "audio", "e", "mb", "no", "to", "video"}


def entries(language: Language) -> Iterator[Message]:
    return (entry for entry in CATALOGUES[language] if entry.id)


def forms(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


def texts(language: Language) -> Iterator[str]:
    return (form for entry in entries(language) for form in forms(entry.string))


def fields(template: str) -> list[tuple[str, str | None, str | None]]:
    parts = Formatter().parse(template)
    return sorted((name, spec, conversion) for _, name, spec, conversion in parts if name is not None)


def prose(template: str) -> str:
    """What is left to read without tags, placeholders and commands."""
    return re.sub(r"<[^>]*>|\{[^}]*\}|(?<!\S)/\w+", " ", template)


def spelt(template: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]+", prose(template)) if word not in NAMES]


class Parsed(HTMLParser):
    """HTML as Telegram takes it: its text and its tags, which have to be closed in order."""

    ALLOWED = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote"})

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, f"<{self._open[-1]}> stays open: {html}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED, f"Telegram knows no <{tag}>"
        assert not attrs
        self._open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


# The catalogues and the sources.


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_has_what_the_sources_use_and_nothing_else(language: Language) -> None:
    assert {entry.id for entry in entries(language)} == set(FOUND), "run python -m locales"
    assert not CATALOGUES[language].obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated_and_nothing_is_guessed(language: Language) -> None:
    assert [entry.id for entry in entries(language) if lacks_translation(entry)] == []
    plurals = [entry for entry in entries(language) if entry.pluralizable]
    assert {len(forms(entry.string)) for entry in plurals} == {CATALOGUES[language].num_plurals}


def test_english_is_what_the_sources_say() -> None:
    assert all(forms(entry.string) == forms(entry.id) for entry in entries("en"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_was_left_in_english(language: Language) -> None:
    same = [entry.id for entry in entries(language) if set(forms(entry.id)) & set(forms(entry.string))]
    assert [message for message in same if set(spelt(forms(message)[0])) - ALSO_LATVIAN] == []


# What a template is made of.


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_message_in_every_form(language: Language) -> None:
    for entry in entries(language):
        expected = {str(fields(form)) for form in forms(entry.id)}
        assert len(expected) == 1, f"the forms of {entry.id} differ"
        assert {str(fields(form)) for form in forms(entry.string)} == expected, entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_have_names(language: Language) -> None:
    for text in texts(language):
        assert all(name.isidentifier() for name, *_ in fields(text)), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_are_those_of_the_message_and_closed(language: Language) -> None:
    for entry in entries(language):
        expected = {
            tag: count for form in forms(entry.id) for tag, count in Counter(Parsed(form).tags).items()
        }
        for form in forms(entry.string):
            assert Counter(Parsed(form).tags) == expected, entry.id
            assert not re.search(r"&(?!(amp|lt|gt|quot);)|<(?!/?[a-z]+>)", form), f"a bare & or < in {form!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_break_where_the_message_breaks(language: Language) -> None:
    for entry in entries(language):
        shape = {tuple(bool(line.strip()) for line in form.split("\n")) for form in forms(entry.id)}
        assert {
            tuple(bool(line.strip()) for line in form.split("\n")) for form in forms(entry.string)
        } == shape
        assert all(form == form.strip() and "  " not in form for form in forms(entry.string)), entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_show_as_typed(language: Language) -> None:
    tr = translator(language)
    for entry in entries(language):
        message, template = forms(entry.id), forms(entry.string)[0]
        names = {name for name, *_ in fields(template)}
        if entry.pluralizable:
            names -= {"n"}
            shown = tr.plural(message[0], message[1], 1, **dict.fromkeys(names, HOSTILE))
        else:
            shown = tr.text(message[0], **dict.fromkeys(names, HOSTILE))
        parsed = Parsed(str(shown))
        expected = sum(name in names for name, *_ in fields(template))
        assert parsed.text.count(HOSTILE) == expected, entry.id
        assert Counter(parsed.tags) == Counter(Parsed(template).tags), entry.id


def test_buttons_and_toasts_take_values_as_they_are() -> None:
    assert HOSTILE in translator("lv").plain("{name} has taken this ticket already.", name=HOSTILE)
    assert translator("ru").plural_plain("{n} attachment", "{n} attachments", 2) == "2 вложения"


# Plural forms.

COUNTS = [0, 1, 2, 5, 10, 11, 21, 22, 100, 101, 111]
COUNTED: dict[Language, list[str]] = {
    "en": ["attachments", "attachment", *["attachments"] * 9],
    "ru": [
        *("вложений", "вложение", "вложения", "вложений", "вложений", "вложений"),
        *("вложение", "вложения", "вложений", "вложение", "вложений"),
    ],
    "lv": [
        *("pielikumu", "pielikums", "pielikumi", "pielikumi", "pielikumu", "pielikumu"),
        *("pielikums", "pielikumi", "pielikumu", "pielikums", "pielikumu"),
    ],
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms(language: Language) -> None:
    tr = translator(language)
    shown = [tr.plural("{n} attachment", "{n} attachments", n) for n in COUNTS]
    assert shown == [f"{n} {noun}" for n, noun in zip(COUNTS, COUNTED[language], strict=True)]


PERIODS: dict[Language, dict[int, str]] = {
    "ru": {1: "в течение 1 дня,", 2: "в течение 2 дней,", 7: "в течение 7 дней,", 21: "в течение 21 дня,"},
    "lv": {1: "1 dienas laikā", 2: "2 dienu laikā", 10: "10 dienu laikā", 21: "21 dienas laikā"},
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_counted_words_stand_in_the_case_of_their_sentence(language: Language) -> None:
    one = "The request you began was not sent for {n} day, so it has been deleted."
    many = "The request you began was not sent for {n} days, so it has been deleted."
    for n, words_shown in PERIODS[language].items():
        assert words_shown in translator(language).plural(one, many, n)


# Spelling.


def test_russian_is_written_in_russian_letters() -> None:
    # This finds Latin letters that look like Cyrillic ones, too.
    assert [word for text in texts("ru") for word in spelt(text) if re.search("[A-Za-z]", word)] == []


def test_latvian_has_no_foreign_letters_and_no_english_words() -> None:
    english = {word.lower() for text in texts("en") for word in spelt(text)} - ALSO_LATVIAN
    found = {word for text in texts("lv") for word in spelt(text)}
    assert {
        word for word in found if not re.fullmatch("[A-PR-VZa-pr-vzĀČĒĢĪĶĻŅŠŪŽāčēģīķļņšūž]+", word)
    } == set()
    assert {word for word in found if word.lower() in english} == set()


NOT_POLITE: dict[Language, str] = {
    "ru": r"\b(вы|вас|вам|вами|ваш\w*|ты|тебя|тебе|тобой|тво[йяёеи]\w*)\b",
    "lv": r"\b(jūs|jums|jūsu|jūsos|tu|tev|tevi|tavs|tava|tavu)\b",
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_people_are_addressed_formally_and_with_a_capital(language: Language) -> None:
    assert [text for text in texts(language) if re.search(NOT_POLITE[language], text)] == []


QUOTES: dict[Language, tuple[str, str]] = {"ru": ("«", "»"), "en": ("“", "”"), "lv": ("„", "”")}
DASH = {"ru": "—", "lv": "–"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_quotes_are_those_of_the_language_and_hold_the_translated_label(language: Language) -> None:
    left, right = QUOTES[language]
    for text in texts(language):
        assert text.count(left) == text.count(right), text
        assert not set('"«»“”„') & set(text) - {left, right}, text
    for entry in entries(language):
        for label in re.findall("“(.*?)”", forms(entry.id)[0]):
            quoted = label if "{" in label else translator(language).plain(label)
            assert all(left + quoted + right in form for form in forms(entry.string)), entry.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_dashes_are_those_of_the_language(language: Language) -> None:
    for text in texts(language):
        dashes = re.findall(r"\s?[—–]\s?|\s-\s", text)
        assert all(dash == f" {DASH[language]} " for dash in dashes), text


@pytest.mark.parametrize(("english", "russian", "latvian"), TABLE)
def test_words_that_recur_are_those_of_the_design(english: str, russian: str, latvian: str) -> None:
    if english not in FOUND:
        assert english in NOT_YET
        return
    shown = {language: translator(language).plain(english) for language in LANGUAGES}
    assert shown == {"en": english, "ru": russian, "lv": latvian}


SEVERAL_NAMES: dict[Language, str] = {
    "ru": r"(?i)\b(тикет|обращени|запрос)",
    "lv": r"(?i)\b(biļet|talon[su]|pieprasījum)",
}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_request_has_one_name(language: Language) -> None:
    # A column of an organisation's own form has the name that they gave it.
    others = set(texts(language)) - {"Текст обращения"}
    assert [text for text in others if re.search(SEVERAL_NAMES[language], text)] == []


def test_language_is_named_in_itself_after_a_switch() -> None:
    message = "The language is now English."
    assert "русский" in translator("ru").text(message)
    assert "latviešu" in translator("lv").text(message)


# Sizes.


def shown_by(*functions: str) -> set[str]:
    """The messages inside the arguments of these functions, and those of labels made with `mark`."""
    found = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                if isinstance(node.func, ast.Name | ast.Attribute):
                    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                    if name in functions:
                        for _, message in messages_in(ast.unparse(node)):
                            found |= set(forms(message))
    return found


def longest(language: Language, message: str) -> str:
    values = {name: LONGEST.get(name, "9" * 12) for name, *_ in fields(message)}
    return translator(language).plain(message, **values)


TOASTS = sorted(shown_by("say"))
# What commands are for stands in Telegram's menu of them, where there is room.
DESCRIPTIONS = set(COMMANDS.values())
LABELS = sorted(shown_by("mark", "button", "_act", "InlineKeyboardButton", "KeyboardButton") - DESCRIPTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_toasts_fit(language: Language) -> None:
    assert len(TOASTS) > 10
    assert {message for message in TOASTS if len(longest(language, message)) > TOAST_LIMIT} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_fit_their_buttons(language: Language) -> None:
    assert len(LABELS) > 40
    assert {message for message in LABELS if len(longest(language, message)) > BUTTON_LIMIT} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_descriptions_fit_the_menu_of_commands(language: Language) -> None:
    assert len(DESCRIPTIONS) > 10
    assert {message for message in DESCRIPTIONS if len(longest(language, message)) > 256} == set()


def test_toasts_and_labels_have_no_markup() -> None:
    assert [message for message in [*TOASTS, *LABELS] if Parsed(message).tags or "&" in message] == []


# Labels of every language always work.


def test_label_is_known_in_every_language() -> None:
    assert every(words.NEW_REQUEST) == {"New request", "Новая заявка", "Jauns pieteikums"}
    assert every(words.BACK) == {"Back", "Назад", "Atpakaļ"}


def test_typed_labels_mean_one_thing() -> None:
    labels = [
        *(words.NEW_REQUEST, words.MY_REQUESTS, words.FAQ, words.LANGUAGE),
        *(words.SKIP, words.DONE, words.BACK, words.CANCEL, words.SUBMIT),
    ]
    typed = [each for label in labels for each in every(label)]
    assert len(typed) == len(set(typed)) == len(labels) * len(LANGUAGES)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        *[("ru", "ru"), ("en", "en"), ("lv", "lv"), ("lv-LV", "lv"), ("EN-gb", "en"), ("RU", "ru")],
        *[("uk", "ru"), ("be", "ru"), ("kk", "ru"), ("uz-Latn", "ru"), ("hy", "ru"), ("az", "ru")],
        *[
            ("de", "en"),
            ("et", "en"),
            ("lt", "en"),
            ("rus", "en"),
            ("zh-hans", "en"),
            ("", "en"),
            (None, "en"),
        ],
    ],
)
def test_language_is_guessed_from_what_telegram_says(code: str | None, language: str) -> None:
    assert guess(code) == language


def test_language_that_nobody_speaks_here_is_the_fallback() -> None:
    assert translator("de").language == translator(None).language == "en"


# The tool.


def test_messages_are_found_however_they_are_written() -> None:
    source = (
        'tr.text("one " "and a half", n=tr.plain("two"))\n'
        'say(tr.plain(_KINDS.get(kind, mark("deep"))))\n'
        'tr.plural("{n} thing", "{n} things", n)\n'
        'tr.text(variable)\ntr.plural("alone", variable, n)\nlog.info("no message")\n'
    )
    found = [message for _, message in messages_in(source)]
    assert found == ["one and a half", "two", "deep", ("{n} thing", "{n} things")]


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_fstring_is_refused(keyword: str) -> None:
    with pytest.raises(NotExtractable, match="line 1"):
        list(messages_in(f'tr.{keyword}(f"{{name}} came", "many", 2)'))


def test_update_keeps_what_stayed_and_guesses_nothing() -> None:
    old = Catalog(locale="lv")
    old.add("Gone", "Prom")
    old.add("Stays", "Paliek")
    old.add("You have {n} thing", "Jums ir {n} lieta")
    new = updated("lv", old, {"Stays": [("a.py", 7)], "Stay": [], ("You have {n} thing", "{n} things"): []})
    kept = {entry.id: entry.string for entry in new if entry.id and not lacks_translation(entry)}
    assert kept == {"Stays": "Paliek"}
    assert not any(any(forms(entry.string or "")) for entry in new if entry.id and entry.id not in kept)
    assert [lacks_translation(entry) for entry in new if entry.id] == [False, True, True]


def test_file_of_a_catalogue_does_not_change_when_lines_move() -> None:
    at = [updated("ru", Catalog(locale="ru"), {"Stays": [("a.py", line)]}) for line in (1, 700)]
    assert written(at[0]) == written(at[1])
    assert b"#: a.py\n" in written(at[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_are_as_the_tool_writes_them(language: Language) -> None:
    again = updated(language, CATALOGUES[language], FOUND)
    assert (ROOT / "locales" / language / "LC_MESSAGES" / "talon.po").read_bytes() == written(again), (
        "run python -m locales"
    )
