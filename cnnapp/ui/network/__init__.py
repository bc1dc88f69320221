"""Networks before they are trained: their options."""
