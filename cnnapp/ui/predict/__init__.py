"""A network's answers to people's own pictures."""
