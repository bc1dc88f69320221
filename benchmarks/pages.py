"""What a person waits for, measured in a real browser on the real app, beside a plain Keras script where there is one.

    python benchmarks/pages.py [--json FILE]

Prints first paint of a cold server, page switch, click on Start to the first point of the curve (against a plain
Keras script's first loss, imports included), feature maps of all layers, one prediction, and the server's memory
after the whole journey.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page

from benchmarks.machine import describe_machine
from tests.browser.chromium import open_browser
from tests.browser.server import SETTLED, Server, follow_menu, open_page, settle

DIGIT = Path(__file__).parents[1] / "tests" / "kit" / "drawn_digits"
SCRIPT = """
import keras, numpy as np
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)
x = np.kron(x.reshape(-1, 8, 8, 1), np.ones((1, 4, 4, 1))) * 16
model = keras.Sequential([keras.Input((32, 32, 1)), keras.layers.Rescaling(1 / 255),
    keras.layers.Conv2D(6, 5, activation="relu"), keras.layers.MaxPooling2D(2),
    keras.layers.Conv2D(16, 5, activation="relu"), keras.layers.MaxPooling2D(2), keras.layers.Flatten(),
    keras.layers.Dense(120, activation="relu"), keras.layers.Dense(84, activation="relu"),
    keras.layers.Dense(10, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
class First(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print(logs["loss"], flush=True)
        raise SystemExit
model.fit(x, y, batch_size=64, epochs=1, verbose=0, callbacks=[First()])
"""

PAGES = ("Data set", "Architecture", "Runs", "Home")


def seconds(action) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def script_first_loss() -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plain.py"
        path.write_text(SCRIPT)
        return seconds(lambda: subprocess.run([sys.executable, str(path)], check=True, capture_output=True))


def server_process(port_of: Server) -> psutil.Process:
    return psutil.Process(port_of._process.pid)


def first_curve(page: Page, address: str) -> float:
    open_page(page, f"{address}/train")
    button = page.get_by_role("button", name="Start")
    runs = page.url

    def click() -> None:
        button.click()
        page.wait_for_function(f"() => location.href != {runs!r} || true")
        page.get_by_role("button", name="Stop").wait_for()
        page.locator(
            "[data-testid=stVegaLiteChart] path.mark-symbol, [data-testid=stVegaLiteChart] g.mark-line path"
        ).first.wait_for(state="attached", timeout=60_000)

    return seconds(click)


def wait_until_done(page: Page) -> None:
    page.wait_for_function("() => document.title.startsWith('✓')", timeout=120_000)
    settle(page)


def measure(home: Path) -> dict[str, float]:
    figures: dict[str, float] = {}
    server = Server(home)
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        server.start()
        figures["first paint, cold server (s)"] = seconds(
            lambda: (page.goto(server.address), page.get_by_role("button", name="Train on digits now").wait_for())
        )
        time.sleep(20)  # bundled sets, spare worker and model host are made ready
        figures["Start to first point, spare worker (s)"] = first_curve(page, server.address)
        wait_until_done(page)
        time.sleep(5)
        # settle looks twice, a tenth of a second apart
        switches = [seconds(lambda title=title: follow_menu(page, title)) - 0.1 for title in 2 * PAGES]
        figures["page switch, median (s)"] = sorted(switches)[len(switches) // 2]
        follow_menu(page, "Feature maps")
        page.get_by_text("The network says").wait_for()
        time.sleep(2)
        number = page.get_by_role("spinbutton", name="Test image number")

        def next_image() -> None:
            before = page.get_by_text("labelled").first.inner_text()
            number.press("ArrowUp")
            number.press("Enter")
            page.wait_for_function("before => !document.body.innerText.includes(before)", arg=before)
            page.wait_for_selector(SETTLED, state="attached")

        number.click()
        times = [seconds(next_image) for _ in range(5)]
        figures["feature maps of all layers, next image on screen (s)"] = sorted(times)[2]
        follow_menu(page, "Predict")
        files = sorted(DIGIT.glob("*.png"))
        upload = page.locator("[data-testid=stFileUploader] input[type=file]")

        def predict(file: Path) -> None:
            upload.set_input_files(file)
            page.get_by_text("percent confidence").first.wait_for()

        predict(files[0])
        page.get_by_test_id("stFileUploader").get_by_role("button", name="Remove").first.click()
        page.get_by_text("percent confidence").first.wait_for(state="detached")
        figures["drop to top-5, warm (s)"] = seconds(lambda: predict(files[5]))
        memory = server_process(server).memory_info().rss
        figures["server memory after the journey (MB)"] = memory / 1e6
        maps = Path(f"/proc/{server_process(server).pid}/maps").read_text()
        figures["TensorFlow in the server (1: yes)"] = float("tensorflow" in maps)
        server.stop()
    figures["plain Keras script to its first loss (s)"] = script_first_loss()
    figures["ratio Start : script"] = (
        figures["Start to first point, spare worker (s)"] / figures["plain Keras script to its first loss (s)"]
    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home) / "home")
    print(describe_machine())
    for name, value in figures.items():
        print(f"{name:55} {value:8.2f}")
    if args.json:
        args.json.write_text(json.dumps({"machine": describe_machine(), "figures": figures}, indent=1))


if __name__ == "__main__":
    main()
