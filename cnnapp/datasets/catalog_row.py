"""A row of the catalog: a data set that can be made at any time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from cnnapp.datasets.drafts import Draft, Rows, ShardRows, Workspace
from cnnapp.images import InkRule, Preprocess


@dataclass(frozen=True)
class CatalogRow:
    """A data set that the app knows without being given it."""

    name: str
    title: str
    description: str
    source: Literal["bundled", "download"]
    image_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    train: int
    test: int
    make: Callable[["CatalogRow", Workspace], Draft]
    ink: InkRule | None = None
    sizes: tuple[int, ...] = ()  # other heights (= widths) on request, as `name-size`
    listed_sizes: tuple[int, ...] = ()  # those among them that are listed before anyone asked
    download_bytes: int = 0
    url: str = ""  # of an archive of image files

    def at(self, size: int) -> "CatalogRow":
        """Return the row for another size, as a data set with a name of its own."""
        name, channels = f"{self.name}-{size}", self.image_shape[2]
        return replace(
            self,
            name=name,
            title=f"{self.title}, {size}×{size}",
            image_shape=(size, size, channels),
            sizes=(),
            listed_sizes=(),
        )

    def draft(self, train: Rows | ShardRows, test: Rows | ShardRows) -> Draft:
        """Return the draft that the row's maker hands to the store."""
        return Draft(
            title=self.title,
            source=self.source,
            class_names=self.class_names,
            preprocess=Preprocess(image_shape=self.image_shape, ink=self.ink),
            train=train,
            test=test,
            description=self.description,
        )
