"""Pictures as tables of numbers and as MATLAB files."""

import io

import numpy as np
from scipy.io import savemat


def pixel_csv(pictures, labels=None, *, separator=",", last=False, header=True):
    """A row for each picture: its class, if any, and its values, row by row."""
    rows = pictures.reshape(len(pictures), -1).astype(int)
    names = [f"pixel{place}" for place in range(rows.shape[1])]
    if labels is not None:
        rows = np.column_stack([rows, labels] if last else [labels, rows])
        names = [*names, "label"] if last else ["label", *names]
    lines = [separator.join(map(str, row)) for row in rows.tolist()]
    return "\n".join([separator.join(names), *lines] if header else lines) + "\n"


def mat(pictures, labels, *, compressed=True, **others):
    """SVHN's habit: X (h, w, 3, n), y (n, 1), the label 10 for 0."""
    values = {"X": pictures.transpose(1, 2, 3, 0), "y": np.where(labels == 0, 10, labels)[:, None].astype(np.uint8)}
    return saved(values | others, compressed=compressed)


def saved(values, *, compressed=True):
    """A MATLAB file of these variables."""
    buffer = io.BytesIO()
    savemat(buffer, values, do_compression=compressed)
    return buffer.getvalue()
