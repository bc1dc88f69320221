"""A recipe: its settings, what follows from them, and which of them do not go together."""

from pydantic import model_validator

from cnnapp.recipes.fine_tuning import Phase
from cnnapp.recipes.monitoring import EarlyStopping
from cnnapp.recipes.optimizers import OPTIMIZERS
from cnnapp.recipes.schedules import Plateau
from cnnapp.recipes.settings import RecipeFields


class Recipe(RecipeFields):
    """How a network is trained: everything but the data, the layers and the seed."""

    @property
    def optimizer_in_words(self) -> str:
        """The optimiser with its learning rate: "Adam 0.001"."""
        return f"{OPTIMIZERS[self.optimizer].title} {self.learning_rate:g}"

    @property
    def optimizer_arguments(self) -> dict[str, object]:
        """What the optimiser's Keras class is called with."""
        return OPTIMIZERS[self.optimizer].list_arguments(dict(self))

    @property
    def phases(self) -> tuple[Phase, ...]:
        """One phase for all epochs, or fine-tuning's two."""
        if not (tuning := self.fine_tuning):
            return (Phase(0, self.epochs, self.learning_rate),)
        head = self.epochs // 2 if tuning.head_epochs is None else tuning.head_epochs
        rate = tuning.learning_rate or self.learning_rate / 10
        return Phase(0, head, self.learning_rate), Phase(head, self.epochs - head, rate)

    def phase_at(self, epoch: int) -> int:
        """Return which of `phases` the epoch after `epoch` completed ones belongs to, 0 for the first."""
        return sum(phase.first <= epoch for phase in self.phases) - 1

    @model_validator(mode="after")
    def _monitored_exists(self) -> "Recipe":
        monitoring: dict[str, EarlyStopping | Plateau | None] = {"Early stopping": self.early_stopping}
        if isinstance(self.schedule, Plateau):
            monitoring["The learning rate's plateau"] = self.schedule
        for who, rule in monitoring.items():
            if rule and rule.monitor.startswith("val_") and self.validation_share == 0:
                raise ValueError(
                    f"{who} monitors {rule.monitor}, but no images are held out for validation: "
                    "set a validation share above 0 or monitor loss or accuracy."
                )
        return self

    @model_validator(mode="after")
    def _phases_fit(self) -> "Recipe":
        head = self.fine_tuning.head_epochs if self.fine_tuning else None
        if head is not None and head > self.epochs:
            raise ValueError(
                f"The last layers alone learn for {head} epochs, but the run has {self.epochs} in all: "
                f"use at most {self.epochs}."
            )
        return self
