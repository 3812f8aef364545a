"""Six hundred orders of the neighbouring company on a map that will be tried: run as a program on the installation."""

import django

KEY, ORDERS = "market_stall", 600

if __name__ == "__main__":
    django.setup()
    from crowd import crowd

    crowd(KEY, ORDERS)
