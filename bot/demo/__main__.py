"""``python -m bot.demo``: the demo as a process, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import signal
import sys
import webbrowser
from threading import Thread

from bot.ops.logs import set_up_logs

try:
    from simcord import SetupError

    from bot.demo.show import open_show
except ModuleNotFoundError as error:
    if error.name != "simcord":
        raise
    sys.exit("The demo needs simcord, which is not installed here. Please run: make demo")


def main() -> int:
    """Show the demo.

    Returns:
        0 after a clean stop; 1 when it cannot run, with one plain sentence on standard error.
    """
    options = _arguments()
    set_up_logs("WARNING")
    try:
        asyncio.run(_show(port=options.port, opens_browser=options.browser))
    except SetupError as error:
        print(f"The demo cannot start: {error}.", file=sys.stderr)
        return 1
    return 0


async def _show(*, port: int, opens_browser: bool) -> None:
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    async with open_show(port=port) as page:
        print(f"\n  Showrunner demo: {page.url}\n\n  Type /video text there. Ctrl-C stops.\n", flush=True)
        if opens_browser:
            # Some browsers are programs of the terminal: starting one must not hold up the demo.
            Thread(target=webbrowser.open, args=(page.url,), daemon=True).start()
        waits = [asyncio.create_task(wait) for wait in (stop.wait(), page.wait_closed())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    print("The demo has ended; nothing of it is left behind.")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bot.demo", description="Showrunner in a simulated Discord."
    )
    parser.add_argument("--port", type=int, default=0, help="port of the page; 0 takes a free one")
    parser.add_argument(
        "--no-browser", dest="browser", action="store_false", help="only print the page's address"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
