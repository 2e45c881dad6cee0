"""``xl-pricing`` and ``python -m xl_pricing``: the command line, from its first moment on.

Until it is loaded Ctrl-C ends the process as the system does; a traceback would help nobody.
"""

import signal


def run() -> None:
    """Load the command line and run it."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from xl_pricing.cli.main import main  # noqa: PLC0415 - loading it is what takes time

    signal.signal(signal.SIGINT, before)
    main()


if __name__ == "__main__":
    run()
