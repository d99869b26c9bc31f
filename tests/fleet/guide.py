#!/usr/bin/env python3
"""The worked example of hf-token-fleet(7) does what it says, typed as it stands there: an administrator, a web server
and a host, which here are one machine."""
import itertools
import os
import pathlib
import shutil

from fleettest import Nginx, write  # first: it finds the others
import users
from admin import PASSWORD, host_key, token
from estate import refresh
from harness import case, check, contains, equal, main
from sshd import Sshd
from terminal import Terminal

PAGE = (pathlib.Path(__file__).parents[2] / "man/hf-token-fleet.7").read_text()
NGINX = "nginx with client certificates"
HOME = "/home/admin"
# The timer is systemd's, which no sandbox has.
NOT_HERE = ["systemctl enable --now hf-token-refresh.timer"]

admin, alice = (users.User(name, numbered=False) for name in ("admin", "alice"))
tokens = itertools.count()


def blocks(section):
    """The literal texts of a subsection."""
    text = "\n" + PAGE.split(f"\n.Ss {section}\n")[1].split("\n.S")[0]
    return [part.split("\n.Ed")[0].replace("\\e", "\\").replace("\\&", "")
            for part in text.split("\n.Bd -literal -offset indent\n")[1:]]


def commands(block):
    """Pairs of a command with its prompt, and the lines below it that are neither."""
    found, goes_on = [], False
    for line in block.splitlines():
        if goes_on:
            found[-1][0] += "\n" + line
        elif line[:2] in ("$ ", "# "):
            found.append([line, []])
        else:
            found[-1][1].append(line)
        goes_on = line.endswith("\\")
    return found


def answer(asked):
    """What the administrator types."""
    if "y/n" in asked.lower():
        return "y"
    return PASSWORD if "password" in asked.lower() else latest_token()


def latest_token():
    return token("alice", f"typed{next(tokens)}")


def type_in(line, owner):
    """Runs one command line on a terminal, and returns what was shown."""
    account = users.User.environment(admin) if owner else {**os.environ, "HOME": HOME}
    shown = []
    with Terminal("sh", "-c", f"cd {HOME} && {line}", user=owner,
                  environment={**account, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}) as terminal:
        while True:
            try:
                shown.append(terminal.expect(r"[^\n]+[:?] $"))
            except AssertionError:  # nothing more is asked
                break
            terminal.send(answer(shown[-1].splitlines()[-1]))
        shown.append(terminal.rest())
        equal(terminal.wait(), 0, f"{line!r}, which showed {''.join(shown)!r}")
    return "".join(shown)


def by_admin(path, lines):
    write(path, "".join(f"{line}\n" for line in lines), 0o600)
    os.chown(path, admin.uid, admin.uid)


def follow(block):
    """Types a whole block. Returns what was shown for each command."""
    shown = {}
    for line, below in commands(block):
        prompt, line = line[0], line[2:]
        if line in NOT_HERE:
            continue
        if line.startswith("cat > "):
            by_admin(line[len("cat > "):].replace("~", HOME), below)
        elif line.startswith("cat "):
            by_admin(f"{HOME}/{line[len('cat '):]}", [row.replace("hf_...", token("alice")) for row in below])
        else:
            shown[line] = type_in(line, admin if prompt == "$" else None)
    return shown


class Web(Nginx):
    """The web server of the page, on the port that the page has."""

    def __init__(self):
        super().__init__("/srv/hf-token")
        self.port = 443

    def _server(self):
        return blocks(NGINX)[0]


def log_in(wanted):
    """What alice has in a session."""
    done = sshd.run(alice, "hf-token token")
    equal(done.out.strip() if done.code == 0 else None, wanted, f"alice's token, said {done.err!r}")
    return done.err


with Sshd() as sshd:
    @case("1. keys, and where they are published")
    def _():
        follow(blocks("1. The administrator's machine")[0])
        contains((pathlib.Path(HOME) / "signers").read_text(), "hf-token fleet", "the file signers")

    @case("certificates, and a web server with them")
    def _():
        follow(blocks("Certificates")[0])
        for name in ("lab-ca.pem", "tokens.pem", "tokens.key"):
            os.makedirs("/etc/nginx", exist_ok=True)
            shutil.copy(f"{HOME}/{name}", "/etc/nginx")
        with open("/etc/hosts", "a") as hosts:
            hosts.write("127.0.0.1 tokens.lab.example\n")
        web.__enter__()

    @case("2. a host")
    def _():
        by_admin(f"{HOME}/fleet.conf", blocks(NGINX)[1].splitlines())
        follow(blocks("2. Each host")[0])
        for block in blocks("Certificates")[1:]:
            follow(block)

    @case("3. and 4. a pool and a user, who has the token at login; the list is gone")
    def _():
        by_admin(f"{HOME}/ws02.pub", [host_key()])
        follow(blocks("3. Pools")[0])
        refresh()
        follow(blocks("4. Users")[0])
        log_in(token("alice"))
        check(not os.path.exists(f"{HOME}/users.csv"), "users.csv is there")

    @case("a host goes, a host's key is lost, a signer goes: alice has her token after each")
    def _():
        for section in ("A host goes", "A host's key is lost", "A signer goes"):
            for block in blocks(section):
                follow(block)
                if "export > signers" in block:
                    shutil.copy(f"{HOME}/signers", "/etc/hf-token/signers")
            refresh()
            log_in(token("alice"))

    @case("5. day by day: the status, another token, and none any more")
    def _():
        session = sshd.open(alice)
        try:
            shown = follow(blocks("5. Day by day")[0])
            contains(shown["hf-tokenctl status alice"], "main", "the status")
            contains(refresh(), "alice: 1 removed", "the refresh")
            contains(session.run("hf-token token").out, "the administrator revoked it", "what alice is told")
        finally:
            session.close()

    web = Web()
    try:
        main()
    finally:
        web.__exit__()
