#!/usr/bin/env python3
"""What breaks around the module: the login still succeeds, in time, and one line in the log says why."""
import contextlib
import fcntl
import os
import shutil
import time

import harness
import kernel
import pam
import users
from harness import Log, add_case, case, check, contains, equal, wait_for
from sshd import Sshd

DEADLINE = 5.0  # seconds; the module's default
HELPERS = "/usr/libexec/hf-token"
SESSION_HELPER = f"{HELPERS}/hf-token-session"
CONFIGURATION = "/etc/hf-token.conf"

users.host_key()
alice = users.User("alice")
alice.add("both")


@contextlib.contextmanager
def replaced(path, content=None, mode=0o755):
    """Another file in a file's place, or none, for a while."""
    kept = f"{path}.kept"
    if os.path.exists(path):
        os.rename(path, kept)
    try:
        if content is not None:
            with open(path, "w") as file:
                file.write(content)
            os.chmod(path, mode)
        yield
    finally:
        if os.path.exists(path):
            os.remove(path)
        if os.path.exists(kept):
            os.rename(kept, path)


def logs_in(sshd, user, by, reason, token=None, within=1.0):
    """A login that succeeds whatever happens: how long it takes is measured against one that has no trouble."""
    log, start = Log(), time.monotonic()
    done = sshd.run(user, "echo the session works; hf-token token", by)
    took = time.monotonic() - start
    contains(done.out, "the session works", f"the login ({done.err})")
    check(took < within + 2.0, f"the login took {took:.1f} s")
    line = log.only_line(user)
    contains(line, reason, "the log")
    for secret in (user.token, user.password):
        check(secret not in line, "a secret is in the log")
    equal(token is not None and token in done.out, token is not None, "the token")
    wait_for(lambda: not user.tokens(), "nothing is left in the kernel")


def with_helper(content, reason, within=1.0):
    with replaced(SESSION_HELPER, content), Sshd() as sshd:
        logs_in(sshd, alice, "key", reason, within=within)
    with Sshd() as sshd:
        logs_in(sshd, alice, "password", "1 token placed", alice.token)


for title, content, reason, within in (
        ("is missing", None, "could not place the tokens", 1.0),
        ("cannot be executed", "no program at all\n", "could not place the tokens", 1.0),
        ("dies at once", "#!/bin/sh\nkill -9 $$\n", "could not place the tokens", 1.0),
        ("ends without an answer", "#!/bin/sh\nexit 0\n", "could not place the tokens", 1.0),
        ("answers with nonsense", "#!/bin/sh\nhead -c 4096 /dev/zero >&0\n", "could not place the tokens", 1.0),
        ("answers too little", "#!/bin/sh\nprintf HFS2 >&0\n", "could not place the tokens", 1.0),
        ("hangs", "#!/bin/sh\nsleep 1000\n", "it took longer than the deadline", DEADLINE),
        ("hangs and ignores signals", "#!/bin/sh\ntrap '' TERM INT HUP PIPE\nwhile :; do sleep 1; done\n",
         "it took longer than the deadline", DEADLINE),
        ("leaves a child that hangs", "#!/bin/sh\nsleep 1000 &\nexit 1\n", "could not place the tokens", DEADLINE)):
    add_case(f"a helper that {title}: the login succeeds in time, the log says why", with_helper, content, reason,
             within)


@case("a helper that hangs leaves no process behind")
def _():
    with replaced(SESSION_HELPER, "#!/bin/sh\nsleep 98765 &\nsleep 98765\n"), Sshd() as sshd:
        logs_in(sshd, alice, "key", "deadline", within=DEADLINE)
    wait_for(lambda: users.run("pgrep", "-f", "sleep 98765").code == 1, "no helper's process is left", 3)


@case("deadline=1 is obeyed")
def _():
    pam.service("hurried", "session required pam_permit.so\nsession optional pam_hf_token.so deadline=1\n")
    with replaced(SESSION_HELPER, "#!/bin/sh\nsleep 1000\n"), pam.Host("hurried", alice) as host:
        start = time.monotonic()
        host.do("open")
        took = time.monotonic() - start
    check(0.9 < took < 2.0, f"open_session took {took:.1f} s")


# ------------------------------------------------------------------------------------------------ sources

@contextlib.contextmanager
def source(name, script, line):
    with replaced(f"{HELPERS}/hf-token-source-{name}", script), \
            replaced(CONFIGURATION, f"tokens: {line}\n", 0o644):
        yield


def with_source(script, reason, within, token=True):
    with source("site", script, "site user"), Sshd() as sshd:
        logs_in(sshd, alice, "key", reason, alice.token if token else None, within)


for title, script, reason, within, token in (
        ("hangs", "#!/bin/sh\nsleep 1000\n", "source site: it took longer than the deadline", DEADLINE, False),
        ("writes without end", "#!/bin/sh\nexec cat /dev/zero\n", "source site: it is too large", 1.0, True),
        ("dies", "#!/bin/sh\nkill -9 $$\n", "source site: ", 1.0, True),
        ("is not available", "#!/bin/sh\nexit 69\n", "source site: the source is not available", 1.0, True),
        ("is busy", "#!/bin/sh\nexit 75\n", "source site: the source is busy", 1.0, True),
        ("writes nonsense", "#!/bin/sh\necho nonsense\n", "source site: it is not strict JSON", 1.0, True),
        ("is missing", None, "source site: ", 1.0, True)):
    shown = "the next source's token is there" if token else "the login succeeds in time"
    add_case(f"a site's own source that {title}: {shown}, the log says why", with_source, script, reason, within, token)


@case("a site's own source in a shell script gives a user's document, and runs as that user without a secret")
def _():
    shutil.copy(alice.document, "/run/site.json")
    os.chmod("/run/site.json", 0o644)
    script = ("#!/bin/sh\n{ id -u; echo \"$@\"; env; tr '\\0' '\\n' </proc/self/environ; } >/tmp/site.$(id -u)\n"
              "cat /run/site.json\n")
    with source("site", script, "site"), Sshd() as sshd:
        logs_in(sshd, alice, "password", "1 token placed", alice.token)
    with open(f"/tmp/site.{alice.uid}") as said:
        lines = said.read().split("\n")
    equal(lines[:2], [str(alice.uid), alice.name], "its user and its argument")
    check(not any(alice.password in line or alice.token in line for line in lines), "a secret reached the source")


def with_configuration(text, reason, token):
    with replaced(CONFIGURATION, text, 0o644), Sshd() as sshd:
        logs_in(sshd, alice, "key", reason, alice.token if token else None)


add_case("a configuration with a mistake: the login succeeds, the log names the line", with_configuration,
         "# a comment\ntokens: user [SUCCESS=perhaps]\n", "the configuration is malformed in line 2", False)
add_case("a configuration that others can write is not used, the log says why", with_configuration,
         "tokens: user\n", "1 token placed", True)


@case("a configuration that everybody may write is refused")
def _():
    with replaced(CONFIGURATION, "tokens: user\n", 0o666), Sshd() as sshd:
        logs_in(sshd, alice, "key", "its mode lets others change or read it")


# ------------------------------------------------------------------------------------- the kernel and the machine

def fill_quota(user, leave):
    """Uses the user's keys up, in their own @u."""
    def fill():
        try:
            for number in range(1000):
                kernel.add("user", f"filler:{number}", b"x", kernel.USER)
        except OSError:
            pass
        for number in range(leave):
            found = kernel.keyctl(kernel.SEARCH, kernel.USER, b"user", f"filler:{number}".encode(), 0)
            kernel.keyctl(kernel.UNLINK, found, kernel.USER)
    kernel.as_user(user.uid, fill)


@case("a full key quota: the login succeeds, and the log says that it is the quota")
def _():
    user = users.User("hoarder")
    user.add("host")
    fill_quota(user, 0)
    with Sshd() as sshd:
        logs_in(sshd, user, "key", "the kernel's key quota of this user is used up")


@case("a key quota that runs out in the middle: the login succeeds, and the log says so")
def _():
    for leave in range(1, 9):
        user = users.User(f"hoarder-{leave}-")
        user.add("host")
        fill_quota(user, leave)
        log = Log()
        with Sshd() as sshd:
            done = sshd.run(user, "echo the session works; hf-token token")
        contains(done.out, "the session works", "the login")
        line = log.only_line(user)
        check(user.token in done.out or "quota" in line, f"{leave} keys left: {line} / {done.out}")
        wait_for(lambda user=user: not user.tokens(), "nothing is left in the kernel")


@case("no /proc: the login succeeds, and the token is there")
def _():
    hidden = ("unshare", "--mount", "--", "sh", "-c", 'mount -t tmpfs none /proc && exec "$@"', "sh")
    with Sshd(before=hidden) as sshd:
        logs_in(sshd, alice, "key", "1 token placed", alice.token)
        logs_in(sshd, alice, "password", "1 token placed", alice.token)


@case("a host with a stack of 64 KiB, which a user's limit may be: the token is there")
def _():
    pam.service("narrow")
    with pam.Host("narrow", alice, before=("prlimit", "--stack=65536")) as host:
        host.do("open")
        check(alice.tokens(), "the token is there")
        host.do("close")


@case("a home on a full file system: the login succeeds, with the token; hf-token login fails and loses nothing")
def _():
    user = users.User("full")
    user.add("host")
    kept = f"/run/{user.name}"
    users.must("cp", "-a", user.home, kept)
    users.must("mount", "-t", "tmpfs", "-o", f"size=128k,mode=700,uid={user.uid},gid={user.uid}", "small", user.home)
    users.must("cp", "-a", f"{kept}/.", user.home)
    user.run("dd", "if=/dev/zero", f"of={user.home}/filler", "bs=4k")
    with open(user.document, "rb") as document:
        before = document.read()
    with Sshd() as sshd:
        logs_in(sshd, user, "key", "1 token placed", user.token)
        done = user.run("hf-token", "login", "--name", "second", input="hf_TESTsecond\n")
        check(done.code == 1 and "hf_TESTsecond" not in done.err, f"hf-token login: {done}")
        with open(user.document, "rb") as document:
            equal(document.read(), before, "the document")
        logs_in(sshd, user, "key", "1 token placed", user.token)


@case("a machine that lost its host key: password-sealed tokens work, and the log says that one did not open")
def _():
    user = users.User("keyless")
    user.add("host", name="machine")
    user.add("password", name="mine", token="hf_TESTmine0000000000000000")
    with replaced("/etc/hf-token/host.key"), Sshd() as sshd:
        log = Log()
        done = sshd.run(user, "hf-token token -n mine; hf-token token -n machine", "password")
        equal(done.out.strip(), "hf_TESTmine0000000000000000", "the tokens")
        contains(log.only_line(user), "1 token placed, 1 refused", "the log")


@case("a home that the user cannot enter: the login succeeds, another source's token is there, the log says why")
def _():
    user = users.User("homeless")
    user.add("host", name="own")
    users.must("hf-tokenctl", "seal", user.name, "--default", input=user.token + "\n")
    os.chmod(user.home, 0)
    os.chown(user.home, 0, 0)
    with Sshd() as sshd:
        logs_in(sshd, user, "password", "source user: ", user.token)


@case("a hostile document, by all ways of sshd: in time, another source's token, one line")
def _():
    user = users.User("victim")
    users.must("hf-tokenctl", "seal", user.name, "--default", input=user.token + "\n")
    user.write(user.document, '{"version":1,"user":' + "[" * 30000 + "]" * 30000 + "}")
    with Sshd() as sshd:
        for by in ("password", "keyboard-interactive", "key"):
            logs_in(sshd, user, by, "source user: it is not strict JSON", user.token)


@case("a lock that another process holds for ever: the login still ends in time")
def _():
    lock = f"{alice.folder}/lock"
    with open(lock, "a") as holder, Sshd() as sshd:
        fcntl.flock(holder, fcntl.LOCK_EX)
        fcntl.lockf(holder, fcntl.LOCK_EX)
        start = time.monotonic()
        done = sshd.run(alice, "echo the session works")
        contains(done.out, "the session works", "the login")
        check(time.monotonic() - start < DEADLINE + 2, "in time")


harness.main()
