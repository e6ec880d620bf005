"""A stand-in for the parts of Azure Blob Storage that HQ asks for. Everything is in memory.

python blobs.py

It prints "ready PORT" when it listens, and ends when its standard input does.
There is one container, whatever its name. A blob is put whole (`Put Blob`), read
by ranges, and deleted. Blocks are not there: the platform's library cuts what it
puts only beyond 64 MiB, and where HQ runs under uWSGI. Who asks is not checked.
"""
import email.utils
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import life

life.watch()
blobs = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two packets; see serve_hq.py.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", length=None, **more):
        self.send_response(status)
        headers = {"Content-Length": len(body) if length is None else length, "ETag": '"0x1"', "x-ms-version": "2025-01-05",
                   "x-ms-request-id": "of-the-stand-in", "Last-Modified": email.utils.formatdate(usegmt=True)}
        for name, value in headers.items():
            self.send_header(name, str(value))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refused(self, status, code):
        text = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{code}</Message></Error>'
        self.reply(status, text.encode(), Content_Type="application/xml", x_ms_error_code=code)

    def handle_any(self):
        url = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.query:
            return self.refused(501, "NotImplemented")
        if self.command == "PUT":
            if self.headers.get("x-ms-blob-type") != "BlockBlob":
                return self.refused(400, "InvalidHeaderValue")
            blobs[url.path] = sent
            return self.reply(201)
        blob = blobs.get(url.path)
        if blob is None:
            return self.refused(404, "BlobNotFound")
        if self.command == "DELETE":
            del blobs[url.path]
            return self.reply(202)
        asked = self.headers.get("x-ms-range") or self.headers.get("Range")
        about = {"Content_Type": "application/octet-stream", "x_ms_blob_type": "BlockBlob"}
        if not asked or self.command == "HEAD":
            return self.reply(200, b"" if self.command == "HEAD" else blob, len(blob), **about)
        first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", asked).groups()
        first, last = int(first), min(int(last or len(blob)), len(blob) - 1)
        if first > last:
            return self.refused(416, "InvalidRange")
        self.reply(206, blob[first:last + 1], Content_Range=f"bytes {first}-{last}/{len(blob)}", **about)

    do_GET = do_HEAD = do_PUT = do_DELETE = handle_any


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("ready", server.server_address[1], flush=True)
server.serve_forever()
