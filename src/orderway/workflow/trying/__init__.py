"""Trying a changed map or table on what really happened: the engine itself moves past subjects in memory, by a virtual clock."""
