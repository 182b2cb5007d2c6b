"""A world: a private PostgreSQL, real semsds, journaling clients, faults from a seed, and a checker.

    world.py --build build/asan --seed 7                      each fault once, short
    world.py --build build/release,build/asan --seconds 600   rounds of long ones, until the time is over
    world.py --build build/release --faults F2,F9 --rounds 3 --long

Says "ok - F2 ...", "not ok - ...", "skip - ..." a fault. What is random in a fault depends on the seed, the
fault and the round alone; how processes are scheduled is nobody's to repeat. A fault that fails leaves the
world's folder and says how to play it again. Each round is a world of its own, the builds take turns.
"""
import argparse
import asyncio
import collections
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cluster as cluster_  # noqa: E402
import daemon as daemon_  # noqa: E402
import evidence  # noqa: E402
import faults_content  # noqa: E402
import faults_database  # noqa: E402
import faults_network  # noqa: E402
import faults_process  # noqa: E402
import faults_several  # noqa: E402
import faults_standing  # noqa: E402
import faults_time  # noqa: E402
import journal  # noqa: E402
import proxy  # noqa: E402
from evidence import sems_client  # noqa: E402
from outcome import Failure, Skip  # noqa: E402

MODULES = (faults_database, faults_network, faults_content, faults_process, faults_several,
           faults_standing, faults_time)


def is_foreign_leak(report):
    """True of memory that a library lost within itself: OpenSSL does when its own initialisation finds none."""
    frames = [line.split() for line in report.splitlines() if line.lstrip().startswith("#")]
    return "LeakSanitizer" in report and all(
        "libasan" in line[-1] or "libcrypto" in line[-1] or "interceptor" in line[3] for line in frames)


class World:
    """Everything one run has. Faults get it as their only argument."""

    def __init__(self, build, seed, long):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sems-w."))
        self.folder.chmod(0o755)
        cluster_.make_folder(self.folder)
        self.sanitizer_folder = cluster_.make_folder(self.folder / "san")
        self.keys = cluster_.make_folder(self.folder / "keys", 0o700)
        self.programs = daemon_.Programs(build, self.folder / "bin")
        self.cluster = cluster_.Cluster(self.folder / "db")
        self.seed, self.long = seed, long
        self.journal = journal.Journal()
        self.daemons = []
        self.proxies = []
        self.folders = 0
        self.rng = random.Random(seed)
        self.fault = "setup"

    def more(self, short, long):
        """How much of something: the short world's number or the long one's."""
        return long if self.long else short

    def enter(self, fault, round_no):
        """Begins a fault: whatever is random in it depends on the seed, the fault and the round only."""
        self.fault = fault
        self.rng = random.Random("%s/%s/%s" % (self.seed, fault, round_no))

    def maker(self, **how):
        """Makes this fault's records."""
        return evidence.Maker(self.rng, self.fault, 4, **how)

    def daemon(self, **how):
        """A semsd of this fault, not started."""
        return daemon_.Daemon(self, self.fault.lower(), **how)

    async def serving(self, **how):
        """A semsd of this fault, started."""
        made = self.daemon(**how)
        await made.start()
        return made

    async def between(self, target, plan=None, path=None):
        """A proxy of this fault, listening."""
        made = await proxy.Proxy(target, plan).listen(path)
        self.proxies.append(made)
        return made

    async def database_proxy(self, plan=None, cluster=None):
        """A proxy before the database; returns it and what semsd is told."""
        self.folders += 1
        folder = self.folder / ("px%d" % self.folders)
        folder.mkdir(mode=0o755)
        cluster = cluster or self.cluster
        made = await self.between(str(cluster.folder / ".s.PGSQL.5432"), plan, folder / ".s.PGSQL.5432")
        return made, cluster.conninfo(folder)

    async def make(self, faults):
        """Cluster, schema and register."""
        self.cluster.make()
        first = self.daemon()
        await first.start()
        self.set_up(first, faults)
        await first.stop()
        self.cluster.kinds()

    @staticmethod
    def set_up(daemon, faults):
        """The register: an entity, and sources for each fault that both kinds of clients may send for."""
        with sems_client.Client(daemon.socket) as asker:
            principals = [asker.hello("world").principal, "tcp:loopback"]
            request = sems_client.admin.Request()
            setup = request.setup
            setup.entity, setup.zone = evidence.ENTITY, evidence.ZONE
            for site in evidence.SITES:
                setup.sites.add(site_id=site, name="Site " + site)
            for principal in principals:
                setup.principals.add(principal=principal, role="admin")
            for source in ("%s.%d" % (f, i) for f in faults for i in range(4)):
                made = setup.sources.add(source=source, description="world")
                for principal in principals:
                    made.senders.add(principal=principal, kinds=["*"], sites=["*"])
            code, text, _ = asker.ask(request)
            if code != sems_client.admin.RESPONSE_CODE_OK:
                raise Failure("setup: " + text)

    def check(self):
        """The journal against the store, and every semsd's own mind. Raises Failure."""
        wrong = self.journal.check(self.cluster, self.keys, self.fault)
        for path in list(self.sanitizer_folder.iterdir()):
            report = path.read_text(errors="replace")
            if not report or path.name.startswith("seen."):
                continue
            path.rename(path.with_name("seen." + path.name))
            if self.fault != "F22" or not is_foreign_leak(report):
                wrong.append("sanitizer report %s:\n%s" % (path.name, report[:3000]))
        if wrong:
            raise Failure("\n".join(wrong[:20]))

    async def leave(self):
        """Ends a fault's processes; those that end badly are failures."""
        wrong = []
        for made in self.proxies:
            await made.close()
        for made in self.daemons:
            if made.process is None:
                continue
            running = not made.ended()
            try:
                status = await made.stop()
                if running and status != 0:
                    wrong.append("%s ended with status %d: %s" % (made.name, status, made.log_end()))
            except RuntimeError as e:
                wrong.append(str(e))
        self.proxies, self.daemons = [], []
        return wrong

    def end(self, keep):
        """Stops what runs; removes the folder unless somebody wants to look."""
        for made in self.daemons:
            if made.process is not None:
                made.kill()
        if self.cluster.process is not None:
            for pid in self.cluster.processes():
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    continue
            self.cluster.stop("immediate")
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def all_faults():
    """Every fault: number -> (title, coroutine function)."""
    table = {}
    for module in MODULES:
        table.update({number: (title, run) for number, title, run in module.FAULTS})
    return table


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release", help="folders of programs, with commas between")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--first-round", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=0)
    parser.add_argument("--faults", default="")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--plan", type=int, default=0, help="so many faults must be played or skipped")
    args = parser.parse_args()
    args.seed = random.SystemRandom().randrange(1 << 31) if args.seed is None else args.seed
    args.long = args.long or args.seconds > 0
    return args


async def one(world, number, title, run, round_no):
    """One fault: "ok", "not ok" or "skip", and the line about it."""
    began = time.monotonic()
    world.enter(number, round_no)
    before = dict(world.journal.counts)
    try:
        async with asyncio.timeout(world.more(100, 7200)):
            told = await run(world)
        wrong = await world.leave()
        world.check()
        if wrong:
            raise Failure("\n".join(wrong))
    except Skip as e:
        await world.leave()
        return "skip", "%s %s: %s" % (number, title, e.args[0])
    except Exception as e:  # whatever happens, the seed is printed
        text = str(e) if isinstance(e, Failure) else "".join(traceback.format_exception(e))
        logs = "\n".join(d.name + ": " + d.log_end(8) for d in world.daemons[-4:] if d.process is not None)
        await world.leave()
        return "not ok", "%s %s\n" % (number, title) + "\n".join("# " + t for t in (text + "\n" + logs).splitlines())
    answers = sum(world.journal.counts[v] - before.get(v, 0) for v in journal.FINAL)
    return "ok", "%s %s: %s; %d answers, %.1f s" % (number, title, told, answers, time.monotonic() - began)


async def play(args):
    """Rounds of faults, each in a world of its own; how many failed."""
    table = all_faults()
    wanted = [f for f in args.faults.upper().replace(" ", "").split(",") if f] or list(table)
    unknown = [f for f in wanted if f not in table]
    if unknown:
        print("unknown faults: %s; there are: %s" % (", ".join(unknown), ", ".join(table)))
        return 1
    ended = collections.Counter()
    until = time.monotonic() + args.seconds
    round_no, builds = args.first_round, args.build.split(",")
    with tempfile.TemporaryDirectory() as classes:
        evidence.load_classes(classes)
        while round_no < args.first_round + args.rounds or time.monotonic() < until:
            build = builds[round_no % len(builds)]
            # The first round is played to its end; what the time ends is a later one.
            end = until if args.seconds and round_no > args.first_round else None
            await play_round(args, {n: table[n] for n in wanted}, build, round_no, ended, end)
            round_no += 1
    if ended["skip"]:
        print("skip - what is missing here (%d tests)" % ended["skip"])
    if args.plan and sum(ended.values()) != args.plan:
        print("not ok - the plan is %d faults, %d were played" % (args.plan, sum(ended.values())))
        return 1
    if args.seconds:
        print("%d passed, %d failed, %d skipped; seed %d" % (ended["ok"], ended["not ok"], ended["skip"], args.seed))
    return ended["not ok"]


async def play_round(args, faults, build, round_no, ended, end):
    """One world, and the faults in it; none begins after end."""
    world = World(build, args.seed, args.long)
    failed = True
    try:
        await world.make(list(faults))
        failed = False
        for number, (title, run) in faults.items():
            if end is not None and time.monotonic() > end:
                break
            how, line = await one(world, number, title, run, round_no)
            print("%s - %s" % (how, line))
            ended[how] += 1
            if how == "not ok":
                failed = True
                print("# again: %s" % again(args, build, number, round_no))
            sys.stdout.flush()
    finally:
        world.end(args.keep or failed)
        if args.keep or failed:
            print("# the world's folder: %s" % world.folder)


def again(args, build, number, round_no):
    """The command that plays one fault again."""
    return "/usr/bin/python3 -B tests/world/world.py --build %s --seed %d --faults %s --first-round %d%s" % (
        build, args.seed, number, round_no, " --long" if args.long else "")


def main():
    """0 when every fault was survived."""
    args = arguments()
    print("# seed %d" % args.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        sys.exit(1 if asyncio.run(play(args)) else 0)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
