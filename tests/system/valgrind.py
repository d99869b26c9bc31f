#!/usr/bin/env python3
"""valgrind over the module in its test host, the helpers that it starts, and the commands: no error, no leak."""
import glob
import os
import re
import subprocess

import harness
import pam
import users
from harness import case, check, equal, wait_for

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
    said = []
    for path in glob.glob(f"{LOGS}/*"):
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
    for content in (b"", kept[:300], b'{"version":1,"user":' + b"[" * 5000, kept.replace(b'"sealed": "', b'"sealed": "AAAA')):
        alice.write(alice.document, content)
        log_in(alice.password)
    alice.write(alice.document, kept)
    clean()


@case("a change of the password")
def _():
    with pam.Host("valgrind", alice, before=VALGRIND) as host:
        host.do(f"ruid {alice.uid}", f"secret {alice.password}", "secret Another-Wort-8", "secret Another-Wort-8", "chauthtok")
    alice.password = "Another-Wort-8"
    clean()
    log_in(alice.password)
    clean()


@case("each command of hf-token and hf-tokenctl")
def _():
    v = " ".join(VALGRIND)
    script = f"""
        printf 'hf_TESTone\\n' | {v} hf-token login --name one
        {v} hf-token token -n one; {v} hf-token env; {v} hf-token run -- true; {v} hf-token status; {v} hf-token status --json
        {v} hf-token list; {v} hf-token list --json; {v} hf-token use one; {v} hf-token rename one two; {v} hf-token doctor
        {v} hf-token token -n nobody; {v} hf-token frobnicate; {v} hf-token run -- /nonexistent; {v} hf-token --help
        printf '%s\\n' {alice.password} | {v} hf-token unlock; {v} hf-token lock; {v} hf-token logout --all"""
    done = alice.run_in_session("sh", "-c", script, timeout=600)
    check("hf-token" in done.err + done.out, "nothing was run")
    users.run("sh", "-c", f"echo hf_TESTx | {v} hf-tokenctl seal {alice.name}; {v} hf-tokenctl list; {v} hf-tokenctl init")
    clean()


harness.main()
