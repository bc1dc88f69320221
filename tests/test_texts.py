"""Texts from outside."""

import csv
import io

import pytest

from cnnapp.texts import UNKNOWN, clean, write_csv


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cats", "cats"),
        ("  red \n\t panda ", "red panda"),
        ("A\u0308pfel", "Äpfel"),  # decomposed, as macOS writes it
        ("a\u202ebgp.exe", f"a{UNKNOWN}bgp.exe"),  # right-to-left override
        ("\x1b[31mred", f"{UNKNOWN}[31mred"),
        ("a\x00b", f"a{UNKNOWN}b"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the joiner
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\ud800", "?"),
        ("", ""),
    ],
)
def test_what_hides_is_shown_and_what_is_written_stays(text, shown):
    assert clean(text, 100) == shown


@pytest.mark.parametrize("longest", [3, 10, 100])
def test_length_is_bounded_whatever_it_was(longest):
    for text in ("x" * 1_000_000, "e\u0301" * 5000, "x" * (longest + 1)):
        assert len(clean(text, longest)) <= longest
    assert clean("begin" + "x" * 1_000_000 + "end", 20).startswith("begin")
    assert clean("begin" + "x" * 1_000_000 + "end", 20).endswith("end")


def test_no_cell_of_a_csv_is_computed():
    texts = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "cat", ""]
    rows = list(csv.reader(io.StringIO(write_csv([texts, [-0.5, 1, None]]), newline="")))
    assert [cell for cell in rows[0] if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert [cell.removeprefix("'") for cell in rows[0]] == texts
    assert rows[1] == ["-0.5", "1", ""]
