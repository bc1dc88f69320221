"""The Runs page: the list, what can be done with one run, and runs that are damaged or not there."""

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnapp import runs
from cnnapp.runs import History
from cnnapp.ui import pages
from cnnapp.ui.run.actions import as_csv
from cnnapp.ui.run.table import table_key
from tests.kit.app_pages import find_button, open_page, press, visit
from tests.kit.written_runs import STEPS, write_run


@pytest.fixture(autouse=True)
def no_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs stay queued: no worker in these tests."""
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)


def click_row(app: AppTest, row: int) -> None:
    app.session_state[table_key(runs.list_runs())] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def delete(app: AppTest) -> None:
    """Press Delete … and confirm; in one run, since AppTest does not keep a dialog open."""
    press(app, "Delete …")
    find_button(app, "Delete …").click()
    press(app, "Delete")


def downloads(app: AppTest) -> dict[str, bool]:
    """Which downloads are offered, and whether they can be had now."""
    return {button.label: not button.disabled for button in app.download_button}


def test_an_empty_library_says_where_runs_come_from(home):
    app = open_page(pages.RUNS)
    assert "No run yet" in app.markdown[0].value
    assert [link.label for link in app.get("page_link")] == ["Train a network →"]
    assert not app.dataframe


def test_all_runs_are_listed_newest_first_with_state_and_result(home):
    write_run("finished", title="first", epochs=15)
    write_run("running", title="second", epochs=4)
    write_run("failed", title="third")
    table = open_page(pages.RUNS).dataframe[0].value
    assert list(table["title"]) == ["third", "second", "first"]
    assert list(table["state"]) == ["✗ failed", "◐ running", "● finished"]
    assert list(table["epochs"]) == ["0/15", "4/15", "15/15"]
    assert table["test"].tolist()[2] == pytest.approx(97.4)
    assert table["test"].isna().tolist() == [True, True, False]


def test_a_queued_run_s_place_stands_in_the_table(home, monkeypatch):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)
    _, second = (runs.enqueue(runs.configure("digits", "lenet5"), title) for title in ("first", "second"))
    assert list(open_page(pages.RUNS).dataframe[0].value["state"]) == ["… queued, place 2", "… queued, place 1"]
    runs.move(second, 1)
    assert list(open_page(pages.RUNS).dataframe[0].value["state"]) == ["… queued, place 1", "… queued, place 2"]


def test_a_click_chooses_the_run_here_and_on_other_pages(home):
    older = write_run("finished", title="older", epochs=1)
    write_run("finished", title="newer", epochs=1)
    app = open_page(pages.RUNS)
    assert app.subheader[0].value == "newer"
    click_row(app, 1)
    assert app.subheader[0].value == "older"
    assert app.query_params["run"] == older
    visit(app, pages.TRAIN)
    assert any("older" in text.value for text in app.markdown)


def test_a_title_is_shown_literally(home):
    write_run("finished", title=":red[x] **b**", epochs=1)
    app = open_page(pages.RUNS)
    assert app.subheader[0].value == ":\u2060red\\[x\\] \\*\\*b\\*\\*"


def test_a_run_is_renamed(home):
    run = write_run("finished", title="before", epochs=1)
    app = open_page(pages.RUNS)
    app.text_input(key=f"title-{run}").set_value("  after\ta while ")
    press(app, "Save")
    assert runs.get(run).title == "after a while"
    assert app.subheader[0].value == "after a while"


def test_an_empty_title_is_one_sentence_and_changes_nothing(home):
    run = write_run("finished", title="before", epochs=1)
    app = open_page(pages.RUNS)
    app.text_input(key=f"title-{run}").set_value("  ")
    press(app, "Save")
    assert "1 to 100 characters" in app.error[0].value
    assert runs.get(run).title == "before"


def test_deleting_asks_once_and_shows_the_others(home):
    stays, gone = write_run("finished", title="stays", epochs=1), write_run("finished", title="gone", epochs=1)
    app = open_page(pages.RUNS)
    press(app, "Delete …")
    assert [run.run for run in runs.list_runs()] == [gone, stays]
    assert any("**gone**: its trained network" in text.value for text in app.markdown)
    delete(app)
    assert [run.run for run in runs.list_runs()] == [stays]
    assert app.subheader[0].value == "stays"
    assert not app.warning


def test_the_last_run_can_be_deleted(home):
    write_run("finished", epochs=1)
    app = open_page(pages.RUNS)
    delete(app)
    assert "No run yet" in app.markdown[0].value


def test_deleting_a_run_that_trains_is_warned_of(home):
    write_run("running", epochs=1)
    app = open_page(pages.RUNS)
    press(app, "Delete …")
    assert "still training" in app.warning[0].value


def test_a_damaged_run_is_listed_and_can_be_deleted(home):
    good, bad = write_run("finished", title="good", epochs=1), write_run("finished", title="bad", epochs=1)
    (runs.find(bad).path / "state.json").write_text("{")
    app = open_page(pages.RUNS)
    assert dict(zip(app.dataframe[0].value["title"], app.dataframe[0].value["state"], strict=True)) == {
        "bad": "✗ damaged",
        "good": "● finished",
    }
    assert app.subheader[0].value == "good"
    click_row(app, list(app.dataframe[0].value["title"]).index("bad"))
    assert app.subheader[0].value == "bad"
    (warning,) = app.warning
    assert "is damaged" in warning.value
    app.run()
    assert len(app.warning) == 1
    delete(app)
    assert [run.run for run in runs.list_runs()] == [good]


def test_a_library_with_only_damaged_runs_can_be_cleared(home):
    bad = write_run("finished", title="bad", epochs=1)
    (runs.find(bad).path / "state.json").unlink()
    app = open_page(pages.RUNS)
    click_row(app, 0)
    delete(app)
    assert runs.list_runs() == []


@pytest.mark.parametrize("asked", ["nope", "../../etc"])
def test_an_unknown_run_in_the_address_gives_a_sentence(home, asked):
    run = write_run("finished", title="there", epochs=1)
    app = open_page(pages.RUNS, run=asked)
    assert "from the address is not in this library" in app.warning[0].value
    assert app.subheader[0].value == "there"
    assert app.query_params["run"] == run


def test_what_is_not_saved_yet_cannot_be_downloaded(home):
    write_run("queued")
    assert set(downloads(open_page(pages.RUNS)).values()) == {False}
    run = write_run("running", epochs=2)
    assert downloads(open_page(pages.RUNS)) == {
        "History (CSV)": True,
        "Network (.keras)": False,
        "Its card (model.json)": False,
    }
    folder = runs.find(run)
    folder.model_path.write_bytes(b"network")
    folder.card_path.write_bytes(b"{}")
    assert set(downloads(open_page(pages.RUNS)).values()) == {True}


def test_the_history_is_a_csv_with_a_row_per_epoch(home):
    run = write_run("finished", epochs=3)
    rows = list(csv.DictReader(io.StringIO(as_csv(History(runs.find(run)).update()))))
    assert [(row["epoch"], row["step"]) for row in rows] == [(str(epoch), str(epoch * STEPS)) for epoch in (1, 2, 3)]
    assert float(rows[2]["val_accuracy"]) == pytest.approx(1 - 0.5 / 3 - 0.05)


def test_running_again_makes_a_new_run_with_the_same_settings(home):
    run = write_run("finished", epochs=2, learning_rate=0.02)
    press(open_page(pages.RUNS), "Run again")
    again, _ = runs.list_runs()
    assert again.state == "queued"
    assert runs.find(again.run).config == runs.find(run).config


# The queue, owners and notes, several runs together


def test_a_queued_run_shows_its_place_and_can_be_moved_and_cancelled(home):
    first, second = write_run(title="first"), write_run(title="second")
    app = open_page(pages.RUNS)
    assert app.subheader[0].value == "second"
    press(app, "Start next")
    assert runs.waiting() == [second, first]
    assert find_button(app, "Start next").disabled
    press(app, "One later")
    assert runs.waiting() == [first, second]
    press(app, "Cancel")
    assert runs.get(second).state == "stopped"
    assert runs.waiting() == [first]


def test_whoever_is_alone_in_the_queue_has_no_place_to_choose(home):
    write_run(title="only")
    assert "Start next" not in [button.label for button in open_page(pages.RUNS).button]


def test_owner_and_note_are_written_shown_and_searched(home):
    run = write_run("finished", title="mine", epochs=1)
    write_run("finished", title="other", epochs=1)
    app = open_page(pages.RUNS, run=run)
    app.text_input(key=f"owner-{run}").set_value("Ada")
    app.text_area(key=f"note-{run}").set_value("more *dropout*\nthan before")
    press(app, "Save")
    assert runs.get(run)[2:4] == ("Ada", "more *dropout*\nthan before")
    assert any(r"more \*dropout\* than before" in caption.value for caption in app.caption)
    app.text_input(key="runs_search").set_value("ada DROPOUT").run()
    assert list(app.dataframe[0].value["title"]) == ["mine"]
    app.text_input(key="runs_search").set_value("ada nothing").run()
    assert not app.dataframe
    assert "No run has all of these words." in [caption.value for caption in app.caption]


def test_the_name_given_on_the_train_page_stands_with_the_runs_of_this_browser(home):
    app = open_page(pages.TRAIN)
    app.text_input(key="owner_box").set_value("Grace")
    press(app, "Start")
    visit(app, pages.RUNS)
    assert runs.list_runs()[0].owner == "Grace"
    press(app, "Run again")
    assert [run.owner for run in runs.list_runs()] == ["Grace", "Grace"]
    visit(app, pages.TRAIN)
    assert app.text_input(key="owner_box").value == "Grace"


def test_several_chosen_runs_are_deleted_together_after_one_question(home):
    for title in ("one", "two", "three"):
        write_run("finished", title=title, epochs=1)
    app = open_page(pages.RUNS)
    key = table_key(runs.list_runs())
    app.session_state[key] = {"selection": {"rows": [0, 2], "columns": [], "cells": []}}
    app.run()
    press(app, "Delete these 2 runs …")
    assert any("**three**, **one**: their networks" in text.value for text in app.markdown)
    assert len(runs.list_runs()) == 3
    find_button(app, "Delete these 2 runs …").click()
    press(app, "Delete")
    assert [run.title for run in runs.list_runs()] == ["two"]


def test_a_run_that_ran_out_of_memory_can_go_on_with_less(home):
    run = write_run("failed", epochs=1)
    message = "The NVIDIA L4 ran out of memory at a batch size of 64: try 32."
    runs.find(run).transition("failed", allowed={"failed"}, cause="memory", message=message)
    app = open_page(pages.RUNS)
    assert "at a batch size of 64: try 32" in app.error[0].value
    press(app, "Resume with batches of 32")
    assert (runs.get(run).state, runs.find(run).recipe.batch_size) == ("queued", 32)


def test_a_worker_that_does_not_stop_can_be_ended(home, monkeypatch):
    ended = []
    monkeypatch.setattr(runs, "end_process", ended.append)
    run = write_run("stopping", epochs=1)
    press(open_page(pages.RUNS), "End its process")
    assert ended == [run]


@pytest.mark.parametrize(("epochs", "offered"), [(0, True), (6_000, True), (10_000, False)])
def test_a_run_of_any_length_can_be_shown_and_is_trained_longer_where_a_recipe_allows_it(home, epochs, offered):
    run = write_run("finished", epochs=1)
    runs.find(run).summarise(epochs=epochs)
    app = open_page(pages.RUNS, run=run)
    boxes = [box for box in app.number_input if box.label == "Epochs in all"]
    assert [box.value > epochs for box in boxes] == [True] * offered
