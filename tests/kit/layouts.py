"""Sets of small pictures in the layouts that people bring, each with what is right for it; drawn anew on every run."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.kit.image_trees import pixels, png


@dataclass
class Tree:
    """Files, and which picture belongs to which split and class."""

    files: dict[str, bytes] = field(default_factory=dict)
    right: dict[str, dict[str, set[bytes]]] = field(default_factory=dict)  # split -> class -> pictures
    told: tuple[str, ...] = ()  # words of notices or reasons

    def add(self, path: str, split: str = "", label: str = "") -> "Tree":
        """Add a picture like no other; without a split it is to be left out."""
        seed = len(self.files)
        self.files[path] = png(seed)
        if split:
            self.right.setdefault(split, {}).setdefault(label, set()).add(pixels(seed).tobytes())
        return self

    def fill(self, folder: str, count: int, split: str = "", label: str = "") -> "Tree":
        """Add some pictures to a folder."""
        for number in range(count):
            self.add(f"{folder}/i{number}.png", split, label)
        return self

    def classes(self, folder: str, labels: str, count: int, split: str = "train") -> "Tree":
        """Add a folder for each class, named by the letters of `labels` or its words."""
        for label in labels.split():
            self.fill(f"{folder}/{label}" if folder else label, count, split, label)
        return self

    def note(self, path: str, text: str = "text") -> "Tree":
        """Add a file that is no image."""
        self.files[path] = text.encode()
        return self

    def tells(self, *words: str) -> "Tree":
        """Expect these words among what the import tells."""
        self.told = words
        return self


def _splits(template: str, labels: str = "cats dogs", names: tuple[str, str] = ("train", "test")) -> Tree:
    """Put splits and classes at the places `{split}` and `{label}` of a path."""
    tree = Tree()
    for split, name, count in (("train", names[0], 4), ("test", names[1], 2)):
        for label in labels.split():
            tree.fill(template.format(split=name, label=label), count, split, label)
    return tree


def _beside(folder: str, *words: str, depth: str = "") -> Callable[[], Tree]:
    return lambda: _splits(f"{depth}{{split}}/{{label}}").fill(depth + folder, 3).tells(*words)


def _inner_copy() -> Tree:
    tree = _splits("x_ray/{split}/{label}")
    for path, data in list(tree.files.items()):
        tree.files[path.replace("x_ray/", "x_ray/x_ray/", 1)] = data
    return tree.tells("the same files once more")


def _flat_copy() -> Tree:
    tree = Tree().classes("flowers", "daisy rose tulip", 4)
    for path, data in list(tree.files.items()):
        tree.files[path.replace("flowers/", "flowers/flowers/", 1)] = data
    return tree.tells("the same files once more")


def _in_names(template: str, split_folder: str = "") -> Tree:
    tree = Tree()
    for label in ("cat", "dog"):
        for number in range(4):
            tree.add(split_folder + template.format(label=label, number=number), "train", label)
    return tree.tells("file names")


def _masks(frame: str, masks: str) -> Tree:
    tree = Tree()
    for label in ("covid", "normal"):
        tree.fill(f"{label}/{frame}", 4, "train", label).fill(f"{label}/{masks}", 4)
    return tree.tells("masks of the pictures")


def _mask_names() -> Tree:
    tree = Tree()
    for label in ("benign", "normal"):
        for number in range(1, 5):
            tree.add(f"{label}/{label} ({number}).png", "train", label).add(f"{label}/{label} ({number})_mask.png")
    return tree.add("benign/benign (1)_mask_1.png").tells("masks of the pictures")


def _annotated() -> Tree:
    tree = Tree()
    for label in ("n01", "n02"):
        tree.fill(f"tiny/train/{label}/images", 4, "train", label).note(f"tiny/train/{label}/{label}_boxes.txt")
    lines = []
    for number in range(4):
        label = ("n01", "n02")[number % 2]
        tree.add(f"tiny/val/images/val_{number}.png", "validation", label)
        lines.append(f"val_{number}.png\t{label}\t0\t0\t62\t62\n")
    tree.note("tiny/val/val_annotations.txt", "".join(lines))
    return tree.fill("tiny/test/images", 3).tells("val_annotations.txt", "no class")


def _long_names() -> Tree:
    start = "a class with a long name " * 6
    return Tree().classes("", f"{start.replace(' ', '_')}one {start.replace(' ', '_')}two", 4)


def _named_for_both() -> Tree:
    return _splits("{label}_{split}", names=("train", "test"))


def _tests_by_name() -> Tree:
    tree = Tree().classes("sign_train/sign_train", "A B nothing", 4)
    for label in ("A", "B", "nothing"):
        tree.add(f"sign_test/sign_test/{label}_test.png", "test", label)
    return tree.tells("file names")


def _pets() -> Tree:
    tree = _in_names("images/{label}_{number}.png", "oxford/")
    return tree.fill("oxford/annotations/trimaps", 3).note("oxford/annotations/list.txt").tells("masks of the pictures")


def _missing() -> Tree:
    tree = Tree().classes("train", "b c", 4)
    return tree.classes("test", "a c", 2, "test").tells("no training images: a", "no test images: b")


def _suffixes() -> Tree:
    tree = Tree()
    for label in ("cats", "dogs"):
        for number, suffix in enumerate((".jfif", ".jpe", ".mpo", ".PNG", ".Jpeg", "")):
            tree.add(f"{label}/{number}{suffix}", "train", label)
    return tree


def _junk(*folders: str) -> Tree:
    tree = Tree().classes("set", "ant bee cow", 4)
    for folder in folders:
        tree.fill(f"set/{folder}", 3)
    return tree


LAYOUTS: dict[str, Callable[[], Tree]] = {
    "a folder for each class": lambda: Tree().classes("photos", "ant bee", 4),
    "class folders at the top": lambda: Tree().classes("", "ant bee", 4),
    "splits": lambda: _splits("photos/{split}/{label}"),
    "split twice": lambda: _splits("{split}/{split}/{label}"),
    "seg_train": lambda: _splits("seg_{split}/seg_{split}/{label}").fill("seg_pred/seg_pred", 3).tells("seg_pred"),
    "images above splits": lambda: _splits("images/{split}/{label}"),
    "images below splits": lambda: _splits("{split}/images/{label}"),
    "frames above and below": lambda: _splits("data/images/{split}/imgs/{label}"),
    "images below classes": lambda: _splits("{split}/{label}/images"),
    "class above split": lambda: _splits("{label}/{split}"),
    "class above split, deep": lambda: _splits("set/animals/{label}/{split}/images"),
    "Training and Testing": lambda: _splits("{split}/{label}", names=("Training", "Testing")),
    "train_images": lambda: _splits("{split}/{label}", names=("train_images", "test_images")),
    "training-set": lambda: _splits("{split}/{label}", names=("training-set", "holdout")),
    "evaluation": lambda: _splits("{split}/{label}", names=("training", "evaluation")),
    "names of their own": lambda: _splits("{split}/{label}", names=("shop_train_2020", "shop_test_2020")),
    "capitals in words": lambda: _splits("{split}/{label}", names=("ImagesTrain", "ImagesTest")),
    "dev": lambda: _splits("{split}/{label}").classes("dev", "cats dogs", 2, "validation"),
    "evaluation beside test": lambda: _splits("{split}/{label}").classes("evaluation", "cats dogs", 2, "validation"),
    "pictures beside": _beside("docs", "docs", "beside the folders of the splits"),
    "classes beside": lambda: _splits("s/{split}/{label}").classes("s/more", "cats dogs", 2, "").tells("more"),
    "pred": _beside("pred", "pred", "no class"),
    "Meta": _beside("Meta", "Meta"),
    "test1": lambda: _splits("{split}/{label}").fill("test1", 3).tells("test1"),
    "test-multiple_images": _beside("test-multiple_images", "test-multiple_images", depth="fruits/"),
    "test without classes": lambda: Tree().classes("Train", "0 1 2", 4).fill("Test", 3).tells("Test", "no class"),
    "only training": lambda: Tree().classes("train", "ant bee", 4).fill("unlabeled", 3).tells("unlabeled"),
    "inner copy": _inner_copy,
    "flat inner copy": _flat_copy,
    "system's folders": lambda: _junk("@eaDir", "__pycache__", ".ipynb_checkpoints", "__MACOSX").tells("hidden"),
    "unlabelled beside classes": lambda: _junk("_unlabeled").tells("_unlabeled"),
    "masks": lambda: _masks("images", "masks"),
    "annotations": lambda: _masks("Images", "ground_truth"),
    "masks by name": _mask_names,
    "mask as a class": lambda: Tree().classes("faces", "mask no_mask", 4),
    "train as a class": lambda: Tree().classes("vehicles", "bus car train", 4),
    "classes called as splits": lambda: Tree().classes("train", "train test", 4),
    "train as a class of kinds": lambda: Tree().classes("vehicles", "train valid_ticket", 4),
    "dots and numbers in names": lambda: _in_names("{label}.{number}.jpg"),
    "numbers behind names": lambda: _in_names("pets/{label}_{number}.png"),
    "numbers in brackets": lambda: _in_names("{label} ({number}).png", "all/"),
    "numbers before names": lambda: _in_names("{number}_{label}.png"),
    "names in train": lambda: _in_names("{label}.{number}.jpg", "train/").fill("test1", 3).tells("file names", "test1"),
    "class and split in one name": _named_for_both,
    "test images by name": _tests_by_name,
    "pets": _pets,
    "an inner set beside": lambda: Tree().classes("", "yes no", 4).note("set/readme.md"),
    "annotated": _annotated,
    "long names": _long_names,
    "missing classes": _missing,
    "suffixes": _suffixes,
    "array beside": lambda: Tree().classes("", "ant bee", 4).note("features.npy").tells("file of arrays"),
    "texts beside": lambda: Tree().classes("", "ant bee", 4).note("ant/a.txt").note("readme.md").tells("text file"),
    "yolo's labels": lambda: _splits("images/{split}/{label}").note("labels/train/cats/i0.txt").tells("text file"),
}
