"""What to tell a person about a place where the text cannot be read on.

`EXPLAINERS` is asked in order; the first that recognises the mistake tells it, and may offer an
edit with which reading goes on. Each is held by cases in `tests/dsl/malformed`.
"""

from __future__ import annotations

from collections.abc import Callable

from remit_dsl.diagnostics import Related
from remit_dsl.lexing import vocabulary
from remit_dsl.lexing.braces import is_first_on_line
from remit_dsl.lexing.currencies import CODES, NICKNAMES
from remit_dsl.lexing.tokens import FixedToken, Token
from remit_dsl.parsing.automaton import can_shift
from remit_dsl.parsing.expectations import PHRASES, acceptable, in_words, keyword_texts
from remit_dsl.parsing.parse_errors_pay import explain_item, explain_pay
from remit_dsl.parsing.scene import NO_TOLD, Edit, Scene, Told
from remit_dsl.suggest import nearest


def tell(scene: Scene) -> Edit | None:
    """Note the fault of a scene; an edit mends it."""
    for explain in EXPLAINERS:
        told, edit = explain(scene)
        if told:
            return edit
    return None


# Words that people bring from elsewhere, and what the language says.
_SYNONYMS = {
    "can": "may",
    "could": "may",
    "shall": "may",
    "must": "may",
    "cannot": "may not",
    "if": "when",
    "provided": "when",
    "where": "when",
    "except": "unless",
    "below": "under",
    "above": "over",
    "exceeding": "over",
    "beyond": "over",
    "maximum": "up to",
    "max": "up to",
    "min": "at least",
    "minimum": "at least",
    "till": "until",
    "to": "until",
    "since": "from",
    "requires": "needs",
    "require": "needs",
    "need": "needs",
    "reason": "because",
    "else": "otherwise",
    "default": "otherwise",
    "everyone": "anyone",
    "everybody": "anyone",
    "none": "nobody",
    "unlimited": "any",
    "tbd": "unset",
    "import": "use",
    "include": "use",
    "role": "position",
    "struct": "record",
    "let": "define",
    "returns": "gives",
    "equals": "=",
    "less": "<",
    "greater": ">",
    "more": ">",
}


def _currency(scene: Scene) -> Told:
    index = scene.found
    if not scene.can("CURRENCY_CODE"):
        index = next((i for i in (scene.found, scene.at - 1) if _follows_number(scene, i)), -1)
    if index < 0 or not _is_word(scene.tokens[index]):
        return NO_TOLD
    token = scene.tokens[index]
    code = NICKNAMES.get(token.text.upper()) or nearest(token.text.upper(), CODES)
    help = (
        f"did you mean `{code}`?"
        if code
        else "currencies are written by their ISO code: `CNY`, `USD`, `EUR`"
    )
    token.fault("E0022", f"`{token.text}` is not a currency code", help)
    if scene.can("CURRENCY_CODE") and index == scene.at:
        return True, Edit(index, 1, [_like(token, "CURRENCY_CODE", code or "XXX")], here=True)
    if index == scene.at:
        return True, Edit(index, 1, [], here=True)
    return True, Edit(index, 1, [], here=False)


def _follows_number(scene: Scene, index: int) -> bool:
    token = scene.tokens[index]
    before = scene.tokens[index - 1] if index else token
    looks = token.text.isalpha() and (
        (token.text.isupper() and len(token.text) == 3) or token.text in NICKNAMES
    )
    return looks and _is_word(token) and before.type == "NUMERAL" and before.line == token.line


def _language(scene: Scene) -> Told:
    for index in (scene.found, scene.at - 1):
        token = scene.tokens[index]
        if (
            0 < index < len(scene.tokens) - 1
            and scene.tokens[index - 1].type == "STRING"
            and scene.tokens[index + 1].type == "STRING"
            and _is_word(token)
            and len(token.text) <= 3
        ):
            known = ", ".join(f"`{code}`" for code in sorted(vocabulary.LANGUAGES))
            token.fault(
                "E0057", f"`{token.text}` is not a language known here", f"known are {known}"
            )
            return True, Edit(index, 2, [], here=index == scene.at)
    return NO_TOLD


def _reserved(scene: Scene) -> Told:
    token = scene.token
    if token.text not in vocabulary.RESERVED or not scene.can("NAME") or scene.can("NUMERAL"):
        return NO_TOLD
    named = scene.level in ("field", "enum_member", "action_item")
    if not named and (scene.can("WHEN") or scene.can("COMMA") or scene.can("RBRACE")):
        return NO_TOLD
    token.fault(
        "E0032",
        f"`{token.text}` is a word of the language and cannot be a name",
        f"choose another name, such as `{token.text}_`",
    )
    if scene.found != scene.at:
        return True, None
    return True, Edit(scene.at, 1, [_like(token, "NAME", token.text)], here=True)


def _misspelt(scene: Scene) -> Told:
    for index in dict.fromkeys((scene.found, scene.at, scene.at - 1)):
        states = scene.states if index == scene.found else scene.states_before(index)
        if index < 0 or states is None or not _is_word(scene.tokens[index]):
            continue
        told = _misspelt_at(scene, index, states)
        if told[0]:
            return told
    return NO_TOLD


def _misspelt_at(scene: Scene, index: int, states: list[int]) -> Told:
    token = scene.tokens[index]
    texts = keyword_texts(acceptable(scene.rows, states))
    if token.text in texts:
        return _half_said(scene, index, texts[token.text])
    meant = _SYNONYMS.get(token.text.lower())
    if meant is not None and meant.split(" ")[0] not in texts:
        meant = meant if meant in "<=>" and can_shift(scene.rows, states, "CMP") else None
    meant = meant or nearest(token.text, texts)
    if meant is None:
        return NO_TOLD
    known = token.text in vocabulary.RESERVED or token.type not in ("NAME", "WORD")
    said = "cannot stand here" if known else "is not a word of the language here"
    token.fault("E0031", f"`{token.text}` {said}", f"did you mean `{meant}`?")
    if meant in "<=>":
        return True, None
    return True, _said_as(scene, index, meant, texts[meant.split(" ")[0]])


def _said_as(scene: Scene, index: int, meant: str, terminal: str) -> Edit:
    """The words that were meant in the place of one; a second word may stand there already."""
    token, following = scene.tokens[index], scene.tokens[index + 1].text
    words = meant.split(" ")
    if words[1:2] == [following]:
        words = words[:1]
    if terminal == "OTHERWISE" and scene.tokens[index + 1].type == "ARROW":
        terminal = "OTHERWISE_ROW"
    types = [terminal, *(word.upper() for word in words[1:])]
    mended = [_like(token, type, word) for type, word in zip(types, words, strict=True)]
    return Edit(index, 1, mended, here=index == scene.at)


def _half_said(scene: Scene, index: int, terminal: str) -> Told:
    """`up 5%`, `source memo`: the word is right, and what belongs to it is missing."""
    token = scene.tokens[index]
    if token.type not in ("NAME", "WORD"):
        return NO_TOLD
    if token.text == "source":
        token.fault("E0030", "`source` needs a text in quotes", 'write `source "…"`')
        return True, None
    if terminal not in PHRASES:
        return NO_TOLD
    meant = PHRASES[terminal][0]
    token.fault("E0031", f"`{token.text}` is not complete", f"did you mean `{meant}`?")
    return True, _said_as(scene, index, meant, terminal)


_EMPTY = dict.fromkeys(vocabulary.WAIVER_PARTS, "name") | {
    "when": "condition",
    "unless": "condition",
}


def _unasked_waiver(scene: Scene) -> Told:
    """`waive on discount …`: the question is forgotten, and the next word passes for it."""
    if scene.tokens[scene.start].text != "waive":
        return NO_TOLD
    second = scene.tokens[scene.start + 1]
    if second.text not in vocabulary.WAIVER_PARTS:
        return NO_TOLD
    questions = ", ".join(f"`{question}`" for question in vocabulary.QUESTIONS)
    second.fault("E0030", "a waiver begins with its question", f"the questions are {questions}")
    return True, None


def _empty_waiver_part(scene: Scene) -> Told:
    """`on because "…"`: nothing follows `on`, and `because` passes for a name."""
    if scene.tokens[scene.start].text != "waive" or scene.found < scene.start + 2:
        return NO_TOLD
    part, reason = scene.tokens[scene.found - 2 : scene.found]
    if scene.token.type != "STRING" or reason.text != "because":
        return NO_TOLD
    if part.type != "COMMA" and (part.text not in _EMPTY or part.text == "because"):
        return NO_TOLD
    what = _EMPTY.get(part.text, "name")
    part.fault(
        "E0030", f"expected a {what} after {_shown(part)}", f"write a {what}, or leave it out"
    )
    return True, None


def _unquoted_id(scene: Scene) -> Told:
    """`at pay.a+b.approve`: the id of a rule for two positions, as an answer shows it."""
    begin, found = scene.tokens[scene.start], scene.found
    if begin.text != "waive" or scene.token.type != "PLUS" or found < scene.start + 2:
        return NO_TOLD
    first, end = scene.tokens[found - 1], found
    while scene.tokens[end + 1].type in ("PLUS", "WORD", "DOTTED") and _glued(scene, end):
        end += 1
    whole = first.reading.source.text[first.start : scene.tokens[end].end]
    help = f'write the id in quotes: `at "{whole}"`'
    scene.token.fault("E0030", "a `+` cannot stand in a name", help)
    return True, None


def _glued(scene: Scene, index: int) -> bool:
    """Whether nothing stands between a token and the next."""
    return scene.tokens[index].end == scene.tokens[index + 1].start


def _open_parenthesis(scene: Scene) -> Told:
    opened: list[Token] = []
    for token in scene.tokens[scene.start : scene.found]:
        if token.type == "LPAR":
            opened.append(token)
        elif token.type == "RPAR" and opened:
            opened.pop()
    if not opened or not scene.can("RPAR") or _closed_ahead(scene):
        return NO_TOLD
    last = scene.tokens[scene.found - 1]
    closing = FixedToken(
        "RPAR",
        ")",
        last.end,
        last.end,
        last.line,
        last.column + last.end - last.start,
        last.reading,
    )
    opening = Related(opened[-1].span, "opened here")
    message = f"a `)` is missing before {_shown(scene.token)}"
    closing.fault("E0035", message, "close the parenthesis", opening)
    if scene.found != scene.at:
        return True, None
    return True, Edit(scene.at, 0, [closing], here=True)


def _closed_ahead(scene: Scene) -> bool:
    """Whether the rest of the line closes a parenthesis: then something else is wrong."""
    for token in scene.tokens[scene.found :]:
        if token.line != scene.token.line or token.type in ("LPAR", "$END"):
            return False
        if token.type == "RPAR":
            return True
    return False


def _idle_parenthesis(scene: Scene) -> Told:
    token = scene.token
    if token.type != "RPAR":
        return NO_TOLD
    inside = [t.type for t in scene.tokens[scene.start : scene.found]]
    if inside.count("LPAR") > inside.count("RPAR"):
        return NO_TOLD
    token.fault("E0034", "this `)` closes nothing", "delete it")
    return True, Edit(scene.at, 1, [], here=True) if scene.found == scene.at else None


def _is_phrase(scene: Scene) -> Told:
    before = scene.tokens[scene.found - 1].text if scene.found else ""
    word = scene.token.text
    help = {
        ("is", "not"): "write `is absent`, or `!=` before a value",
        ("not", "between"): "write `not (x between … and …)`",
        ("not", "is"): "write `is absent`",
        ("may", "never"): "write `may not`",
        ("requester may", ""): "",
    }.get((before, word))
    if help is None and before == "is":
        help = "write `=` before a value; `is` goes with `given` and `absent`"
    if help is None:
        return NO_TOLD
    scene.token.fault("E0030", _general_message(scene), help)
    return True, None


def _general(scene: Scene) -> Told:
    token, tokens = scene.token, scene.tokens
    unfinished = (scene.found and is_first_on_line(tokens, scene.found)) or token.type == "$END"
    if unfinished and not _between_items(scene) and scene.found:
        before = tokens[scene.found - 1]
        expected = in_words(acceptable(scene.rows, scene.states))
        message = f"expected {expected} after {_phrase(scene)}"
        before.fault("E0030", message, _hint(scene))
    else:
        token.fault("E0030", _general_message(scene), _hint(scene))
    return True, None


def _phrase(scene: Scene) -> str:
    """The token before the place, with the word that it belongs to: `up to`."""
    before = scene.tokens[scene.found - 1]
    two = f"{scene.tokens[scene.found - 2].text} {before.text}" if scene.found > 1 else ""
    known = any(two in phrases for phrases in PHRASES.values())
    return f"`{two}`" if known else _shown(before)


def _general_message(scene: Scene) -> str:
    expected = in_words(acceptable(scene.rows, scene.states))
    return f"expected {expected}, found {_shown(scene.token)}"


def _hint(scene: Scene) -> str | None:
    token = scene.token
    if scene.can("DATE_LITERAL") and token.type in ("NUMERAL", "STRING", "SPAN_LITERAL"):
        return "a date is written `2026-01-31`"
    if scene.can("STRING") and _is_word(token) and not scene.can("NAME"):
        return 'a text stands in quotes: `"…"`'
    if token.type == "STRING" and scene.can("NAME") and not scene.can("STRING"):
        return "a name is written without quotes"
    if token.type == "SLASH" or token.text == "//":
        return "a comment begins with `#`"
    if scene.level == "table_row" and token.type in ("LPAR", "MINUS"):
        return "a row begins with neither `(` nor `-`"
    return None


def _between_items(scene: Scene) -> bool:
    return scene.can("RBRACE") or scene.can("$END")


def _shown(token: Token) -> str:
    if token.type == "$END":
        return "the end of the file"
    text = " ".join(token.text.split())
    if token.type == "STRING":
        return f"the text `{text[:30]}…`" if len(text) > 32 else f"the text `{text}`"
    return f"`{text[:40]}…`" if len(text) > 41 else f"`{text}`"


def _is_word(token: Token) -> bool:
    return token.text[:1].isidentifier() and token.type != "DOTTED"


def _like(token: Token, type: str, text: str) -> Token:
    return FixedToken(type, text, token.start, token.end, token.line, token.column, token.reading)


EXPLAINERS: tuple[Callable[[Scene], Told], ...] = (
    _currency,
    _language,
    _reserved,
    _is_phrase,
    _unasked_waiver,
    _empty_waiver_part,
    _unquoted_id,
    explain_pay,
    _misspelt,
    _open_parenthesis,
    _idle_parenthesis,
    explain_item,
    _general,
)
