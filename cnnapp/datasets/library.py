"""The data sets that can be chosen: what the catalog knows and what is on disk, under one name each."""

from cnnapp import files
from cnnapp.datasets import catalog, requests, store, storing
from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.info import DatasetInfo, info_of_manifest, info_of_row
from cnnapp.datasets.store import PreparedDataset
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

VERIFIED_BYTES = 64 * 1024**2  # sets up to this size are read whole and compared with their digests before a run


def infos() -> list[DatasetInfo]:
    """List all data sets: the catalog in its order, then what was asked for or imported, by name."""
    preparing = requests.preparing()
    stored = store.stored_names()
    names = dict.fromkeys([*(row.name for row in catalog.listed()), *stored, *sorted(preparing)])
    return [_info(name, stored=name in stored, job=preparing.get(name)) for name in names]


def info(name: str) -> DatasetInfo:
    """Describe one data set; raises CnnAppError when neither the catalog nor the library has it."""
    return _info(name, stored=store.is_stored(name), job=requests.preparing().get(name))


def load(name: str) -> PreparedDataset:
    """Open a prepared data set.

    Raises:
        CnnAppError: it is damaged, not prepared or not known; the sentence says what to do.
    """
    if store.is_stored(name):
        return store.read(name)
    row = find_row(name)
    if row.source == "bundled":
        raise CnnAppError(f"The data set {name} is not prepared yet: open it on the Data set page, it takes seconds.")
    raise CnnAppError(f"The data set {name} is not downloaded: download it on the Data set page first.")


def ensure(name: str) -> PreparedDataset:
    """Open a data set in a worker; prepare it first if it is bundled, and check small ones bit by bit.

    Raises:
        CnnAppError: as `load`.
    """
    if not store.is_stored(name):
        row = find_row(name)
        if row.source == "bundled":
            prepare(row, Workspace(settings().datasets_dir, lambda *_: None))
    dataset = load(name)
    if sum(array.bytes for array in dataset.manifest.arrays.values()) <= VERIFIED_BYTES:
        store.verify(dataset)
    return dataset


def prepare(row: CatalogRow, workspace: Workspace) -> None:
    """Make a catalog row's arrays, once: others who want them at the same time wait here."""
    settings().datasets_dir.mkdir(parents=True, exist_ok=True)
    with files.locked(settings().datasets_dir / f".{row.name}.lock"):
        if not store.is_stored(row.name):
            storing.write(row.name, row.make(row, workspace), workspace.report)


def delete(name: str) -> None:
    """Delete a data set's files; a catalog row stays in the list and can be prepared again.

    Raises:
        CnnAppError: there is nothing to delete.
    """
    if not store.is_stored(name):
        raise CnnAppError(f"There is no data set called {name[:80]!r} on disk: nothing was deleted.")
    store.remove(name)


def sizes(name: str) -> dict[int, str]:
    """Return the sizes that a catalog row can be had in, and the name of the data set in each; empty for others."""
    base = next((row for row in catalog.ROWS if name == row.name or name.startswith(f"{row.name}-")), None)
    if base is None or not base.sizes or catalog.find(name) is None:
        return {}
    own = base.image_shape[0]
    return {size: base.name if size == own else f"{base.name}-{size}" for size in sorted({own, *base.sizes})}


def download_address(name: str) -> str:
    """Return where a catalog row's archive of images lies; "" for rows of other kinds."""
    return find_row(name).url


def find_row(name: str) -> CatalogRow:
    """Return the catalog's row; raises CnnAppError for names that nobody knows."""
    row = catalog.find(name)
    if row is None:
        known = ", ".join(row.name for row in catalog.listed())
        raise CnnAppError(f"There is no data set called {name[:80]!r}: choose one of {known}, or import it.")
    return row


def _info(name: str, *, stored: bool, job: str | None) -> DatasetInfo:
    if not stored:
        return info_of_row(find_row(name), job=job)
    disk = files.folder_bytes(store.folder_of(name))
    try:
        return info_of_manifest(store.read_manifest(name), disk)
    except CnnAppError as error:
        row = catalog.find(name)
        known = (
            info_of_row(row, job=None) if row else DatasetInfo(name=name, title=name, status="damaged", source="import")
        )
        return known.model_copy(update={"status": "damaged", "disk_bytes": disk, "problem": str(error)})
