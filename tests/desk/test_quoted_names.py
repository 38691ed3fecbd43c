"""What the texts of a desk quote as a button or a section is called so: people look for those words."""

import re

import pytest

from desk.coverage import texts_of
from desk.loading import load_profile
from desk.profile import Profile
from desk.texts import LANGUAGES, Language

SECTIONS: dict[Language, set[str]] = {
    "ru": {"Частые вопросы", "Мои заявки", "Попросить подтвердить"},
    "en": {"FAQ", "My requests", "Ask for confirmation"},
    "lv": {"Biežāk uzdotie jautājumi", "Mani pieteikumi", "Lūgt apstiprinājumu"},
}
# Names of what is not the bot's: on sites and in back offices, of tariffs, and within examples.
ELSEWHERE: dict[str, dict[Language, set[str]]] = {
    "saveit": {
        "ru": {"Ошибка подключения к базе данных", "Пример"},
        "en": {"Database connection error"},
        "lv": {"Datubāzes savienojuma kļūda", "Paraugs"},
    },
    "insales": {
        "ru": {"Помощь", "Написать обращение", "Премиум", "Спам"},
        "en": {"Help", "Write a request", "Premium", "Spam"},
        "lv": {"Palīdzība", "Rakstīt pieteikumu", "Premium", "Mēstules"},
    },
    "megafon": {"ru": {"Поддержка"}, "en": {"Support"}, "lv": {"Atbalsts"}},
}


@pytest.fixture(scope="module", params=ELSEWHERE)
def desk(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_quoted_has_that_name(desk: Profile, language: Language) -> None:
    types = {each.label.in_language(language) for each in desk.types}
    known = types | SECTIONS[language] | ELSEWHERE[desk.key][language]
    quoted = {
        name
        for _, text in texts_of(desk)
        for name in re.findall("[«“„]([^{]*?)[»”]", text.in_language(language))
    }
    assert quoted <= known
