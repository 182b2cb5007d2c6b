"""For screen.sh: a command on a terminal of its own.

    lib_pty.py COLUMNS LINES COMMAND...    what the terminal was given, with plain line ends; its exit status
                                           (TYPED in the environment: a line that is typed)
    lib_pty.py widest FILE                 the columns of the widest line, without styles; 2 for wide characters
"""
import fcntl
import os
import pty
import re
import struct
import sys
import termios
import unicodedata


def width(line):
    line = re.sub(r"\x1b\[[0-9;]*[mK]", "", line).split("\r")[-1]
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in line)


def run(columns, lines, command):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    pid = os.fork()
    if pid == 0:
        os.close(master)
        os.setsid()
        for fd in 0, 1, 2:
            os.dup2(slave, fd)
        os.execvp(command[0], command)
    os.close(slave)
    typed = os.environ.get("TYPED")
    if typed is not None:
        os.write(master, typed.encode() + b"\n")
    got = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:  # the last one closed it
            break
        if not more:
            break
        got += more
    sys.stdout.write(got.decode("utf-8", "replace").replace("\r\n", "\n"))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    if sys.argv[1] == "widest":
        with open(sys.argv[2], encoding="utf-8") as f:
            print(max(width(line.rstrip("\n")) for line in f))
    else:
        sys.exit(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
