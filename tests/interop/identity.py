"""A stand-in for the parts of Keycloak that vantage6 speaks to. Everything is in memory.

python identity.py FOLDER

It prints "ready PORT" when it listens. It ends when its standard input does,
and takes the folder along.

For clients: the realm's key, discovery, and the token endpoint with the grants
client_credentials, password, refresh_token and device_code. Refreshing rotates
both tokens, as Keycloak does where reuse is off. For HQ: users and clients.

Not Keycloak, for tests:
  /test/approve?user_code=C&username=U    lets a device in
  /test/deny?user_code=C                  refuses it
  /test/browser?azp=A&username=U          somebody who lets each device of that client in at once
  /test/lifetime?seconds=S&told=T&azp=A   tokens from now on expire after S seconds
                                          (may be negative), while the answer says T;
                                          only those of that client, if one is named
  /test/slow_down?times=N                 tells the next N device polls to slow down
  /test/count                             how many tokens were given, by grant
"""
import base64
import collections
import json
import secrets
import sys
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import rsa

import life

life.watch(sys.argv[1])

REALM = "vantage6"

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())
DER = KEY.public_key().public_bytes(ser.Encoding.DER, ser.PublicFormat.SubjectPublicKeyInfo)

users = {}  # id -> representation, and "password"
clients = {}  # id -> representation, and "secret"
devices = {}  # device_code -> {"user_code", "user", "denied", "expires"}
spent = set()  # ids of refresh tokens that were used
browsers = {}  # client id -> user name
lifetimes = {}  # client id, or None -> (seconds, told)
count = collections.Counter()
slow = [0]


def add_user(name, password=None, **more):
    key = str(uuid.uuid4())
    users[key] = {"id": key, "username": name, "enabled": True, "attributes": {}, "password": password, **more}
    return key


def sign(subject, kind, seconds, sort):
    now = int(time.time())
    claims = {"sub": subject, "iss": BASE, "azp": "public_client", "iat": min(now, now + seconds), "exp": now + seconds,
              "jti": str(uuid.uuid4()), "typ": kind, "vantage6_client_type": sort}
    return jwt.encode(claims, PEM, algorithm="RS256", headers={"kid": "test"})


def tokens(subject, client, sort="user", refresh=True):
    seconds, told = lifetimes.get(client) or lifetimes.get(None) or (300, 300)
    out = {"access_token": sign(subject, "Bearer", seconds, sort), "token_type": "Bearer", "expires_in": told,
           "scope": "openid profile email"}
    if refresh:
        out |= {"refresh_token": sign(subject, "Refresh", 1800, sort), "refresh_expires_in": 1800}
    return 200, out


def refused(status, name, text=""):
    return status, {"error": name, "error_description": text}


def grant(form):
    kind, client = form.get("grant_type"), form.get("client_id")
    count[kind] += 1
    if kind == "client_credentials":
        for known in clients.values():
            if known["clientId"] == client and known["secret"] == form.get("client_secret"):
                mappers = known.get("protocolMappers", [])
                sort = next((mapper["config"]["claim.value"] for mapper in mappers), "user")
                return tokens(known["service_user"], client, sort, refresh=False)
        return refused(401, "unauthorized_client", "Invalid client or Invalid client credentials")
    if kind == "password":
        for user in users.values():
            if user["username"] == form.get("username") and user["password"] == form.get("password"):
                return tokens(user["id"], client)
        return refused(401, "invalid_grant", "Invalid user credentials")
    if kind == "refresh_token":
        try:
            claims = jwt.decode(form.get("refresh_token", ""), KEY.public_key(), algorithms=["RS256"])
        except jwt.PyJWTError:
            return refused(400, "invalid_grant", "Invalid refresh token")
        if claims["typ"] != "Refresh" or claims["sub"] not in users or claims["jti"] in spent:
            return refused(400, "invalid_grant", "Token is not active")
        spent.add(claims["jti"])
        return tokens(claims["sub"], client, claims["vantage6_client_type"])
    if kind == "urn:ietf:params:oauth:grant-type:device_code":
        device = devices.get(form.get("device_code"))
        if device is None:
            return refused(400, "invalid_grant", "Device code not valid")
        if slow[0] > 0:
            slow[0] -= 1
            return refused(400, "slow_down")
        if time.time() > device["expires"]:
            return refused(400, "expired_token")
        if device["denied"]:
            return refused(400, "access_denied")
        user = device["user"] or named(browsers.get(client))
        return tokens(user, client) if user else refused(400, "authorization_pending")
    return refused(400, "unsupported_grant_type")


def named(name):
    return next((user["id"] for user in users.values() if user["username"] == name), None)


def helper(name, query):
    if name in ("approve", "deny"):
        for device in devices.values():
            if device["user_code"] == query.get("user_code"):
                device["denied"] = name == "deny"
                device["user"] = named(query.get("username"))
                return 200, {"ok": True}
        return 404, {"error": "unknown user_code"}
    if name == "browser":
        browsers[query["azp"]] = query["username"]
        return 200, {"ok": True}
    if name == "lifetime":
        seconds = int(query.get("seconds", 300))
        lifetimes[query.get("azp")] = (seconds, int(query.get("told", seconds)))
        return 200, {"ok": True}
    if name == "slow_down":
        slow[0] = int(query["times"])
        return 200, {"ok": True}
    return 200, dict(count)


def administered(method, rest, query, body):
    """What HQ asks for: status, body, and the address of what was made."""
    if rest == ["users"] and method == "POST":
        if any(user["username"] == body["username"] for user in users.values()):
            return 409, {"errorMessage": "User exists with same username"}, None
        given = body.pop("credentials", [])
        password = next((entry["value"] for entry in given if entry["type"] == "password"), None)
        return 201, None, f"users/{add_user(body.pop('username'), password, **body)}"
    if rest == ["users"]:
        wanted = query.get("username", "").lower()
        exact = query.get("exact") == "true"
        found = [u for u in users.values() if (u["username"] == wanted if exact else wanted in u["username"].lower())]
        return 200, found, None
    if rest[0] == "users" and len(rest) == 2:
        if rest[1] not in users:
            return 404, {"error": "User not found"}, None
        if method == "GET":
            return 200, users[rest[1]], None
        users.pop(rest[1]) if method == "DELETE" else users[rest[1]].update(body)
        return 204, None, None
    if rest == ["clients"] and method == "POST":
        key = str(uuid.uuid4())
        user = add_user(f"service-account-{body['clientId']}".lower())
        clients[key] = {"id": key, "secret": secrets.token_urlsafe(24), "service_user": user, **body}
        return 201, None, f"clients/{key}"
    if rest == ["clients"]:
        return 200, [c for c in clients.values() if query.get("clientId") in (None, c["clientId"])], None
    if rest[0] == "clients" and rest[1] in clients:
        client = clients[rest[1]]
        if rest[2:] == ["client-secret"]:
            if method == "POST":
                client["secret"] = secrets.token_urlsafe(24)
            return 200, {"type": "secret", "value": client["secret"]}, None
        if method == "DELETE":
            users.pop(client["service_user"], None)
            clients.pop(rest[1])
            return 204, None, None
        return 200, client, None
    return 404, {"error": "not found"}, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in two packets; see serve_hq.py.
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def reply(self, status, body=None, location=None):
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def handle_any(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, method = url.path.rstrip("/"), self.command
        realm = f"/realms/{REALM}"
        oidc = f"{realm}/protocol/openid-connect"
        admin = f"/admin{realm}/"
        if path == realm:
            return self.reply(200, {"realm": REALM, "public_key": base64.b64encode(DER).decode()})
        if path == f"{realm}/.well-known/openid-configuration":
            return self.reply(200, {"issuer": BASE, "token_endpoint": f"{OIDC}/token",
                                    "authorization_endpoint": f"{OIDC}/auth",
                                    "device_authorization_endpoint": f"{OIDC}/auth/device"})
        if path == f"{oidc}/token" and method == "POST":
            form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            basic = self.headers.get("Authorization", "")
            if basic.startswith("Basic "):
                form["client_id"], form["client_secret"] = base64.b64decode(basic[6:]).decode().split(":", 1)
            return self.reply(*grant(form))
        if path == f"{oidc}/auth/device" and method == "POST":
            code, user_code = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
            devices[code] = {"user_code": user_code, "user": None, "denied": False, "expires": time.time() + 600}
            return self.reply(200, {"device_code": code, "user_code": user_code, "expires_in": 600, "interval": 1,
                                    "verification_uri": f"{BASE}/device",
                                    "verification_uri_complete": f"{BASE}/device?user_code={user_code}"})
        if path.startswith("/test/"):
            return self.reply(*helper(path.removeprefix("/test/"), query))
        if path.startswith(admin):
            rest = path[len(admin):].split("/")
            status, body, made = administered(method, rest, query, json.loads(raw) if raw else {})
            return self.reply(status, body, made and f"{ROOT}{admin}{made}")
        return self.reply(404, {"error": "not found"})

    do_GET = do_POST = do_PUT = do_DELETE = handle_any


add_user("admin", "admin")
clients["backend"] = {"id": "backend", "clientId": "backend-admin-client", "secret": "backend-secret",
                      "service_user": add_user("service-account-backend")}
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
ROOT = f"http://127.0.0.1:{server.server_address[1]}"
BASE = f"{ROOT}/realms/{REALM}"
OIDC = f"{BASE}/protocol/openid-connect"
print("ready", server.server_address[1], flush=True)
server.serve_forever()
