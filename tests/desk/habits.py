"""What the texts of a shipped desk keep to in each of the three languages."""

import re
from collections.abc import Collection

from desk.coverage import missing_texts, texts_of
from desk.profile import Profile
from desk.texts import LANGUAGES, Language

_CYRILLIC = re.compile("[А-Яа-яЁё]")
_LATIN_WORD = re.compile("[A-Za-zĀ-ž]+")
# Links, addresses and what is written in them are the same in all languages, as are fields to fill in.
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\{\w+\}")
_QUOTES: dict[Language, str] = {"ru": "«»", "en": "“”", "lv": "„”"}
_INFORMAL: dict[Language, str] = {
    "ru": r"\b(вы|вас|вам|вами|ваш\w*|ты|тебя|тебе|твой)\b",
    "lv": r"\b(jūs|jums|jūsu|tu|tev|tavs|tavu)\b",
}
# Russian sets a long dash, Latvian a shorter one.
_FOREIGN_DASHES: dict[Language, str] = {"ru": "–", "lv": "—"}
# Words to search for, and answers as people type them.
_NO_SENTENCES = ("words", "example")
# What fits a button of Telegram's on a telephone.
_BUTTON = 40


def _in_language(profile: Profile, language: Language) -> list[tuple[str, str]]:
    return [(key, _ADDRESS.sub("", text.in_language(language))) for key, text in texts_of(profile)]


def _quotes_fit(text: str, own: str) -> bool:
    used = set(re.findall('["«»“”„]', text))
    return used <= set(own) and text.count(own[0]) == text.count(own[1])


def faults(profile: Profile, names: Collection[str]) -> list[str]:
    """What a reader of one of the languages would stumble over; *names* are Latin words of Russian texts."""
    found = [f"{key}: no {language}" for key, language, _ in missing_texts(profile)]
    for key, text in texts_of(profile):
        if len({text.in_language(language) for language in LANGUAGES}) < 3:
            found.append(f"{key}: the same in two languages")
        if key.endswith("label") or (key.startswith("faq") and key.endswith("question")):
            found += [
                f"{key}: {language} is too long for a button"
                for language in LANGUAGES
                if len(text.in_language(language)) > _BUTTON
            ]
    for key, russian in _in_language(profile, "ru"):
        foreign = set(_LATIN_WORD.findall(russian)) - set(names)
        found += [f"{key}: Latin {word}" for word in sorted(foreign)]
    for language in ("en", "lv"):
        found += [
            f"{key}: {language} is Cyrillic"
            for key, text in _in_language(profile, language)
            if _CYRILLIC.search(text)
        ]
    found += [
        f"{key}: {language} begins with a small letter"
        for language in LANGUAGES
        for key, text in _in_language(profile, language)
        if text[:1].islower() and not key.endswith(_NO_SENTENCES)
    ]
    for language, dash in _FOREIGN_DASHES.items():
        found += [
            f"{key}: dash of {language}" for key, text in _in_language(profile, language) if dash in text
        ]
    for language, own in _QUOTES.items():
        found += [
            f"{key}: quotes of {language}"
            for key, text in _in_language(profile, language)
            if not _quotes_fit(text, own)
        ]
    for language, pattern in _INFORMAL.items():
        found += [
            f"{key}: {language} is informal"
            for key, text in _in_language(profile, language)
            if re.search(pattern, text)
        ]
    return found


def words_of_both(profile: Profile) -> set[str]:
    """The words, in small letters, that the English and the Latvian texts share."""
    english, latvian = (
        {word.lower() for _, text in _in_language(profile, language) for word in _LATIN_WORD.findall(text)}
        for language in ("en", "lv")
    )
    return english & latvian
