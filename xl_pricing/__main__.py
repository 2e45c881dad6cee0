"""``python -m xl_pricing``: the command line."""

from xl_pricing.cli.main import main

main()
