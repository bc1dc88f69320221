"""A run that begins with what another one has learned, and the phases of training."""

from typing import NamedTuple

from pydantic import Field

from cnnapp.recipes.rows import Part


class FineTuning(Part):
    """Begin with the weights of a finished run and learn in two phases, as in Keras' guide to transfer learning.

    In phase 1 the head alone learns, the dense layers and whatever else is new; the base, which was taken over, is
    frozen. In phase 2 everything from a chosen layer on learns, too.
    """

    run: str  # whose best network's weights are taken over
    digest: str = ""  # SHA-256 of that network's file; "", like the next: what fits when the run is set up
    taken: tuple[str, ...] = ()  # the layers that begin with its weights; the others are new
    head_epochs: int | None = Field(None, ge=0, le=10000)  # of phase 1; None: half of all
    from_layer: str = ""  # the first layer that learns in phase 2; "": the first of all
    learning_rate: float | None = Field(None, gt=0, le=10)  # of phase 2; None: a tenth of the recipe's


class Phase(NamedTuple):
    """A stretch of training with a learning rate, a schedule and an optimiser state of its own."""

    first: int  # epochs before it
    epochs: int
    learning_rate: float
