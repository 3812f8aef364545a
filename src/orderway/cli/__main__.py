"""`python -m orderway.cli`."""

from .main import main

main()
