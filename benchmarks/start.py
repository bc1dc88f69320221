"""From the click on Start to the first points on the chart, beside a plain Keras script's time to its first loss.

    python -m benchmarks.start [--rounds 5] [--json FILE]

A real browser on the real app, LeNet-5 on digits. Before each click the spare worker has got ready (it uses no CPU any
more); rounds alternate with the script, which starts from nothing, as a person would start it. Where the time goes is
told by the run's own events.
"""

import argparse
import contextlib
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Page

from benchmarks.machine import describe_machine
from benchmarks.pages import script_first_loss
from tests.browser.chromium import open_browser
from tests.browser.server import Server, open_page

DRAWN = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] g.mark-line path')]
    .some((line) => line.getBoundingClientRect().width > 0)"""
IDLE_SHARE, IDLE_SECONDS = 0.05, 2.0  # of a core, and for how long: then the spare worker waits


def await_spare(server: Server) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for child in psutil.Process(server._process.pid).children():
            with contextlib.suppress(psutil.Error):  # it has just ended
                if "--spare" in child.cmdline() and child.cpu_percent(IDLE_SECONDS) < 100 * IDLE_SHARE:
                    return
        time.sleep(0.2)
    raise SystemExit("no spare worker has got ready within two minutes")


def click_to_points(page: Page, server: Server) -> dict[str, float]:
    from cnnapp import runs

    open_page(page, f"{server.address}/train?dataset=digits&network=lenet5")
    await_spare(server)
    before = {run.run for run in runs.list_runs()}
    button = page.get_by_role("button", name="Start")
    clicked, began = time.time(), time.perf_counter()
    button.click()
    page.wait_for_url(lambda url: "run=" in url and not any(run in url for run in before), timeout=60_000)
    page.wait_for_function(DRAWN, timeout=60_000, polling=20)
    seconds = time.perf_counter() - began
    (run,) = [run.run for run in runs.list_runs() if run.run not in before]
    events = runs.find(run).events()[0]
    told = {
        kind: next(event["time"] for event in events if event["kind"] == kind) - clicked for kind in ("plan", "steps")
    }
    runs.stop(run)
    while runs.get(run).active:
        time.sleep(0.1)
    runs.delete(run)  # the next round's page must not show its points
    return {"points": seconds, "network built": told["plan"], "first loss": told["steps"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        os.environ["CNNAPP_HOME"] = folder
        server = Server(Path(folder))
        server.start()
        try:
            for number in range(args.rounds):
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                row = click_to_points(page, server)
                page.close()
                script = script_first_loss()
                rows.append({**row, "script": script, "ratio": row["points"] / script, "load": os.getloadavg()[0]})
                words = ", ".join(f"{name} {value:.2f}" for name, value in rows[-1].items())
                print(f"round {number + 1}: {words}", flush=True)
        finally:
            server.stop()
    for name in rows[0]:
        print(f"{name:16} median {median(row[name] for row in rows):.2f}")
    print(f"on {describe_machine()}")
    if args.json:
        args.json.write_text(json.dumps({"machine": describe_machine(), "rounds": rows}, indent=1))


if __name__ == "__main__":
    main()
