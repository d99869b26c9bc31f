#!/usr/bin/env python3
"""valgrind over the module in its test host, the helpers that it starts, and the commands: no error, no leak."""
import glob
import os
import re
import subprocess

import harness
import pam
import users
from harness import case, check, contains

LOGS = "/tmp/valgrind"
# Helpers get an empty environment; valgrind passes itself on. Its reports go to files of their own.
VALGRIND = ["valgrind", "-q", "--trace-children=yes", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
            f"--log-file={LOGS}/%p"]

users.host_key()
pam.service("valgrind", pam.WHOLE.replace("{options}", "deadline=60"))
alice = users.User("alice")
os.makedirs(LOGS)
os.chmod(LOGS, 0o1777)


def reports():
    """What valgrind wrote that is about our programs: a report names them in its frames, or in none."""
    said, paths = [], glob.glob(f"{LOGS}/*")
    check(len(paths) > 3, f"only {len(paths)} processes were looked at")
    for path in paths:
        with open(path) as report:
            text = report.read()
        os.remove(path)
        said += [block for block in re.split(r"(?m)^==\d+== *\n", text) if re.search(r"^==\d+== [A-Z0-9]", block)]
    return said


def clean():
    found = reports()
    check(not found, "\n".join(found[:3]))


def log_in(secret):
    with pam.Host("valgrind", alice, before=VALGRIND) as host:
        host.do(f"secret {secret}", "authenticate", "setcred", "open")
        host.do("close", "delete")


@case("a login with a password and a token sealed both ways, twice in a row")
def _():
    alice.add("both")
    log_in(alice.password)
    log_in(alice.password)
    clean()


@case("a login whose document is hostile")
def _():
    with open(alice.document, "rb") as document:
        kept = document.read()
    altered = kept.replace(b'"sealed": "', b'"sealed": "AAAA')
    for content in (b"", kept[:300], b'{"version":1,"user":' + b"[" * 5000, altered):
        alice.write(alice.document, content)
        log_in(alice.password)
    alice.write(alice.document, kept)
    clean()


@case("a change of the password")
def _():
    with pam.Host("valgrind", alice, before=VALGRIND) as host:
        host.do(f"ruid {alice.uid}", f"secret {alice.password}", "secret Another-Wort-8", "secret Another-Wort-8",
                "chauthtok")
    alice.password = "Another-Wort-8"
    clean()
    log_in(alice.password)
    clean()


@case("each command of hf-token and hf-tokenctl")
def _():
    commands = ["token -n one", "env", "run -- true", "status", "status --json", "list", "list --json", "use one",
                "rename one two", "doctor", "token -n nobody", "frobnicate", "run -- /nonexistent", "--help", "lock"]
    tool = " ".join([*VALGRIND, "hf-token"])
    script = [f"echo hf_TESTone | {tool} login --name one", *(f"{tool} {command}" for command in commands),
              f"echo {alice.password} | {tool} unlock", f"{tool} logout --all"]
    done = alice.run_in_session("sh", "-c", "\n".join(script), timeout=600)
    contains(done.err, "added one", "hf-token login")
    admin = " ".join([*VALGRIND, "hf-tokenctl"])
    users.must("sh", "-ec", f"echo hf_TESTx | {admin} seal {alice.name}; {admin} list; {admin} init")
    clean()


harness.main()
