"""Memory that runs out: told with the batch that failed, tried again with half of it, nothing lost."""

import os
import signal

import pytest

from cnnapp import runs
from cnnapp.runs import queue
from tests.kit.waiting import wait_for, wait_for_step
from tests.training.test_worker import train

pytestmark = pytest.mark.keras


def test_half_the_batch_goes_on_where_the_checkpoint_was(home, monkeypatch):
    monkeypatch.setattr(queue, "WORKER", "tests.kit.starved_worker")
    monkeypatch.setenv("CNNAPP_TEST_LARGEST_BATCH", "32")
    monkeypatch.setenv("CNNAPP_TEST_FROM_STEP", "30")  # in the second epoch
    run = train("digits", "lenet5", epochs=3, smaller_batch_on_oom=True)
    summary = wait_for(run, "finished", "interrupted")
    assert (summary.state, summary.epochs) == ("finished", 3)
    assert runs.find(run).status().attempt == 2
    assert runs.find(run).recipe.batch_size == 32
    told = [event["message"] for event in runs.find(run).events()[0] if event["kind"] == "failed"]
    assert len(told) == 1
    assert "ran out of memory at a batch size of 64: try 32." in told[0]
    history = runs.History(runs.find(run)).update()
    assert history.notices == ["Memory ran out at a batch size of 64: it goes on with 32."]
    assert [row.step for row in history.epochs] == [45, 90, 135]  # 1437 images in batches of 32
    again = history.plan.from_step  # each step of twice the size counts as two
    assert again >= 60
    assert list(history.steps[:25]) == [*range(2, 45, 2), 45, 47, 49]
    assert [step for step in history.steps if step > again] == list(range(again + 1, 136))
    assert history.epochs[-1].loss < history.epochs[0].loss
    assert summary.test_accuracy > 0.8


def test_a_training_worker_killed_by_the_system_goes_on_with_half_the_batch(home, monkeypatch):
    monkeypatch.setenv("CNNAPP_CHECKPOINT_SECONDS", "1")
    run = train("digits", "lenet5", epochs=30, smaller_batch_on_oom=True)
    wait_for_step(run, 100)
    os.kill(runs.find(run).status().worker.pid, signal.SIGKILL)
    summary = wait_for(run, "interrupted")
    assert summary.message.endswith("Its batch size was 64: if memory ran out, try 32.")
    assert runs.schedule() == [run]
    summary = wait_for(run, "finished", "failed")
    assert (summary.state, summary.epochs) == ("finished", 30)
    assert runs.History(runs.find(run)).update().plan.from_step > 0
