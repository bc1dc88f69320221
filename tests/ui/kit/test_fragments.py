"""A tick may overtake what the whole page has just written: the page must stand then too."""

from collections.abc import Sequence

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest, local_script_runner

from cnnapp import datasets, runs
from cnnapp.runs import probes
from cnnapp.ui import pages
from tests.kit.app_pages import open_page
from tests.ui.live.test_live_signals import watched_run


class Block(dict[int, "Block | None"]):
    """What the browser has: places and what stands there; None for an element."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[ForwardMsg]:
    """What the newest run of a page has written."""
    written: list[ForwardMsg] = []
    parse = local_script_runner.parse_tree_from_messages

    def note(messages: list[ForwardMsg]):
        written[:] = messages
        return parse(messages)

    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", note)
    return written


def place(page: Block, message: ForwardMsg) -> None:
    """Do what the browser does with a delta; it gives up where a place is further away than the next free one."""
    *parents, last = message.metadata.delta_path
    block = page.setdefault(parents[0], Block())
    for parent in parents[1:]:
        assert block is not None
        assert parent in block, f"{list(message.metadata.delta_path)} has no block to stand in"
        block = block[parent]
    assert block is not None
    assert last <= len(block), f"Bad delta path index {last} (should be between [0, {len(block)}])"
    new = Block() if message.delta.WhichOneof("type") == "add_block" else None
    if new is None or not isinstance(block.get(last), Block):
        block[last] = new


def build(deltas: Sequence[ForwardMsg]) -> Block:
    page = Block()
    for delta in deltas:
        place(page, delta)
    return page


def overtaken(messages: Sequence[ForwardMsg], fragment: str) -> list[ForwardMsg]:
    """What is left to send when the fragment begins to run again before anything was sent."""
    queue = ForwardMsgQueue()
    for message in messages:
        queue.enqueue(message)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=[fragment])
    return [message for message in queue.flush() if message.HasField("delta")]


def home_with_a_run(home) -> AppTest:
    watched_run()
    return open_page(pages.HOME)


def runs_with_one_under_way(home) -> AppTest:
    watched_run()
    return open_page(pages.RUNS)


def train_with_a_run_and_a_probe(home) -> AppTest:
    probes.enqueue("range", runs.configure("digits", "lenet5"))
    return open_page(pages.TRAIN, dataset="digits", network="lenet5", run=watched_run())


def a_job_of_a_data_set(home) -> AppTest:
    datasets.request_check("digits")
    return open_page(pages.DATASET, dataset="digits")


@pytest.mark.parametrize(
    ("look", "fragments"),
    [(home_with_a_run, 1), (runs_with_one_under_way, 1), (train_with_a_run_and_a_probe, 3), (a_job_of_a_data_set, 2)],
)
def test_a_page_stands_when_a_tick_overtakes_it(look, fragments, sent, home, monkeypatch) -> None:
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)
    look(home)
    parts = {message.delta.fragment_id for message in sent if message.delta.fragment_id}
    assert len(parts) == fragments
    whole = build([message for message in sent if message.HasField("delta")])
    for part in parts:
        again = [message for message in sent if message.delta.fragment_id == part]
        assert build([*overtaken(sent, part), *again]) == whole
