"""Pictures with tables of labels beside them, as people keep them, each with what is right for it."""

from collections.abc import Callable

from tests.kit.layouts import Tree

LABELS = ("cat", "dog", "hen")


def _flat(
    *, header: str = "id,breed", row: str = "{stem},{label}", folder: str = "train/", table: str = "labels.csv"
) -> Tree:
    """Twelve pictures in one folder, a table with a row for each."""
    tree, lines = Tree(), [header] if header else []
    for number in range(12):
        label = LABELS[number % 3]
        tree.add(f"{folder}f{number:03}.png", "train", label)
        lines.append(row.format(stem=f"f{number:03}", label=label, number=number, folder=folder))
    return tree.note(table, "\n".join(lines) + "\n").tells(table)


def _unlabelled() -> Tree:
    return _flat().fill("test", 3).note("sample_submission.csv", "id,cat,dog\ni0,0,0\n").tells("labels.csv", "no class")


def _per_split() -> Tree:
    tree = Tree()
    for split, count in (("train", 9), ("validation", 6), ("test", 6)):
        lines = ["filename;label"]
        for number in range(count):
            label = LABELS[number % 3]
            tree.add(f"{split}/{number}.png", split, label)
            lines.append(f"{number}.png;{label}")
        tree.note(f"{split}.csv", "\n".join(lines))
    return tree.tells("train.csv", "validation.csv", "test.csv")


def _split_column() -> Tree:
    tree, lines = Tree(), ["class id,filepaths,labels,data set"]
    for number in range(18):
        split, label = ("train", "test", "validation")[number // 6], LABELS[number % 3]
        tree.add(f"all/{label}/{number}.png", split, label)
        lines.append(f"{number % 3},all/{label}/{number}.png,{label},{'valid' if split == 'validation' else split}")
    return tree.note("birds.csv", "\n".join(lines))


def _unmatched() -> Tree:
    tree = _flat(header="image,label", row="{stem}.png,{label}")
    text = tree.files["labels.csv"].decode() + "gone1.png,cat\ngone2.png,dog\n"
    tree.note("labels.csv", text).fill("train", 1)
    return tree.tells("2 rows name pictures that are not there: gone1.png, gone2.png", "no row of the table names it")


def _disagreeing() -> Tree:
    tree = _flat()
    tree.add("train/both.png").add("train/none.png")
    text = tree.files["labels.csv"].decode() + "both,cat\nboth,dog\nnone,\n"
    return tree.note("labels.csv", text).tells("several classes", "names no class")


def _more_than_folders() -> Tree:
    """GTSRB's habit: training images in folders of classes, test images by the table alone."""
    tree, lines = Tree(), ["Path,ClassId"]
    for split, count in (("train", 12), ("test", 6)):
        for number in range(count):
            label = str(number % 3)
            path = f"{split}/{label}/{number}.png" if split == "train" else f"test/t{number}.png"
            tree.add(path, split, label)
            lines.append(f"{path},{label}")
    return tree.note("all.csv", "\n".join(lines)).tells("leave the fewest out")


TABLES: dict[str, Callable[[], Tree]] = {
    "without suffix": _flat,
    "with suffix": lambda: _flat(header="image_name,label", row="{stem}.png,{label}"),
    "another suffix": lambda: _flat(header="image,label", row="{stem}.jpg,{label}"),
    "with folders": lambda: _flat(header="path\tclass", row="data/{folder}{stem}.png\t{label}", table="labels.tsv"),
    "backslashes": lambda: _flat(header="path,class", row="C:\\data\\{folder}{stem}.png,{label}".replace("/", "")),
    "semicolons": lambda: _flat(header="id;target", row='"{stem}";"{label}"', table="train.csv"),
    "bars": lambda: _flat(header="label|file", row="{label}|{stem}.png", table="annotations.csv"),
    "without a header": lambda: _flat(header="", row="{stem}.png,{label}"),
    "numbers beside names": lambda: _flat(header="file,width,label,score", row="{stem}.png,640,{label},0.{number}1"),
    "class number and name": lambda: _flat(header="id,class_id,class_name", row="{stem},{number},{label}"),
    "unlabelled": _unlabelled,
    "a table for each split": _per_split,
    "a column of splits": _split_column,
    "rows and files alone": _unmatched,
    "rows that do not agree": _disagreeing,
    "more than folders tell": _more_than_folders,
}
