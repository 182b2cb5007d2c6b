"""A client of semsd in a few dozen lines, on python3-protobuf alone.

The classes come from `protoc -I proto --python_out=DIR proto/sems/v1/*.proto`; put DIR on PYTHONPATH,
or let classes_into() make them:

    import sems_client
    sems_client.classes_into("build/python")
    with sems_client.Client("demo/semsd.sock") as client:
        welcome = client.hello("my-importer 1.0")
        print(client.send([record]))
"""
import glob
import hashlib
import importlib
import os
import random
import socket
import subprocess
import sys
import time

from google.protobuf.internal import decoder, encoder

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
pb = None  # sems.v1.protocol_pb2
records = None  # sems.v1.record_pb2
admin = None  # sems.v1.admin_pb2


def classes_into(folder):
    """Makes the message classes in folder, unless they are there, and loads them."""
    global pb, records, admin
    protos = sorted(glob.glob(os.path.join(TREE, "proto/sems/v1/*.proto")))
    if not os.path.exists(os.path.join(folder, "sems/v1/protocol_pb2.py")):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(
            ["protoc", "-I", os.path.join(TREE, "proto"), "--python_out=" + folder] + protos, check=True
        )
    if folder not in sys.path:
        sys.path.insert(0, folder)
    records = importlib.import_module("sems.v1.record_pb2")
    admin = importlib.import_module("sems.v1.admin_pb2")
    pb = importlib.import_module("sems.v1.protocol_pb2")


def record_id(occurred_at, source, number):
    """The identity of the source's record `number`: the same each time it is asked for."""
    digest = hashlib.sha256(source.encode() + b"\0" + number.encode()).digest()
    identity = bytearray(occurred_at.to_bytes(6, "big") + digest[:10])
    identity[6] = identity[6] & 0x0F | 0x80  # version 8
    identity[8] = identity[8] & 0x3F | 0x80  # variant of RFC 9562
    return bytes(identity)


def pauses():
    """How long to wait before each further try to connect, seconds."""
    wait = 1
    while True:
        yield wait * random.uniform(0.5, 1)
        wait = min(wait * 2, 60)


class Refused(Exception):
    """semsd refused the connection, or what was sent on it; args[0] is the Refuse."""


class Closed(Exception):
    """semsd closed the connection."""


class Client:
    """One connection. address: the path of a Unix socket, or "HOST:PORT"."""

    def __init__(self, address, timeout=30):
        if "/" in address or ":" not in address:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(address)
        else:
            host, port = address.rsplit(":", 1)
            self.socket = socket.create_connection((host.strip("[]"), int(port)), timeout)
        self.received = b""
        self.batch_no = 0
        self.request_no = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def put(self, frame):
        """Sends one ClientFrame."""
        body = frame.SerializeToString()
        self.put_bytes(encoder._VarintBytes(len(body)) + body)

    def put_bytes(self, data):
        self.socket.sendall(data)

    def get(self):
        """The next ServerFrame. Raises Closed, or Refused when it is a Refuse."""
        while True:
            frame = self._take()
            if frame is not None:
                if frame.HasField("refuse"):
                    raise Refused(frame.refuse)
                return frame
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                raise Closed() from None
            if not data:
                raise Closed()
            self.received += data

    def _take(self):
        try:
            length, start = decoder._DecodeVarint(self.received, 0)
        except IndexError:
            return None
        if len(self.received) < start + length:
            return None
        frame = pb.ServerFrame.FromString(self.received[start : start + length])
        self.received = self.received[start + length :]
        return frame

    def hello(self, software="sems_client.py", protocol=(1, 1)):
        frame = pb.ClientFrame()
        frame.hello.protocol_min, frame.hello.protocol_max = protocol
        frame.hello.software = software
        frame.hello.clock = int(time.time() * 1000)
        self.put(frame)
        return self.get().welcome

    def batch(self, batch):
        """Sends records (messages, or bytes as they are) without waiting; returns the batch_no."""
        self.batch_no += 1
        frame = pb.ClientFrame()
        frame.batch.batch_no = self.batch_no
        if any(isinstance(r, bytes) for r in batch):
            # Bytes that need not be a Record: the frame is written by hand.
            body = b"".join(
                b"\x12" + encoder._VarintBytes(len(r)) + r
                for r in (r if isinstance(r, bytes) else r.SerializeToString() for r in batch)
            )
            body = frame.batch.SerializeToString() + body
            body = b"\x12" + encoder._VarintBytes(len(body)) + body
            self.put_bytes(encoder._VarintBytes(len(body)) + body)
        else:
            frame.batch.records.extend(batch)
            self.put(frame)
        return self.batch_no

    def result(self):
        return self.get().result

    def send(self, batch):
        """Sends one batch and waits: one VerdictRun per record, in order."""
        try:
            number = self.batch(batch)
        except ConnectionError:
            self.get()  # a Refuse may be there, which says why
            raise
        result = self.result()
        if result.batch_no != number:
            raise ValueError("result of batch %d, waited for %d" % (result.batch_no, number))
        verdicts = [run for run in result.verdicts for _ in range(run.count)]
        if len(verdicts) != len(batch):
            raise ValueError("%d verdicts for %d records" % (len(verdicts), len(batch)))
        return verdicts

    def ask(self, request):
        """Sends one Request; returns (ResponseCode, text, document bytes)."""
        self.request_no += 1
        request.request_no = self.request_no
        frame = pb.ClientFrame()
        frame.request.CopyFrom(request)
        self.put(frame)
        document = b""
        while True:
            response = self.get().response
            document += response.document
            if not response.more:
                return response.code, response.text, document


def verdict_name(verdict):
    """ "STORED", or "QUARANTINED RANGE tip_event.response_ms: ..." """
    name = pb.VerdictCode.Name(verdict.code)[len("VERDICT_CODE_") :]
    if verdict.code != pb.VERDICT_CODE_QUARANTINED:
        return name
    reason = pb.Reason.Name(verdict.reason)[len("REASON_") :]
    return "%s %s %s: %s" % (name, reason, verdict.field, verdict.text)
