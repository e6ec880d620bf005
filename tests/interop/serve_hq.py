"""Serves the real vantage6 HQ on a loopback port, without containers.

python serve_hq.py CONFIG.yaml PORT ORGANIZATIONS    (environment: see hq.rs)

It makes that many organizations before it serves and prints "ready PORT" when
it listens; port 0 is any free one. It ends when its standard input does. With a
store for large values one name of HQ's is mended.
"""
import vantage6.hq as hq  # first: it replaces threads and sockets
import socket
import sys

from gevent import monkey
from gevent.pywsgi import WSGIServer

import life

life.watch(start=monkey.get_original("_thread", "start_new_thread"))
config, port, organizations = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
app = hq.run_hq(config, system_folders=False)
app.ensure_db_initialized()

if app.storage_adapter:
    # HQ 5.0.3 looks for the run of a large value by `Run.input`, which its own model calls `arguments` by now: as it is
    # every download from the store ends in a 500. This name is all that is changed of HQ.
    from sqlalchemy.orm import synonym
    from vantage6.hq.model import Run

    assert not hasattr(Run, "input"), "HQ knows the name again; leave it alone"
    Run.input = synonym("arguments")

if organizations:
    from vantage6.hq import model
    from vantage6.hq.model.base import DatabaseSessionManager

    session = DatabaseSessionManager.get_session()
    known = {name for (name,) in session.query(model.Organization.name)}
    wanted = [f"many-{number:03}" for number in range(organizations)]
    session.add_all(model.Organization(name=name, country="many") for name in wanted if name not in known)
    session.commit()
    DatabaseSessionManager.clear_session()

# The server sends head and body in two packets. Without TCP_NODELAY a client
# that keeps its connection waits 40 ms for the second.
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", port))
listener.listen(256)
print("ready", listener.getsockname()[1], flush=True)
WSGIServer(listener, app.app, log=None).serve_forever()
