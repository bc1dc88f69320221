"""Import: what a file, folder or address holds, shown and decided before anything is stored."""

import streamlit as st

from cnnapp import datasets
from cnnapp.datasets import Choices, DatasetJob, OfReading, Reading
from cnnapp.datasets.reading.describing import count_words, describe_result, describe_source
from cnnapp.errors import CnnAppError
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import choose_reading, current_reading, forget_reading
from cnnapp.ui.data.importing import ask_source
from cnnapp.ui.data.jobs import follow, watch_job
from cnnapp.ui.data.reading_advanced import ask_advanced
from cnnapp.ui.data.reading_switches import ask_guesses, ask_question, is_open
from cnnapp.ui.data.reading_tree import show_tree
from cnnapp.ui.kit.feedback import escape, plain_errors

BEFORE = "reading-before"  # in the session: the reading that the shown one was changed from
MOST_NOTICES = 12
SETTLED = {"images", "group"}  # choices that change nothing of what is shown


def main() -> None:
    st.title(pages.TITLES[pages.IMPORT])
    name = current_reading()
    job = find(name) if name else None
    if job is None:
        ask_source()
    elif job.live:
        st.markdown(f"Reading **{escape(job.title)}**: nothing is stored yet.")
        watch_job(job.job)
    elif (reading := datasets.get_reading(job.job)) is not None:
        with plain_errors():
            show(job.job, reading)
    else:
        show_end(job)
        ask_source()


def find(name: str) -> DatasetJob | None:
    try:
        return datasets.get_job(name)
    except CnnAppError:
        forget_reading(name)
        st.warning("What was read is no longer kept: drop it once more.", icon=":material/link_off:")
        return None


def show_end(job: DatasetJob) -> None:
    """Say why there is no reading, and lead back to the one before the last change."""
    before = st.session_state.get(BEFORE)
    if job.state == "stopped":
        st.info(f"Reading {escape(job.title)} was cancelled.", icon=":material/cancel:")
    else:
        st.error(escape(f"{job.title}: {job.message}"), icon=":material/error:")
    if before is not None and before[1] == job.job:
        st.button("Undo the last change", on_click=choose_reading, args=(before[0],), icon=":material/undo:")


def show(job: str, reading: Reading) -> None:
    """Show what was understood; what the person changes is read again."""
    choices = datasets.reading_choices(job)
    show_source(job, reading)
    wanted = ask_question(job, reading, choices)
    wanted = ask_guesses(job, reading, wanted)
    bar = st.container()
    tell(reading, choices)
    wanted = show_tree(job, reading, wanted)
    wanted = ask_advanced(job, reading, wanted)
    if wanted.model_dump(exclude=SETTLED) != choices.model_dump(exclude=SETTLED):
        read_again(job, wanted)
    if wanted != choices:
        datasets.keep_choices(job, wanted)
    with bar, plain_errors():
        offer_import(job, reading, wanted)


def show_source(job: str, reading: Reading) -> None:
    words, button = st.columns([5, 1], vertical_alignment="center")
    words.markdown(f"#### {escape(describe_source(reading))}")
    if button.button("Another file", icon=":material/upload:", width="stretch"):
        forget_reading(job)
        st.rerun()
    if reading.origin:
        st.caption(escape(reading.origin))


def tell(reading: Reading, choices: Choices) -> None:
    """Say what an import makes of it, what was guessed, and what a person should know."""
    settled = {"images.size": choices.images.size, "images.colour": choices.images.colour != "auto"}
    guesses = [guess.sentence for guess in reading.guesses if not settled.get(guess.key)]
    result = [f"It becomes {words}."] if (words := describe_result(reading)) else []
    if guesses or result:
        st.caption(escape(" ".join([*result, *["Guessed:"][: len(guesses)], *guesses])))
    if notices := (*reading.notices, *reading.missing):
        first = [f"- {escape(notice)}" for notice in notices[:MOST_NOTICES]]
        more = len(notices) - MOST_NOTICES
        st.info("\n".join([*first, *([f"- {more} more."] if more > 0 else [])]))


def offer_import(job: str, reading: Reading, choices: Choices) -> None:
    typed, button = st.columns([3, 1], vertical_alignment="bottom")
    name = typed.text_input("Name", suggest_name(reading), key=f"name-{job}", max_chars=60)
    waits = is_open(reading, choices)
    label = f"Import {count_words(reading.images, 'image')}" if reading.images else "Import"
    pressed = button.button(label, type="primary", width="stretch", disabled=waits or not reading.images)
    if waits:
        st.caption("Answer the question above first: nobody but you can tell which is meant.")
    if pressed:
        imported = datasets.request_import(OfReading(job), name, choices=choices)
        follow(imported, reading.source, reading=job)
        st.switch_page(pages.DATASET)


def suggest_name(reading: Reading) -> str:
    """Return the source's name without its suffixes, with a number where it is in use."""
    stem = reading.source.removesuffix(".gz").rpartition(".")[0] or reading.source
    stem = "".join(letter for letter in stem if letter.isprintable()).strip() or "Imported"
    taken = {info.name for info in datasets.infos()}
    numbers = (f"{stem[:56]} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in [stem[:60], *numbers] if datasets.slug(name) not in taken)


def read_again(job: str, choices: Choices) -> None:
    again = datasets.request_reading(OfReading(job), choices)
    st.session_state[BEFORE] = job, again
    choose_reading(again)
    st.rerun()


main()
