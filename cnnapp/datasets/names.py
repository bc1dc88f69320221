"""Names of data sets and of their folders."""

import hashlib
import re
import unicodedata

from cnnapp.errors import CnnAppError

LONGEST = 60  # characters of a folder's name; file systems allow 255 bytes, screens do not


def slug(title: str) -> str:
    """Return the name of the folder for a data set that its user calls `title`: never a path, whatever was typed.

    Args:
        title: any text; what has no ASCII counterpart is replaced by a digest of it, so that two titles stay two names.

    Raises:
        CnnAppError: the title is empty, too long or has control characters.
    """
    title = title.strip()
    if not title:
        raise CnnAppError("A data set needs a name, but none was given: type one.")
    if len(title) > LONGEST:
        raise CnnAppError(f"A name may have up to {LONGEST} characters, but this one has {len(title)}: shorten it.")
    if any(unicodedata.category(character).startswith("C") for character in title):
        raise CnnAppError("A name must be plain text, but this one has control characters: type it again.")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    return name or f"set-{hashlib.sha256(title.encode()).hexdigest()[:8]}"


def is_slug(name: str) -> bool:
    """Say whether `name` can be the folder of a data set; nothing else is ever joined to a path."""
    return re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name) is not None and len(name) <= LONGEST + len("-256")
