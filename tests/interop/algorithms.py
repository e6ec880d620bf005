"""A stand-in for the parts of an algorithm store that HQ asks for.

python algorithms.py

It prints "ready PORT" when it listens, and ends when its standard input does.
HQ asks for the version before it takes the store, and for the algorithm of an
image when a task names the store: its digest, and what kind of step a function is.
"""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import life

life.watch()
IMAGE = "registry.test/average"
AVERAGE = {"id": 1, "name": "average", "image": IMAGE, "digest": f"sha256:{'0' * 64}", "status": "approved",
           "functions": [{"name": "partial_average", "step_type": "federated_compute"},
                         {"name": "central_average", "step_type": "central_compute"}]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two packets; see serve_hq.py.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/api/version":
            status, body = 200, {"version": "5.0.3"}
        elif url.path != "/api/algorithm":
            status, body = 404, {"msg": "not found"}
        elif not self.headers.get("Authorization", "").startswith("Bearer "):
            status, body = 401, {"msg": "no token"}
        else:
            wanted = parse_qs(url.query).get("image")
            status, body = 200, {"data": [AVERAGE] if wanted == [IMAGE] else []}
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
