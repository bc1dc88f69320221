"""The making of a later version: its images are shared with the version before it, or read from it in batches."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets import store
from cnnapp.datasets.changes import WORDS, Changes, NewSplit, describe_changes, plan, plan_classes
from cnnapp.datasets.drafts import Draft, Report, Rows, ShardRows, UnlabelledRows, rows_per_batch
from cnnapp.datasets.facts import ImageFacts
from cnnapp.datasets.grouping import Grouping, Members
from cnnapp.datasets.manifest import Manifest, Parent, Skipped, SplitName
from cnnapp.datasets.resplitting import split_again
from cnnapp.datasets.shards import ArrayShards, ShardedImages
from cnnapp.datasets.splits import ALONE, Groups
from cnnapp.datasets.store import PreparedDataset

Places = NDArray[np.int64]


class Pool:
    """All images that stay, of all splits, one behind the other."""

    def __init__(self, parent: PreparedDataset, new: dict[SplitName, NewSplit]) -> None:
        """`new` says which images of which split stay, and under which labels."""
        splits = [parent.splits[name] for name in new]
        self.labels = np.concatenate([split.labels for split in new.values()])
        self.shared = bool(parent.manifest.shards)
        rows = [np.asarray(split.images.rows) for split in splits if isinstance(split.images, ShardedImages)]
        starts = np.cumsum([0, *(len(split.labels) for split in splits)])
        own = np.concatenate([start + split.rows for start, split in zip(starts, new.values(), strict=False)])
        if isinstance(splits[0].images, ShardedImages):
            self.images = ShardedImages(splits[0].images.shards, np.concatenate(rows)[own])
        else:
            self.images = ShardedImages(ArrayShards([np.asanyarray(split.images) for split in splits]), own)
        facts = [split.facts for split in splits if split.facts is not None]
        self.facts = ImageFacts.join(facts).take(own) if facts else None
        self.groups = None
        if any(split.groups is not None for split in splits):
            alone = [np.full(len(split.labels), ALONE, np.int32) for split in splits]
            known = [own if split.groups is None else split.groups for split, own in zip(splits, alone, strict=True)]
            self.groups = np.concatenate(known)[own]
        ends = np.cumsum([0, *(len(split.rows) for split in new.values())])
        self.places: dict[SplitName, Places] = {
            name: np.arange(start, end) for name, start, end in zip(new, ends[:-1], ends[1:], strict=True)
        }

    def rows(self, places: Places, groups: Groups | None) -> Rows | ShardRows:
        """Return the images at some places for a draft; `groups` are those of the whole pool."""
        labels, facts = self.labels[places], self.facts.take(places) if self.facts is not None else None
        own = groups[places] if groups is not None else None
        if self.shared:
            return ShardRows(labels, self.images.rows[places], facts, own)
        step = rows_per_batch(self.images.shape[1:], 1)

        def batches() -> Iterator[NDArray[np.uint8]]:
            for start in range(0, len(places), step):
                yield self.images[places[start : start + step]]

        return Rows(labels, batches, facts, own)


def revise(parent: PreparedDataset, changes: Changes, report: Report, *, title: str, version: int) -> Draft:
    """Make a draft of the later version.

    Raises:
        CnnAppError: as `plan`; or the rule for groups finds none, or a part would be left without images.
    """
    manifest, new, classes = parent.manifest, plan(parent, changes), plan_classes(parent.manifest, changes)
    pool, skipped = Pool(parent, new), _left_out(parent, changes, version)
    made = Parent(
        name=manifest.name,
        digest=parent.digest,
        left_out=len(skipped),
        relabelled=sum(split.relabelled for split in new.values()),
        renamed=classes.renamed,
        merged=classes.merged,
        split=changes.split,
    )
    places, grouping = pool.places, Grouping(pool.groups, manifest.group_rule, manifest.split_notices)
    if changes.split is not None:
        members = Members(pool.images, pool.labels, pool.facts.files if pool.facts is not None else None)
        places, grouping = split_again(members, grouping, changes.split, report)
    rows = {name: pool.rows(own, grouping.groups) for name, own in places.items()}
    return Draft(
        title=title,
        source="import",  # whatever the first version was: this one cannot be had again
        class_names=classes.names,
        preprocess=manifest.preprocess,
        train=rows["train"],
        test=rows["test"],
        validation=rows.get("validation"),
        shards=store.read_shards(manifest),
        unlabelled=_unlabelled(parent),
        description=f"Version {version}, made of “{manifest.title}”: {describe_changes(made)}.",
        skipped=[*manifest.skipped, *skipped],
        converted=_converted(manifest, rows),
        notices=[*(told for told in manifest.notices if told not in manifest.split_notices), *grouping.notices],
        split_notices=list(grouping.notices),
        version=version,
        parent=made,
        group_rule=grouping.rule,
    )


def _unlabelled(parent: PreparedDataset) -> UnlabelledRows | None:
    shards, own = store.read_unlabelled_shards(parent.manifest), parent.unlabelled
    if shards is None or own is None or own.facts is None or not isinstance(own.images, ShardedImages):
        return None
    return UnlabelledRows(shards, own.images.rows, own.facts)


def _left_out(parent: PreparedDataset, changes: Changes, version: int) -> list[Skipped]:
    """List the images that do not come along: what was offered and is not in the set."""
    return [
        Skipped(
            file=split.facts.files[row] if split.facts is not None else f"{WORDS[name]} image {row}",
            reason=f"left out of version {version}",
        )
        for name, split in parent.splits.items()
        for row in sorted(changes.excluded.get(name, ()))
    ]


def _converted(manifest: Manifest, rows: dict[SplitName, Rows | ShardRows]) -> dict[str, int]:
    facts = [part.facts for part in rows.values() if part.facts is not None]
    if not facts:  # arrays: what was converted was converted in all images
        count = sum(len(part.labels) for part in rows.values())
        return {kind: min(images, count) for kind, images in manifest.converted.items()}
    counts: Counter[str] = Counter()
    for part in facts:
        counts.update(dict(zip(part.kinds, part.converted.sum(axis=0).tolist(), strict=True)))
    return {kind: images for kind, images in counts.items() if images}
