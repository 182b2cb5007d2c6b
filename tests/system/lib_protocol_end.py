"""Idle peers until semsd stops: SOCKET HOST:PORT READY. Makes the file READY, then prints how each connection ended."""
import sys

from lib_client import connect, pb, sems_client

unix, tcp, ready = sys.argv[1:]
greeted, silent, over_tcp = connect(unix), sems_client.Client(unix), connect(tcp)
open(ready, "w").close()
for name, client in (("greeted", greeted), ("silent", silent), ("tcp", over_tcp)):
    client.socket.settimeout(120)
    try:
        client.get()
    except sems_client.Refused as refused:
        r = refused.args[0]
        try:
            client.get()
        except sems_client.Closed:
            print(name, pb.RefuseCode.Name(r.code), r.retry_after_ms)
    except (sems_client.Closed, OSError):
        print(name, "bare end")
