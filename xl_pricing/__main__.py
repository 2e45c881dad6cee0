"""``xl-pricing`` and ``python -m xl_pricing``: the command line, from its first moment on.

Until it is loaded Ctrl-C ends the process as the system does; a traceback would help nobody.
"""

import signal
import sys


def run() -> None:
    """Load the command line and run it."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from xl_pricing.cli.main import main  # noqa: PLC0415 - loading it is what takes time

    try:
        signal.signal(signal.SIGINT, before)
        main()
    except KeyboardInterrupt:  # before the command line minds it itself
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    run()
