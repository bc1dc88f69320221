"""What is no image of the set, told from names: system files, other files, masks beside images, inner copies."""

from collections.abc import Iterable, Sequence

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings
from cnnapp.datasets.reading.tree import Node, cut
from cnnapp.datasets.reading.words import is_frame, is_mask, junk_reason, masked_stem
from cnnapp.images.kinds import is_called_picture, stem_of, suffix_of

_KINDS = {
    "a text file": ".txt .md .rst .csv .tsv .json .jsonl .xml .yaml .yml .html .htm .log .py .ipynb .ini .cfg .rtf "
    ".names .data .sh .bat .m",
    "a file of arrays": ".npy .npz .mat .h5 .hdf5 .pkl .pickle .pt .pth .parquet .arrow .tfrecord .bin .dat .nii .mhd",
    "no image": ".db .exe .dll .pdf .doc .docx .xls .xlsx .ppt .pptx .mp4 .avi .mov .mkv .wav .mp3 .lnk .url .sqlite "
    ".keras .tflite .onnx",
}
_KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}
_ARCHIVES = frozenset([".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".7z", ".rar"])

ARCHIVE_INSIDE = "it is an archive inside, which is not opened: give it by itself, or unpack it"


def other_kind(entry: Entry) -> str:
    """Return why a file is no image, as far as its name tells; "" if it may be one."""
    suffix = suffix_of(entry.parts[-1])
    if suffix in _ARCHIVES:
        return ARCHIVE_INSIDE
    kind = _KIND_OF.get(suffix)
    return f"it is {kind} by its name ({suffix})" if kind else ""


def sort_out(entries: Sequence[Entry], findings: Findings) -> tuple[list[Entry], list[Entry]]:
    """Tell images from other files by their names; what is nobody's data, or there twice, is skipped.

    Returns:
        What may be images, and the other files (lists and tables may be among them).
    """
    images, others, seen = [], [], set()
    for entry in entries:
        if reason := junk_reason(entry.parts):
            findings.skip([entry], reason)
        elif entry.parts in seen:
            findings.skip([entry], "an earlier file of the archive has the same name")
        elif other_kind(entry):
            others.append(entry)
        else:
            images.append(entry)
        seen.add(entry.parts)
    return _without_masks(images, findings), others


def skip_others(others: Iterable[Entry], findings: Findings) -> None:
    """Skip the files that no list or table has been made of, each with its kind."""
    for entry in others:
        findings.skip([entry], other_kind(entry))


def cut_masks(root: Node, findings: Findings) -> None:
    """Take folders out that mark what the images beside them show."""
    for node in list(root.walk()):
        names = list(node.children)
        if any(is_frame(name) for name in names):
            for name in names:
                if is_mask(name) and not is_frame(name):
                    taken = cut(root, (*node.path, name))
                    if taken is not None:
                        findings.leave(taken.shown, taken.entries(), "they are masks of the pictures beside them")


def cut_copies(root: Node, findings: Findings) -> None:
    """Take folders out that hold the folders beside them once more, as archives of archives come."""
    for node in list(root.walk()):
        beside = {fold(name) for name in node.children}
        for child in list(node.children.values()):
            inner = {fold(name) for name in child.children}
            if not child.files and len(inner) > 1 and inner <= beside - {fold(child.name)}:
                same = _same_files(node, child)
                taken = cut(root, child.path)
                what = "the same files once more" if same else "folders of the same names once more"
                findings.leave(child.shown, taken.entries() if taken else [], f"it holds {what}", ("train", "test"))


def _same_files(node: Node, child: Node) -> bool:
    def inside(folder: Node) -> set[tuple[tuple[str, ...], int]]:
        return {(entry.parts[len(folder.path) :], entry.size) for entry in folder.entries()}

    return inside(child) <= inside(node)


def _without_masks(images: list[Entry], findings: Findings) -> list[Entry]:
    """Leave out `x_mask.png` beside `x.png`."""
    stems = {(*entry.parts[:-1], stem_of(entry.parts[-1])) for entry in images}
    masks = [entry for entry in images if _base(entry) in stems]
    findings.leave("*_mask", masks, "they are masks of the pictures beside them, by their names")
    marked = set(masks)
    return [entry for entry in images if entry not in marked]


def _base(entry: Entry) -> tuple[str, ...] | None:
    """Return folder and stem of the picture that a file is a mask of, by its name."""
    stem = masked_stem(stem_of(entry.parts[-1]))
    return (*entry.parts[:-1], stem) if stem else None


def are_pictures(entries: Iterable[Entry]) -> list[Entry]:
    """Return those that are called pictures, or all where none is: only they say how the folders are meant."""
    entries = list(entries)
    return [entry for entry in entries if is_called_picture(entry.parts[-1])] or entries
