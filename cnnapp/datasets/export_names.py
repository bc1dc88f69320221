"""Names of folders and files that every file system takes, no two of them alike."""

import re
import unicodedata

LONGEST = 100  # characters: with its folders a path stays below the 260 that Windows allows
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # devices, on Windows


class Names:
    """The names that are given out, and the classes that have another one."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self._taken: set[str] = set()

    def folder(self, name: str) -> str:
        """Return the name of a class's folder."""
        folder = self._free(safe_name(name), "")
        if folder != name:
            self.changed.append(name)
        return folder

    def file(self, folder: str, name: str) -> str:
        """Return the path of a file that is to be called `name`, with its suffix, in `folder`."""
        stem, dot, suffix = name.rpartition(".")
        return self._free(f"{folder}/{safe_name(stem)}", dot + suffix)

    def _free(self, name: str, suffix: str) -> str:
        number, found = 1, f"{name}{suffix}"
        while _fold(found) in self._taken:  # two names that differ in case only are one on some disks
            number += 1
            found = f"{name} ({number}){suffix}"
        self._taken.add(_fold(found))
        return found


def safe_name(name: str) -> str:
    """Return `name` as near as a file may be called: no separators, no control characters, not hidden, not empty."""
    plain = "".join(
        char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) not in ("Cc", "Cs")
    )
    plain = _REFUSED.sub("_", plain)[:LONGEST].strip().rstrip(".").rstrip()
    if plain.startswith(".") or _RESERVED.fullmatch(plain):
        plain = f"_{plain}"
    return plain or "_"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
