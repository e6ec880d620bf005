"""The other side of a task, and the platform's own cryptography, told what to do line by line.

Each line of standard input is a JSON object with "do"; each is answered by one
line: {"ok": value} or {"error": text}. It ends when its standard input does.
No container is run: a simulated node takes a run through its statuses and posts
a result, as the platform's node does.

  key                                  -> {"private", "public"}: a new key, by the platform's library
  encrypt {to, plain}                  -> text; plain is base64
  encrypt_blob {to, plain}                -> base64 of a blob
  decrypt {key, text}, decrypt_blob {key, blob}   -> base64 of what it says
  call {method, url, token, body}      -> {"status", "body"}: one request, as it is
  work {api, auth, nodes, runs, ...}   -> what the nodes did; see `work`
  socket {api, auth, node}             -> what that node was told to kill, while it was connected by a web socket
  cost {api, auth, username, secret, per_page, gets}
                                       -> microseconds of CPU that the platform's own client takes:
                                          {"item", "get"}, for an item of a list and for one read
  methods                              -> the public methods of the platform's own client, by group
"""
import base64
import contextlib
import datetime
import io
import json
import os
import shutil
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from vantage6.common.encryption import DummyCryptor, RSACryptor

FOLDER = Path(tempfile.mkdtemp(prefix="interop-peer-"))


def decode(text):
    return base64.b64decode(text)


def encode(raw):
    return base64.b64encode(raw).decode()


def made(path):
    """A cryptor with that key. The platform's class keeps its first instance for all keys, so this goes round that."""
    own = RSACryptor.__new__(RSACryptor)
    own.__init__(path)
    return own


def cryptor(pem):
    path = FOLDER / f"{abs(hash(pem))}.pem"
    path.write_text(pem)
    return made(path)


def key():
    path = FOLDER / f"new-{time.monotonic_ns()}.pem"
    RSACryptor.create_new_rsa_key(path)
    return {"private": path.read_text(), "public": made(path).public_key_str}


ANY = []


def any_cryptor():
    """Sealing needs somebody else's key alone, but the platform's class wants one of its own."""
    if not ANY:
        ANY.append(cryptor(key()["private"]))
    return ANY[0]


def encrypt(to, plain):
    return any_cryptor().encrypt_bytes_to_str(decode(plain), to)


def encrypt_blob(to, plain):
    stream = any_cryptor().encrypt_stream(io.BytesIO(decode(plain)), to)
    return encode(b"".join(stream))


def decrypt_text(key, text):
    return encode(cryptor(key).decrypt_str_to_bytes(text))


def decrypt_blob(key, blob):
    own, raw = cryptor(key), decode(blob)
    whole, stream = own.decrypt_bytes_blob_storage(raw), b"".join(own.decrypt_stream(io.BytesIO(raw)))
    assert whole == stream, "the platform's two readers differ"
    return encode(whole)


def call(method, url, token=None, body=None, form=None, raw=None):
    kind = "x-www-form-urlencoded" if form else "json" if raw is None else "octet-stream"
    headers = {"Content-Type": f"application/{kind}"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = urllib.parse.urlencode(form).encode() if form else raw if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return {"status": reply.status, "body": json.load(reply)}
    except urllib.error.HTTPError as refused:
        raw = refused.read()
        try:
            return {"status": refused.code, "body": json.loads(raw)}
        except ValueError:
            return {"status": refused.code, "body": raw.decode(errors="replace")}


def done(reply):
    if reply["status"] >= 300:
        raise RuntimeError(f"{reply['status']}: {str(reply['body'])[:400]}")
    return reply["body"]


def fetched(url, token):
    """What is in HQ's store for large values."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return reply.read()


PLAIN = DummyCryptor()


def login(auth, node):
    form = {"grant_type": "client_credentials", "client_id": f"{node['name']}-node-client", "client_secret": node["secret"]}
    return done(call("POST", f"{auth}/realms/vantage6/protocol/openid-connect/token", form=form))["access_token"]


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()


def work(api, auth, nodes, runs=1, task=None, status="completed", result=None, results=None, size=None, log=None,
         stop_at=None, columns=None, dataframe=None, statuses=None, seconds=60):
    """Finishes that many open runs of those nodes ({"name", "secret", "key"?}), of that task alone if one is given.

    The result is `result` (JSON text), or that of the organization in `results`, or a
    JSON string of `size` letters, or else {"organization_id", "echo": the arguments
    that came}. `stop_at` leaves the runs
    at that status. With `statuses`, by organization, all runs are begun before the first
    is ended: HQ itself ends what was not begun when another run fails. `columns` are
    reported for that dataframe, as an extraction does; where none is named, by each
    extraction for its own. Where HQ has a store for large values, arguments come from
    there and results go there.
    """
    store = None
    places = []
    for node in nodes:
        token = login(auth, node)
        me = done(call("GET", f"{api}/node/me", token))
        collaboration = done(call("GET", f"{api}/collaboration/{me['collaboration']['id']}", token))
        own = cryptor(node["key"]) if collaboration["encrypted"] else PLAIN
        if store is None:
            store = done(call("GET", f"{api}/blobstream/status", token))["blob_store_enabled"]
        places.append((token, me, own))
    finished, begun, end = [], [], time.monotonic() + seconds
    while len(finished) < runs:
        for token, me, own in places:
            # `node_id` selects the collaboration: runs of other organizations come as well, and are not ours.
            query = f"state=open&include=task&per_page=100&node_id={me['id']}&sort=id"
            page = done(call("GET", f"{api}/run?{query}", token))
            ours = [run for run in page["data"] if run["organization"]["id"] == me["organization"]["id"]
                    and task in (None, run["task"]["id"]) and run["id"] not in finished]
            for run in ours[:runs - len(finished)]:
                begin(api, token, run, stop_at)
                begun.append((token, me, own, run))
                if stop_at is None and not statuses:
                    organization = str(me["organization"]["id"])
                    finish(api, *begun.pop(), status, (results or {}).get(organization, result), size, log, store)
                frame = dataframe or extracted(run)
                if columns and frame:
                    url = f"{api}/session/dataframe/{frame}/column"
                    done(call("POST", url, token, columns))
                finished.append(run["id"])
        if time.monotonic() > end:
            raise RuntimeError(f"only {len(finished)} of {runs} runs came within {seconds} s")
        if len(finished) < runs:
            time.sleep(0.05)
    for token, me, own, run in begun if statuses else ():
        finish(api, token, me, own, run, statuses[str(me["organization"]["id"])], result, size, log, store)
    return finished


def extracted(run):
    """The dataframe that a run takes from a source, if it does."""
    frame = run["task"].get("dataframe") if run.get("action") == "data_extraction" else None
    return frame and frame["id"]


def begin(api, token, run, stop_at=None):
    for step, more in (("initializing", {}), ("active", {"started_at": now()})):
        done(call("PATCH", f"{api}/run/{run['id']}", token, {"status": step, **more}))
        if stop_at == step:
            return


def finish(api, token, me, own, run, status, result, size, log, store):
    # What a PATCH leaves out it sets to null, so the last one has everything.
    last = {"status": status, "finished_at": now(), "log": log or f"simulated node: {status}"}
    if status == "completed":
        if size:
            plain = json.dumps("x" * (size - 2))
        else:
            given = fetched(f"{api}/blobstream/{run['arguments']}", token) if store else run["arguments"]
            arguments = own.decrypt(given) if result is None else b"null"
            plain = result or json.dumps({"organization_id": me["organization"]["id"], "echo": json.loads(arguments)})
        asker = done(call("GET", f"{api}/organization/{run['task']['init_org']['id']}", token))
        encrypted = own.encrypt_bytes_to_str(plain.encode(), asker["public_key"] or "", skip_base64_encoding_of_msg=store)
        if store:
            raw = encrypted if isinstance(encrypted, bytes) else encrypted.encode()
            encrypted = done(call("POST", f"{api}/blobstream", token, raw=raw))["uuid"]
        last["result"] = encrypted
    done(call("PATCH", f"{api}/run/{run['id']}", token, last))


def connected(api, auth, node, seconds=60):
    """Connects a node by a web socket, as the platform's node does, which makes it online, until it is told to kill."""
    import socketio  # takes a while

    token, told = login(auth, node), threading.Event()
    client, heard = socketio.Client(reconnection=False), []
    client.on("kill_containers", lambda order: (heard.append(order), told.set()), namespace="/tasks")
    address = urllib.parse.urlsplit(api)
    client.connect(f"{address.scheme}://{address.netloc}", headers={"Authorization": f"Bearer {token}"},
                   namespaces=["/tasks"], transports=["polling"])
    try:
        if not told.wait(seconds):
            raise RuntimeError(f"told nothing within {seconds} s")
        return heard[0]
    finally:
        client.disconnect()


def cost(api, auth, username, secret, per_page, gets):
    from vantage6.client import UserClient  # takes a while

    with contextlib.redirect_stdout(sys.stderr):  # it prints; our output is the answers' alone
        client = UserClient(api, auth, log_level="critical")
        client.initialize_service_account(secret, username=username)
        client.authenticate_service_account()
        start, items, page, more = time.process_time(), 0, 1, True
        while more:
            body = client.organization.list(page=page, per_page=per_page)
            items, page, more = items + len(body["data"]), page + 1, body["links"].get("next")
        item = (time.process_time() - start) / items
        start = time.process_time()
        for _ in range(gets):
            client.organization.get(1)
        get = (time.process_time() - start) / gets
    return {"item": item * 1e6, "get": get * 1e6}


def methods():
    import inspect

    from vantage6.client import UserClient

    with contextlib.redirect_stdout(sys.stderr):
        client = UserClient("http://127.0.0.1:1/hq", "http://127.0.0.1:1", log_level="critical")

    def public(of):
        return [name for name, _ in inspect.getmembers(of, inspect.isroutine) if not name.startswith("_")]

    groups = {name: of for name, of in vars(client).items() if type(of).__module__.startswith("vantage6.client")}
    return {"": public(client), **{name: public(of) for name, of in groups.items()}}


DO = {"key": key, "encrypt": encrypt, "encrypt_blob": encrypt_blob, "decrypt": decrypt_text, "decrypt_blob": decrypt_blob, "call": call,
      "work": work, "socket": connected, "cost": cost, "methods": methods}

print(json.dumps({"ok": "ready"}), flush=True)
for line in sys.stdin:
    order = json.loads(line)
    try:
        answer = {"ok": DO[order.pop("do")](**order)}
    except BaseException:  # whatever it is, whoever asked should see it
        answer = {"error": traceback.format_exc(limit=3)}
    try:
        print(json.dumps(answer), flush=True)
    except BrokenPipeError:  # nobody waits for it any more
        break
shutil.rmtree(FOLDER, ignore_errors=True)
os._exit(0)
