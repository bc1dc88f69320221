"""Names of folders that say what lies in them, and names of files and folders that mean nothing."""

import re
from typing import NamedTuple

from cnnapp.datasets.reading.choices import Role

_TRAIN = {"train", "training", "trainset", "trainingset", "trn"}
_VALIDATION = {"val", "valid", "validation", "valset", "validationset", "dev", "devset"}
_TEST = {"test", "testing", "testset", "tst", "holdout"}
_EITHER = {"eval", "evaluation"}  # Food-11 calls its test part so, others their validation part
_UNLABELLED = {"pred", "predict", "prediction", "predictions", "unlabeled", "unlabelled", "unlabel"}
_FILLING = {
    "set",
    "sets",
    "data",
    "dataset",
    "image",
    "images",
    "img",
    "imgs",
    "picture",
    "pictures",
    "photo",
    "photos",
}
_FILLING |= {
    "seg",
    "split",
    "part",
    "folder",
    "dir",
    "sample",
    "samples",
    "class",
    "classes",
    "jpg",
    "jpeg",
    "png",
    "raw",
}
_FILLING |= {"full", "original", "cropped", "resized", "all", "my", "new", "final", "the"}
_FRAMES = {"image", "images", "img", "imgs", "original", "originals", "rgb", "photo", "photos", "picture", "pictures"}
_FRAMES |= {"jpeg", "jpegs", "jpg", "jpegimages", "png", "input", "inputs", "raw"}
_MASKS = {"mask", "masks", "segmentation", "segmentations", "annotation", "annotations", "groundtruth", "gt", "trimap"}
_MASKS |= {"trimaps", "label", "labels", "contour", "contours", "bbox", "boxes", "heatmap", "heatmaps", "roi", "rois"}
_JUNK = {"__macosx": "it holds metadata of macOS", "__pycache__": "it is Python's cache"}
_JUNK |= {"@eadir": "it holds thumbnails of a file server", "#recycle": "it is a recycle bin"}
_JUNK |= {"$recycle.bin": "it is a recycle bin", "lost+found": "it is left over from a file system"}
_JUNK_FILES = {"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"}
_MASK_TAIL = re.compile(
    r"[ _.-](mask|masks|seg|segmentation|superpixels|gt|groundtruth|annotation|trimap)([ _.-]?\d+)?$", re.I
)


class Meaning(NamedTuple):
    """What a folder's name says of a split."""

    role: Role
    rank: int  # 0: the name is a word for it; 1: with words that fill up; 2: with words of its own
    rest: str  # the other words


def words_of(name: str) -> list[str]:
    """Cut a name into lower-case words: at what is no letter or digit, before capitals, between letters and digits."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W\d_]+|\d+", spaced.lower())


def meaning_of(name: str) -> Meaning | None:
    """Return the split that a folder's name speaks of; None for other names."""
    words = words_of(name)
    roles = [(word, role) for word in words if (role := _role_of(word)) is not None]
    if len({role for _, role in roles}) != 1:
        return None
    said, role = roles[0]
    rest = [word for word in words if word != said]
    own = [word for word in rest if word not in _FILLING and not word.isdecimal() and len(word) > 1]
    return Meaning(role, 2 if own else int(bool(rest)), " ".join(rest))


def means_either(name: str) -> bool:
    """Whether the name may mean a test or a validation part."""
    return any(word in _EITHER for word in words_of(name))


def means_unlabelled(name: str) -> bool:
    """Whether the whole name says that pictures have no class."""
    return "".join(words_of(name)) in _UNLABELLED or "".join(words_of(name)) in {"nolabel", "nolabels", "unclassified"}


def is_frame(name: str) -> bool:
    """Whether the name says only that there are images."""
    return "".join(words_of(name)) in _FRAMES


def is_mask(name: str) -> bool:
    """Whether the name may mean pictures that mark something in other pictures."""
    words = words_of(name)
    return "".join(words) in _MASKS or bool(words and words[-1] in {"mask", "masks", "annotations", "trimaps"})


def junk_reason(parts: tuple[str, ...]) -> str:
    """Return why a file is nobody's data, "" if it may be."""
    for part in parts[:-1]:
        if reason := _JUNK.get(part.lower()):
            return reason
    if any(part.startswith(".") for part in parts):
        return "it is hidden"
    return "it belongs to a file manager" if parts[-1].lower() in _JUNK_FILES else ""


def masked_stem(stem: str) -> str:
    """Return the stem of the picture that a file called `stem` would be a mask of, "" if it is not called so."""
    cut = _MASK_TAIL.search(stem)
    return stem[: cut.start()] if cut else ""


def _role_of(word: str) -> Role | None:
    roles: list[tuple[set[str], Role]] = [(_TRAIN, "train"), (_VALIDATION, "validation"), (_TEST | _EITHER, "test")]
    roles.append((_UNLABELLED, "unlabelled"))
    return next((role for names, role in roles if word in names), None)
