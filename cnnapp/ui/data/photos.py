"""Photos that a person gathers class by class until they become a data set; they stay while the session lasts."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import files, images
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

FEWEST = 2  # photos of a class: one to train with, one to test with
GOOD = 10  # from here on a network can begin to learn what a class has in common
MOST_BYTES = 256 * 1024**2  # in the server's memory for one session
THUMBNAIL = 72  # pixels
_LONGEST = 60  # characters of a class's name
_OWN = "own_images"


class Photo(NamedTuple):
    """One photo, as its file holds it."""

    name: str
    data: bytes
    digest: str
    thumbnail: NDArray[np.uint8]  # (THUMBNAIL, THUMBNAIL, 3)


class OwnImages:
    """Classes and their photos, in the order in which they were given."""

    def __init__(self) -> None:
        self._classes: dict[str, list[Photo]] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return tuple(self._classes)

    def photos(self, name: str) -> Sequence[Photo]:
        """Return the photos of a class."""
        return self._classes[name]

    def add_class(self, name: str) -> str:
        """Begin a class; return its name as it is kept.

        Raises:
            CnnAppError: the name is empty, too long, in use, or could be taken for more than a name.
        """
        plain = self._checked(name, self.names)
        self._classes[plain] = []
        return plain

    def rename_class(self, old: str, new: str) -> str:
        """Give a class another name, in the same place; raises CnnAppError as `add_class`."""
        plain = self._checked(new, [name for name in self._classes if name != old])
        self._classes = {plain if name == old else name: photos for name, photos in self._classes.items()}
        return plain

    def remove_class(self, name: str) -> None:
        """Forget a class and its photos."""
        del self._classes[name]

    def add(self, name: str, file: str, data: bytes, *, shot: bool = False) -> None:
        """Add a photo to the class `name`.

        Args:
            name: one of `names`.
            file: what its file is called.
            data: all bytes of the file.
            shot: it comes from the camera: a photo of its own, even if it equals another.

        Raises:
            CnnAppError: it cannot be decoded, is there already, or is too much with what there is.
        """
        digest = files.digest(data)
        for other, photos in self._classes.items():
            if not shot and any(photo.digest == digest for photo in photos):
                raise CnnAppError(f"{file} is in the class {other} already: it was not added a second time.")
        most = min(MOST_BYTES, settings().max_upload_bytes)
        if self._bytes + len(data) > most:
            raise CnnAppError(
                f"{file} was not added: all photos together may have {most / 1e6:,.0f} MB. Make smaller copies, or put "
                "the photos into a folder for each class and import that on the page Data set."
            )
        pixels = images.to_channels(images.decode(data, file).pixels, 3)
        self._classes[name].append(Photo(file, data, digest, images.resize(pixels, THUMBNAIL, THUMBNAIL, "crop")))

    def remove(self, name: str, place: int) -> None:
        """Forget one photo of a class."""
        del self._classes[name][place]

    def missing(self) -> str:
        """Say what is missing before a data set can be made, in one sentence; "" when nothing is."""
        if len(self._classes) < 2:
            return "A network learns to tell classes apart: name at least two."
        few = [name for name, photos in self._classes.items() if len(photos) < FEWEST]
        if few:
            return f"Each class needs at least {FEWEST} photos, to train and to test with: add some to {few[0]}."
        return ""

    def uploads(self) -> list[tuple[str, bytes]]:
        """Return all photos as an import takes them: path in a folder of classes, and bytes."""
        return [
            # Below train/, because classes may themselves be called train and test.
            (f"train/{name}/{number:04} {_file_name(photo.name)}", photo.data)
            for name, photos in self._classes.items()
            for number, photo in enumerate(photos, 1)
        ]

    @property
    def _bytes(self) -> int:
        return sum(len(photo.data) for photos in self._classes.values() for photo in photos)

    def _checked(self, name: str, others: Sequence[str]) -> str:
        plain = unicodedata.normalize("NFC", " ".join(name.split()))
        if not plain:
            raise CnnAppError("A class needs a name, but none was given: type what its photos show.")
        if len(plain) > _LONGEST:
            raise CnnAppError(f"A class's name may have {_LONGEST} characters, but this one has {len(plain)}.")
        if plain.startswith(".") or any(letter in "/\\" or not letter.isprintable() for letter in plain):
            raise CnnAppError(f"{plain!r} cannot name a class: use letters, digits and spaces, without / or \\.")
        if plain.casefold() in {other.casefold() for other in others}:
            raise CnnAppError(f"There is a class called {plain} already: choose it, or type another name.")
        return plain


def own_images() -> OwnImages:
    """Return the photos that the session has gathered."""
    gathered: OwnImages = st.session_state.setdefault(_OWN, OwnImages())
    return gathered


def start_over() -> None:
    """Forget all classes and photos of the session."""
    st.session_state.pop(_OWN, None)


def _file_name(name: str) -> str:
    plain = "".join(letter if letter.isprintable() and letter not in "/\\" else "_" for letter in name)
    return plain[-100:]
