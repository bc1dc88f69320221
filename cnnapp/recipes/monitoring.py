"""The figures of an epoch that can be monitored, as Keras' callbacks call them, and early stopping by one of them."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from cnnapp.recipes.rows import Choice, Number, Part, Setting

Monitor = Literal["loss", "accuracy", "val_loss", "val_accuracy"]

_CHOICE = Choice({name: name for name in get_args(Monitor)})
Monitored = Annotated[Monitor, Setting("Monitor", "The figure that has to improve.", _CHOICE)]
Patience = Annotated[
    int, Field(ge=1, le=1000), Setting("Patience (epochs)", "Epochs in a row without an improvement.", Number())
]


class EarlyStopping(Part):
    """Stop when `monitor` has not improved for `patience` epochs."""

    monitor: Monitored = "val_loss"
    patience: Patience = 5
