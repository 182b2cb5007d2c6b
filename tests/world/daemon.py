"""One semsd: started, also under a tracer or with a library before it, watched, stopped, killed."""
import asyncio
import glob
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import client
from cluster import as_account, dying, make_folder

SANITIZER_MARK = b"__asan_init"


class Programs:
    """A copy of semsd where the servers' account can run it."""

    def __init__(self, build, folder):
        self.folder = make_folder(pathlib.Path(folder))
        shutil.copy(os.path.join(build, "semsd"), self.folder / "semsd")
        self.build = build
        self.semsd = str(self.folder / "semsd")
        self.sanitized = SANITIZER_MARK in (self.folder / "semsd").read_bytes()


class Daemon:
    """A semsd of a world. before: words in front of it (strace ...); env: added to its environment."""

    count = 0

    def __init__(self, world, name, database=None, before=(), env=None, options=(), stderr=None, asan="",
                 state=None, keys=None):
        Daemon.count += 1
        self.world, self.name = world, "%s-%d" % (name, Daemon.count)
        self.socket = str(world.folder / (self.name + ".sock"))
        self.log_path = world.folder / (self.name + ".log")
        self.stderr = stderr
        self.argv = [*dying("KILL"), *before, world.programs.semsd, "--database", database or world.cluster.conninfo(),
                     "--socket", self.socket, "--keys", str(keys or world.keys), "--listen", "127.0.0.1:0",
                     "--state", str(make_folder(world.folder / ("state-" + (state or self.name)), 0o700)), *options]
        self.env = dict(os.environ, LC_ALL="C.UTF-8", **(env or {}))
        self.env["ASAN_OPTIONS"] = ":".join(filter(None, (
            self.env.get("ASAN_OPTIONS"), "detect_leaks=%d" % (not before),
            "quarantine_size_mb=8:allocator_may_return_null=1:handle_abort=1", asan,
            "log_path=%s/%s" % (world.sanitizer_folder, self.name))))
        self.env["UBSAN_OPTIONS"] = "print_stacktrace=1:log_path=%s/%s" % (world.sanitizer_folder, self.name)
        self.process = None
        self.pid = 0
        world.daemons.append(self)

    def launch(self):
        """Starts the process and returns at once."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log if self.stderr is None else self.stderr, env=self.env,
                                            cwd=self.world.folder, start_new_session=True, **as_account())
        self.pid = self.process.pid

    async def start(self, seconds=30):
        """Starts it and waits until it welcomes; returns how long that took. Raises when it ends."""
        began = time.monotonic()
        self.launch()
        while not await self.welcomes():
            if self.ended() or time.monotonic() - began > seconds:
                raise RuntimeError("%s does not serve (status %s): %s"
                                   % (self.name, self.process.poll(), self.log_end()))
            await asyncio.sleep(0.01)
        self.find()
        return time.monotonic() - began

    async def welcomes(self):
        """Whether somebody who connects now is greeted."""
        try:
            async with asyncio.timeout(2):
                connection = await client.connect(self.socket)
                connection.close()
                return True
        except (OSError, EOFError, TimeoutError, client.Refused):
            return False

    def find(self):
        """The process that is semsd itself, behind what was put before it."""
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                words = pathlib.Path(path).read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == self.world.programs.semsd.encode() and self.socket.encode() in words:
                self.pid = int(path.split("/")[2])

    @property
    def port(self):
        """Its TCP port."""
        return int(re.findall(r"event=listen\.tcp.*port=(\d+)", self.log())[-1])

    @property
    def tcp(self):
        """Its TCP address."""
        return "127.0.0.1:%d" % self.port

    def log(self):
        """All it said."""
        return self.log_path.read_text(errors="replace")

    def log_end(self, lines=12):
        """The last of what it said."""
        return "\n".join(self.log().splitlines()[-lines:])

    def ended(self):
        """Whether it is gone."""
        return self.process is None or self.process.poll() is not None

    def kill(self):
        """kill -9, with whatever traces it."""
        if not self.ended():
            self._signal_all(signal.SIGKILL)
        self.process.wait()

    def _signal_all(self, number):
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass

    async def stop(self, seconds=30):
        """SIGTERM; returns the exit status. A daemon that does not heed it raises."""
        if not self.ended():
            self.find()
            os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + seconds
        while not self.ended():
            if time.monotonic() > until:
                self._signal_all(signal.SIGKILL)
                raise RuntimeError("%s does not stop: %s" % (self.name, self.log_end()))
            await asyncio.sleep(0.01)
        return self.process.returncode

    def rss_kib(self):
        """Resident memory now."""
        return self._status("VmRSS")

    def peak_kib(self):
        """The most it had since reset_peak()."""
        return self._status("VmHWM")

    def reset_peak(self):
        """Peak counts from now."""
        pathlib.Path("/proc/%d/clear_refs" % self.pid).write_text("5")

    def _status(self, key):
        text = pathlib.Path("/proc/%d/status" % self.pid).read_text()
        return int(re.search(key + r":\s+(\d+)", text).group(1))

    def descriptors(self):
        """How many it has open."""
        return len(os.listdir("/proc/%d/fd" % self.pid))
