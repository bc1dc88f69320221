"""The encoding of names in an archive that does not say it: a guess over all names together."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import charset_normalizer

from cnnapp.errors import CnnAppError

UTF8 = "utf-8"
# By Python's name, what people call it; of equally plausible ones the first counts.
ENCODINGS = {
    "cp932": "Japanese (Shift-JIS)",
    "gb18030": "Chinese, simplified (GBK)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean",
    "cp866": "Cyrillic (DOS)",
    "cp1251": "Cyrillic (Windows)",
    "cp850": "Western European (DOS)",
    "cp1252": "Western European (Windows)",
    "cp852": "Central European (DOS)",
    "cp1250": "Central European (Windows)",
    "cp857": "Turkish (DOS)",
    "cp1254": "Turkish (Windows)",
    "cp737": "Greek (DOS)",
    "cp1253": "Greek (Windows)",
    "cp874": "Thai",
    "cp862": "Hebrew (DOS)",
    "cp1255": "Hebrew (Windows)",
    "cp720": "Arabic (DOS)",
    "cp1256": "Arabic (Windows)",
    "euc_jp": "Japanese (EUC)",
    "koi8_r": "Cyrillic (KOI8)",
    "cp437": "English (DOS)",
}
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "THAI", "HEBREW", "ARABIC", "HANGUL", "HIRAGANA", "KATAKANA", "CJK")
_LEVEL_ONE = (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6), ("euc_jp", 0xB0, 0xCF))  # lead bytes of common characters
MOST_NAMES = 2000
PROPOSED = 0.25  # how much the library's reading is preferred; alone it is often wrong for a few short words


class Named(NamedTuple):
    """How the names of an archive were read."""

    encoding: str  # by Python's name
    guessed: bool  # neither said by the archive nor by a person, nor plain UTF-8
    alternatives: tuple[tuple[str, str], ...]  # (encoding, a name as it would be then)


def chosen_encoding(encoding: str) -> str:
    """Return a person's choice by Python's name; raises CnnAppError for one that names are never written in."""
    known = {UTF8: UTF8, "utf8": UTF8, "shift-jis": "cp932", "shift_jis": "cp932", "gbk": "gb18030", "euc_kr": "cp949"}
    known |= {name: name for name in ENCODINGS}
    if encoding and encoding.lower() not in known:
        raise CnnAppError(f"{encoding[:40]!r} is no known encoding of names: expected one of {', '.join(known)}.")
    return known.get(encoding.lower(), "")


def find_encoding(names: Sequence[bytes], chosen: str = "") -> Named:
    """Find the encoding of an archive's names that do not say theirs: UTF-8 if they all decode so, else a guess.

    Args:
        names: as they stand in the archive.
        chosen: what a person has said, "" for nothing.
    """
    telling = sorted({name for name in names if not name.isascii()}, key=len)[:MOST_NAMES]
    decodable = {encoding: decoded for encoding in (UTF8, *ENCODINGS) if (decoded := _decode(telling, encoding))}
    if chosen:
        best, guessed = chosen, False
    elif UTF8 in decodable or not telling:
        best, guessed = UTF8, False
    else:
        proposed = _proposed(telling)
        sensible = {
            encoding: _oddness(decoded) - PROPOSED * (decoded == proposed) for encoding, decoded in decodable.items()
        }
        best, guessed = min(sensible, key=lambda encoding: sensible[encoding]) if sensible else "cp437", True
    return Named(best, guessed, tuple((encoding, decoded[0]) for encoding, decoded in decodable.items()))


def decode_name(name: bytes, encoding: str) -> str:
    """Decode one name; what does not fit stays apart from other names, and its backslashes are no separators."""
    try:
        return name.decode(encoding)
    except UnicodeDecodeError:
        return name.decode(encoding, "surrogateescape").replace("\\", "\uff3c")


def _decode(names: Sequence[bytes], encoding: str) -> list[str]:
    try:
        return [name.decode(encoding) for name in names]
    except UnicodeDecodeError:
        return []


def _proposed(names: Sequence[bytes]) -> list[str]:
    """Return the names as the library reads them, which knows how often letters follow each other in languages."""
    best = charset_normalizer.from_bytes(b"\n".join(names), cp_isolation=list(ENCODINGS), threshold=0.5).best()
    return str(best).split("\n") if best is not None else []


def _oddness(names: Sequence[str]) -> float:
    """Return how little names look like words, per character that is not plain ASCII."""
    parts = {part for name in names for part in name.replace("\\", "/").split("/")}
    odd, count = 0.0, 0
    for part in parts:
        for place, character in enumerate(part):
            if not character.isascii():
                odd += _odd_character(part, place)
                count += 1
    scripts = {_script(character) for part in parts for character in part if not character.isascii()}
    mixed = 0.3 * ("HANGUL" in scripts and not scripts.isdisjoint({"HIRAGANA", "KATAKANA", "CJK"}))
    return odd / max(1, count) + mixed


def _odd_character(name: str, place: int) -> float:
    character = name[place]
    around = [name[at] for at in (place - 1, place + 1) if 0 <= at < len(name) and name[at].isalpha()]
    latin = any(other.isascii() for other in around)
    script = _script(character)
    if unicodedata.category(character)[0] != "L" or not script:
        return 0.45 if script == "THAI" else 4.0
    if unicodedata.name(character, "").startswith("HALFWIDTH"):
        return 3.0
    if script in _BY_COMMONNESS:
        return _BY_COMMONNESS[script](character) + 0.7 * latin
    mixed = sum(_script(other) != script for other in around if "KANA" not in script and script != "CJK")
    shouted = character.isupper() and place > 0 and name[place - 1].islower()
    alone = script == "LATIN" and not latin
    return _ONE_BYTE.get(script, 0.1) + 1.5 * mixed + 1.5 * shouted + 1.0 * alone


def _script(character: str) -> str:
    return next((script for script in _SCRIPTS if unicodedata.name(character, "").startswith(script)), "")


def _rarity(character: str) -> float:
    """Return 0.2 for a Chinese character that China, Taiwan and Japan count among the common ones, up to 2."""
    common = 0
    for encoding, low, high in _LEVEL_ONE:
        common += _has(character, encoding) and low <= character.encode(encoding)[0] <= high
    return (2.0, 0.9, 0.5, 0.2)[common]


def _hangul_rarity(character: str) -> float:
    """Return how seldom a Korean syllable is: by its final consonant, and whether the older standard has it."""
    if not _has(character, "euc_kr") or not "가" <= character <= "힣":
        return 2.0
    first, last = divmod(ord(character) - ord("가"), 588)[0], (ord(character) - ord("가")) % 28
    return (0.2 if not last else 0.35 if last in _USUAL_FINALS else 1.2) + 0.5 * (first in _DOUBLED)


_ONE_BYTE = {"THAI": 0.45, "HEBREW": 0.4, "ARABIC": 0.5}  # their letters fit nearly any text of two-byte characters
_USUAL_FINALS, _DOUBLED = frozenset({1, 4, 8, 16, 17, 19, 21}), frozenset({1, 4, 8, 10, 13})  # as Unicode counts them
_BY_COMMONNESS = {"CJK": _rarity, "HANGUL": _hangul_rarity}


def _has(character: str, encoding: str) -> bool:
    try:
        return len(character.encode(encoding)) > 1
    except UnicodeEncodeError:
        return False
