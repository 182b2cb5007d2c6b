"""How a fault ends otherwise than well, and the small things all faults do."""
import asyncio
import shutil
import time


class Skip(Exception):
    """The fault cannot be made here; args[0] says why."""


class Failure(Exception):
    """A promise is broken; args[0] says which."""


def need(condition, text):
    """Fails with the text unless the condition holds."""
    if not condition:
        raise Failure(text)


def need_program(name):
    """Skips when a program is not installed."""
    if shutil.which(name) is None:
        raise Skip("%s is not installed" % name)


async def until(condition, seconds, text):
    """Waits for condition(), which may be a coroutine function; fails with the text. How long it took."""
    began = time.monotonic()
    while True:
        got = condition()
        if asyncio.iscoroutine(got):
            got = await got
        if got:
            return time.monotonic() - began
        need(time.monotonic() - began < seconds, text)
        await asyncio.sleep(0.02)
