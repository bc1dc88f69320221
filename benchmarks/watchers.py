"""What watching costs: one live run, alone and with people who watch its charts, in turns on one machine.

    python -m benchmarks.watchers [--watchers 20] [--seconds 6] [--rounds 20] [--network KEY] [--json FILE]

Watchers are sessions that speak Streamlit's protocol (`benchmarks/viewer.py`); they run on this machine, too, in a
process of its own whose CPU time is told. They stay connected and look away in turns, in short phases, because a
machine's own speed drifts. Training speed is counted from the run's own events, per phase; each watched phase is
compared with the mean of the two unwatched ones around it. A refresh is the time from a tick's
request to the last byte of its answer. The server's cost of a tick is its CPU time beyond that of unwatched phases.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import mean, median, stdev

import numpy as np
import psutil

from benchmarks.machine import describe_machine
from benchmarks.viewer import Viewer
from tests.browser.server import Server

IMAGES = 10_000
ARRIVE_SECONDS = 10.0  # until panels tick as often as they do with so many people
SETTLE_SECONDS = 1.0  # after a change of phase, which no phase counts


def write_archive(path: Path) -> None:
    """Write made-up colour images: speed does not depend on what they show."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (IMAGES, 32, 32, 3), np.uint8), np.arange(IMAGES) % 10
    np.savez(path, x_train=x, y_train=y, x_test=x[:1000], y_test=y[:1000])


def start_run(network: str, home: Path) -> str:
    from cnnapp import datasets, jobs, runs

    archive = home / "made_up.npz"
    write_archive(archive)
    job = datasets.request_import(archive, "made-up")
    while datasets.get_job(job).live:
        time.sleep(0.2)
    jobs.reap()
    return runs.enqueue(runs.configure("made-up", network, epochs=10_000, early_stopping=None))


class Phase:
    """What is measured from its beginning to its end."""

    def __init__(self, server: psutil.Process, history) -> None:
        self._server, self._history = server, history

    async def last(self, seconds: float) -> dict[str, float]:
        cpu, me, began = sum(self._server.cpu_times()[:2]), time.process_time(), time.time()
        await asyncio.sleep(seconds)
        cpu, me = sum(self._server.cpu_times()[:2]) - cpu, time.process_time() - me
        return {"images_per_second": self._speed(began, time.time()), "server_cpu": cpu / seconds, "me": me / seconds}

    def _speed(self, begin: float, end: float) -> float:
        """Images per second between two dispatches' ends, the validation in between included."""
        events = [event for event in self._history.events()[0] if event["kind"] == "steps"]
        inside = [event for event in events if begin <= event["time"] <= end]
        steps = sum(len(event["loss"]) for event in inside[1:])
        batch = next(event["batch_size"] for event in self._history.events()[0] if event["kind"] == "plan")
        return steps * batch / (inside[-1]["time"] - inside[0]["time"])


async def measure(args: argparse.Namespace, address: str, run: str, phase: Phase) -> dict[str, object]:
    until, awake = asyncio.Event(), asyncio.Event()
    viewers = [Viewer(address, "train", f"run={run}") for _ in range(args.watchers)]
    awake.set()
    tasks = []
    for viewer in viewers:  # people do not come at the same moment
        tasks.append(asyncio.create_task(viewer.watch(until, awake)))
        await asyncio.sleep(1 / args.watchers + 0.05)
    await asyncio.sleep(ARRIVE_SECONDS)
    for viewer in viewers:
        viewer.forget()

    async def measure_phase() -> dict[str, float]:
        await asyncio.sleep(SETTLE_SECONDS)
        return await phase.last(args.seconds)

    awake.clear()
    alone, watched = [await measure_phase()], []
    for number in range(args.rounds):
        awake.set()
        watched.append(await measure_phase())
        awake.clear()
        alone.append(await measure_phase())
        print(
            f"round {number + 1}: watched {watched[-1]['images_per_second']:,.0f}, then alone "
            f"{alone[-1]['images_per_second']:,.0f} images/s; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    until.set()
    await asyncio.gather(*tasks)
    return summarise(alone, watched, viewers, args.rounds * (args.seconds + SETTLE_SECONDS))


def summarise(alone: list, watched: list, viewers: list[Viewer], seconds: float) -> dict[str, object]:
    """Return the figures; `seconds` are those in which the viewers looked."""
    speeds = [row["images_per_second"] for row in alone]
    slower = [1 - row["images_per_second"] / mean(speeds[place : place + 2]) for place, row in enumerate(watched)]
    delays = np.concatenate([viewer.delays for viewer in viewers])
    intervals = np.concatenate([viewer.intervals for viewer in viewers])
    sizes = np.concatenate([viewer.sizes for viewer in viewers])
    ticks_per_second = len(delays) / seconds
    cost = mean(row["server_cpu"] for row in watched) - mean(row["server_cpu"] for row in alone)
    return {
        "alone": alone,
        "watched": watched,
        "slower": mean(slower),
        "slower_error": stdev(slower) / len(slower) ** 0.5,
        "slower_median": median(slower),
        "slower_each": slower,
        "refresh_p50": float(np.percentile(delays, 50)),
        "refresh_p95": float(np.percentile(delays, 95)),
        "interval_p50": float(np.percentile(intervals, 50)),
        "interval_p95": float(np.percentile(intervals, 95)),
        "ticks_per_second": ticks_per_second,
        "tick_server_ms": 1000 * cost / ticks_per_second,
        "tick_kilobytes": float(sizes.mean()) / 1000,
        "first_page_p95": float(np.percentile([viewer.first for viewer in viewers], 95)),
        "referred": sum(viewer.referred for viewer in viewers),
        "sent": sum(viewer.resent for viewer in viewers),
        "errors": [error for viewer in viewers for error in viewer.errors],
        "server_cores": mean(row["server_cpu"] for row in watched),
        "server_cores_alone": mean(row["server_cpu"] for row in alone),
        "clients_cores": mean(row["me"] for row in watched),
    }


def tell(found: dict) -> None:
    rows = (
        (
            "training slower by",
            f"{100 * found['slower']:.1f} % ± {100 * found['slower_error']:.1f} (standard error; median "
            f"{100 * found['slower_median']:.1f}; {', '.join(f'{100 * x:.1f}' for x in found['slower_each'])})",
        ),
        ("refresh, median / p95", f"{found['refresh_p50']:.3f} / {found['refresh_p95']:.3f} s"),
        ("between refreshes, median / p95", f"{found['interval_p50']:.3f} / {found['interval_p95']:.3f} s"),
        (
            "server's time for a tick",
            f"{found['tick_server_ms']:.1f} ms, {found['tick_kilobytes']:.1f} kB sent; "
            f"{found['ticks_per_second']:.1f} ticks per second",
        ),
        ("page opened, p95", f"{found['first_page_p95']:.2f} s"),
        ("server, watched / alone", f"{found['server_cores']:.2f} / {found['server_cores_alone']:.2f} cores"),
        ("the watchers themselves", f"{found['clients_cores']:.2f} cores"),
        ("errors", str(len(found["errors"])) + "".join(f"\n    {error}" for error in found["errors"][:5])),
    )
    for name, value in rows:
        print(f"{name:34} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watchers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--network", default="cifar10_batchnorm")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["CNNAPP_HOME"] = folder
        from cnnapp import runs

        server = Server(home)
        server.start()
        run = start_run(args.network, home)
        try:
            while len(runs.History(runs.find(run)).update().steps) < 30:
                time.sleep(0.5)
            time.sleep(15)  # the model host is warmed, too
            phase = Phase(psutil.Process(server._process.pid), runs.find(run))
            found = asyncio.run(measure(args, server.address, run, phase))
        finally:
            runs.stop(run)
            while runs.get(run).active:
                time.sleep(0.2)
            server.stop()
    print(
        f"{args.watchers} watchers of {args.network}, {args.rounds} rounds of {args.seconds:g} s "
        f"on {describe_machine()}"
    )
    tell(found)
    if args.json:
        args.json.write_text(json.dumps({"machine": describe_machine(), **vars(args), "json": "", **found}, indent=1))


if __name__ == "__main__":
    main()
