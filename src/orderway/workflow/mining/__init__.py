"""What really happened on a map: the ways that were taken, where they waited, what was done again, and whether a log fits a map."""
