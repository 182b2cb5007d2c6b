"""Starts semsd as systemd does: lib_supervisor.py UID DIR SEMSD. It holds the socket, hears what semsd says of itself,
stops it, and starts it again under a client that waits. Prints a line for each thing that is so."""
import os
import select
import signal
import socket
import sys
import time

uid, folder, program = int(sys.argv[1]), sys.argv[2], sys.argv[3]
path = folder + "/held.sock"
notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notes.bind(folder + "/notify")
os.chmod(folder + "/notify", 0o777)
held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
held.bind(path)
os.chmod(path, 0o666)
held.listen(512)
HELLO = bytes([6, 0x0a, 4, 0x08, 1, 0x10, 1])


def start():
    pid = os.fork()
    if pid != 0:
        return pid
    os.dup2(held.fileno(), 3)
    log = os.open(folder + "/supervised.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.dup2(log, 2)
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()), NOTIFY_SOCKET=folder + "/notify",
                      WATCHDOG_USEC="600000", WATCHDOG_PID=str(os.getpid()), HOME=folder)
    os.execv(program, [program, "--embedded", folder + "/data", "--socket", path])


def heard(what, seconds):
    """How often it is said in so long; once is enough for what is said once."""
    until, n = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0 and select.select([notes], [], [], left)[0]:
        n += what in notes.recv(65536).decode().split("\n")
        if n and what != "WATCHDOG=1":
            break
    return n


def call():
    c = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    c.connect(path)
    c.sendall(HELLO)
    c.settimeout(120)
    return c


def is_welcome(c):
    answer = c.recv(65536)
    # A frame's length, then field 1 of ServerFrame, or field 2, which is a refusal.
    return len(answer) > 20 and b"semsd" in answer


def say(good, what):
    print(("ok " if good else "not ") + what, flush=True)


semsd = start()
say(heard("READY=1", 120) == 1, "ready")
say(is_welcome(call()), "served at the held socket")
say(heard("WATCHDOG=1", 2) >= 3, "alive")
os.kill(semsd, signal.SIGSTOP)
heard("WATCHDOG=1", 0.5)
say(heard("WATCHDOG=1", 1.5) == 0, "silent when it stands still")
os.kill(semsd, signal.SIGCONT)
os.kill(semsd, signal.SIGTERM)
say(heard("STOPPING=1", 30) == 1, "stopping")
say(os.waitpid(semsd, 0)[1] == 0, "ended well")
say(os.path.exists(path), "left the socket where it is")
waiting = call()
semsd = start()
say(is_welcome(waiting), "served who came while it was away")
os.kill(semsd, signal.SIGTERM)
say(os.waitpid(semsd, 0)[1] == 0, "ended well again")
