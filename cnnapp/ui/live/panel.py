"""The panel that follows one run: progress, curves, what it says. What runs when:

Start is pressed   The page runs once: it queues the run and shows it. `watch` writes head, doors, doctor and result,
                   below them the fragment `_wait`: progress, charts without points.
every 0.5 s        `_wait` ticks: it reads the run, shows it, and looks for its first points for 0.4 s more. A worker
                   that gets ready or tells its device does not run the page: that would keep the points waiting.
the first points   The tick that waits for them runs itself again at once: they are on the charts.
1 s later          Everybody has had a tick with them. The page runs: its head is up to date, `_follow` takes over.
every 0.9 s        `_follow` ticks: progress and charts, of a reading at most 0.25 s old, shared by all who watch.
                   What somebody has opened below (`more_curves`, `pinned`, the doctor's evidence) ticks by itself.
anything around    A tick finds it changed (`needs_page`: state, message, first epoch, notices, queue, doctor) and has
                   the page run. So it does when many have come or gone: more than twenty share 22 ticks a second.
the run ends       The same: the page runs, shows its result, and nothing ticks any more.

All times stand in `rhythm.py`. Each element of a tick costs every watcher: only what changes from step to step is in
it. Its place on the page is always the same: a chart whose place changes is drawn anew, which is seen as a blink.
"""

import time
from collections.abc import Sequence

import streamlit as st

from cnnapp.doctor import Diagnosis
from cnnapp.errors import CnnAppError
from cnnapp.runs import History, Plan, RunSummary
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.fragments import fragment
from cnnapp.ui.kit.internals import give_way, is_tick
from cnnapp.ui.kit.words import duration
from cnnapp.ui.live.audience import count_audience
from cnnapp.ui.live.curves import ChartOptions, ask_for_options, show_curves
from cnnapp.ui.live.doctor import findings_of, show_doctor
from cnnapp.ui.live.head import show_doors, show_head, show_result
from cnnapp.ui.live.more_curves import show_more_curves
from cnnapp.ui.live.pinned import show_pinned
from cnnapp.ui.live.rhythm import AWAITED_SECONDS, DRAWN_SECONDS, FRESH_SECONDS, LOOK_SECONDS, USAGE_SECONDS
from cnnapp.ui.live.standing import Standing, needs_page
from cnnapp.ui.run.board import Board, board_of
from cnnapp.ui.run.queue_place import waiting_words


def watch(run: RunSummary) -> None:
    """Show a run, live while it lives."""
    board = board_of(run.run)
    board.take(run)
    history, findings = board.history(), findings_of(board)
    standing = _stand(board, run, history, findings)  # first: what comes while it is shown is new to the first tick
    has_curves = bool(history.steps) or run.active
    with st.container():  # one block, so that the place of the panel does not depend on what is said here
        show_head(run, history)
        with st.container(horizontal=True, vertical_alignment="center"):
            show_doors(run)
            options = ask_for_options(run.run) if has_curves else None
        show_doctor(run, board, findings, standing.pace)
        show_result(run, history)
    fragment(_wait if standing.waiting else _follow, run_every=standing.pace)(run.run, standing, options)
    if has_curves:
        show_more_curves(run.run, board, standing.pace)
    if history.epochs:
        show_pinned(run.run, standing.pace)


def _wait(run: str, shown: Standing, options: ChartOptions | None) -> None:
    # Each tick reads for itself: charts without points that are there already would be drawn twice.
    history = _tick(run, shown, options, max_age=0.0)
    if not history.steps and is_tick():
        _await_points(board_of(run))


def _follow(run: str, shown: Standing, options: ChartOptions | None) -> None:
    _tick(run, shown, options, max_age=FRESH_SECONDS)


def _tick(run: str, shown: Standing, options: ChartOptions | None, *, max_age: float) -> History:
    board = board_of(run)
    try:
        summary = board.summary(max_age=FRESH_SECONDS)
    except CnnAppError:  # deleted by somebody else: the page shows another run, or none
        st.rerun()
    history = board.history(max_age=max_age if summary.active else 0.0)
    _show_progress(summary, history, board)
    if options is not None:
        show_curves(board, history, options)
    if needs_page(shown, _stand(board, summary, history, findings_of(board))):
        st.rerun()
    return history


def _stand(board: Board, summary: RunSummary, history: History, findings: Sequence[Diagnosis]) -> Standing:
    live = summary.active or summary.state == "queued"
    waiting = summary.active and board.points_age < DRAWN_SECONDS
    people = count_audience() if live else 0
    return Standing.of(summary, history, findings, waiting=waiting, people=people)


def _await_points(board: Board) -> None:
    """Show the first points as soon as they are there, rather than at the next tick.

    Called when the tick has drawn what there is: if Streamlit breaks it off now, nothing of the panel is missing.
    """
    deadline = time.monotonic() + AWAITED_SECONDS
    while time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        give_way()
        if board.history().steps:
            st.rerun(scope="fragment")


def _show_progress(summary: RunSummary, history: History, board: Board) -> None:
    """Show one element, whatever the state: a chart whose place changes is drawn anew."""
    plan = history.plan
    if plan is None and summary.state == "queued":
        st.progress(0.0, escape(waiting_words(summary)))
    elif plan is None and summary.active:
        st.progress(0.0, "Starting: TensorFlow is loading, a few seconds …")
    elif plan is None:
        st.empty()
    else:
        total = plan.epochs * plan.steps_per_epoch
        st.progress(min(1.0, history.step / total), " · ".join(_progress_facts(summary, history, plan, board)))


def _progress_facts(summary: RunSummary, history: History, plan: Plan, board: Board) -> list[str]:
    facts = [f"epoch {min(plan.epochs, history.step // plan.steps_per_epoch + summary.active)}/{plan.epochs}"]
    recipe, done = board.folder.config.recipe, history.step // plan.steps_per_epoch
    if recipe.fine_tuning:
        facts += [f"phase {recipe.phase_at(min(done, plan.epochs - 1)) + 1} of 2"]
    facts += [f"step {history.step:,}/{plan.epochs * plan.steps_per_epoch:,}"]
    if summary.active:
        facts += [f"{history.images_per_second:,.0f} images/s"] if history.images_per_second else []
        left = history.seconds_left
        facts += [f"{duration(left)} left"] if left is not None else []
        facts += [usage] if (usage := board.usage(USAGE_SECONDS)) else []
    elif summary.seconds:  # whole epochs', none before the first
        facts += [f"trained for {duration(summary.seconds)}"]
    return facts
