#!/usr/bin/env python3
"""The engines on a real etcd, a real nginx and a folder: what is got and put, who loses a race, and what comes of
servers that are down, full, slow, lying or not trusted."""
import base64
import collections
import concurrent.futures
import json
import os
import stat
import subprocess

import fleettest
from fleettest import (Etcd, Hole, Nginx, Server, Shelf, announced, authority, dripping, endless, endless_headers,
                       hangup, resets, says, settings, signal, silent, stranger, write)
from harness import add_case, case, check, contains, equal, main, wait_for

TRY = f"{fleettest.BUILD}/engine-try"
Result = collections.namedtuple("Result", "error version bytes reason")


def ask(kind, section, *arguments, ms=8000, session="-", environment=None):
    """Runs engine-try. It has to end by itself soon after its deadline."""
    conf = write(f"/tmp/conf/{os.getpid()}.{id(section)}.{hash(arguments)}", settings(**{kind: section}), 0o600)
    done = subprocess.run([TRY, conf, kind, str(ms), session, *arguments], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=ms / 1000 + 20, env=environment or {})
    head, _, body = done.stdout.partition(b"\n")
    if arguments[0] == "list":
        *names, head = done.stdout.decode().rstrip().rsplit("\n")
        return Result(head.split(" ")[0], "", [name for name in names], done.stderr.decode().strip())
    error, _, version = head.decode().partition(" ")
    return Result(error, version, body, done.stderr.decode().strip())


class Engine:
    """One section, asked again and again."""

    def __init__(self, kind, section, **more):
        self.kind, self.section, self.more = kind, section, more

    def get(self, path, known="-", **more):
        return ask(self.kind, self.section, "get", path, known, **{**self.more, **more})

    def put(self, path, version, content, **more):
        file = write(f"/tmp/content/{abs(hash((path, content)))}", content)
        return ask(self.kind, self.section, "put", path, version or "-", file, **{**self.more, **more})

    def list(self, prefix):
        return ask(self.kind, self.section, "list", prefix)

    def must_put(self, path, version, content):
        result = self.put(path, version, content)
        equal(result.error, "HF_OK", f"put {path}: {result.reason}")
        return result.version

    def must_get(self, path, content, **more):
        result = self.get(path, **more)
        equal((result.error, result.bytes), ("HF_OK", content), f"get {path}: {result.reason}")
        return result.version


def fails(result, error, reason=""):
    equal(result.error, error, result.reason)
    contains(result.reason, reason, "the reason")


def everyday(engine):
    """What each engine that can be written to does."""
    fails(engine.get("users/anna"), "HF_ENOTFOUND")
    first = engine.must_put("users/anna", None, b"one")
    equal(engine.must_get("users/anna", b"one"), first, "the version")
    fails(engine.put("users/anna", None, b"another one"), "HF_ECHANGED")
    second = engine.must_put("users/anna", first, b"two")
    fails(engine.put("users/anna", first, b"three"), "HF_ECHANGED")
    engine.must_get("users/anna", b"two", known=first)
    check(first != second, "a new version")
    large = bytes(range(256)) * 257
    engine.must_put("users/a%20b", None, large)
    engine.must_get("users/a%20b", large)
    fails(engine.put("users/huge", None, large + b"x"), "HF_ETOOBIG")
    engine.must_put("head", None, b"\0\n")
    engine.must_get("head", b"\0\n")
    for path in ("../head", "/head", "users/../head", "users//anna", "users/", ".lock", "users/.x", "a b", ""):
        fails(engine.get(path), "HF_ENAME")
        fails(engine.put(path, None, b"x"), "HF_ENAME")


def race(engine, path="users/raced"):
    """Eight at once, of whom each has seen the same: one wins, and the others are told."""
    first = engine.must_put(path, None, b"before")
    with concurrent.futures.ThreadPoolExecutor(8) as lanes:
        results = list(lanes.map(lambda number: engine.put(path, first, f"by {number}".encode()), range(8)))
    won = [number for number, result in enumerate(results) if result.error == "HF_OK"]
    equal(sorted({result.error for result in results}), ["HF_ECHANGED", "HF_OK"], "the errors")
    equal(len(won), 1, "winners")
    engine.must_get(path, f"by {won[0]}".encode())


# ------------------------------------------------------------------------------------------------ folder

def folder():
    """A new one."""
    folder.count = getattr(folder, "count", 0) + 1
    path = f"/tmp/folders/{folder.count}"
    os.makedirs(path)
    return path, Engine("folder", {"path": path})


@case("a folder: get, put, versions, and paths that lead out of it")
def _():
    path, engine = folder()
    everyday(engine)
    equal([(oct(stat.S_IMODE(os.stat(f"{path}/{name}").st_mode))) for name in ("users", "users/anna", "head")],
          ["0o755", "0o644", "0o644"], "modes")
    equal(sorted(os.listdir(path)), [".lock", "head", "users"], "what lies there")
    fails(engine.get("users/anna", engine.get("users/anna").version), "HF_EUNCHANGED")
    # The same again is the same.
    write(f"{path}/users/anna", b"two")
    fails(engine.get("users/anna", engine.get("users/anna").version), "HF_EUNCHANGED")
    equal(sorted(engine.list("users/").bytes), ["users/a%20b", "users/anna"], "the list")
    equal(sorted(engine.list("").bytes), ["head", "users/a%20b", "users/anna"], "the whole list")
    equal(engine.list("users/ann").bytes, ["users/anna"], "the list of what begins so")


@case("a folder: of eight who put the same object one wins")
def _():
    race(folder()[1])


@case("a folder: 300 objects at once, and not a second time")
def _():
    path, engine = folder()
    fails(ask("folder", engine.section, "many", "300"), "HF_OK")
    equal(len(engine.list("users/").bytes), 300, "names in the list")
    fails(ask("folder", engine.section, "many", "300"), "HF_ECHANGED")
    equal(sorted(os.listdir(path)), [".lock", "users"], "what lies there")


@case("a folder: links, pipes and what is too large are refused; one that is not mounted is not available")
def _():
    path, engine = folder()
    write(f"{path}/users/large", b"x" * 65793)
    os.symlink("/etc/passwd", f"{path}/users/link")
    os.mkfifo(f"{path}/users/pipe")
    fails(engine.get("users/large"), "HF_ETOOBIG")
    fails(engine.get("users/link"), "HF_ETYPE")
    fails(engine.get("users/pipe"), "HF_ETYPE")
    fails(engine.put("users/link", None, b"x"), "HF_ETYPE")
    gone = Engine("folder", {"path": "/tmp/folders/none"})
    for result in (gone.get("users/anna"), gone.put("users/anna", None, b"x"), gone.list("users/")):
        fails(result, "HF_EUNAVAIL", "/tmp/folders/none: there is no such folder")
    check(not os.path.exists("/tmp/folders/none"), "the folder was made")


@case("a folder: who has its lock is waited for until the deadline")
def _():
    path, engine = folder()
    with subprocess.Popen(["flock", f"{path}/.lock", "cat"], stdin=subprocess.PIPE) as holder:
        wait_for(lambda: subprocess.run(["flock", "-n", f"{path}/.lock", "true"]).returncode != 0, "the lock is held")
        fails(engine.put("head", None, b"x", ms=100), "HF_EDEADLINE")
        holder.stdin.close()
    engine.must_put("head", None, b"x")


# -------------------------------------------------------------------------------------------------- etcd

class Cluster:
    """The one that most cases share; made by the first of them."""

    made = None

    @classmethod
    def get(cls):
        if cls.made is None:
            cls.made = Etcd().__enter__()
        for node in cls.made.nodes:
            if node.process is None:
                cls.made.start(node)
        cls.made.wait()
        return cls.made

    @classmethod
    def end(cls):
        if cls.made is not None:
            cls.made.__exit__()


def etcd_engine(etcd=None, **more):
    return Engine("etcd", (etcd or Cluster.get()).section(**more))


@case("etcd: get, put and versions")
def _():
    engine = etcd_engine(prefix="/everyday/")
    everyday(engine)
    fails(engine.get("users/anna", engine.get("users/anna").version), "HF_EUNCHANGED")
    equal(sorted(engine.list("users/").bytes), ["users/a%20b", "users/anna"], "the list")


@case("etcd: of eight who put the same object one wins")
def _():
    race(etcd_engine())


@case("etcd: 1,100 objects put and got, and listed by pages")
def _():
    engine = etcd_engine(prefix="/many/")
    result = ask("etcd", engine.section, "many", "1100", ms=60000)
    fails(result, "HF_OK")
    names = engine.list("users/")
    equal(len(set(names.bytes)), 1100, f"names in the list: {names.error}")
    equal(sorted(engine.list("users/person109").bytes),
          sorted(["users/person109"] + [f"users/person109{digit}" for digit in range(10)]), "a part of them")


@case("etcd: objects of other prefixes are not ours")
def _():
    etcd_engine(prefix="/one/").must_put("users/anna", None, b"one")
    other = etcd_engine(prefix="/on")
    fails(other.get("users/anna"), "HF_ENOTFOUND")
    equal(other.list("users/").bytes, [], "the list")
    # "/one/users/anna" begins with "/on", but "e/users/anna" does not begin with what is asked for.
    equal(other.list("e/users/").bytes, ["e/users/anna"], "the list of a shorter prefix")


@case("etcd: the leader is killed, and gets and puts go on")
def _():
    etcd = Cluster.get()
    engine = etcd_engine()
    version = engine.must_put("users/leader", None, b"before")
    etcd.leader().end(signal.SIGKILL)
    engine.must_get("users/leader", b"before")
    engine.must_put("users/leader", version, b"after")
    engine.must_get("users/leader", b"after")


@case("etcd: two of three are killed: gets go on, and a put is told")
def _():
    etcd = Cluster.get()
    engine = etcd_engine()
    engine.must_put("users/two", None, b"before")
    for node in etcd.nodes[:2]:
        node.end(signal.SIGKILL)
    for _ in range(3):
        engine.must_get("users/two", b"before")
    fails(engine.put("users/three", None, b"x", ms=1500), "HF_EDEADLINE")


@case("etcd: a node is stopped, and accepts connections still")
def _():
    etcd = Cluster.get()
    engine = etcd_engine()
    version = engine.must_put("users/stopped", None, b"before")
    node = etcd.leader()
    node.send(signal.SIGSTOP)
    try:
        for _ in range(3):
            engine.must_get("users/stopped", b"before")
        engine.must_put("users/stopped", version, b"after")
    finally:
        node.send(signal.SIGCONT)


@case("etcd: all three are down")
def _():
    etcd = Cluster.get()
    engine = etcd_engine()
    for node in etcd.nodes:
        node.end(signal.SIGKILL)
    fails(engine.get("users/anna"), "HF_EUNAVAIL", "https://127.0.0.1:")
    fails(engine.put("users/anna", None, b"x"), "HF_EUNAVAIL")
    fails(engine.list("users/"), "HF_EUNAVAIL")


CLIENTS = (
    ("no certificate", lambda: {}),
    ("a certificate of another authority", lambda: stranger().client().keys()),
    ("a certificate that has expired", lambda: authority.client(-1).keys()),
)


def refused_client(keys):
    etcd = Cluster.get()
    result = Engine("etcd", {"endpoint": etcd.endpoints, "authorities": authority.path, **keys()}).get("head")
    # The alert of etcd's TLS 1.3 may come too late: then the connection was only cut off.
    check(result.error in ("HF_EREFUSED", "HF_EUNAVAIL"), f"{result}")
    contains(result.reason, "certificate", "the reason")


for title, keys in CLIENTS:
    add_case(f"etcd: {title} is refused", refused_client, keys)


@case("etcd: a certificate or key that cannot be read is told as such")
def _():
    broken = write("/tmp/broken.pem", "this is no certificate\n")
    section = {**Cluster.get().section(), "certificate": broken}
    fails(Engine("etcd", section).get("head"), "HF_ECONFIG", "broken.pem")
    section = {**Cluster.get().section(), "authorities": "/tmp/none.pem"}
    fails(Engine("etcd", section).get("head"), "HF_ECONFIG", "none.pem")


@case("etcd: a database that is full is told as such, and is read from still")
def _():
    with Etcd("--quota-backend-bytes", str(1 << 20), count=1) as etcd:
        engine = etcd_engine(etcd)
        results = []
        while len(results) < 64 and (not results or results[-1].error == "HF_OK"):
            results.append(engine.put(f"users/person{len(results)}", None, b"x" * 65000))
        fails(results[-1], "HF_EUNAVAIL", "database is full")
        engine.must_get("users/person0", b"x" * 65000)


def session_text(path):
    with open(path) as file:
        return file.read()


@case("etcd: users and passwords; the token is kept, and renewed once it is not valid any more")
def _():
    with Etcd(count=1) as etcd:
        etcd.enable_auth(readers=[("host", "hostTEST\"\\")], writers=[("admin", "adminTEST")])
        right = write("/tmp/password/host", 'hostTEST"\\\n', 0o600)
        wrong = write("/tmp/password/wrong", "wrongTEST", 0o600)
        admin = write("/tmp/password/admin", "adminTEST", 0o600)
        session = "/tmp/session"
        host = Engine("etcd", etcd.section(user="host", password_file=right), session=session)
        etcd_engine(etcd, user="admin", password_file=admin).must_put("users/anna", None, b"one")
        host.must_get("users/anna", b"one")
        equal(oct(stat.S_IMODE(os.stat(session).st_mode)), "0o600", "the mode of the kept token")
        kept = session_text(session)
        check("TEST" not in kept, "the password is in the token's file")
        host.must_get("users/anna", b"one")
        equal(session_text(session), kept, "the token is used again")
        write(session, "host\nAuthorization: noLongerValid.1\n"[:-1], 0o600)
        host.must_get("users/anna", b"one")
        check("noLongerValid" not in session_text(session), "the token was not renewed")
        write(session, "somebody\nAuthorization: x", 0o600)
        host.must_get("users/anna", b"one")
        fails(host.put("users/anna", "1", b"two"), "HF_EREFUSED", "role")
        fails(etcd_engine(etcd).get("users/anna"), "HF_EREFUSED", "wants a user")
        fails(etcd_engine(etcd, user="host", password_file=wrong).get("users/anna"), "HF_EREFUSED",
              "neither this user nor this password")
        os.chmod(wrong, 0o644)
        fails(etcd_engine(etcd, user="host", password_file=wrong).get("users/anna"), "HF_ECONFIG", wrong)


@case("etcd: a user is set where there are none")
def _():
    password = write("/tmp/password/none", "noneTEST", 0o600)
    fails(etcd_engine(user="host", password_file=password).get("users/nobody"), "HF_ENOTFOUND")


@case("etcd behind nginx: hosts may read, and reach nothing else")
def _():
    etcd = Cluster.get()
    etcd_engine().must_put("users/behind", None, b"one")
    with Nginx(etcd=etcd) as server:
        section = {name: value for name, value in server.section().items() if name != "url"}
        engine = Engine("etcd", {**section, "endpoint": server.url})
        engine.must_get("users/behind", b"one")
        fails(engine.put("users/behind", None, b"two"), "HF_EREFUSED", "gateway")
        for node in etcd.nodes[:2]:
            node.end(signal.SIGKILL)
        engine.must_get("users/behind", b"one")


# ------------------------------------------------------------------------------------------------- https

@case("nginx: get, ETag and 304; an object of this second is got again")
def _():
    with Nginx() as server:
        engine = Engine("https", server.section())
        path = write(f"{server.folder}/users/anna", b"one")
        os.utime(path, (1700000000, 1700000000))
        version = engine.must_get("users/anna", b"one")
        fails(engine.get("users/anna", version), "HF_EUNCHANGED")
        wait_for(lambda: [line for line in server.asked() if " 304 " in line], "nginx said 304")
        engine.must_get("users/anna", b"one", known="?" + version)
        fails(engine.get("users/bert"), "HF_ENOTFOUND")
        write(f"{server.folder}/users/a%20b", b"name")
        engine.must_get("users/a%20b", b"name")
        fails(engine.list("users/"), "HF_EUNAVAIL", "list")
        # One that was written in the second it is got in.
        def young():
            write(path, b"two")
            return engine.must_get("users/anna", b"two").startswith("?")
        wait_for(young, "an object is as young as its answer")


def refused_by_nginx(keys):
    with Nginx() as server:
        write(f"{server.folder}/head", b"x")
        fails(Engine("https", {"url": server.url, "authorities": authority.path, **keys()}).get("head"),
              "HF_EREFUSED", "certificate")


for title, keys in CLIENTS:
    add_case(f"nginx: {title} is refused", refused_by_nginx, keys)


@case("nginx: its DAV ignores If-Match, so that only a lone writer may put, who looks first")
def _():
    with Nginx(put=True) as server:
        fails(Engine("https", server.section()).put("head", None, b"x"), "HF_ECONFIG", "If-Match")
        engine = Engine("https", server.section(single_writer="yes"))
        first = engine.must_put("users/anna", None, b"one")
        equal(engine.must_get("users/anna", b"one").lstrip("?"), first.lstrip("?"), "the version")
        fails(engine.put("users/anna", None, b"two, and longer"), "HF_ECHANGED")
        engine.must_put("users/anna", first, b"two, and longer")
        fails(engine.put("users/anna", first, b"three"), "HF_ECHANGED")
        engine.must_put("users/a%20b", None, b"name")
        check(os.path.exists(f"{server.folder}/users/a%20b"), "the file's name is not the object's")


@case("a folder: a link in it leads nowhere, and what did not fit leaves nothing")
def _():
    path, outside = "/srv/links", "/srv/outside"
    os.makedirs(path)
    os.makedirs(outside)
    write(f"{outside}/anna", "elsewhere")
    os.symlink(outside, f"{path}/users")
    engine = Engine("folder", {"path": path})
    fails(engine.get("users/anna"), "HF_ETYPE")
    fails(engine.put("users/anna", None, b"x"), "HF_ETYPE")
    check(engine.put("users/bert", None, b"x").error != "HF_OK", "a put behind a link")
    equal(os.listdir(outside), ["anna"], "what lies elsewhere")
    equal(engine.list("users/").bytes, [], "the list")
    equal(sorted(os.listdir(path)), [".lock", "users"], "what lies there")


@case("https: ETags that are weak in the first second, as Apache's; and for ever")
def _():
    shelf, looks = Shelf(), []

    def behave(handler):
        if handler.command == "GET" and handler.path in shelf.objects:
            body, tag = shelf.objects[handler.path]
            looks.append(tag)
            young = lasting or looks.count(tag) <= 2  # the look after the put, and the next get
            handler.answer(200, body, {"ETag": f"W/{tag}" if young else tag})
        elif str(handler.headers.get("If-Match")).startswith("W/"):
            handler.answer(412)
        else:
            shelf(handler)
    with Server(behave) as server:
        engine, lasting = Engine("https", server.section()), False
        engine.must_put("users/anna", None, b"one")
        version = engine.get("users/anna").version
        check(version.startswith("W/"), f"the version: {version}")
        engine.must_put("users/anna", version, b"two")
        lasting = True
        version = engine.get("users/anna").version
        fails(engine.put("users/anna", version, b"three"), "HF_ECONFIG", "weak")
        fails(engine.put("users/anna", 'W/"another"', b"three"), "HF_ECHANGED")


@case("a server that compares versions: get, put, and a race")
def _():
    with Server(Shelf()) as server:
        engine = Engine("https", server.section())
        everyday(engine)
        race(engine)
        fails(engine.get("users/anna", engine.get("users/anna").version), "HF_EUNCHANGED")


@case("a server that wants a user and a password")
def _():
    def behave(handler):
        right = "Basic " + base64.b64encode(b"host:passwordTEST").decode()
        handler.answer(200 if handler.headers.get("Authorization") == right else 401, b"inside")
    password = write("/tmp/password/https", "passwordTEST\n", 0o600)
    with Server(behave) as server:
        Engine("https", server.section(user="host", password_file=password)).must_get("head", b"inside")
        fails(Engine("https", server.section()).get("head"), "HF_EREFUSED", "401")


@case("a put that is cut off is looked for again")
def _():
    shelf, puts = Shelf(), []

    def behave(handler):
        if handler.command == "PUT" and "probe" not in handler.path:
            puts.append(handler.path)
            with shelf.lock:
                shelf._do(handler)
            hangup(handler)
        else:
            shelf(handler)
    with Server(behave) as server:
        Engine("https", server.section()).must_put("users/anna", None, b"one")
        check(puts, "nothing was put")


@case("a lone writer's first look that is cut off is made again")
def _():
    shelf, looks = Shelf(), []

    def behave(handler):
        looks.append(handler.command)
        (hangup if len(looks) == 1 else shelf)(handler)
    with Server(behave) as server:
        Engine("https", server.section(single_writer="yes")).must_put("users/anna", None, b"one")
        equal(looks, ["GET", "GET", "PUT", "GET"], "what was asked")


@case("etcd: a put that is cut off is told from another's by its bytes")
def _():
    key = base64.b64encode(b"/hf-token/head").decode()

    def found(content):
        pair = {"key": key, "mod_revision": "7", "value": base64.b64encode(content).decode()}
        return json.dumps({"header": {"revision": "9"}, "responses": [{"response_range": {
            "header": {"revision": "9"}, "kvs": [pair]}}]}).encode()

    def behave_with(content, first):
        def behave(handler):
            if len(handler.server.asked) == 1:
                first(handler)
            else:
                handler.answer(200, found(content))
        return behave
    for content, first, wanted in ((b"mine", hangup, ("HF_OK", "7")), (b"hers", hangup, ("HF_ECHANGED", "")),
                                   (b"mine", says(503, b'{"error":"x","code":14}'), ("HF_OK", "7")),
                                   (b"hers", says(200, found(b"hers")), ("HF_ECHANGED", ""))):
        with Server(behave_with(content, first)) as server:
            engine = Engine("etcd", {"endpoint": [server.url, server.url], "authorities": authority.path})
            result = engine.put("head", "3", b"mine")
            equal((result.error, result.version), wanted, result.reason)


# -------------------------------------------------------------------------------------- hostile and broken

def misbehaves(behave, https, etcd, ms):
    with Server(behave) as server:
        fails(Engine("https", server.section()).get("users/anna", ms=ms), https)
        fails(Engine("etcd", {"endpoint": server.url, "authorities": authority.path}).get("users/anna", ms=ms), etcd)


def etcd_says(pair=None, **more):
    return says(200, json.dumps({"header": {"revision": "9"}, **({"kvs": [pair]} if pair else {}), **more}).encode())


KEY = base64.b64encode(b"/hf-token/users/anna").decode()
VALUE = base64.b64encode(b"x" * 65793).decode()
MISBEHAVIOURS = (
    ("says nothing", silent, "HF_EDEADLINE", "HF_EDEADLINE", 400),
    ("sends a byte at a time", dripping, "HF_EDEADLINE", "HF_EDEADLINE", 400),
    ("never ends", endless, "HF_ETOOBIG", "HF_ETOOBIG"),
    ("never ends its headers", endless_headers, "HF_ETOOBIG", "HF_ETOOBIG"),
    ("hangs up", hangup, "HF_EUNAVAIL", "HF_EUNAVAIL"),
    ("announces more than it sends", announced(1000), "HF_EUNAVAIL", "HF_EUNAVAIL"),
    ("sends elsewhere", says(302, b"", Location="https://127.0.0.1:1/"), "HF_EPROTOCOL", "HF_EPROTOCOL"),
    ("has an error of its own", says(500, b"oops"), "HF_EUNAVAIL", "HF_EUNAVAIL"),
    ("does not want to", says(403, b"no"), "HF_EREFUSED", "HF_EREFUSED"),
)
for title, behave, https, etcd, *ms in MISBEHAVIOURS:
    add_case(f"a server that {title}", misbehaves, behave, https, etcd, *(ms or [8000]))


@case("a server that resets the connection while it is sent to")
def _():
    with Server(resets) as server:
        large = b"x" * 65000
        fails(Engine("https", server.section(single_writer="yes")).put("head", None, large), "HF_EUNAVAIL")
        section = {"endpoint": server.url, "authorities": authority.path}
        fails(Engine("etcd", section).put("head", None, large), "HF_EUNAVAIL")


@case("a server that says nothing is given up, however long the caller would wait")
def _():
    with Server(silent) as server:
        fails(Engine("https", server.section()).get("head", ms=60000), "HF_EUNAVAIL", "time")


LIES = (
    ("a page", says(200, b"<html>Welcome</html>"), "HF_EPROTOCOL"),
    ("nothing", says(200, b""), "HF_EPROTOCOL"),
    ("an object of nothing", says(200, b"{}"), "HF_EPROTOCOL"),
    ("half of an answer", says(200, b'{"header":{"revision":"9"},"kvs":[{"key":"'), "HF_EPROTOCOL"),
    ("a deep answer", says(200, b'{"header":' + b"[" * 5000), "HF_ETOOBIG"),
    ("many values", says(200, b'{"header":{},"kvs":[' + b"1," * 5000 + b"1]}"), "HF_ETOOBIG"),
    ("another key", etcd_says({"key": "eA==", "mod_revision": "3", "value": "eA=="}), "HF_EPROTOCOL"),
    ("a number for the revision", etcd_says({"key": KEY, "mod_revision": 3, "value": "eA=="}), "HF_EPROTOCOL"),
    ("a negative revision", etcd_says({"key": KEY, "mod_revision": "-3", "value": "eA=="}), "HF_EPROTOCOL"),
    ("a value that is not base64", etcd_says({"key": KEY, "mod_revision": "3", "value": "e!=="}), "HF_EPROTOCOL"),
    ("a value that is too large", etcd_says({"key": KEY, "mod_revision": "3", "value": VALUE}), "HF_ETOOBIG"),
    ("no pair", etcd_says(), "HF_ENOTFOUND"),
)


def lies(behave, wanted):
    with Server(behave) as server:
        fails(Engine("etcd", {"endpoint": server.url, "authorities": authority.path}).get("users/anna"), wanted)


for title, behave, wanted in LIES:
    add_case(f"an etcd that answers with {title}", lies, behave, wanted)


@case("an etcd whose list goes in circles")
def _():
    with Server(etcd_says({"key": KEY, "mod_revision": "3"}, more=True)) as server:
        engine = Engine("etcd", {"endpoint": server.url, "authorities": authority.path})
        fails(engine.list("users/"), "HF_EPROTOCOL")


@case("servers that are not whom they say: another authority's, expired, another name's")
def _():
    for pair in (stranger().server(), authority.server(-1), authority.elsewhere()):
        with Server(says(200, b"x"), pair) as server:
            fails(Engine("https", server.section()).get("head"), "HF_EUNTRUSTED", "certificate")
            fails(Engine("etcd", {"endpoint": server.url, "authorities": authority.path}).get("head"),
                  "HF_EUNTRUSTED")
            equal(server.asked, [], "requests that such a server got")


@case("of several addresses the next one is asked; one that accepts and says nothing costs a moment")
def _():
    closed = f"https://127.0.0.1:{fleettest.free_port()}"
    with Server(says(200, b"right")) as server, Server(says(500)) as broken, Hole() as hole:
        engine = Engine("https", server.section(url=[closed, hole.url, broken.url, server.url]))
        for _ in range(3):
            engine.must_get("head", b"right")


@case("no proxy, no netrc and no log of keys come from the environment")
def _():
    write("/tmp/home/.netrc", "default login somebody password netrcTEST\n", 0o600)
    environment = {"HOME": "/tmp/home", "https_proxy": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1",
                   "SSLKEYLOGFILE": "/tmp/home/keys"}
    with Server(says(200, b"x")) as server:
        Engine("https", server.section(), environment=environment).must_get("head", b"x")
        check("Authorization" not in server.asked[0][2], "a password was sent")
    check(not os.path.exists("/tmp/home/keys"), "the connection's keys were written")


@case("a server that repeats what it was sent gets no secret into the reason")
def _():
    def behave(handler):
        said = handler.body.decode() + str(handler.headers)
        handler.answer(401, json.dumps({"error": said, "message": said, "code": 16}).encode())
    password = write("/tmp/password/repeated", "repeatedTEST", 0o600)
    with Server(behave) as server:
        for kind, place in (("https", "url"), ("etcd", "endpoint")):
            section = {place: server.url, "authorities": authority.path, "user": "host", "password_file": password}
            result = Engine(kind, section).get("head")
            fails(result, "HF_EREFUSED")
            check("TEST" not in result.reason and "cmVw" not in result.reason, result.reason)


try:
    main()
finally:
    Cluster.end()
