"""One run and the list of all: figures, facts, controls, comparison."""
