"""Keyboards of calls."""

from typing import Any

from playground import errors
from playground.params import Params

DATA_LIMIT = 64
# MTProto lets a keyboard have 100 buttons (https://core.telegram.org/bots/api-changelog and seen refusals).
MAX_BUTTONS = 100
_ACTIONS = frozenset(
    (
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    )
)

Markup = dict[str, Any]


def read_markup(params: Params) -> Markup | None:
    """The reply markup of the call, checked; None if there is none.

    Raises:
        Refusal: it is of no kind that Telegram knows, or a button is wrong.
    """
    markup = params.json("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise errors.bad("object expected as reply markup")  # Client.cpp `get_reply_markup`
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply(markup)
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def read_inline(params: Params) -> Markup | None:
    """Only an inline keyboard, as edits take it; an empty one removes the old."""
    markup = read_markup(params)
    if markup is not None and "inline_keyboard" not in markup:
        raise errors.bad("inline keyboard expected")  # td ReplyMarkup.cpp
    return markup if markup and markup["inline_keyboard"] else None


def _rows(rows: Any, of: str) -> list[list[Any]]:
    if not isinstance(rows, list):
        raise errors.bad(f'field "{of}" must be of type Array')  # td JsonBuilder
    for row in rows:
        if not isinstance(row, list):
            raise errors.bad("expected an Array of Arrays of buttons")
    return [row for row in rows if row]


def _inline(rows: Any) -> Markup | None:
    checked = [[_inline_button(button) for button in row] for row in _rows(rows, "inline_keyboard")]
    if sum(map(len, checked)) > MAX_BUTTONS:
        raise errors.KEYBOARD_TOO_LONG
    return {"inline_keyboard": checked}


def _inline_button(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise errors.bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    button: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    text = button.get("text")
    if text is None:
        raise errors.bad("can't parse inline keyboard button: can't find field \"text\"")
    if not isinstance(text, str):
        raise errors.bad('can\'t parse inline keyboard button: field "text" must be of type String')
    if not text.strip():
        raise errors.BUTTON_NO_TEXT
    if "callback_data" in button:
        data = button["callback_data"]
        if not isinstance(data, str):
            raise errors.bad(
                'can\'t parse inline keyboard button: field "callback_data" must be of type String'
            )
        if not 0 < len(data.encode()) <= DATA_LIMIT:
            raise errors.BUTTON_DATA_INVALID
    elif "url" in button:
        if "." not in str(button["url"]) and ":" not in str(button["url"]):
            raise errors.BUTTON_URL_INVALID
    elif not _ACTIONS & button.keys():
        raise errors.BUTTON_NO_ACTION
    return button


def _reply(markup: Markup) -> Markup:
    rows = [[_reply_button(button) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
    return {**markup, "keyboard": rows}


def _reply_button(given: Any) -> dict[str, Any]:
    button: Any = {"text": given} if isinstance(given, str) else given
    if not isinstance(button, dict):
        raise errors.bad("can't parse keyboard button: KeyboardButton must be a String or an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise errors.bad("can't parse keyboard button: can't find field \"text\"")
    if not text.strip():
        raise errors.BUTTON_NO_TEXT
    return button
