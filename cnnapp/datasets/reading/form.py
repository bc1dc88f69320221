"""One habit of keeping images and labels, as a row of a table."""

from collections.abc import Callable
from dataclasses import dataclass

from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.reading.choices import Choices
from cnnapp.datasets.reading.result import Reading
from cnnapp.datasets.reading.source import Source


@dataclass(frozen=True)
class Form:
    """A form of data sets: `read` tells what `make` makes, under the same choices.

    All three may raise CnnAppError; `read` and `make` report progress and end when the workspace's report raises.
    """

    name: str  # "folders"; stands in requests, so it stays
    title: str  # "folders of images"
    find: Callable[[Source], bool]  # by names alone: a few milliseconds for 200,000 entries
    read: Callable[[Source, Choices, Workspace], Reading]  # looks at headers and a few images, stores nothing
    make: Callable[[Source, str, Choices, Workspace], Draft]  # the str is the data set's title
