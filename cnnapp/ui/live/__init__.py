"""The live panel of a run while it trains."""
