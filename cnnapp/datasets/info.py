"""What lists show of a data set."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.manifest import Manifest, SourceKind

Status = Literal["ready", "not downloaded", "preparing", "damaged"]


class DatasetInfo(BaseModel):
    """What a list shows of a data set; known of catalog rows before they are prepared."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    description: str = ""
    image_shape: tuple[int, int, int] = (0, 0, 0)  # zeros: damaged, nobody knows
    class_names: tuple[str, ...] = ()
    train: int = 0
    test: int = 0
    validation: int = 0  # in the set's own validation split; 0: training holds out a share of its images
    status: Status  # "ready": a run can be started on it now
    prepared: bool = (
        False  # its arrays are on disk; a bundled row is ready before, workers prepare it when they need it
    )
    source: SourceKind
    disk_bytes: int = 0
    download_bytes: int = 0
    ink: bool = False
    job: str | None = None  # the job that prepares it now
    problem: str = ""  # one sentence, when damaged


def info_of_row(row: CatalogRow, *, job: str | None) -> DatasetInfo:
    """Describe a catalog row that is not on disk."""
    return DatasetInfo(
        name=row.name,
        title=row.title,
        description=row.description,
        image_shape=row.image_shape,
        class_names=row.class_names,
        train=row.train,
        test=row.test,
        status="ready" if row.source == "bundled" else "preparing" if job else "not downloaded",
        source=row.source,
        download_bytes=row.download_bytes,
        ink=row.ink is not None,
        job=job,
    )


def info_of_manifest(manifest: Manifest, disk_bytes: int) -> DatasetInfo:
    """Describe a data set that is on disk."""
    return DatasetInfo(
        name=manifest.name,
        title=manifest.title,
        description=manifest.description,
        image_shape=manifest.image_shape,
        class_names=manifest.class_names,
        train=manifest.train,
        test=manifest.test,
        validation=manifest.validation,
        status="ready",
        prepared=True,
        source=manifest.source,
        disk_bytes=disk_bytes,
        ink=manifest.preprocess.ink is not None,
    )
