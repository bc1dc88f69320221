"""A full library: how long the list of many runs and the charts of a long one take on the server.

    python -m benchmarks.library [--runs 1000] [--steps 100000] [--json FILE]

Runs are written by hand as workers leave them. Each figure is the median of several tries, beside the same for a
hundredth as many; pages run whole in Streamlit's test client, without a browser. Seconds are of the wall, and of the
processor where others use the machine, too.
"""

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine

PAGES = Path(__file__).parents[1] / "pages" / "navigation.py"
TRIES = 5
PER_EVENT, PER_EPOCH = 25, 250  # steps


def fill(runs_wanted: int, steps: int) -> str:
    """Write the runs, the last one with so many steps; return its id."""
    from cnnapp import runs
    from tests.kit.written_runs import write_run

    first = write_run("finished", epochs=3)
    folder = runs.find(first).path
    for number in range(runs_wanted - 2):
        shutil.copytree(folder, folder.with_name(f"{folder.name}-{number}"))
    return write_long_run(steps)


def write_long_run(steps: int) -> str:
    from cnnapp import runs
    from tests.kit.written_runs import write_run

    run = write_run("finished", title=f"{steps} steps", epochs=0)
    folder = runs.find(run)
    folder.emit("plan", **runs.Plan("CPU", 32_000, 3200, steps // PER_EPOCH, PER_EPOCH, 64, 0)._asdict())
    lines = []
    for first in range(1, steps + 1, PER_EVENT):
        rows = [2 / (1 + first / 1000)] * PER_EVENT
        facts = {"learning_rate": 0.001, "images_per_second": 900.0, "gradient_norm": 1.0}
        lines.append({"time": 0, "kind": "steps", "step": first, "loss": rows, "accuracy": [0.5] * PER_EVENT, **facts})
        if (first + PER_EVENT - 1) % PER_EPOCH == 0:
            epoch = (first + PER_EVENT - 1) // PER_EPOCH
            sums = {"loss": rows[0], "accuracy": 0.5, "val_loss": rows[0], "val_accuracy": 0.5}
            facts = {"learning_rate": 0.001, "seconds": 1.0}
            lines.append({"time": 0, "kind": "epoch", "epoch": epoch, "step": epoch * PER_EPOCH, **sums, **facts})
    with (folder.path / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    folder.summarise(epochs=steps // PER_EPOCH)
    return run


def timed(action: Callable[[], object], tries: int = TRIES) -> tuple[float, float]:
    """Return the median seconds of wall and of this process' CPU."""
    walls, cpus = [], []
    for _ in range(tries):
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return median(walls), median(cpus)


def show(path: str, run: str) -> Callable[[], None]:
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(PAGES), default_timeout=60)
    page.query_params["run"] = run
    page.switch_page(path)

    def again() -> None:
        page.run()
        assert not page.exception, page.exception

    return again


def measure(count: int, steps: int) -> dict[str, tuple[float, float]]:
    from cnnapp import runs
    from cnnapp.runs import History
    from cnnapp.settings import settings
    from cnnapp.ui import pages
    from cnnapp.ui.run.board import Board

    with tempfile.TemporaryDirectory() as home:
        os.environ["CNNAPP_HOME"] = home
        settings.cache_clear()
        run = fill(count, steps)
        time.sleep(2.5)  # what has just been written is not remembered yet
        figures = {"list of runs, first time": timed(runs.list_runs, 1)}
        figures["list of runs"] = timed(runs.list_runs)
        figures["a look at the queue, each second"] = timed(runs.waiting)
        figures["history read from its events"] = timed(lambda: History(runs.find(run)).update())
        board = Board(run)
        board.history()
        figures["both charts drawn"] = timed(lambda: board._draw(log=False, smoothing=0.6))
        for path in (pages.RUNS, pages.TRAIN):
            page, name = show(path, run), pages.TITLES[path]
            figures[f"page {name}, first time"] = timed(page, 1)
            figures[f"page {name}"] = timed(page)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    small = measure(max(2, args.runs // 100), args.steps // 100)
    large = measure(args.runs, args.steps)
    print(f"{args.runs:,} runs and {args.steps:,} steps, beside a hundredth of it, on {describe_machine()}")
    for name, (wall, cpu) in large.items():
        print(f"{name:36} {wall:7.3f} s ({cpu:.3f} of CPU), before {small[name][0]:7.3f} s ({small[name][1]:.3f})")
    if args.json:
        facts = {"machine": describe_machine(), "runs": args.runs, "steps": args.steps}
        args.json.write_text(json.dumps({**facts, "large": large, "small": small}, indent=1))


if __name__ == "__main__":
    main()
