"""n good rows for the commands of stock that growth.py does not know."""

from orderway.stock.commands import SetPatience

CASES = {"stock.set_patience": lambda _, n: [SetPatience(1 + i % 300) for i in range(n)]}
