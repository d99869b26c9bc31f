#!/usr/bin/env python3
"""What refreshes a token comes into the ring with it, stays there alone when its time is over, and goes with it."""
import base64
import json
import struct
import time

import harness
import kernel
import users
from harness import Log, case, contains, equal, wait_for
from sshd import Sshd

# Nobody answers there: what is due cannot be refreshed.
GRANT = "https://127.0.0.1:9 client hf_TESTgrant"
DAY = 86400
# version, lengths of grant and fresh token, zero, due, expires, the token's id and the one before: keyring/grant.h
HEADER = "=IIIIQQ16s16s"

users.host_key()


def holds(user, tokens, grants):
    """Names in the ring; what has been taken out, the kernel collects in a moment."""
    wait_for(lambda: (user.tokens(), user.grants()) == (tokens, grants), f"the ring holds {tokens} and grants {grants}")


def gone(user):
    wait_for(lambda: not user.has_ring(), "the ring is gone")
    holds(user, [], [])


def sealed_id(user, name):
    """Of the document's token of that name."""
    with open(user.document) as document:
        token, = (token for token in json.load(document)["tokens"] if token["name"] == name)
    return base64.b64decode(token["id"])


def read_whole(user, name):
    """What the ring has: due, expires, the grant, the fresh token, the ids."""
    serial = next(key.serial for key in user.keys() if key.description == f"hf-token.grant:{name}")
    payload = kernel.as_user(user.uid, kernel.read, serial)
    version, length, fresh, zero, due, expires, *ids = struct.unpack_from(HEADER, payload)
    texts = payload[struct.calcsize(HEADER):].decode()
    equal((version, zero, len(texts)), (2, 0, length + fresh), "the layout")
    return due, expires, texts[:length], texts[length:], ids


def read_grant(user, name):
    return read_whole(user, name)[:4]


def write_grant(user, name, due, expires, grant, fresh="", before=None):
    """As a refresh leaves it that began with the document's token, or with another."""
    payload = struct.pack(HEADER, 2, len(grant), len(fresh), 0, due, expires, b"a refreshed one.",
                          before or sealed_id(user, name)) + f"{grant}{fresh}".encode()
    ring = kernel.rings(user.uid)[0]

    def put():
        key = kernel.add("user", f"hf-token.grant:{name}", payload, kernel.THREAD)
        kernel.keyctl(kernel.SETPERM, key, 0x3F0000)
        kernel.keyctl(kernel.LINK, key, ring)
    kernel.as_user(user.uid, put)


def state(session, name="main"):
    listed = json.loads(session.run("hf-token list --json").out)["tokens"]
    return next(token["state"] for token in listed if token["name"] == name)


def with_password(name):
    """A user whose identity is there, beside a token of no matter."""
    user = users.User(name)
    user.add("password", name="other", token="hf_TESTother")
    return user


with Sshd() as sshd:
    @case("sealed to the machine: token and grant come with the login, due a tenth before the end, and go with logout")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", DAY // 2, grant=GRANT)
        with open(user.document) as document:
            expires = json.load(document)["tokens"][0]["expires"]
        with sshd.open(user) as session:
            equal(session.token(), user.token, "the token")
            holds(user, ["main"], ["main"])
            equal(read_grant(user, "main"), (expires - DAY // 10, expires, GRANT, ""), "the grant")
            equal(read_whole(user, "main")[4], [sealed_id(user, "main"), bytes(16)], "whose it is")
            equal(state(session), "ready", "the state")
        gone(user)

    @case("sealed with the password: both come with a password, neither without, and unlock brings both")
    def _():
        user = with_password("alice")
        user.seal_by_hand("main", DAY // 2, "password", GRANT)
        with sshd.open(user, "password") as session:
            equal(session.run("hf-token token -n main").out.strip(), user.token, "the token")
            holds(user, ["main", "other"], ["main"])
        gone(user)
        with sshd.open(user, "key") as session:
            holds(user, [], [])
            equal(state(session), "locked", "the state")
            equal(session.run("hf-token unlock", f"{user.password}\n").code, 0, "hf-token unlock")
            holds(user, ["main", "other"], ["main"])
        gone(user)

    @case("its time is over: the grant alone is placed, status calls it due, and nobody to ask gives exit code 1")
    def _():
        user, log = users.User("alice"), Log()
        user.seal_by_hand("main", -5, grant=GRANT)
        with sshd.open(user) as session:
            contains(log.only_line(user), ": 1 token placed", "the log")
            holds(user, [], ["main"])
            equal(state(session), "due", "the state")
            status = session.run("hf-token status")
            equal(status.code, 0, "hf-token status")
            contains(status.out, "its next use refreshes it", "hf-token status")
            refused = session.run("hf-token token")
            equal(refused.code, 1, f"hf-token token, which said {refused.out}")
            contains(refused.out, "main has expired", "what it said")
            equal(session.run("hf-token run true").code, 125, "hf-token run")
            holds(user, [], ["main"])
        gone(user)

    @case("its time is over and it is locked: unlock brings its grant, and no password is asked for what has none")
    def _():
        user = with_password("alice")
        user.seal_by_hand("main", -5, "password", GRANT)
        user.seal_by_hand("dead", -5, "password")
        with sshd.open(user) as session:
            equal([state(session), state(session, "dead")], ["locked", "expired"], "the states")
            equal(session.run("hf-token unlock", f"{user.password}\n").code, 0, "hf-token unlock")
            holds(user, ["other"], ["main"])
            equal([state(session), state(session, "dead")], ["due", "expired"], "the states after unlock")
        gone(user)

    @case("a token of the machine's document comes without its grant: no new one could be saved")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", DAY // 2, "site", GRANT)
        with sshd.open(user) as session:
            equal(session.token(), user.token, "the token")
            holds(user, ["main"], [])
        gone(user)
        user.seal_by_hand("main", -5, "site", GRANT)
        with sshd.open(user) as session:
            holds(user, [], [])
            equal(state(session), "expired", "the state")

    @case("a grant that the document marks as of no use is not placed, and an expired token with it is expired")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", -5, grant=GRANT)
        with open(user.document) as document:
            content = json.load(document)
        del content["tokens"][0]["grant"]
        user.write(user.document, json.dumps(content))
        with sshd.open(user) as session:
            holds(user, [], [])
            said = session.run("hf-token token")
            equal(said.code, 3, "hf-token token")
            contains(said.out, "hf-token login --name main", "the next step")

    @case("a second login does not set back what a refresh of the document's token has put into the ring, but others")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", DAY // 2, grant=GRANT)
        now = int(time.time())
        with sshd.open(user):
            for newer in ((now + DAY - 60, now + DAY, "e i newer", ""),
                          (now + 30, now + 60, "e i newest", "hf_TESTfresh")):
                write_grant(user, "main", *newer)
                with sshd.open(user) as session:
                    equal(read_grant(user, "main"), newer, "the grant")
                    equal(session.token(), user.token, "the token")
            for other in ("", "hf_TESTfresh"):
                write_grant(user, "main", now + DAY, now + 2 * DAY, "e i another", other, b"another token...")
                with sshd.open(user):
                    equal(read_grant(user, "main")[2:], (GRANT, ""), "the grant")
        gone(user)

    @case("rename by the ring keeps the grant, in the ring and in the document; logout and lock take it away")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", DAY // 2, grant=GRANT)
        with sshd.open(user) as session:
            equal(session.run("hf-token rename main work").code, 0, "hf-token rename")
            holds(user, ["work"], ["work"])
            equal(session.token(), user.token, "the token")
        gone(user)
        with sshd.open(user) as session:
            holds(user, ["work"], ["work"])
            equal(read_grant(user, "work")[2], GRANT, "the grant")
            equal(read_whole(user, "work")[4][0], sealed_id(user, "work"), "whose it is")
            equal(session.run("hf-token lock").code, 0, "hf-token lock")
            holds(user, [], [])
        with sshd.open(user) as session:
            equal(session.run("hf-token logout work").code, 0, "hf-token logout")
            holds(user, [], [])
        gone(user)

    @case("rename saves what a refresh has given and could not save; of one that is due it says to use it first")
    def _():
        user = users.User("alice")
        user.seal_by_hand("main", DAY // 2, grant=GRANT)
        expires = int(time.time()) + DAY
        with sshd.open(user) as session:
            write_grant(user, "main", expires - 60, expires, "e i newer", "hf_TESTfresh")
            equal(session.run("hf-token rename main work").code, 0, "hf-token rename")
            equal(session.token(), "hf_TESTfresh", "the token")
        with sshd.open(user) as session:
            equal(session.token(), "hf_TESTfresh", "the token after the next login")
            equal(read_grant(user, "work")[1:], (expires, "e i newer", ""), "the grant")
        user.seal_by_hand("due", -5, grant=GRANT)
        with sshd.open(user) as session:
            said = session.run("hf-token rename due later")
            equal(said.code, 4, "hf-token rename")
            contains(said.out, "hf-token run -n due -- true", "the next step")

    @case("bob, who inherits alice's session keyring, reads neither token nor grant")
    def _():
        alice, bob = users.User("alice"), users.User("bob")
        alice.seal_by_hand("main", DAY // 2, grant=GRANT)

        def steal(serials):
            stolen = []
            for serial in serials:
                try:
                    stolen.append(kernel.read(serial))
                except OSError:
                    pass
            return stolen
        with sshd.open(alice) as session:
            serials = [key.serial for key in alice.keys() if key.description.startswith("hf-token")]
            equal(len(serials), 5, "ring, token, grant, default, pointer")
            equal(kernel.as_user(bob.uid, steal, serials), [], "what bob reads")
            equal(len(kernel.as_user(alice.uid, steal, serials)), 5, "what alice reads")
            equal(session.token(), alice.token, "the token")
        gone(alice)

    harness.main()
