"""What a rule may look at: a run's history, its settings and its data set, with the quantities that rules share."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cnnapp.architectures import LayerSpec, find_first_learning
from cnnapp.doctor.diagnosis import Fix
from cnnapp.doctor.facts import DatasetFacts
from cnnapp.recipes import OPTIMIZERS, RateRange, Recipe
from cnnapp.runs import DispatchRow, EpochRow, EpochSignals, History, NotFinite, Plan, RunConfig

# What counts as guessing: up to 1.5 times the share of right answers that needs no look at the image, but at most a
# tenth of the way from there to all right (of two classes 55 %, of ten 15 %).
GUESSING, GUESSING_SHARE = 1.5, 0.1
NORMALISED_STEPS = (
    500  # until batch normalisation's moving averages forget their start: 0.99 to the power of 500 is 0.7 %
)
RECENT = 3  # epochs, by which the present learning rate is told: it may have been changed
NEWEST = 1000  # dispatches that are looked at, some minutes of training: what exploded long ago has ended or healed
SURE = 3.0  # standard errors: what lies farther out is no accident of a few images


@dataclass(frozen=True)
class Case:
    """One run as it stands; rows are of completed epochs."""

    config: RunConfig  # with the recipe as it is now
    facts: DatasetFacts
    plan: Plan | None
    epochs: Sequence[EpochRow]
    signals: Sequence[EpochSignals]
    dispatches: Sequence[DispatchRow]  # the newest
    not_finite: NotFinite | None

    @classmethod
    def of(cls, history: History, config: RunConfig, facts: DatasetFacts) -> "Case":
        """Take the history as it is now; it may grow meanwhile."""
        rows = tuple(history.epochs), tuple(history.signals), tuple(history.dispatches[-NEWEST:])
        return cls(config, facts, history.plan, *rows, history.not_finite)

    @property
    def recipe(self) -> Recipe:
        """How it is trained."""
        return self.config.recipe

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.config.class_names)

    @cached_property
    def class_shares(self) -> tuple[float, ...]:
        """Share of each class among the training images; equal shares where they are not known."""
        counts = self.facts.class_counts
        if len(counts) != self.classes or not sum(counts):
            return (1 / self.classes,) * self.classes
        return tuple(count / sum(counts) for count in counts)

    @property
    def chance(self) -> float:
        """Share of right answers of who always names the most frequent class."""
        return max(self.class_shares)

    @property
    def guess_loss(self) -> float:
        """Loss of who knows how frequent each class is and nothing else: their entropy, ln K for K equal classes."""
        if self.recipe.class_weights == "balanced":
            return math.log(self.classes)
        return -sum(share * math.log(share) for share in self.class_shares if share)

    @property
    def accuracy(self) -> float:
        """The newest share of right answers: the better of training and validation."""
        last = self.epochs[-1]
        return max(last.accuracy, last.val_accuracy or 0.0)

    @property
    def guesses(self) -> bool:
        """Whether the newest epoch is hardly better than guessing, in training and in validation."""
        last, limit = self.epochs[-1], min(GUESSING * self.chance, self.chance + GUESSING_SHARE * (1 - self.chance))
        by_luck = max(limit, self.chance + SURE * self.validation_error)  # the fewer the images
        return last.accuracy < limit and (last.val_accuracy or 0.0) < by_luck

    @property
    def phase(self) -> int:
        """Which of the recipe's phases the newest completed epoch belongs to, 0 for the first."""
        return self.recipe.phase_at(self.epochs[-1].epoch - 1 if self.epochs else 0)

    @property
    def phase_epochs(self) -> Sequence[EpochRow]:
        """The rows of that phase: with the next one the learning rate and what learns are others."""
        return [row for row in self.epochs if self.recipe.phase_at(row.epoch - 1) == self.phase]

    @property
    def dead_units(self) -> dict[str, float]:
        """Share of dead units by ReLU layer that learns: a frozen one gives what it has learned to give elsewhere."""
        if not self.signals:
            return {}
        first = find_first_learning(self.config.layers, self.recipe, self.signals[-1].epoch - 1)
        names = [layer.name for layer in self.config.layers]
        frozen = names[: names.index(first)]
        return {name: share for name, share in self.signals[-1].dead_units.items() if name not in frozen}

    @property
    def validation_counts(self) -> bool:
        """Whether validation says anything yet: it uses moving averages where training uses those of each batch."""
        normalised = any(layer.has_moving_averages for layer in self.config.layers)
        return not normalised or (bool(self.epochs) and self.epochs[-1].step >= NORMALISED_STEPS)

    @property
    def validation_error(self) -> float:
        """Standard error of the newest validation accuracy, of the images that it was counted on."""
        last, images = self.epochs[-1], self.plan.validation if self.plan else 0
        share = last.val_accuracy or 0.0
        return math.sqrt(max(share * (1 - share), 1 / (images + 2)) / images) if images else 1.0

    @property
    def rates(self) -> RateRange:
        """The learning rates that are low, usual and high for the recipe's optimiser and momentum."""
        row = OPTIMIZERS[self.recipe.optimizer]
        shrink = 1 - self.recipe.momentum if row.momentum_adds_up else 1.0
        return RateRange(*(rate * shrink for rate in row.rates))

    @property
    def rate(self) -> float:
        """The highest learning rate that the newest epochs ended with; the recipe's before the first."""
        return max((row.learning_rate for row in self.phase_epochs[-RECENT:]), default=self.recipe.learning_rate)

    def with_smaller_rate(self) -> Fix:
        """Return the run with a tenth of the learning rate, or with the usual one where that is smaller."""
        return self.with_rate(min(self.rate / 10, self.rates.usual))

    def with_rate(self, rate: float) -> Fix:
        """Return the run with another learning rate in the newest epoch's phase, rounded to one digit."""
        rounded, tuning = float(f"{rate:.1g}"), self.recipe.fine_tuning
        if tuning and self.phase:
            label = f"Run again with learning rate {rounded:g} in phase 2"
            return self.with_recipe(label, fine_tuning={**tuning.model_dump(), "learning_rate": rounded})
        return self.with_recipe(f"Run again with learning rate {rounded:g}", learning_rate=rounded)

    def with_recipe(self, label: str, **changes: object) -> Fix:
        """Return the run with other settings."""
        recipe = Recipe.model_validate({**self.recipe.model_dump(), **changes})
        return Fix(label, self.config.model_copy(update={"recipe": recipe}))

    def with_layers(self, label: str, change: Callable[[LayerSpec], LayerSpec]) -> Fix:
        """Return the run with every layer replaced by what `change` makes of it."""
        layers = tuple(map(change, self.config.layers))
        return Fix(label, self.config.model_copy(update={"layers": layers}))
