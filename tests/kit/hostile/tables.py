"""Tables of labels that want to do harm or are broken, beside twelve good pictures without other classes."""

from tests.kit.image_trees import png

PICTURES = {f"p/f{number:02}.png": png(number) for number in range(12)}
ROWS = [f"f{number:02},{'cat' if number % 2 else 'dog'}" for number in range(12)]
GOOD = ("id,label\n" + "\n".join(ROWS) + "\n").encode()

TABLES: dict[str, bytes] = {
    "empty": b"",
    "one line": b"id,label",
    "zeros": bytes(5000),
    "zeros inside": GOOD.replace(b"cat", b"c\0t"),
    "cut": GOOD[:25],
    "one class": GOOD.replace(b"dog", b"cat"),
    "one column": b"\n".join(GOOD.split(b",")),
    "many columns": b"," * 3000 + b"\n" + GOOD,
    "many empty columns": (b"," * 199 + b"\n") * 20_000,
    "many rows": b"id,label\n" + b"x,\n" * 300_000,
    "open quote": b'id,label\n"' + GOOD * 2000,
    "long cell": b"id,label\nf00," + b"x" * 1_000_000,
    "other files": GOOD.replace(b"f", b"other"),
    "unique labels": "\n".join(["id,label", *(f"f{number:02},{number}a" for number in range(12))]).encode(),
    "fractions": "\n".join(["id,label", *(f"f{number:02},{number % 2}.5" for number in range(12))]).encode(),
    "nan": GOOD.replace(b"cat", b"nan").replace(b"dog", b"NaN"),
    "leading out": GOOD.replace(b"\nf", b"\n../../etc/passwd"),
    "a pickle": b"\x80\x04\x95" + bytes(range(256)) * 9,
    "utf-16 cut": "id,label\nf01,cat\n".encode("utf-16")[:-1],
    "shifted": bytes((value + 128) % 256 for value in GOOD),
    "html": b"<html><body>" + b"<p>not found</p>\n" * 50,
    "json": b'{"f00": "cat", "f01": "dog"}\n' * 12,
}
"""Each is refused: no class is ever made of it."""
