"""The form before Start: recipe, start from another run, what is measured first."""
