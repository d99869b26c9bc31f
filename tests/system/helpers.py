#!/usr/bin/env python3
"""The helper programs: what their processes can reach, what they leave for others, and what time does to them."""
import contextlib
import fcntl
import os
import shutil
import stat
import time

import harness
import pam
import users
from harness import Log, case, check, contains, equal, wait_for

HELPERS = "/usr/libexec/hf-token"
KEY_FOLDER = "/etc/hf-token"
CONFIGURATION = "/etc/hf-token.conf"
RUN = "/run/hf-token"
PROBE = f"{HELPERS}/hf-token-source-probe"
CREDS = "/usr/bin/systemd-creds"

users.host_key()
SERVICE = pam.service("hf-helpers", pam.WHOLE)
SU_LIKE = pam.service("hf-helpers-su")


@contextlib.contextmanager
def configuration(text):
    with open(CONFIGURATION, "w") as file:
        file.write(text)
    try:
        yield
    finally:
        os.remove(CONFIGURATION)


@contextlib.contextmanager
def credential(script):
    """The host's key as a credential, and a systemd-creds that takes its time; both as before afterwards, also where
    there is none."""
    key, kept = f"{KEY_FOLDER}/host.key", f"{KEY_FOLDER}/kept"
    installed = os.path.exists(CREDS)
    os.rename(key, kept)
    shutil.copy(kept, f"{KEY_FOLDER}/host.cred")
    if installed:
        os.rename(CREDS, f"{CREDS}.kept")
    try:
        with open(CREDS, "w") as file:
            file.write(f"#!/bin/sh\n{script.format(key=kept)}\n")
        os.chmod(CREDS, 0o755)
        yield
    finally:
        os.remove(CREDS)
        if installed:
            os.rename(f"{CREDS}.kept", CREDS)
        os.remove(f"{KEY_FOLDER}/host.cred")
        os.rename(kept, key)


@contextlib.contextmanager
def locked(*names):
    """As other helpers hold these places."""
    os.makedirs(RUN, mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as stack:
        for name in names:
            file = stack.enter_context(open(f"{RUN}/{name}", "w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def line_of_login(user):
    log = Log()
    with pam.Host(SERVICE, user) as host:
        host.log_in()
        host.do("close")
    return log.only_line(user)


@case("a user cannot read the programs that run as them before their session has its limits, and so not attach")
def _():
    alice = users.User("alice")
    for name in ("user", "host"):
        path = f"{HELPERS}/hf-token-source-{name}"
        equal(stat.S_IMODE(os.stat(path).st_mode), 0o711, path)
        check(alice.run("cat", path).code != 0, f"{path} is readable")
        equal(alice.run(path, alice.name).code, 67, f"{path} as the user")


@case("where nothing is placed, the user's processes do not hold the session keyring of the caller")
def _():
    alice = users.User("alice")
    alice.add("host")
    seen = f"{alice.home}/seen"
    with open(PROBE, "w") as file:
        file.write(f"#!/bin/sh\n/usr/bin/keyctl show @s >>{seen}\nexit 67\n")
    os.chmod(PROBE, 0o755)
    try:
        with configuration("tokens: probe user\n"):
            users.must("keyctl", "session", "-", "sh", "-c",
                       f"keyctl add user the-callers-own TESTsecret @s && su {alice.name} -c true")
    finally:
        os.remove(PROBE)
    with open(seen) as file:
        said = file.read()
    equal(said.count("Session Keyring"), 0, "the listing is of @s alone")
    equal(said.count("_ses"), 2, "the source ran twice, each time with a session keyring")
    check("the-callers-own" not in said, f"the caller's key is in reach: {said}")


@case("one user who holds a place for Argon2id waits for it alone")
def _():
    alice, bob = users.User("alice"), users.User("bob")
    alice.add("password")
    bob.add("password")
    with locked(f"argon2id.user.{alice.uid}"):
        contains(line_of_login(alice), "it took longer than the deadline", "alice's line")
        contains(line_of_login(bob), "1 token placed", "bob's line")
    contains(line_of_login(alice), "1 token placed", "alice's line, when the place is free again")


@case("when all places for Argon2id are taken, a login waits no longer than the deadline")
def _():
    alice = users.User("alice")
    alice.add("password")
    with locked(*(f"argon2id.{place}" for place in range(4))):
        start = time.monotonic()
        contains(line_of_login(alice), "it took longer than the deadline", "the line")
        check(time.monotonic() - start < 8, "it waited on")
    with locked(*(f"argon2id.{place}" for place in range(3))):
        contains(line_of_login(alice), "1 token placed", "the line, with one place left")


@case("a machine's key that does not come leaves time for the password's slot")
def _():
    alice = users.User("alice")
    alice.add("both")
    with credential("sleep 60"):
        contains(line_of_login(alice), "1 token placed", "the line")


@case("a machine that has lost its key says so in the log, and so does one whose key is another's to write")
def _():
    alice = users.User("alice")
    alice.add("host")
    key = f"{KEY_FOLDER}/host.key"
    os.rename(key, f"{key}.lost")
    try:
        contains(line_of_login(alice), "this machine has no host key", "the line")
    finally:
        os.rename(f"{key}.lost", key)
    os.chmod(key, 0o640)
    try:
        contains(line_of_login(alice), "its mode lets others change or read it", "the line")
    finally:
        os.chmod(key, 0o600)
    contains(line_of_login(alice), "1 token placed", "the line, with the key as it was")


@case("where the key quota left no room for the default's name, one token alone is the default")
def _():
    alice = users.User("alice")
    alice.add("host")
    with pam.Host(SERVICE, alice) as host:
        host.log_in()
        ring = next(key.serial for key in alice.keys() if key.description == "hf-token")
        default = next(key.serial for key in alice.keys() if key.description == "hf-token.default")
        equal(alice.must("sh", "-c", f"keyctl unlink {default} {ring}; hf-token token").strip(), alice.token, "it")
        host.do("close")


@case("an expiry that passes while the machine's key is opened places nothing")
def _():
    alice = users.User("alice")
    alice.seal_by_hand("main", 2)
    with credential("sleep 2.1; cat {key}"):
        contains(line_of_login(alice), "1 expired", "the line")
    check(not alice.tokens(), "the token is in the kernel")


@case("a program that a source leaves behind ends with it")
def _():
    alice = users.User("alice")
    left = f"{alice.home}/left"
    with open(PROBE, "w") as file:
        file.write(f"#!/bin/sh\nsleep 300 >/dev/null & echo $! >{left}\nexit 67\n")
    os.chmod(PROBE, 0o755)
    try:
        with configuration("tokens: probe\n"), pam.Host(SU_LIKE, alice) as host:
            host.do("open", "close")
    finally:
        os.remove(PROBE)
    with open(left) as file:
        pid = int(file.read())
    wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "it ended")


harness.main()
