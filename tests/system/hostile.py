#!/usr/bin/env python3
"""Documents and identity files that somebody broke, by accident or on purpose: the login goes on, one line says why,
another source's token is there all the same, and nothing that was in the file shows up in the log.

HF_TEST_EVERY=N cuts files short in steps of N bytes."""
import base64
import copy
import json
import os
import time

import harness
import pam
import users
from harness import Log, add_case, case, check, contains, equal, wait_for

DEADLINE = 5.0
EVERY = int(os.environ.get("HF_TEST_EVERY", "1"))

users.host_key()
pam.service("hostile")
pam.service("hostile-password", pam.WHOLE)
alice = users.User("alice")
alice.add("both")
users.must("hf-tokenctl", "seal", alice.name, "--name", "spare", input="hf_TESTspare000000000000000\n")
DOCUMENT = json.loads(open(alice.document).read())
IDENTITY = json.loads(open(alice.identity).read())
NOTHING_SECRET = [alice.token, alice.password, "hf_TEST", DOCUMENT["tokens"][0]["sealed"][:16], "CANARY"]


def encode(value):
    return json.dumps(value).encode()


def log_in(host_service="hostile", with_password=False):
    """The names in the kernel during the session, and the line in the log. Ends the session. The kernel takes a moment
    to free a ring, so after a login that got the token in question that moment is waited for."""
    log, start = Log(), time.monotonic()
    with pam.Host(host_service, alice) as host:
        if with_password:
            host.log_in()
        else:
            host.do("open")
        took, names = time.monotonic() - start, sorted(set(alice.tokens()))
        host.do("close")
    if "main" in names:
        wait_for(lambda: not alice.tokens(), "the tokens are gone")
    check(took < DEADLINE, f"the login took {took:.1f} s")
    line = log.only_line(alice)
    for secret in NOTHING_SECRET:
        check(secret not in line, f"{secret!r} is in the log")
    return names, line


def document_refused(content, reason, names=("spare",)):
    alice.write(alice.document, content)
    got, line = log_in()
    equal(got, list(names), f"tokens ({line})")
    contains(line, reason, "the log")
    with open(alice.document, "rb") as document:
        equal(document.read(), content, "the document afterwards")


def changed(original, **members):
    return {**copy.deepcopy(original), **members}


def with_token(**members):
    document = copy.deepcopy(DOCUMENT)
    document["tokens"][0].update(members)
    return document


def nested(depth):
    return b'{"version":1,"user":' + b"[" * depth + b"]" * depth + b"}"


FORMAT, JSON = "it has a missing, unknown or malformed member", "it is not strict JSON"
WHOLE = encode(DOCUMENT)
ALL = ("main", "spare")
DOCUMENTS = {
    "empty": (b"", "it is empty"),
    "64 KiB and one byte": (WHOLE + b" " * (65537 - len(WHOLE)), "it is too large"),
    "not JSON": (b"CANARY hf_TESTCANARY\n", JSON),
    "binary": (bytes(range(256)), JSON),
    "two documents in one file": (WHOLE + WHOLE, JSON),
    "a list": (b"[1,2,3]", None),
    "deep, 1,000 levels": (nested(1000), JSON),
    "deep, 30,000 levels": (nested(30000), JSON),
    "a member twice": (WHOLE.replace(b'"version": 1', b'"version": 1, "version": 1'), "it has a member twice"),
    "a token's member twice": (WHOLE.replace(b'"expires": 0', b'"expires": 0, "expires": 0'), "it has a member twice"),
    "NUL in the user's name": (encode(changed(DOCUMENT, user=f"{alice.name}\0x")), None),
    "NUL in a token's name": (encode(with_token(name="main\0CANARY")), None),
    "version 2": (encode(changed(DOCUMENT, version=2)), "it has a version that this program does not know"),
    "version of another type": (encode(changed(DOCUMENT, version="1")), None),
    "an unknown member": (encode(changed(DOCUMENT, CANARY="x")), FORMAT),
    "a token in plain": (encode(changed(DOCUMENT, tokens=["hf_TESTCANARY"])), FORMAT),
    "no tokens member": (encode({k: v for k, v in DOCUMENT.items() if k != "tokens"}), FORMAT),
    "17 tokens": (encode(changed(DOCUMENT, tokens=[with_token(name=f"t{i}")["tokens"][0] for i in range(17)])), None),
    "the same token twice": (encode(changed(DOCUMENT, tokens=DOCUMENT["tokens"] * 2)), None),
    "a negative generation": (encode(changed(DOCUMENT, generation=-1)), JSON),
    "a generation of 2^64": (encode(changed(DOCUMENT, generation=1 << 64)), None),
    "a generation with a fraction": (encode(changed(DOCUMENT, generation=1.5)), JSON),
    "another user's": (encode(changed(DOCUMENT, user="bob")), "it was made for another user"),
    "a token's name with a line feed": (encode(with_token(name="a\nb: CANARY")), FORMAT),
    "a name of 65 characters": (encode(with_token(name="n" * 65)), None),
    "bad base64": (encode(with_token(nonce="!" * 32)), FORMAT),
    "a nonce too short": (encode(with_token(nonce=base64.b64encode(b"x" * 23).decode())), FORMAT),
    "invalid UTF-8": (WHOLE.replace(b'"default": "main"', b'"default": "\xff\xfe"'), None),
    "a comment": (b"/* CANARY */" + WHOLE, JSON),
    "NaN": (WHOLE.replace(b'"expires": 0', b'"expires": NaN'), None),
}
for name, (content, reason) in DOCUMENTS.items():
    add_case(f"a document, {name}: refused, the other source's token is there", document_refused, content,
             reason or "source user: it ")


@case(f"a document cut short, in steps of {EVERY}: one line each, never a token from it")
def _():
    for length in range(0, len(WHOLE), EVERY):
        alice.write(alice.document, WHOLE[:length])
        names, line = log_in()
        equal(names, ["spare"], f"tokens with {length} bytes")
        contains(line, "source user: it ", f"the log with {length} bytes")


def flip(text, position):
    """The base64 text with one bit of the bytes behind it flipped."""
    raw = bytearray(base64.b64decode(text))
    raw[position] ^= 1
    return base64.b64encode(bytes(raw)).decode()


def altered_documents():
    """Each member of the token in turn: what is refused, under which member's name."""
    token = DOCUMENT["tokens"][0]
    for member in ("id", "commitment", "nonce", "sealed"):
        for position in (0, -1):
            yield f"{member} at {position}", with_token(**{member: flip(token[member], position)})
    yield "created", with_token(created=token["created"] + 1)
    yield "expires", with_token(expires=4000000000)
    yield "name", changed(with_token(name="other"), default="other")
    for member in ("recipient", "sealed"):
        document = copy.deepcopy(DOCUMENT)
        for slot in document["tokens"][0]["slots"]:
            slot[member] = flip(slot[member], 0)
        yield f"slots' {member}", document


@case("a document with a bit flipped, in each field in turn: the token does not open, with and without the password")
def _():
    for what, document in altered_documents():
        alice.write(alice.document, encode(document))
        for with_password in (False, True):
            names, line = log_in("hostile-password", with_password)
            equal(names, ["spare"], f"tokens with {what} altered ({line})")


@case("a document whose host slot is altered and whose password slot is whole: the password opens it")
def _():
    document = copy.deepcopy(DOCUMENT)
    slot = next(slot for slot in document["tokens"][0]["slots"] if slot["kind"] == "host")
    slot["sealed"] = flip(slot["sealed"], 40)
    alice.write(alice.document, encode(document))
    equal(log_in("hostile-password", True)[0], list(ALL), "tokens")


# ------------------------------------------------------------------------------------------- identity files

PASSWORD_ONLY = copy.deepcopy(DOCUMENT)
PASSWORD_ONLY["tokens"][0]["slots"] = [s for s in DOCUMENT["tokens"][0]["slots"] if s["kind"] == "user"]


def identity_refused(content, reason):
    alice.write(alice.document, encode(PASSWORD_ONLY))
    alice.write(alice.identity, content)
    names, line = log_in("hostile-password", True)
    equal(names, ["spare"], f"tokens ({line})")
    contains(line, reason, "the log")
    with open(alice.identity, "rb") as identity:
        equal(identity.read(), content, "the identity afterwards")


LOCKED, COST = ", 1 locked", "its Argon2id cost is outside the accepted range"
IDENTITIES = {
    "empty": (b"", "it is empty"),
    "64 KiB and one byte": (encode(IDENTITY) + b" " * 65537, "it is too large"),
    "not JSON": (b"CANARY", JSON),
    "deep, 30,000 levels": (nested(30000), JSON),
    "a member twice": (encode(IDENTITY).replace(b'"passes": 3', b'"passes": 3, "passes": 3'), "it has a member twice"),
    "NUL in the user's name": (encode(changed(IDENTITY, user=f"{alice.name}\0x")), JSON),
    "version 2": (encode(changed(IDENTITY, version=2)), "a version that this program does not know"),
    "an unknown member": (encode(changed(IDENTITY, CANARY=1)), FORMAT),
    "another user's name": (encode(changed(IDENTITY, user="bob")), "it was made for another user"),
    "1 TiB of memory for Argon2id": (encode(changed(IDENTITY, memory=1 << 30)), COST),
    "257 MiB of memory for Argon2id": (encode(changed(IDENTITY, memory=262145)), COST),
    "8 KiB of memory for Argon2id": (encode(changed(IDENTITY, memory=8)), COST),
    "no memory for Argon2id": (encode(changed(IDENTITY, memory=0)), COST),
    "negative memory for Argon2id": (encode(changed(IDENTITY, memory=-65536)), JSON),
    "1,000 passes of Argon2id": (encode(changed(IDENTITY, passes=1000)), COST),
    "2^32 + 3 passes of Argon2id": (encode(changed(IDENTITY, passes=(1 << 32) + 3)), COST),
    "no pass of Argon2id": (encode(changed(IDENTITY, passes=0)), COST),
}
for name, (content, reason) in IDENTITIES.items():
    add_case(f"an identity file, {name}: refused, the other source's token is there", identity_refused, content, reason)


@case(f"an identity file cut short, in steps of {EVERY}: refused each time, and unchanged")
def _():
    whole = encode(IDENTITY)
    for length in range(0, len(whole), EVERY):
        identity_refused(whole[:length], "source user: it ")


@case("an identity file with a bit flipped, in each field in turn: locked each time, and unchanged")
def _():
    for member in ("public", "salt", "nonce", "wrapped"):
        for position in (0, -1):
            identity_refused(encode(changed(IDENTITY, **{member: flip(IDENTITY[member], position)})), LOCKED)


@case("the greatest cost that is accepted still ends within the deadline")
def _():
    identity_refused(encode(changed(IDENTITY, memory=262144, passes=8)), LOCKED)


@case("a hostile identity file at a change of the password: passwd succeeds and leaves it as it was")
def _():
    for content in (b"", b"CANARY", encode(changed(IDENTITY, memory=1 << 30)), encode(changed(IDENTITY, user="bob"))):
        alice.write(alice.identity, content)
        log = Log()
        with pam.Host("hostile-password", alice) as host:
            host.do(f"ruid {alice.uid}", f"secret {alice.password}", "secret Another-Wort-8", "secret Another-Wort-8",
                    "chauthtok")
            contains(" ".join(host.told), "hf-token unlock --rewrap", "what the user is told")
        alice.set_password(alice.password)
        contains(log.lines(alice)[0], "could not wrap the identity under the new password", "the log")
        with open(alice.identity, "rb") as identity:
            equal(identity.read(), content, "the identity afterwards")


# ------------------------------------------------------------------------- what is no file, and whose it is

def restore():
    for path, content in ((alice.document, WHOLE), (alice.identity, encode(IDENTITY))):
        if os.path.lexists(path):
            os.remove(path)
        alice.write(path, content)


def odd_file(make, reason):
    restore()
    os.remove(alice.document)
    make(alice.document)
    names, line = log_in()
    os.remove(alice.document)
    restore()
    equal(names, ["spare"], f"tokens ({line})")
    contains(line, reason, "the log")


def make_fifo(path):
    os.mkfifo(path)
    os.chown(path, alice.uid, alice.uid)


def make_link(path):
    alice.write(f"{alice.home}/elsewhere.json", WHOLE)
    os.symlink(f"{alice.home}/elsewhere.json", path)


def make_foreign(path):
    alice.write(path, WHOLE)
    os.chown(path, 1, 1)
    os.chmod(path, 0o644)


def make_writable(path):
    alice.write(path, WHOLE, 0o666)


def make_unreadable(path):
    alice.write(path, WHOLE, 0)


for title, make in (("a symbolic link", make_link),
                    ("a symbolic link to /etc/shadow", lambda p: os.symlink("/etc/shadow", p)),
                    ("a FIFO", make_fifo),
                    ("a link to /dev/zero", lambda p: os.symlink("/dev/zero", p)),
                    ("another owner's", make_foreign), ("writable by others", make_writable),
                    ("of mode 000", make_unreadable)):
    add_case(f"a document that is {title}", odd_file, make, "source user: ")


@case("a document that is missing, where another source has one: no trouble in the line")
def _():
    os.remove(alice.document)
    names, line = log_in()
    restore()
    equal(names, ["spare"], "tokens")
    check(line.endswith(f"{alice.name}: 1 token placed"), f"the log: {line}")


def odd_identity(make, reason):
    restore()
    alice.write(alice.document, encode(PASSWORD_ONLY))
    os.remove(alice.identity)
    make(alice.identity)
    names, line = log_in("hostile-password", True)
    if os.path.lexists(alice.identity):
        os.remove(alice.identity)
    restore()
    equal(names, ["spare"], f"tokens ({line})")
    contains(line, reason, "the log")


REGULAR = "it is not a regular file"
for title, make, reason in (("missing", lambda p: None, "the user has no identity file"),
                            ("a FIFO", make_fifo, REGULAR),
                            ("a symbolic link", lambda p: os.symlink("/etc/shadow", p), REGULAR)):
    add_case(f"an identity file that is {title}", odd_identity, make, reason)


harness.main()
