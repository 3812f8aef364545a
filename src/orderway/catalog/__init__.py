"""Items, prices and taxes."""
