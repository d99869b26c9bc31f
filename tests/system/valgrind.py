#!/usr/bin/env python3
"""valgrind over the module in its test host, the helpers that it starts, and the commands: no error, no leak."""
import collections
import glob
import os
import pathlib
import re
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "fleet"))
import estate
import harness
import pam
import published
import users
from admin import Admin, csv, token
from harness import case, check, contains, wait_for



class Reports:
    """Takes what valgrind writes. By a socket: a file that a process made as root, it cannot open again as somebody
    else after its execve."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.address = "127.0.0.1:%d" % self.server.getsockname()[1]
        self.texts, self.open = [], 0
        self.lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            connection, _ = self.server.accept()
            with self.lock:
                self.open += 1
            threading.Thread(target=self._read, args=(connection,), daemon=True).start()

    def _read(self, connection):
        with connection, connection.makefile(errors="replace") as stream:
            text = stream.read()
        with self.lock:
            self.texts.append(text)
            self.open -= 1

    def take(self):
        """Each error that was found since the last call; all of the processes have ended by then."""
        wait_for(lambda: self.open == 0, "all processes that valgrind looks at have ended", 30)
        texts, self.texts = self.texts, []
        check(len(texts) > 1, f"only {len(texts)} processes were looked at")
        lines = collections.defaultdict(list)  # those who forked share a socket
        for line in "".join(texts).splitlines():
            found = re.match(r"==(\d+)== ?(.*)", line)
            check(found or line.startswith("--"), f"valgrind says {line!r}")  # -- is a word on valgrind itself
            if found:
                lines[found[1]].append(found[2])
        return [block for said in lines.values() for block in re.split(r"\n *\n", "\n".join(said)) if block.strip()]


reports = Reports()
# Helpers get an empty environment; valgrind passes itself on. Its pipe for gdb, too, would be of who was before.
VALGRIND = ["valgrind", "-q", "--trace-children=yes", "--trace-children-skip=*/useradd", "--vgdb=no",
            "--leak-check=full", "--errors-for-leak-kinds=definite,indirect", f"--log-socket={reports.address}"]

users.host_key()
pam.service("valgrind", pam.WHOLE.replace("{options}", "deadline=60"))
alice = users.User("alice")
for helper in glob.glob("/usr/libexec/hf-token/*"):  # users cannot read the sources, and valgrind has to
    os.chmod(helper, 0o755)


def clean():
    found = reports.take()
    check(not found, "\n\n".join(found[:3]))


def log_in(user, secret=None, wanted=None):
    """Without a secret only the session is opened."""
    with pam.Host("valgrind", user, before=VALGRIND) as host:
        host.do(*([f"secret {secret}", "authenticate", "setcred"] if secret else []), "open")
        check(not wanted or wanted in user.tokens(), f"{user.name} has {user.tokens()}, not {wanted}")
        host.do("close", "delete")


@case("a login with a password and a token sealed both ways, twice in a row")
def _():
    alice.add("both")
    log_in(alice, alice.password, "main")
    log_in(alice, alice.password, "main")
    clean()


@case("a login whose document is hostile")
def _():
    with open(alice.document, "rb") as document:
        kept = document.read()
    altered = kept.replace(b'"sealed": "', b'"sealed": "AAAA')
    for content in (b"", kept[:300], b'{"version":1,"user":' + b"[" * 5000, altered):
        alice.write(alice.document, content)
        log_in(alice)
    alice.write(alice.document, kept)
    clean()


@case("a change of the password")
def _():
    with pam.Host("valgrind", alice, before=VALGRIND) as host:
        host.do(f"ruid {alice.uid}", f"secret {alice.password}", "secret Another-Wort-8", "secret Another-Wort-8",
                "chauthtok")
    alice.password = "Another-Wort-8"
    clean()
    log_in(alice, alice.password, "main")
    clean()


@case("a fleet: a machine is prepared, logins with a token, a hostile document, and an engine that is away")
def _():
    users.must(*VALGRIND, "hf-tokenctl", "init", "--fleet")
    fleet, bob = estate.Fleet(), users.User("bob")
    fleet.give(bob, 1)
    users.must("hf-tokenctl", "refresh")  # it has deadlines of its own, which valgrind would not keep
    published.empty_cache()
    with open(f"{estate.ENGINE}/users/{bob.name}", "rb") as document:
        good = document.read()
    for content in (good, good[:-40], good.replace(b'"user"', b'"uses"')):
        fleet.put(f"users/{bob.name}", content)
        log_in(bob, wanted="main")
    os.chmod(estate.ENGINE, 0)
    log_in(bob, wanted="main")
    os.chmod(estate.ENGINE, 0o755)
    clean()


@case("an administrator's commands")
def _():
    os.makedirs("/srv/admin", 0o755)
    admin = Admin("valgrind", folder={"path": "/srv/admin"})
    rows = admin.file("rows", csv([("anna", "main", token("anna"), ""), ("bert", "main", token("bert"), "90d")]))
    for words in (("provision", "--to", "lab", rows), ("status", "--json"), ("rotate", "anna", "main"),
                  ("key", "pool", "leave", "lab", "one")):
        users.must(*VALGRIND, *admin.words(*words), input=token("anna", 2) + "\n", timeout=120)
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
