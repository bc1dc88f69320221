"""The learning rate of every step: the recipe's, what a person asks for on the way, and what a plateau makes of it."""

from cnnapp.recipes import Phase, Plateau, Recipe
from cnnapp.runs import RunFolder
from cnnapp.training.progress import Progress


class Rates:
    """A pure function of the step and of what `Progress` remembers."""

    def __init__(self, folder: RunFolder, recipe: Recipe, steps_per_epoch: int) -> None:
        self._folder, self._recipe, self._steps_per_epoch = folder, recipe, steps_per_epoch

    def phase(self, epoch: int) -> Phase:
        """Return the phase of the epoch after `epoch` completed ones."""
        return self._recipe.phases[self._recipe.phase_at(epoch)]

    def at(self, step: int, progress: Progress) -> float:
        """Return the learning rate of a global step; each phase has the schedule from its beginning."""
        phase, steps = self.phase(step // self._steps_per_epoch), self._steps_per_epoch
        rate, schedule = progress.learning_rate or phase.learning_rate, self._recipe.schedule
        if isinstance(schedule, Plateau):
            return schedule.lowered(rate, progress.reductions)
        return rate * schedule.factor(step - phase.first * steps, phase.epochs * steps, steps)

    def heed_request(self, progress: Progress) -> None:
        """Take over a learning rate that was asked for since the last look."""
        rate = self._folder.requested("learning_rate")
        if rate is None:
            progress.rate_over = None
        elif rate not in (progress.learning_rate, progress.rate_over):
            progress.learning_rate, progress.reductions = rate, 0  # a plateau's rate is this one from now on
            step = progress.step + 1
            self._folder.emit("notice", message=f"Learning rate changed to {rate:g} from step {step} on.")

    def watch_plateau(self, progress: Progress, logs: dict[str, float | None]) -> None:
        """Lower the rate of the steps to come where the epoch's figures call for it."""
        rule, last = self._recipe.schedule, progress.step - 1
        rate = self.at(last, progress)
        if isinstance(rule, Plateau) and progress.is_on_plateau(rule, logs) and self.at(last, progress) < rate:
            lower = f"the learning rate is now {self.at(last, progress):g}"
            message = f"{rule.monitor} has not improved for {rule.patience} epochs: {lower}."
            self._folder.emit("notice", message=message)
