"""A private PostgreSQL: made, started, stopped, killed, and looked at as its superuser."""
import glob
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time

from evidence import TREE

OPTIONS = ("listen_addresses=", "max_connections=60", "shared_buffers=32MB", "log_line_prefix=%m [%p] ",
           "checkpoint_timeout=1h", "max_wal_size=2GB")


def account():
    """Who runs servers here: (uid, gid), or None when that is whoever runs the world."""
    if os.getuid() != 0:
        return None
    entry = pwd.getpwnam("postgres")
    return (entry.pw_uid, entry.pw_gid)


def as_account():
    """Arguments for subprocess that start a process as the account."""
    who = account()
    return {} if who is None else {"user": who[0], "group": who[1], "extra_groups": []}


def dying(how):
    """Words before a server's: it gets this signal when the world dies."""
    return ["setpriv", "--pdeathsig", how]


def make_folder(path, mode=0o755):
    """A folder that the account may write to."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    who = account()
    if who is not None:
        os.chown(path, *who)
    return path


def binaries():
    """Where PostgreSQL's programs are."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
    return found[-1] if found else os.path.dirname(shutil.which("initdb") or "/usr/bin/initdb")


def _children(pid):
    out = []
    for task in glob.glob("/proc/%d/task/*/children" % pid):
        try:
            out += [int(p) for p in pathlib.Path(task).read_text().split()]
        except OSError:
            continue
    return out


class Cluster:
    """One cluster under a folder; database "sems" with semsd's roles."""

    def __init__(self, folder, options=(), env=None):
        self.folder = make_folder(pathlib.Path(folder))
        self.data = self.folder / "pg"
        self.options = list(options)
        self.env = dict(os.environ, **env) if env else None
        self.process = None
        self._columns = {}

    def make(self, initdb_options=()):
        """initdb, first start, roles and database."""
        self._run(["initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8",
                   "--data-checksums", "--no-instructions", "--no-sync", *initdb_options])
        self.start()
        self.sql(open(os.path.join(TREE, "sql/roles.sql"), encoding="utf-8").read(), "postgres")
        self.sql("CREATE DATABASE sems OWNER sems_owner", "postgres")

    def copy_of(self, primary):
        """Becomes a standby that streams from primary."""
        self._run(["pg_basebackup", "-D", str(self.data), "-R", "-h", str(primary.folder), "-U", "postgres", "--no-sync",
                   "-c", "fast"])
        self.start()

    def start(self, options=(), wait=True):
        """Starts the server; returns when it answers."""
        argv = [*dying("QUIT"), binaries() + "/postgres", "-D", str(self.data), "-k", str(self.folder)]
        for option in (*OPTIONS, *self.options, *options):
            argv += ["-c", option]
        with open(self.folder / "postgres.log", "ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            cwd=self.folder, env=self.env, start_new_session=True, **as_account())
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds=60):
        """Until it answers; raises when it ends or does not."""
        until = time.monotonic() + seconds
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL does not start: " + self.log_end())
            time.sleep(0.05)

    def answers(self):
        """Whether a connection can be made now."""
        return subprocess.run([binaries() + "/pg_isready", "-q", "-h", str(self.folder)],
                              check=False).returncode == 0

    def stop(self, how="fast"):
        """smart, fast or immediate, as pg_ctl names them."""
        number = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how]
        self._end(number)

    def kill(self):
        """kill -9 of the postmaster; its backends go when they notice."""
        backends = _children(self.process.pid)
        self._end(signal.SIGKILL)
        until = time.monotonic() + 20
        while any(os.path.exists("/proc/%d" % p) for p in backends) and time.monotonic() < until:
            time.sleep(0.02)

    def _end(self, number):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def processes(self):
        """The postmaster and all its children."""
        return [self.process.pid, *_children(self.process.pid)]

    def semsd_backends(self):
        """Process numbers of the backends that serve semsd."""
        return [int(r[0]) for r in self.rows("SELECT pid FROM pg_stat_activity WHERE usename = 'semsd'")]

    def conninfo(self, folder=None):
        """What semsd is told; folder: a proxy's in front."""
        return "host=%s dbname=sems user=semsd connect_timeout=5" % (folder or self.folder)

    def log_end(self, lines=15):
        """The last lines of its log."""
        return "\n".join((self.folder / "postgres.log").read_text(errors="replace").splitlines()[-lines:])

    # --- looking -------------------------------------------------------------------------------------

    def sql(self, text, database="sems"):
        """Runs statements as superuser; returns what psql prints, one row a line."""
        done = subprocess.run(
            [binaries() + "/psql", "-X", "-q", "-h", str(self.folder), "-U", "postgres", "-d", database, "-At",
             "-F", "\t", "-v", "ON_ERROR_STOP=1"],
            input=text, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise RuntimeError("psql: %s" % done.stderr.strip())
        return done.stdout

    def rows(self, query):
        """The rows of a query, as lists of text (COPY, so that a row is a line)."""
        out = self.sql("SET timezone = 'UTC'; COPY (%s) TO STDOUT" % query)
        return [line.split("\t") for line in out.split("\n") if line]

    @staticmethod
    def parse(text):
        """A row_to_json that came through COPY, which doubles backslashes."""
        return json.loads(text.replace("\\\\", "\\"))

    def kinds(self):
        """The tables of evidence."""
        if not self._columns:
            for table, column, kind_of in self.rows(
                    "SELECT table_name, column_name, data_type FROM information_schema.columns "
                    "WHERE table_schema = 'sems' AND table_name IN (SELECT kind FROM sems.kind) "
                    "ORDER BY table_name, ordinal_position"):
                self._columns.setdefault(table, []).append((column, kind_of))
        return list(self._columns)

    def columns(self, kind):
        """A kind's columns: (name, type)."""
        return self._columns[kind]

    def _run(self, argv):
        done = subprocess.run([binaries() + "/" + argv[0], *argv[1:]], capture_output=True, text=True, check=False,
                              cwd=self.folder, **as_account())
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (argv[0], done.stderr))
