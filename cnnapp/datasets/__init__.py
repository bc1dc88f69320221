"""Data sets: catalog, imports, the prepared store, splits, checks and revisions.

A prepared set is the folder `CNNAPP_HOME/datasets/<name>/`: `manifest.json`, `<split>_labels.npy` (int32 (n,)) and the
images, either `<split>_images.npy` (uint8 (n, h, w, c)) or shards that the splits share. `load(name)` gives its splits,
`.digest` (of pixels, labels and class names) and `.preprocess`; it raises CnnAppError when the set is missing or
damaged. `split.images` is indexed first and computed with afterwards, in batches: never `np.asarray` of the whole.
`infos()` and `info(name)` know catalog rows before they are prepared; other sizes are names of their own (`digits-8`).

`request_reading(source, choices)` asks what a source holds; `get_reading(job)` and `reading_pictures(job)` tell it, and
`request_import(OfReading(job), name, choices=…)` makes the set by the same reading.

Whatever takes long is a job of `datasets.worker`: the `request_*` functions return its id; `jobs()`, `get_job`,
`cancel` and `resume` follow it. A source ends in a `Draft`, `storing.py` alone writes sets, `store.py` reads them.
Nothing is unpacked to disk, no name from outside is ever a path, and files in = images used + files skipped, each with
its reason. A revision is a new set; the old one stays.

Images that belong together (`<split>_groups.npy`, int32 (n,), -1 alone; told by a `GroupRule`) are never parted: not
by an import that makes the test part, not by `split_validation`, not by a version that is split again. They count in
the digest, since they decide what is trained on. `dataset.unlabelled` are images without a class, no part of the splits
nor of the digest. `find_class_faults` says what a set lacks; `export` writes a zip that an import reads back the same.
"""

from cnnapp.datasets.album import PICTURE_SIDE
from cnnapp.datasets.changes import describe_changes
from cnnapp.datasets.drafts import Unit
from cnnapp.datasets.export import Exported, export
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.group_rule import GroupKind, GroupRule, list_folder_levels, read_group_rule
from cnnapp.datasets.image_options import Colour, ImageOptions
from cnnapp.datasets.info import DatasetInfo, Status
from cnnapp.datasets.library import delete, download_address, ensure, info, infos, load, sizes
from cnnapp.datasets.manifest import ChangeCounts, Manifest, Skipped, SplitName
from cnnapp.datasets.names import slug
from cnnapp.datasets.new_splits import MOST_HELD_OUT, NewSplits
from cnnapp.datasets.quality import Finding, ImageRef, QualityReport
from cnnapp.datasets.quality.classes import find_alike_classes, find_class_faults
from cnnapp.datasets.quality.stored import read_report as quality_report
from cnnapp.datasets.reading import (
    Choices,
    Ink,
    Reading,
    Role,
)
from cnnapp.datasets.readings import (
    get_reading,
    keep_choices,
    reading_choices,
    reading_pictures,
    reading_samples,
    request_reading,
)
from cnnapp.datasets.requests import (
    ARCHIVES,
    DatasetJob,
    OfReading,
    cancel,
    get_job,
    inbox_files,
    request_import,
    request_prepare,
    resume,
)
from cnnapp.datasets.requests import list_jobs as jobs
from cnnapp.datasets.sources.pixels import parse_range as read_range
from cnnapp.datasets.sources.pixels import range_value as write_range
from cnnapp.datasets.sources.preview import apply_options
from cnnapp.datasets.splits import split_validation
from cnnapp.datasets.store import Images, PreparedDataset, Split
from cnnapp.datasets.upkeep import export_file, exported, next_version, request_check, request_export, request_revision
from cnnapp.datasets.uploads import Upload

__all__ = [
    "ARCHIVES",
    "MOST_HELD_OUT",
    "PICTURE_SIDE",
    "ChangeCounts",
    "Choices",
    "Colour",
    "DatasetInfo",
    "DatasetJob",
    "Exported",
    "Finding",
    "GroupKind",
    "GroupRule",
    "ImageFacts",
    "ImageOptions",
    "ImageRef",
    "Images",
    "Ink",
    "Manifest",
    "NewSplits",
    "OfReading",
    "PreparedDataset",
    "QualityReport",
    "Reading",
    "Role",
    "Skipped",
    "Split",
    "SplitName",
    "Status",
    "Unit",
    "Upload",
    "apply_options",
    "cancel",
    "delete",
    "describe_changes",
    "download_address",
    "ensure",
    "export",
    "export_file",
    "exported",
    "find_alike_classes",
    "find_class_faults",
    "get_job",
    "get_reading",
    "inbox_files",
    "info",
    "infos",
    "jobs",
    "keep_choices",
    "list_folder_levels",
    "load",
    "next_version",
    "quality_report",
    "read_group_rule",
    "read_range",
    "reading_choices",
    "reading_pictures",
    "reading_samples",
    "request_check",
    "request_export",
    "request_import",
    "request_prepare",
    "request_reading",
    "request_revision",
    "resume",
    "sizes",
    "slug",
    "split_validation",
    "write_range",
]
