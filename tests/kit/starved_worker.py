"""The training worker on a device whose memory is as small as the test wants it: CNNAPP_TEST_LARGEST_BATCH fits.

From the step CNNAPP_TEST_FROM_STEP on, a dispatch of larger batches raises what TensorFlow raises on a full GPU.
"""

import os
import sys
from typing import Any

from cnnapp.training import worker
from cnnapp.training.loop import Trainer


def starve(dispatch: Any) -> Any:
    largest, from_step = (int(os.environ[f"CNNAPP_TEST_{name}"]) for name in ("LARGEST_BATCH", "FROM_STEP"))

    def starved(trainer: Trainer, *arguments: Any) -> None:
        import tensorflow as tf

        if trainer.recipe.batch_size > largest and trainer.progress.step >= from_step:
            trainer.keeper.save_state(trainer.progress)  # as if a checkpoint had just been due
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        dispatch(trainer, *arguments)

    return starved


if __name__ == "__main__":
    Trainer._dispatch = starve(Trainer._dispatch)  # type: ignore[method-assign]
    worker.main(sys.argv[1])
