#!/usr/bin/env python3
"""Logins and sources on real engines: three nodes of etcd, of which some are down, stopped or full; nginx with client
certificates; servers that are slow, lying or endless. Whatever they do, the login is over within its deadline."""
import os
import shutil
import signal
import time

import fleettest
import pam
import published
import users
from fleettest import Etcd, Nginx, Server, authority, settings, stranger
from harness import Log, add_case, case, check, contains, equal, main, wait_for
from published import DEADLINE, ask

PREFIX = "/hf-token/"
KEYS = "/etc/hf-token"
LATE, GONE = "it took longer than the deadline", "the source is not available"
DOWN = "the connection was refused"
REFUSED = "the server refused this machine or its account"
UNTRUSTED = "the server's certificate could not be verified"

published.account()
pam.service("fleet")
signer = published.Signer("first")
alice, bob = users.User("alice"), users.User("bob")


def given(pair):
    """A host's certificate and key as settings: the key is the account's alone."""
    if pair is None:
        return {}
    for source, name, mode in ((pair.certificate, "client.pem", 0o644), (pair.key, "client.key", 0o400)):
        shutil.copy(source, f"{KEYS}/{name}")
        os.chmod(f"{KEYS}/{name}", mode)
    os.chown(f"{KEYS}/client.key", published.account().pw_uid, -1)
    return {"certificate": f"{KEYS}/client.pem", "key": f"{KEYS}/client.key"}


def begin(kind, section, pair=None, **more):
    """A host that asks this engine, and has asked nothing yet."""
    published.folders()
    published.trust(signer)
    published.write("/etc/hf-token.conf", f"tokens: user host {kind}\n")
    engine = {"authorities": authority.path, **section, **given(pair)}
    published.write(published.SITE, settings(**{kind: engine, **more}))


def token_of(user, generation):
    return f"hf_TEST{user.name}x{generation}" + "0" * 12


def document(user, generation):
    return signer.document(user, generation, token_of(user, generation))


def log_in(user, placed=True):
    """A whole login; the line that it wrote. What was placed is the token of this generation, or none."""
    log, start = Log(), time.monotonic()
    with pam.Host("fleet", user) as host:
        host.do("open")
        took, got = time.monotonic() - start, user.tokens()
        host.do("close")
    wait_for(lambda: not user.tokens(), "the token is gone")
    check(took < DEADLINE, f"the login took {took:.1f} s")
    line = log.only_line(user)
    equal(bool(got), placed, f"a token was placed ({line})")
    check("hf_TEST" not in line, "a token is in the log")
    return line


def fresh(user, kind="etcd"):
    """The engine's own word, to a source and to a login."""
    got = ask(kind, user.name)
    equal((got.code, got.trouble), ("OK", "OK"), "the source")
    check(got.seconds < DEADLINE, f"the source took {got.seconds:.1f} s")
    line = log_in(user)
    check(line.endswith(f"{user.name}: 1 token placed"), f"the log: {line}")


def cached(user, kind="etcd", reason=GONE):
    """What was confirmed ten minutes ago, and why it is not the engine's own word."""
    published.set_confirmed(kind, f"users/{user.name}", 600)
    line = log_in(user)
    contains(line, f"1 token placed, 1 document from the cache; source {kind}: {reason}", "the log")


def refused(user, kind, code, reason):
    """Without a cache: no token, and the reason."""
    equal(ask(kind, user.name).code, code, "the source")
    contains(log_in(user, placed=False), f"source {kind}: {reason}", "the log")


# -------------------------------------------------------------------------------------------------- etcd

class Cluster:
    """The one that most cases share; each finds all of its nodes up."""

    made = None

    @classmethod
    def get(cls, **more):
        if cls.made is None:
            cls.made = Etcd().__enter__()
            for user in (alice, bob):
                put(cls.made, f"users/{user.name}", document(user, 1))
            put(cls.made, "head", signer.head(1))
        for node in cls.made.nodes:
            if node.process is None:
                cls.made.start(node)
        cls.made.wait()
        begin("etcd", {"endpoint": cls.made.endpoints}, cls.made.client, **more)
        return cls.made

    @classmethod
    def end(cls):
        if cls.made is not None:
            cls.made.__exit__()


def put(etcd, name, content, **more):
    etcd.ctl("put", "--", PREFIX + name, content.decode(), **more)


@case("etcd, all three nodes up: the token, and it is not asked for again while the head is fresh")
def _():
    etcd = Cluster.get()
    fresh(alice)
    equal(ask("etcd", "head", "-").code, "OK", "the head")
    equal(ask("etcd", alice.name).code, "OK", "under the head")
    for node in etcd.nodes:
        node.end(signal.SIGKILL)
    fresh(alice)  # the head, of a moment ago, spoke for it


@case("etcd, the leader killed: the token")
def _():
    etcd = Cluster.get()
    etcd.leader().end(signal.SIGKILL)
    fresh(alice)
    fresh(bob)


@case("etcd, two of three killed: the token, of what the last one has")
def _():
    etcd = Cluster.get()
    for node in etcd.nodes[:2]:
        node.end(signal.SIGKILL)
    fresh(alice)
    fresh(bob)


@case("etcd, the first node stopped, which accepts and says nothing: the token")
def _():
    etcd = Cluster.get()
    etcd.nodes[0].send(signal.SIGSTOP)
    try:
        fresh(alice)
    finally:
        etcd.nodes[0].send(signal.SIGCONT)


@case("etcd, all stopped, which accept and say nothing: the cache, within the deadline")
def _():
    etcd = Cluster.get()
    fresh(alice)
    for node in etcd.nodes:
        node.send(signal.SIGSTOP)
    try:
        cached(alice, reason=LATE)
        equal(ask("etcd", bob.name).code, "DEADLINE", "one who has no record")
        equal(ask("etcd", "head", "-", milliseconds=500).code, "DEADLINE", "the head")
        check(ask("etcd", "document", alice.name).trouble == "DEADLINE", "a refresh asks all the same")
    finally:
        for node in etcd.nodes:
            node.send(signal.SIGCONT)
    etcd.wait()
    # Until somebody has asked for the head nobody waits for it again, and then everybody asks.
    check(ask("etcd", alice.name).trouble == "DEADLINE", "the outage lasts")
    equal(ask("etcd", "document", alice.name).trouble, "OK", "but for a refresh")
    fresh(alice)
    # Whoever had no time has learnt nothing of the engine, and keeps nobody else from it.
    for milliseconds in (0, 100, 300, 500):
        equal(ask("etcd", alice.name, milliseconds=milliseconds).trouble, "DEADLINE", f"{milliseconds} ms")
    fresh(alice)
    equal(ask("etcd", "head", "-").code, "OK", "the head")
    published.set_confirmed("etcd", "head", 200)
    fresh(alice)


@case("etcd, all down: the cache, up to its maximum age; whoever never logged in has none")
def _():
    etcd = Cluster.get(cache={"maximum_age": "1h"})
    fresh(alice)
    for node in etcd.nodes:
        node.end(signal.SIGKILL)
    cached(alice, reason=DOWN)
    refused(bob, "etcd", "UNAVAIL", DOWN)
    published.set_confirmed("etcd", f"users/{alice.name}", 3700)
    refused(alice, "etcd", "STALE", "not reached since 20")
    contains(log_in(alice, placed=False), f"and the cache is older than maximum-age ({DOWN})", "the log")


@case("etcd, its database full: the token; what this host has seen cannot be told")
def _():
    with Etcd("--quota-backend-bytes", str(1 << 20), count=1) as etcd:
        begin("etcd", {"endpoint": etcd.endpoints}, etcd.client)
        put(etcd, f"users/{alice.name}", document(alice, 1))
        put(etcd, "head", signer.head(1))
        for number in range(64):
            if etcd.ctl("put", "--", f"/filler/{number}", "x" * 65000, must=False) == "":
                break
        contains(etcd.ctl("alarm", "list"), "NOSPACE", "etcd's alarms")
        fresh(alice)
        equal(ask("etcd", "head", "-").code, "OK", "the head")
        equal(ask("etcd", "seen", published.host_hex()).code, "UNAVAIL", "the report")


@case("etcd: what a host has seen is told once, and again when the head has changed")
def _():
    etcd = Cluster.get()
    key, hexadecimal = f"{PREFIX}seen/{published.host_hex()}", published.host_hex()

    def report():
        equal(ask("etcd", "head", "-").code, "OK", "the head")
        equal(ask("etcd", "seen", hexadecimal).code, "OK", "the report")
        return etcd.ctl("get", "--print-value-only", key)
    first = report()
    check(first.startswith("1 "), f"the report: {first!r}")
    revision = etcd.ctl("get", "-w", "json", key)
    report()
    published.empty_cache()
    put(etcd, "head", signer.head(2))
    check(report().startswith("2 "), "the second report")
    check(etcd.ctl("get", "-w", "json", key) != revision, "the second report")
    put(etcd, "head", signer.head(3))
    check(report().startswith("3 "), "the third report")


@case("etcd behind nginx, which lets hosts read alone: the token; the report is refused, and not tried again")
def _():
    with Nginx(etcd=Cluster.get()) as server:
        begin("etcd", {"endpoint": server.url}, authority.client())
        fresh(alice)
        equal(ask("etcd", "head", "-").code, "OK", "the head")
        equal(ask("etcd", "seen", published.host_hex()).code, "REFUSED", "the report")
        equal(ask("etcd", "seen", published.host_hex()).code, "OK", "the report once more")
        wait_for(lambda: [line for line in server.asked() if "/v3/kv/txn" in line], "nginx has written its log")
        equal(len([line for line in server.asked() if "/v3/kv/txn" in line]), 1, "reports")


@case("etcd with users: the account's password opens it; its token is kept for the account alone")
def _():
    with Etcd(count=1) as etcd:
        put(etcd, f"users/{alice.name}", document(alice, 1))
        etcd.enable_auth(readers=[("host", "hostTEST")])
        password = fleettest.write(f"{KEYS}/password", "hostTEST\n", 0o400)
        os.chown(password, published.account().pw_uid, -1)
        begin("etcd", {"endpoint": etcd.endpoints, "user": "host", "password_file": password}, etcd.client)
        fresh(alice)
        status = os.stat(f"{published.CACHE}/etcd/session")
        equal((status.st_mode & 0o777, status.st_uid), (0o600, published.account().pw_uid), "the kept token")
        fleettest.write(password, "wrongTEST\n", 0o400)
        os.remove(f"{published.CACHE}/etcd/session")
        cached(alice, reason=REFUSED)


# ------------------------------------------------------------------------------------------------- nginx

def publish(server, user, generation):
    """Long enough ago that its ETag can be trusted."""
    path = fleettest.write(f"{server.folder}/users/{user.name}", document(user, generation))
    os.utime(path, (1700000000 + generation, 1700000000 + generation))


def requests(server, user):
    """The status of each request for the user's document."""
    return [line.split('"')[2].split()[0] for line in server.asked() if f"/users/{user.name} " in line]


def said(server, user, least):
    """What nginx has written is at least that, in time; all of it."""
    return wait_for(lambda: requests(server, user)[:len(least)] == least and requests(server, user),
                    f"nginx said {least}, but {server.asked()}")


@case("nginx: with the right certificate the token; unchanged it is confirmed by 304, changed it is got again")
def _():
    with Nginx() as server:
        begin("https", {"url": server.url}, authority.client())
        publish(server, alice, 1)
        fresh(alice, "https")
        seen = said(server, alice, [])
        equal((seen[0], set(seen[1:])), ("200", {"304"}), "what nginx said at first")
        published.set_confirmed("https", f"users/{alice.name}", 5000)
        before = int(time.time())
        check(ask("https", alice.name).confirmed >= before, "304 confirms it")
        publish(server, alice, 2)
        contains(ask("https", alice.name).bytes, b'"generation": 2', "the new document")
        seen = said(server, alice, seen + ["304", "200"])
        published.empty_cache()
        equal(ask("https", alice.name).code, "OK", "without a record")
        said(server, alice, seen + ["200"])


CLIENTS = (("no certificate", lambda: None), ("a certificate of another authority", lambda: stranger().client()),
           ("a certificate that has expired", lambda: authority.client(-1)))


def refused_client(make):
    with Nginx() as server:
        publish(server, alice, 1)
        begin("https", {"url": server.url}, make())
        refused(alice, "https", "REFUSED", REFUSED)
        given(authority.client())
        begin("https", {"url": server.url}, authority.client())
        fresh(alice, "https")
        begin_again(server, make())
        cached(alice, "https", REFUSED)


def begin_again(server, pair):
    """The same host, with its cache, and another certificate."""
    published.write(published.SITE, settings(https={"authorities": authority.path, "url": server.url, **given(pair)}))


for title, make in CLIENTS:
    add_case(f"nginx, {title}: refused, and told; the cache has the token", refused_client, make)

SERVERS = (("that has expired", lambda: authority.server(-1)), ("of another authority", lambda: stranger().server()),
           ("of another server", lambda: authority.elsewhere()))


def untrusted_server(make):
    with Nginx(pair=make()) as server:
        publish(server, alice, 1)
        begin("https", {"url": server.url}, authority.client())
        refused(alice, "https", "UNTRUSTED", UNTRUSTED)
        equal(requests(server, alice), [], "requests that it got")


for title, make in SERVERS:
    add_case(f"nginx with a certificate {title}: nothing is asked of it, and told", untrusted_server, make)


# -------------------------------------------------------------------------------------------- bad servers

NO_OBJECT = f"users/{alice.name}: it is no published object"
BEHAVIOURS = (
    ("silent", fleettest.silent, "DEADLINE", LATE),
    ("giving a byte at a time", fleettest.dripping, "DEADLINE", LATE),
    ("endless", fleettest.endless, "TOOBIG", "it is too large"),
    ("endless before its body", fleettest.endless_headers, "TOOBIG", "it is too large"),
    ("lying about a length of 4 GiB", fleettest.announced(1 << 32), "UNAVAIL", GONE),
    ("lying about a length of 1,000", fleettest.announced(1000), "UNAVAIL", GONE),
    ("hanging up", fleettest.hangup, "UNAVAIL", GONE),
    ("that gives nothing", fleettest.says(200), "UNSIGNED", NO_OBJECT),
    ("that gives a page of text", fleettest.says(200, b"<html>Please log in</html>"), "UNSIGNED",
     f"{NO_OBJECT}, but a web page"),
    ("that gives 1 MiB", fleettest.says(200, b"x" * (1 << 20)), "TOOBIG", "it is too large"),
    ("saying 500", fleettest.says(500, b"sorry"), "UNAVAIL", GONE),
    ("sending elsewhere", fleettest.says(302, Location="https://127.0.0.1/"), "UNAVAIL", GONE),
)


def bad_server(behave, code, reason):
    """At first without a cache, then with one. Nobody waits the whole deadline for each of them."""
    text, late = document(alice, 1), reason == LATE
    with Server(behave) as server:
        begin("https", {"url": server.url})
        got = ask("https", alice.name, milliseconds=700 if late else 5000)
        equal((got.code, got.bytes), (code, b""), "without a cache")
    with Server(lambda handler: handler.answer(200, text, {"ETag": '"one"'})) as server:
        begin("https", {"url": server.url})
        equal(ask("https", alice.name).code, "OK", "the source")
    with Server(behave) as server:
        published.write(published.SITE, settings(https=server.section()))
        if not late:
            cached(alice, "https", reason)
        got = ask("https", alice.name, milliseconds=700 if late else 5000)
        equal((got.code, got.trouble), ("OK", code), "with a cache")
        check(got.bytes == text, "another document")


for title, behave, code, reason in BEHAVIOURS:
    add_case(f"a server {title}: the cache, within the deadline, and told", bad_server, behave, code, reason)


@case("a server saying 304 to whoever named nothing: no answer; 404 to whoever it knew: the cache")
def _():
    with Server(fleettest.says(304)) as server:
        begin("https", {"url": server.url})
        equal(ask("https", alice.name).code, "UNAVAIL", "304")
    with Server(fleettest.says(404)) as server:
        begin("https", {"url": server.url})
        equal(ask("https", alice.name).code, "NOTFOUND", "404")

try:
    main()
finally:
    Cluster.end()
