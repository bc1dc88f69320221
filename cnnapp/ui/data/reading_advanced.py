"""What few people need to decide about an import: size, resize mode, colour, groups, range, source of the test part."""

from collections.abc import Iterator
from itertools import islice

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import Choices, Reading
from cnnapp.ui.data.group_form import ask_groups
from cnnapp.ui.data.import_options import ask_image_options
from cnnapp.ui.data.reading_switches import ask_range, ask_test_from
from cnnapp.ui.kit.feedback import plain_errors

SAMPLES = 4  # images that show what is lost
MOST_NAMES = 500  # of files, from which folders are told


def ask_advanced(job: str, reading: Reading, choices: Choices) -> Choices:
    """Ask for the rest of the choices; return them with what the person has changed."""
    with st.expander("Advanced", icon=":material/tune:", key=f"advanced-{job}", on_change="rerun") as opened:
        if not opened.open:
            return choices
        if any(part.folders for part in reading.parts):  # arrays stay as they are
            with plain_errors():
                samples = datasets.reading_samples(job, SAMPLES)
                images = ask_image_options(samples, f"images-{job}", choices.images)
                choices = choices.model_copy(update={"images": images})
        choices = ask_test_from(job, reading, choices)
        with plain_errors():
            rule = ask_groups(
                list(islice(_files(reading), MOST_NAMES)),
                f"group-{job}",
                auto="images that look alike, where they are compared",
                rule=choices.group_rule,
                table=bool(reading.lists),
            )
            choices = choices.model_copy(update={"group": "" if rule.kind == "auto" else rule.text})
        with plain_errors():
            choices = ask_range(job, choices)
    return choices


def _files(reading: Reading) -> Iterator[str]:
    for part in reading.parts:
        if part.folders:
            yield from (example.file for count in part.classes for example in count.examples)
