"""Tests, in folders that mirror the rooms; `kit` has what they share."""
