"""What a person typed in, safe full text expressions out: `chuyen doi so`, `đổi mới`, `"nghị quyết 57"`, NQ57, số*, -từ, OR."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, KeysView, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from classifier.text import clean, fold, fold_tone, nfc, syllables
from monitor.lexicon import Lexicon

NOTHING = '""'
"""An expression that is valid and matches no row."""
NEAR_WORDS = 10
"""Syllables that belong to no known term count as found when this close together: spelled apart, they mean little."""
MAX_TYPED = 500
"""Characters of a question that are read; nobody types more, and the expression stays small."""
MAX_WORDS = 40

_LEXEME = re.compile(r'(?P<minus>-)?"(?P<phrase>[^"]*)"?|(?P<open>\()|(?P<close>\))|(?P<word>[^\s()"]+)')
_OPERATORS = {"AND": "and", "&&": "and", "+": "and", "OR": "or", "|": "or", "||": "or", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Match:
    """A question for the two indexes of crawler/store: `articles_fts` (folded) and `articles_exact` (as spelled)."""

    folded: str | None
    """None: nothing positive was asked, so that every article matches."""
    exact: str | None = None
    """The very syllables, where there are any to be asked for: these come first."""
    strict: str | None = None
    """What must hold beside `folded` since marks were typed: the syllables so spelled, or written without any marks."""
    others: str | None = None
    """What `strict` allows beside `exact`, where the two together are all of it: each can then be asked for once."""
    spelled: bool = False
    """True where whatever holds `strict` holds `folded` too, so that the index of spelling alone need be asked."""
    excluded: tuple[tuple[str, str | None], ...] = ()
    """Pairs of folded and strict expressions that must not match."""

    @property
    def empty(self) -> bool:
        """True where nothing was asked at all."""
        return self.folded is None and not self.excluded

    def loosened(self) -> Match:
        """The same question whatever the marks: for when nobody spells it as it was typed."""
        return replace(self, strict=None, others=None, spelled=False)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """Syllables that belong together, as they were typed."""

    words: tuple[str, ...]
    near: bool = False
    prefix: bool = False
    ways: tuple[tuple[str, ...], ...] = ()
    """All names of the same thing, in lower case."""

    def folded(self) -> str:
        """The expression for the folded index."""
        if self.ways:
            said = [f" {' '.join(map(_plain_d, way))} " for way in self.ways]
            # What holds another way of saying it is found by that one, and each way asked for costs.
            return "(" + " OR ".join(f'"{way.strip()}"' for way in said if not any(o in way and o != way for o in said)) + ")"
        plain = [_plain_d(word) for word in self.words]
        if self.near:
            return "NEAR(" + " ".join(f'"{word}"' for word in plain) + f", {NEAR_WORDS})"
        return f'"{" ".join(plain)}"' + (" *" if self.prefix else "")

    def exact(self) -> str | None:
        """Just as typed, with either place of the tone marks."""
        if self.ways and not self.marked:
            return None
        return _each(self.words) if self.near else _phrases(_forms([self.words]), star=self.prefix)

    def strict(self) -> str | None:
        """The marks that were typed, or none at all; None where no mark was typed."""
        if not self.marked:
            return None
        if self.near:
            return _each(self.words, bare=True)
        return _phrases(self._allowed(), star=self.prefix)

    def others(self) -> str | None:
        """What `strict` asks for and `exact` does not; None where that is nothing, or where neither is a choice of phrases."""
        if self.near or not self.marked:
            return None
        typed = _forms([self.words])
        allowed = self._allowed()
        # Where what was typed is not itself among the ways to say it, `exact` would find what `strict` does not allow.
        return _phrases([form for form in allowed if form not in typed], star=self.prefix) or None if typed <= allowed else None

    def _allowed(self) -> _Forms:
        ways = self.ways or (self.words,)
        return _forms([*ways, *(tuple(map(fold, way)) for way in ways)])

    @property
    def spelled(self) -> bool:
        """Whether `strict` asks for runs of syllables, each of which the folded index has as well."""
        said = {letter for way in (self.words, *self.ways) for word in way for letter in word}
        return self.marked and not self.near and said <= _LETTERS

    @property
    def marked(self) -> bool:
        """Whether any diacritic was typed."""
        return any(_has_marks(word) for word in self.words)


@dataclass(frozen=True, slots=True)
class _All:
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Any:
    parts: tuple[_Node, ...]


_Node = _Leaf | _All | _Any
_Forms = KeysView[tuple[str, ...]]
"""Runs of syllables without repetition, in their order."""


def read(typed: str, lexicon: Lexicon) -> Match:
    """The question that `typed` asks; takes any string whatever and never raises.

    "..." is a phrase, `x*` a beginning, `-x` and NOT exclude, OR (binding looser than AND) gives alternatives, brackets
    group. Words without an operator between them must all occur: known terms as phrases, the rest close together.
    """
    parser = _Parser(list(_lexemes(clean(typed)[:MAX_TYPED]))[:MAX_WORDS], lexicon)
    node = parser.either()
    excluded = tuple((_folded_of(x), _spelling_of(x, _Leaf.strict)) for x in parser.excluded)
    if node is None:
        return Match(None, excluded=excluded) if excluded or not typed.strip() else Match(NOTHING)
    return Match(
        folded=_folded_of(node),
        exact=_spelling_of(node, _Leaf.exact),
        strict=_spelling_of(node, _Leaf.strict),
        others=node.others() if isinstance(node, _Leaf) else None,
        spelled=_is_spelled(node),
        excluded=excluded,
    )


def match(typed: str | None, lexicon: Lexicon) -> str:
    """The SQL function `nq57_match`: an expression for `articles_fts`, always valid; spelling is not looked at."""
    question = read(typed or "", lexicon)
    if question.folded is None:
        return NOTHING
    return question.folded + "".join(f" NOT ({folded})" for folded, _ in question.excluded)


class _Parser:
    """Recursive descent over the lexemes; whatever does not fit is passed over."""

    def __init__(self, lexemes: Sequence[tuple[str, str]], lexicon: Lexicon) -> None:
        self.rest = list(reversed(lexemes))
        self.lexicon = lexicon
        self.excluded: list[_Node] = []

    def either(self) -> _Node | None:
        """Alternatives, up to the end or a closing bracket."""
        sides: list[_Node] = []
        while True:
            side = self.every()
            if side is not None:
                sides.append(side)
            if not self.rest or self.rest[-1][0] == "close":
                break
            self.rest.pop()
        return _joined(sides, _Any)

    def every(self) -> _Node | None:
        """What must all hold, up to an OR, the end or a closing bracket."""
        parts: list[_Node] = []
        run: list[str] = []

        def settle() -> None:
            parts.extend(segments(run, self.lexicon))
            run.clear()

        while self.rest and self.rest[-1][0] not in ("or", "close"):
            kind, value = self.rest.pop()
            if kind == "word":
                run.extend(syllables(value))
                continue
            settle()
            if kind == "not":
                self._exclude()
            elif kind in ("minus", "minus-phrase"):
                self.excluded.extend(_leaves(kind, value, self.lexicon))
            elif kind == "open":
                inner = self._bracket()
                parts.extend([inner] if inner else [])
            elif kind in ("phrase", "prefix"):
                parts.extend(_leaves(kind, value, self.lexicon))
        settle()
        return _joined(parts, _All)

    def _bracket(self) -> _Node | None:
        inner = self.either()
        if self.rest:
            self.rest.pop()
        return inner

    def _exclude(self) -> None:
        """NOT takes the next bracket, phrase or run of words."""
        if not self.rest:
            return
        kind, value = self.rest[-1]
        if kind == "open":
            self.rest.pop()
            inner = self._bracket()
            self.excluded.extend([inner] if inner else [])
        elif kind == "word":
            run: list[str] = []
            while self.rest and self.rest[-1][0] == "word":
                run.extend(syllables(self.rest.pop()[1]))
            node = _joined(segments(run, self.lexicon), _All)
            self.excluded.extend([node] if node else [])
        elif kind in ("phrase", "prefix", "minus", "minus-phrase"):
            self.rest.pop()
            self.excluded.extend(_leaves(kind, value, self.lexicon))


def segments(words: Sequence[str], lexicon: Lexicon) -> list[_Node]:
    """Cut a run of words into known terms, the longest first, and what is left between them."""
    keys = [fold(word) for word in words]
    cut: list[tuple[bool, _Leaf]] = []
    at = 0
    while at < len(keys):
        length = next((n for n in range(min(lexicon.longest, len(keys) - at), 0, -1) if _known(keys[at : at + n], lexicon)), 0)
        piece = tuple(word.lower() for word in words[at : at + max(length, 1)])
        ways = lexicon.aliases.get(tuple(keys[at : at + length]), ())
        # `bạn dân` is not `bán dẫn`, and has nothing to do with semiconductors.
        if not any(_agree(piece, way) for way in ways):
            ways = ()
        cut.append((length > 0, _Leaf(piece, ways=ways)))
        at += max(length, 1)
    found: list[_Node] = []
    for known, pieces in groupby(cut, key=lambda piece: piece[0]):
        if known:
            found.extend(leaf for _, leaf in pieces)
        else:
            apart = tuple(word for _, leaf in pieces for word in leaf.words)
            found.append(_Leaf(apart, near=len(apart) > 1))
    return found


def _agree(typed: Sequence[str], way: Sequence[str]) -> bool:
    """Whether what was typed can be meant as this way of writing it: the marks that were typed are its own."""
    return len(typed) == len(way) and all(
        fold(one) == fold(other) and (not _has_marks(one) or fold_tone(one) == fold_tone(other))
        for one, other in zip(typed, way, strict=True)
    )


def _known(key: list[str], lexicon: Lexicon) -> bool:
    return tuple(key) in lexicon.terms or tuple(key) in lexicon.aliases


def _leaves(kind: str, value: str, lexicon: Lexicon) -> list[_Node]:
    words = tuple(word.lower() for word in syllables(value))
    if not words:
        return []
    if kind == "minus":
        return [leaf] if (leaf := _joined(segments(words, lexicon), _All)) else []
    return [_Leaf(words, prefix=kind == "prefix")]


def _lexemes(text: str) -> Iterator[tuple[str, str]]:
    for found in _LEXEME.finditer(text):
        word = found["word"]
        if found["phrase"] is not None:
            yield ("minus-phrase" if found["minus"] else "phrase", found["phrase"])
        elif word is None:
            yield ("open", "(") if found["open"] else ("close", ")")
        elif word in _OPERATORS:
            yield _OPERATORS[word], word
        elif word.startswith("-") and len(word) > 1:
            yield "minus", word[1:]
        elif word.endswith("*"):
            yield "prefix", word
        else:
            yield "word", word


def _joined(parts: Sequence[_Node], kind: type[_All] | type[_Any]) -> _Node | None:
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _folded_of(node: _Node) -> str:
    if isinstance(node, _Leaf):
        return node.folded()
    sign = " AND " if isinstance(node, _All) else " OR "
    return "(" + sign.join(_folded_of(part) for part in node.parts) + ")"


def _spelling_of(node: _Node, spelling: Callable[[_Leaf], str | None]) -> str | None:
    """None where spelling says nothing, e.g. of words typed without marks."""
    if isinstance(node, _Leaf):
        return spelling(node)
    parts = [_spelling_of(part, spelling) for part in node.parts]
    asked = [part for part in parts if part is not None]
    if isinstance(node, _Any) and len(asked) < len(parts):
        return None
    sign = " AND " if isinstance(node, _All) else " OR "
    return sign.join(f"({part})" for part in asked) or None


def _is_spelled(node: _Node) -> bool:
    return node.spelled if isinstance(node, _Leaf) else all(map(_is_spelled, node.parts))


def _has_marks(word: str) -> bool:
    return fold(word) != word


def _each(words: Sequence[str], *, bare: bool = False) -> str | None:
    """Every syllable somewhere; with `bare` those that have marks, and also without them."""
    sought = [[word, fold(word)] if bare else [word] for word in words if _has_marks(word) or not bare]
    ways = [dict.fromkeys(way for word in one for way in (word, *_other_tone_places(word))) for one in sought]
    asked = [" OR ".join(f'"{way}"' for way in one) for one in ways]
    return asked[0] if len(asked) == 1 else " AND ".join(f"({one})" for one in asked) or None


def _forms(ways: Iterable[Sequence[str]]) -> _Forms:
    """Some runs of syllables, each as it is written, in the older and in the newer way to place tone marks."""
    forms = (form for words in ways for form in (tuple(words), *zip(*map(_both_tone_places, words), strict=True)))
    return dict.fromkeys(forms).keys()


def _phrases(forms: Iterable[Sequence[str]], *, star: bool) -> str:
    """Any of some runs of syllables, just as each is written."""
    return " OR ".join(f'"{" ".join(form)}"' + (" *" if star else "") for form in forms)


def _both_tone_places(word: str) -> tuple[str, str]:
    old = fold_tone(word)
    return old, next(iter(_other_tone_places(old)), old)


def _other_tone_places(word: str) -> list[str]:
    """`hòa` and `hoà` are one syllable: both schools put the tone mark of oa, oe and uy in their own place."""
    ways = (word.replace(old, new) for pair in _TONE_PLACES for old, new in (pair, pair[::-1]))
    return [way for way in ways if way != word and fold_tone(way) == fold_tone(word)]


def _tone_places() -> Iterator[tuple[str, str]]:
    rows = {"o": "òóỏõọ", "a": "àáảãạ", "e": "èéẻẽẹ", "u": "ùúủũụ", "y": "ỳýỷỹỵ"}
    for first, second, tone in ((*pair, tone) for pair in (("o", "a"), ("o", "e"), ("u", "y")) for tone in range(5)):
        yield rows[first][tone] + second, first + rows[second][tone]


_TONE_PLACES = tuple(_tone_places())


def _plain_d(word: str) -> str:
    """The index folds marks itself, of every script; đ it knows only as d (see migrations/0002_search.sql)."""
    return word.translate(_D)


_D = str.maketrans("đĐðÐ", "dDdD")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789đ") | {
    nfc(vowel + tone) for vowel in "aăâeêioôơuưy" for tone in ("", *"\u0300\u0301\u0303\u0309\u0323")
}
"""The letters of Vietnamese: SQLite and `fold` take the same marks off them, which they do not of every script's."""
