#!/usr/bin/env python3
"""Engines that somebody else has, who knows all that is published and this machine's public key, and sources that
somebody else has replaced. Whatever they give: the login succeeds, one line says why, and no token of theirs is
there."""
import base64
import json
import os
import time

import fleettest
import pam
import published
import users
from fleettest import Server, authority, settings
from harness import Log, add_case, case, check, contains, equal, main, wait_for
from sshd import Sshd

FOLDER = "/opt/fleet"
DEADLINE = published.DEADLINE

published.account()
pam.service("fleet")
signer, mallory = published.Signer("first"), published.Signer("mallory")
alice, bob = users.User("alice"), users.User("bob")
GOOD, BAD = "hf_TESTgood000000000000", "hf_TESTmallory0000000000"


# ----------------------------------------------------------------------------------------- three engines

class Folder:
    kind = "folder"

    def __init__(self):
        users.must("rm", "-rf", FOLDER)
        self.settings = settings(folder={"path": FOLDER})

    def put(self, name, content):
        published.write(f"{FOLDER}/{name}", content)


class Https:
    kind = "https"

    def __init__(self):
        self.objects = {}
        self.server = Server(self._answer).__enter__()
        self.settings = settings(https=self.server.section())

    def _answer(self, handler):
        found = self.objects.get(handler.path[1:])
        handler.answer(200 if found is not None else 404, found or b"")

    def put(self, name, content):
        self.objects[name] = content


class Gateway:
    """Says what etcd's gateway would, of values that no client of etcd could put."""
    kind = "etcd"

    def __init__(self):
        self.objects, self.revision = {}, 0
        self.server = Server(self._answer).__enter__()
        self.settings = settings(etcd={"endpoint": self.server.url, "authorities": authority.path})

    def _answer(self, handler):
        key = base64.b64decode(json.loads(handler.body).get("key", "")) if handler.path == "/v3/kv/range" else b""
        value = self.objects.get(key.decode())
        found = [] if value is None else [{"key": base64.b64encode(key).decode(), "version": "1",
                                           "mod_revision": str(self.revision),
                                           "value": base64.b64encode(value).decode()}]
        answer = {"header": {"revision": str(self.revision)}, **({"kvs": found, "count": "1"} if found else {})}
        handler.answer(200, json.dumps(answer).encode())

    def put(self, name, content):
        self.objects[f"/hf-token/{name}"] = content
        self.revision += 1


engines = [Folder(), Https(), Gateway()]


def begin(engine):
    """A host that asks this engine, and has asked nothing yet."""
    published.folders()
    published.trust(signer)
    published.write("/etc/hf-token.conf", f"tokens: user host {engine.kind}\n")
    published.write(published.SITE, engine.settings)


def log_in(user=alice):
    """The names of the tokens of a whole login, and the one line of it."""
    log, start = Log(), time.monotonic()
    with pam.Host("fleet", user) as host:
        host.do("open")
        took, got = time.monotonic() - start, sorted(set(user.tokens()))
        host.do("close")
    wait_for(lambda: not user.tokens(), "the tokens are gone")
    check(took < DEADLINE, f"the login took {took:.1f} s")
    line = log.only_line(user)
    check("TEST" not in line and "CANARY" not in line, f"the log: {line}")
    return got, line


def refused(engine, reason, user=alice):
    got, line = log_in(user)
    equal(got, [], f"tokens ({line})")
    check(line.endswith(f"{user.name}: source {engine.kind}: {reason}"), f"the log: {line}")


# ---------------------------------------------------------------------------------------- what they give

FIRST = signer.document(alice, 1, GOOD)
SECOND = signer.document(alice, 2, GOOD)
UNSIGNED = "it is not signed by a key that this machine trusts"
NO_OBJECT = f"users/{alice.name}: it is no published object"
ROLLBACK = "it is older than one that was seen before"


def parts(envelope):
    line, _, payload = envelope.partition(b"\n")
    return line, payload


def with_payload(change):
    """The signer's own line over a payload that was changed."""
    line, payload = parts(SECOND)
    changed = json.loads(payload)
    change(changed)
    return line + b"\n" + json.dumps(changed).encode()


def strip_recipient(document):
    document["tokens"][0]["slots"].pop()


def put_mallorys(document):
    """Sealed to this host, in the document that the signer signed."""
    document["tokens"] = json.loads(parts(mallory.document(alice, 2, BAD, name="mallory"))[1])["tokens"]


def later(document):
    document["until"] += 10 ** 6


def flip(envelope, place):
    changed = bytearray(envelope)
    changed[place] ^= 1
    return bytes(changed)


def relabel(envelope, old, new):
    line, payload = parts(envelope)
    return line.replace(old, new) + b"\n" + payload


CASES = (
    ("bob's document for alice", signer.document(bob, 2, GOOD), "it was made for another user"),
    ("a document that is outdated", signer.document(alice, 2, GOOD, until=-1),
     "the time that it was published for is over"),
    ("a document without its token", with_payload(lambda document: document["tokens"].clear()), UNSIGNED),
    ("a token without a recipient", with_payload(strip_recipient), UNSIGNED),
    ("a later end", with_payload(later), UNSIGNED),
    ("another signer", mallory.document(alice, 2, GOOD), UNSIGNED),
    ("another signer, and the signer's name on it",
     relabel(mallory.document(alice, 2, GOOD), mallory.public.encode(), signer.public.encode()), UNSIGNED),
    ("no signature", parts(SECOND)[1], NO_OBJECT),
    ("a signature alone", parts(SECOND)[0] + b"\n", UNSIGNED),
    ("half a document", SECOND[:len(SECOND) // 2], UNSIGNED),
    ("a bit of the document changed", flip(SECOND, -20), UNSIGNED),
    ("a bit of the signature changed", flip(SECOND, len(parts(SECOND)[0]) - 30), UNSIGNED),
    ("1 MiB behind a document", SECOND + b" " * (1 << 20), "it is too large"),
    ("1 MiB of nothing", b"\0" * (1 << 20), "it is too large"),
    ("65,000 bytes of brackets", b"hf-token-signed 1 " + b"[" * 65000, UNSIGNED),
    ("sealed to this host by one who is no signer", mallory.document(alice, 2, BAD, name="mallory"), UNSIGNED),
    ("sealed to this host, and the signer's signature of another", with_payload(put_mallorys), UNSIGNED),
    ("the signed head in its place", signer.head(2), UNSIGNED),
    ("this host's signed pool keys in its place", signer.keys(2, "lab"), UNSIGNED),
    ("the signed head, called a document", relabel(signer.head(2), b" head ", b" document "), UNSIGNED),
    ("another version of the form", relabel(SECOND, b"signed 1 ", b"signed 2 "), UNSIGNED),
    ("text that would like to be in the log", b"hf_TESTCANARY\nCANARY: alice: 1 token placed\n", NO_OBJECT),
)


def hostile(engine, content, reason):
    """To a host that has nothing."""
    begin(engine)
    engine.put(f"users/{alice.name}", content)
    refused(engine, reason)


def kept(content, reason):
    """To one that has the good document still. It is the same for each engine."""
    engine = engines[0]
    begin(engine)
    engine.put(f"users/{alice.name}", FIRST)
    equal(log_in()[0], ["main"], "the good token")
    engine.put(f"users/{alice.name}", content)
    got, line = log_in()
    equal(got, ["main"], "what the cache has")
    check(line.endswith(f"1 token placed; source {engine.kind}: {reason}"), f"the log: {line}")


for title, content, reason in CASES:
    for engine in engines:
        add_case(f"{engine.kind}, {title}: refused, and told", hostile, engine, content, reason)
    add_case(f"with a cache, {title}: the cache, and told", kept, content, reason)


def replayed(engine):
    begin(engine)
    engine.put(f"users/{alice.name}", SECOND)
    equal(log_in()[0], ["main"], "the good token")
    engine.put(f"users/{alice.name}", FIRST)
    got, line = log_in()
    equal(got, ["main"], "what the cache has")
    check(line.endswith(f"1 token placed; source {engine.kind}: {ROLLBACK}"), f"the log: {line}")
    published.empty_cache()
    refused(engine, ROLLBACK)


def swapped(engine):
    begin(engine)
    engine.put(f"users/{alice.name}", signer.document(bob, 1, GOOD))
    engine.put(f"users/{bob.name}", FIRST)
    for user in (alice, bob):
        refused(engine, "it was made for another user", user)


def revoked(engine):
    """A revocation cannot be taken back by who keeps what was before it."""
    begin(engine)
    engine.put(f"users/{alice.name}", FIRST)
    equal(log_in()[0], ["main"], "the good token")
    engine.put(f"users/{alice.name}", signer.document(alice, 2))
    with pam.Host("fleet", alice) as host:
        host.do("open")
        equal(alice.tokens(), [], "tokens of a revoked document")
        host.do("close")
    engine.put(f"users/{alice.name}", FIRST)
    refused(engine, ROLLBACK)
    engine.put(f"users/{alice.name}", signer.document(alice, 2, GOOD))
    refused(engine, ROLLBACK)


for engine in engines:
    add_case(f"{engine.kind}, an old document again: refused, and told, with a cache and without", replayed, engine)
    add_case(f"{engine.kind}, two users' documents swapped: both refused, and told", swapped, engine)
    add_case(f"{engine.kind}, an old document behind a revocation: refused, and told", revoked, engine)


@case("through sshd: the login succeeds, and the line is there")
def _():
    engine = engines[0]
    begin(engine)
    engine.put(f"users/{alice.name}", mallory.document(alice, 2, BAD, name="mallory"))
    with Sshd() as sshd:
        log = Log()
        done = sshd.run(alice, "hf-token token; echo logged in")
        equal(done.out, "logged in\n", "standard output")
        contains(log.only_line(alice), f"source folder: {UNSIGNED}", "the log")


# -------------------------------------------------------------------------------------------- bad sources

def answer(content, confirmed=None, status=0):
    return f"confirmed {int(time.time()) if confirmed is None else confirmed} {status}\n".encode() + content


SOURCES = (
    ("nobody signed", lambda: answer(parts(SECOND)[1]), UNSIGNED),
    ("another signed", lambda: answer(mallory.document(alice, 2, BAD, name="mallory")), UNSIGNED),
    ("is bob's", lambda: answer(signer.document(bob, 2, GOOD)), "it was made for another user"),
    ("is outdated", lambda: answer(signer.document(alice, 2, GOOD, until=-1)),
     "the time that it was published for is over"),
    ("has no time", lambda: SECOND, UNSIGNED),
    ("has a time that is none", lambda: answer(SECOND, confirmed="1e9"), UNSIGNED),
    ("was confirmed too long ago", lambda: answer(SECOND, confirmed=1),
     "not reached since 1970-01-01 00:00, and the cache is older than maximum-age (the source is not available)"),
    ("has a reason that would steer a terminal", lambda: b"confirmed 1 69 \33[2J\n" + SECOND, UNSIGNED),
    ("is 1 MiB", lambda: answer(SECOND + b" " * (1 << 20)), "it is too large"),
)


def bad_source(make, reason):
    """The account's own program, replaced: it can keep a token back, and do nothing else."""
    begin(engines[0])
    program = f"{published.HELPERS}/hf-token-source-folder"
    os.rename(program, f"{program}.kept")
    try:
        fleettest.write("/opt/answer", make())
        fleettest.write(program, "#!/bin/sh\ncat /opt/answer\n", 0o755)
        refused(engines[0], reason)
    finally:
        os.rename(f"{program}.kept", program)


for title, make, reason in SOURCES:
    add_case(f"a source of somebody else's, whose document {title}: refused, and told", bad_source, make, reason)

main()
