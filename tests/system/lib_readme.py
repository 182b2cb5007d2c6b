"""Types README's commands: lib_readme.py TREE. As root, in a mount namespace made by readme.sh.

Blocks of the sections below, in order; a comment at a line's end that begins with a name says who types it, else
anna does. sudo is answered by this program. Ends with status 1 at the first command that fails.
"""
import os
import re
import subprocess
import sys
import threading

SECTIONS = ("Your own first record", "Your first SPD", "Machines and people of other hosts")
ACCOUNTS = ("anna", "rita", "max")
# What ends with another status on purpose: a contradicting line; what is signed is only shown without a terminal.
STATUSES = (("semsctl import --map", 1), ("semsctl spd approve 2026-Q2 ", 2))
SUDO = """#!/bin/bash
printf '%s\\0' "$PWD" "$@" >/usr/local/sudo.in
exit "$(cat /usr/local/sudo.out)"
"""


def answer_sudo():
    while True:
        with open("/usr/local/sudo.in", "rb") as f:
            cwd, *argv = f.read().decode().split("\0")[:-1]
        # What was built is taken as it is.
        if argv[0] == "make":
            argv[1:1] = ["-o", "all"]
        done = subprocess.run(argv, cwd=cwd, check=False, stdin=subprocess.DEVNULL)
        with open("/usr/local/sudo.out", "w", encoding="utf-8") as f:
            f.write(str(done.returncode))


class Shell:
    """One account's shell, which stays."""

    def __init__(self, name, folder):
        home = "/mnt/" + name
        self.process = subprocess.Popen(
            ["setpriv", "--reuid=" + name, "--regid=" + name, "--clear-groups", "env", "-i", "HOME=" + home,
             "USER=" + name, "PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "ASAN_OPTIONS=detect_leaks=0",
             "bash"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def type(self, command):
        """Returns the exit status and what was printed."""
        self.process.stdin.write("{ %s\n} </dev/null\nprintf '\\n@@%%d\\n' $?\n" % command)
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            if line.startswith("@@"):
                return int(line[2:]), "".join(said)
            said.append(line)
        raise SystemExit("the shell ended: " + "".join(said))


def commands(readme):
    """Each command of the sections, with the accounts that type it."""
    for section in SECTIONS:
        text = readme.split("\n## %s\n" % section)[1].split("\n## ")[0]
        lines = "\n".join(line[4:] for line in text.split("\n") if line.startswith("    "))
        for command in re.sub(r"\\\n\s*", "", lines).split("\n"):
            comment = re.search(r"  # (.*)$", command)
            words = comment.group(1) if comment else ""
            who = [a for a in ACCOUNTS if re.match(a + r"\b", words)] or ["anna"]
            yield command, ACCOUNTS if "each of the three" in words else who


def main():
    tree = sys.argv[1]
    for name in ("in", "out"):
        os.mkfifo("/usr/local/sudo." + name)
        os.chmod("/usr/local/sudo." + name, 0o666)
    with open("/usr/local/bin/sudo", "w", encoding="utf-8") as f:
        f.write(SUDO)
    os.chmod("/usr/local/bin/sudo", 0o755)
    threading.Thread(target=answer_sudo, daemon=True).start()
    with open(os.path.join(tree, "README.md"), encoding="utf-8") as f:
        readme = f.read()
    shells = {a: Shell(a, tree if a == "anna" else "/mnt/" + a) for a in ACCOUNTS}
    typed = failed = 0
    for command, who in commands(readme):
        for account in who:
            expected = next((s for c, s in STATUSES if command.startswith(c)), 0)
            status, said = shells[account].type(command)
            typed += 1
            print("%s$ %s\n%s" % (account, command, said), flush=True)
            if status != expected:
                print("status %d, not %d" % (status, expected))
                failed += 1
            # The very command that is printed signs.
            printed = re.search(r"^  (semsctl spd approve .*)$", said, re.M)
            if status == 2 and printed:
                status, said = shells[account].type(printed.group(1))
                print("%s$ %s\n%s" % (account, printed.group(1), said))
                failed += status != 0
    shells["anna"].type("kill %1; kill %2; wait")
    print("%d commands" % typed)
    sys.exit(1 if failed else 0)


main()
