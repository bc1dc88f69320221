"""A recipe in words, as a table of names and values."""

from cnnapp.recipes import SETTINGS, Recipe
from cnnapp.ui.data.augmentation_form import describe_augmentation


def describe_recipe(recipe: Recipe) -> list[tuple[str, str]]:
    """Return the settings as names and values in words; those that are off are left out."""
    facts = []
    for name in Recipe.model_fields:
        if name == "fine_tuning":
            facts += _describe_fine_tuning(recipe)
        elif name == "augmentation":
            facts += describe_augmentation(recipe.augmentation)
        elif words := _describe(recipe, name):
            facts.append((SETTINGS[name].name, words))
    return facts


def _describe(recipe: Recipe, name: str) -> str:
    if in_words := SETTINGS[name].fact:
        return in_words(recipe)
    value = getattr(recipe, name)
    return f"{value:g}" if value else ""


def _describe_fine_tuning(recipe: Recipe) -> list[tuple[str, str]]:
    if not (tuning := recipe.fine_tuning):
        return []
    rows = [("start from", tuning.run), ("taken over", ", ".join(tuning.taken))]
    for number, phase in enumerate(recipe.phases, 1):
        learns = f"from {tuning.from_layer} on" if number > 1 else "the last layers alone"
        rows.append((f"phase {number}", f"{phase.epochs} epochs, {learns}, learning rate {phase.learning_rate:g}"))
    return rows
