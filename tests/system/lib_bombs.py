"""Archives that are small and claim to be a bundle: lib_bombs.py make FOLDER; lib_bombs.py run COMMAND...

`run` prints how much memory the command had at most, in MiB, and what it said.
"""

import os
import resource
import struct
import subprocess
import sys
import zipfile
import zlib

MIB = 1 << 20


def packed(data):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(data) + c.flush()


def archive(path, entries, block=b"\0" * MIB):
    """entries: name and how often the block."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, times in entries:
            with z.open(name, "w", force_zip64=True) as f:
                for _ in range(times):
                    f.write(block)


def local(name, crc, size, length):
    return struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0x21, crc, size, length, len(name), 0) + name


def overlapping(path, n, content):
    """Each file is the next one with its head in front, all in the same bytes."""
    data, at, made = packed(content), 0, []
    stored = b""  # what stands before the last file's data
    for i in range(n - 1, -1, -1):
        name = b"page-%03d.html" % i
        head = local(name, zlib.crc32(content), len(data), len(content))
        made.append((name, zlib.crc32(content), len(data), len(content), head))
        if i > 0:
            quote = struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF)
            data, content = quote + head + data, head + content
    made.reverse()
    with open(path, "wb") as f:
        f.write(made[0][4] + data)
        at = 0
        offsets = []
        for name, crc, size, length, head in made:
            offsets.append(at)
            at += len(head) + 5
        begin = f.tell()
        for (name, crc, size, length, head), offset in zip(made, offsets):
            f.write(struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, crc, size, length,
                                len(name), 0, 0, 0, 0, 0, offset) + name)
        f.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, n, n, f.tell() - begin, begin, 0))


def understated(path, name, length):
    """The archive says 10 bytes."""
    data = packed(b"\0" * length)
    head = local(name, 0, len(data), 10)
    with open(path, "wb") as f:
        f.write(head + data)
        begin = f.tell()
        f.write(struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, 0, len(data), 10,
                            len(name), 0, 0, 0, 0, 0, 0) + name)
        f.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, f.tell() - begin, begin, 0))


def make(folder):
    at = lambda name: os.path.join(folder, name)
    archive(at("page.zip"), [("page.html", 400)])
    archive(at("document.zip"), [("MANIFEST.json", 1), ("spd.json", 600)])
    archive(at("manifest.zip"), [("MANIFEST.json", 2)], b"[" * MIB)
    # Noise in between, so that it expands about a hundredfold.
    archive(at("dense.zip"), [("spd.json", 100)], os.urandom(8000) + b"\0" * (MIB - 8000))
    archive(at("several.zip"), [("page-%d.html" % i, 400) for i in range(3)],
            os.urandom(8000) + b"\0" * (MIB - 8000))
    with zipfile.ZipFile(at("entries.zip"), "w") as z:
        for i in range(70000):
            z.writestr("page-%d.html" % i, b"")
    with zipfile.ZipFile(at("files.zip"), "w") as z:
        for i in range(513):
            z.writestr("page-%d.html" % i, b"")
    overlapping(at("overlapping.zip"), 300, b"\0" * (900 << 10))
    understated(at("understated.zip"), b"page.html", 600 * MIB)
    os.mkdir(at("folder"))
    with open(at("folder/spd.json"), "wb") as f:
        f.truncate(3 << 30)


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10, done.returncode, done.stdout + done.stderr)


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else run(sys.argv[2:])
