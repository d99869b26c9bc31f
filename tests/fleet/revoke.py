#!/usr/bin/env python3
"""What an administrator takes back leaves live sessions, and nothing else does; with a folder as the engine."""
import base64
import copy
import fcntl
import json
import os
import pathlib
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import estate
import harness
import kernel
import published
import users
from estate import ask, held, refresh, timeout_of, token_of
from harness import case, check, contains, equal, wait_for
from sshd import Sshd


def opened(pid):
    """The names of the files that a process has open."""
    folder, names = f"/proc/{pid}/fd", []
    for fd in os.listdir(folder):
        try:
            names.append(os.path.basename(os.readlink(f"{folder}/{fd}")))
        except FileNotFoundError:
            pass
    return names


def rename_user(before, after):
    """What usermod -l does, which refuses it while the user has processes; a directory server does not ask."""
    for path in ("/etc/passwd", "/etc/shadow"):
        users.must("sed", "-i", f"s/^{before}:/{after}:/", path)


def origin(user, name, change=None):
    """What the ring says of a token; changed first, if need be."""
    def look():
        serial = next(key.serial for key in kernel.keys() if key.description == f"hf-token.origin:{name}")
        if change is not None:
            payload = change(kernel.read(serial))
            kernel.keyctl(kernel.UPDATE, serial, payload, len(payload))
        return kernel.read(serial)
    return kernel.as_user(user.uid, look)


def of_version_1(payload):
    """As a session has it that was opened before an upgrade: no word of a key."""
    return struct.pack("=I", 1) + payload[4:36] + bytes(4) + payload[40:88]


fleet = estate.Fleet()
alice, bob, carol = people = [users.User(name) for name in ("alice", "bob", "carol")]

with Sshd() as sshd:
    @case("init --fleet: the account and its folders; it can be run again, and gives the public key")
    def _():
        said = users.must("hf-tokenctl", "init", "--fleet")
        equal(said.strip(), published.host(), "standard output")
        account = published.account()
        check(account.pw_uid != 0 and account.pw_shell.endswith("nologin"), f"{account}")
        for path, owner in (("/var/lib/hf-token/pools", 0), (published.SEEN, account.pw_uid),
                            (published.CACHE, account.pw_uid)):
            status = os.stat(path)
            equal((status.st_mode & 0o7777, status.st_uid), (0o700, owner), path)

    @case("revoked: gone from ten sessions of three users by one refresh, and no other token with it")
    def _():
        for person in people:
            fleet.give(person, 1)
            person.add("host", token=f"{person.token}own", name="own")
        users.must("hf-tokenctl", "seal", bob.name, "-n", "site", input=f"{bob.token}site\n")
        refresh()
        sessions = [sshd.open(person) for person in (alice, alice, alice, alice, bob, bob, bob, carol, carol, carol)]
        try:
            for session in sessions:
                equal(held(session), token_of(session.user, 1), "the token")
            equal(refresh(), "", "a refresh that has nothing to do")
            fleet.revoke(alice, 2)
            fleet.revoke(bob, 2)
            said = refresh()
            for person in (alice, bob):
                contains(said, f"refresh: {person.name}: 1 removed", "what the refresh said")
                check("main" not in person.tokens(), f"{person.name} still has it")
            check(carol.name not in said, f"carol's was touched: {said!r}")
            for session in sessions:
                person = session.user
                equal(held(session), token_of(carol, 1) if person is carol else None, f"{person.name}'s token")
                equal(held(session, "own"), f"{person.token}own", f"{person.name}'s own")
            equal(held(sessions[5], "site"), f"{bob.token}site", "the machine's")
            equal(refresh(), "", "the next refresh")
        finally:
            for session in sessions:
                session.close()

    @case("list says what has opened a token, and its own end rather than its document's")
    def _():
        fleet.give(alice, 3, until=3600)  # the token itself has a day
        refresh()
        with sshd.open(alice) as session:
            rows = {row["name"]: row for row in json.loads(ask(session, "list", "--json").out)["tokens"]}
            equal(rows["main"]["seals"], ["pool"], "what has opened main")
            check(rows["main"]["expires"] > time.time() + 7200, f"{rows['main']}")
            contains(" ".join(ask(session, "list").out.split()), " main ready pool folder ", "list")

    @case("run, token, status and list say that the administrator revoked it, and when")
    def _():
        fleet.give(alice, 3)
        refresh()
        with sshd.open(alice) as session:
            fleet.revoke(alice, 4)
            refresh()
            today = time.strftime("%Y-%m-%d")
            for words, code in ((("run", "-n", "main", "true"), 125), (("token", "-n", "main"), 3),
                                (("env", "-n", "main"), 3)):
                done = ask(session, *words)
                equal(done.code, code, f"exit code of {words}, which said {done.out!r}")
                contains(done.out, f"main: the administrator revoked it ({today}", f"what {words} said")
            contains(ask(session, "list").out, "revoked", "list")
            row = [row for row in json.loads(ask(session, "status", "--json").out)["tokens"] if row["name"] == "main"]
            equal([(one["state"], one["source"]) for one in row], [("revoked", "folder")], "status --json")
            check(abs(row[0]["revoked"] - time.time()) < 3600, f"{row}")
            done = session.run("HF_TOKEN_NAME=main hf-token status")
            equal(done.code, 3, "exit code of status")
            contains(done.out, "the administrator revoked it", "status")

    @case("what is published again comes back, rotated tokens are exchanged: in the sessions that there are")
    def _():
        with sshd.open(bob) as one, sshd.open(bob) as two:
            equal(held(one), None, "before")
            fleet.give(bob, 10)
            refresh()
            equal(held(one), None, "a name that came while the session lived waits for the next login")
        with sshd.open(bob) as one, sshd.open(bob) as two:
            equal([held(one), held(two)], [token_of(bob, 10)] * 2, "after the next login")
            fleet.give(bob, 11)
            contains(refresh(), f"{bob.name}: 1 exchanged", "what the refresh said")
            equal([held(one), held(two)], [token_of(bob, 11)] * 2, "rotated")
            fleet.revoke(bob, 12)
            refresh()
            equal(held(one), None, "revoked")
            fleet.give(bob, 13)
            said = refresh()
            contains(said, f"{bob.name}: 1 came back", "what the refresh said")
            check("exchanged" not in said, f"{said!r}")
            equal([held(one), held(two)], [token_of(bob, 13)] * 2, "given again")

    @case("a token that is sealed to a pool that this machine has left is lost, and back with its key")
    def _():
        with sshd.open(bob) as session:
            fleet.give(bob, 14, recipients=[f"pool:{published.pool('other')}"])
            contains(refresh(1), f"{bob.name}: source folder: it is not sealed", "what the refresh said")
            equal(held(session), None, "sealed to others")
            equal(refresh(), "", "the next refresh")
            fleet.put("hosts/" + published.host_hex(), fleet.signer.keys(2, "lab", "other"))
            fleet.end()
            contains(ask(session, "token", "-n", "main").out, "the administrator took it from this machine", "token")
            refresh()
            equal(held(session), token_of(bob, 14), "with the key of the pool")
            fleet.put("hosts/" + published.host_hex(), fleet.signer.keys(3, "lab"))
            fleet.give(bob, 15)
            refresh()
            equal(len(os.listdir("/var/lib/hf-token/pools")), 1 + 1, "keys of pools, and their lock")
            equal(held(session), token_of(bob, 15), "sealed to the pool that is left")

    @case("hf-token lock: the ring stays empty, whatever is refreshed")
    def _():
        with sshd.open(carol) as session:
            equal(ask(session, "lock").code, 0, "hf-token lock")
            refresh()
            equal(carol.tokens(), [], "tokens")
            done = ask(session, "run", "-n", "main", "true")
            equal(done.code, 125, "exit code")
            contains(done.out, "locked: hf-token lock has emptied your sessions' ring\n  Log in again", "what run said")
            done = ask(session, "list")
            equal(done.code, 0, "exit code of list")
            contains(done.out, "own", "list")
            equal(session.run("HF_TOKEN_NAME=main hf-token status").code, 4, "exit code of status")

    @case("hf-token lock of a user whose tokens come from an engine alone: locked, until the next login")
    def _():
        dave = users.User("dave")
        fleet.give(dave, 1)
        refresh()
        with sshd.open(dave) as session:
            equal(held(session), token_of(dave, 1), "the token")
            equal(ask(session, "lock").code, 0, "hf-token lock")
            refresh()
            for words, code in ((("list",), 0), (("run", "true"), 125), (("token",), 4), (("status",), 4)):
                done = ask(session, *words)
                equal(done.code, code, f"exit code of {words}, which said {done.out!r}")
                for line in ("locked: hf-token lock has emptied your sessions' ring\n", "  Log in again. To add"):
                    contains(done.out, line, f"{words}")
            with sshd.open(dave):
                equal(held(session), token_of(dave, 1), "after the next login")
            equal(session.run("hf-token logout --all --yes").code, 0, "logout --all")
            contains(ask(session, "list").out, "there are no tokens yet\n  hf-token login", "list after logout --all")

    @case("a source that tokens: names no more: a refresh ends what it gave, and says so; the user's own stays")
    def _():
        erin = users.User("erin")
        fleet.give(erin, 1)
        erin.add("host", token=f"{erin.token}own", name="own")
        refresh()
        with sshd.open(erin) as session:
            equal([held(session), held(session, "own")], [token_of(erin, 1), f"{erin.token}own"], "the tokens")
            published.write("/etc/hf-token.conf", "tokens: user host folder !\n")
            check("removed" not in refresh(1), "a configuration that cannot be read ends nothing")
            equal(held(session), token_of(erin, 1), "the token")
            try:
                estate.configure(sources="user host")
                contains(refresh(), f"refresh: {erin.name}: 1 removed", "what the refresh said")
                equal([held(session), held(session, "own")], [None, f"{erin.token}own"], "the tokens")
                unnamed = "main: this machine's configuration no longer names the source folder ("
                for words, code in ((("run", "-n", "main", "true"), 125), (("token", "-n", "main"), 3)):
                    done = ask(session, *words)
                    equal(done.code, code, f"exit code of {words}")
                    contains(done.out, unnamed, f"{words}")
                row = [one for one in json.loads(ask(session, "list", "--json").out)["tokens"] if one["name"] == "main"]
                equal([(one["state"], one["source"], one["revoked"]) for one in row], [("withdrawn", "folder", None)],
                      "list --json")
                check(abs(row[0]["withdrawn"] - time.time()) < 3600, f"{row}")
                equal(refresh(), "", "the next refresh")
            finally:
                estate.configure()
            contains(refresh(), f"{erin.name}: 1 came back", "once it is named again")
            equal(held(session), token_of(erin, 1), "the token")
            # What a configuration of another name has brought in: conf= of the module.
            origin(erin, "main", lambda payload: payload[:38] + bytes(2) + payload[40:])
            estate.configure(sources="user host")
            equal(refresh(), "", "a refresh")
            equal(held(session), token_of(erin, 1), "the token")
            estate.configure()
            equal(refresh(), "", "a refresh")

    @case("sealed to this machine no more: it goes, unless the ring does not know whose key has opened it")
    def _():
        gina = users.User("gina")
        users.must("hf-tokenctl", "seal", gina.name, "-n", "site", input=f"{gina.token}\n")
        path = pathlib.Path(f"/var/lib/hf-token/tokens/{gina.name}.json")
        here = path.read_text()
        elsewhere = here.replace(published.host(), base64.b64encode(bytes(range(32))).decode())
        check(here != elsewhere, "it was sealed to this machine")
        with sshd.open(gina) as session:
            equal(held(session, "site"), gina.token, "the token")
            latest = origin(gina, "site")
            equal(len(origin(gina, "site", of_version_1)), 88, "an origin of version 1")
            path.write_text(elsewhere)
            for _ in range(2):
                said = refresh(1)
                contains(said, f"{gina.name}: source host: it is not sealed to a key that is at hand", "refresh")
                equal(held(session, "site"), gina.token, "the token")
            path.write_text(here)
            equal(refresh(), "", "a refresh")
            equal(origin(gina, "site")[36:40] + origin(gina, "site")[88:], latest[36:40] + latest[88:], "the key")
            path.write_text(elsewhere)
            contains(refresh(), f"{gina.name}: 1 removed", "refresh")
            equal(held(session, "site"), None, "the token")
            path.write_text(here)
            contains(refresh(), f"{gina.name}: 1 came back", "refresh")
            equal(held(session, "site"), gina.token, "the token")
            origin(gina, "site", of_version_1)
            equal(users.run("hf-tokenctl", "remove", gina.name, "site").code, 0, "remove")
            contains(refresh(), f"{gina.name}: 1 removed", "refresh")

    @case("the user's own token of the same name is left alone")
    def _():
        with sshd.open(carol) as session:
            own = f"{carol.token}mine"
            equal(session.run("hf-token login --no-check --name main --seal host", input=f"{own}\n").code, 0, "login")
            fleet.revoke(carol, 2)
            refresh()
            equal([held(session), timeout_of(carol)], [own, "perm"], "the token, and its time")
            fleet.give(carol, 3)
            refresh()
            equal([held(session), timeout_of(carol)], [own, "perm"], "the token, and its time")
            equal(session.run("hf-token logout main --yes").code, 0, "logout")
            refresh()
            equal(held(session), None, "after logout")

    @case("the machine's own documents: remove takes them from live sessions too, and seal puts new ones there")
    def _():
        users.must("hf-tokenctl", "seal", carol.name, "-n", "site", input=f"{carol.token}one\n")
        users.must("hf-tokenctl", "seal", carol.name, "-n", "more", input=f"{carol.token}more\n")
        with sshd.open(carol) as session:
            equal(held(session, "site"), f"{carol.token}one", "the token")
            users.must("hf-tokenctl", "seal", carol.name, "-n", "site", input=f"{carol.token}two\n")
            refresh()
            equal(held(session, "site"), f"{carol.token}two", "the new one")
            contains(users.run("hf-tokenctl", "remove", carol.name, "site").err, "removed site", "remove")
            equal(users.run("hf-tokenctl", "remove", carol.name, "site").code, 3, "remove it again")
            refresh()
            equal([held(session, "site"), held(session, "more")], [None, f"{carol.token}more"], "after remove")
            contains(ask(session, "token", "-n", "site").out, "the administrator revoked it", "token")
            equal(users.run("hf-tokenctl", "remove", carol.name).code, 0, "remove all")
            refresh()
            equal(held(session, "more"), None, "after removing all")
            equal(users.run("hf-tokenctl", "list", carol.name).code, 3, "list of a user whose tokens are removed")

    @case("remove: an unknown user's document can go, so that the next of that name does not get it")
    def _():
        gone = users.User("gone")
        users.must("hf-tokenctl", "seal", gone.name, input=f"{gone.token}\n")
        users.must("userdel", gone.name)
        equal(users.run("hf-tokenctl", "remove", gone.name).code, 0, "remove")
        equal(users.run("hf-tokenctl", "remove", gone.name).code, 3, "again")
        equal(users.run("hf-tokenctl", "remove", "../../etc/passwd").code, 3, "a path")

    @case("one refresh at a time: another waits for its end")
    def _():
        path = "/run/hf-token/refresh.lock"
        with open(path) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(["hf-tokenctl", "refresh"], stderr=subprocess.DEVNULL)
            wait_for(lambda: "refresh.lock" in opened(process.pid), "the other one has opened the lock")
            equal(process.poll(), None, "its end, while the lock is held")
        equal(process.wait(60), 0, "its exit code")

    @case("two login names of one uid: a refresh asks for the name of the session; of two it takes nothing away")
    def _():
        dora = users.User("dora")
        second = copy.copy(dora)
        second.name = f"{dora.name}b"
        users.must("useradd", "-o", "-M", "-u", str(dora.uid), "-g", dora.name, "-d", dora.home, "-s", "/bin/bash",
                   second.name)
        fleet.revoke(dora, 1)
        fleet.give(second, 1)
        refresh()
        with sshd.open(second) as session:
            equal(held(session), token_of(second, 1), "the token of the second name")
            equal(refresh(), "", "a refresh: getpwuid gives the first name, whose document has no token")
            equal(held(session), token_of(second, 1), "the token after it")
            fleet.give(second, 2)
            contains(refresh(), f"{second.name}: 1 exchanged", "a refresh")
            with sshd.open(dora):
                contains(refresh(1), f"sessions of user id {dora.uid} were opened under several names", "a refresh")
                equal(held(session), token_of(second, 2), "the token after that")
        pathlib.Path(f"/run/hf-token/user.{dora.uid}").unlink()

    @case("a login name is changed: the new name takes the place of the one that is no more")
    def _():
        frank = users.User("frank")
        fleet.give(frank, 1)
        refresh()
        with sshd.open(frank) as session:
            equal(held(session), token_of(frank, 1), "the token")
            later = copy.copy(frank)
            later.name = f"{frank.name}b"
            rename_user(frank.name, later.name)
            fleet.give(later, 1)
            equal(refresh(), "", "a refresh: of the earlier name nobody knows")
            with sshd.open(later):
                equal(held(session), token_of(later, 1), "the token of the later name")
                fleet.give(later, 2)
                contains(refresh(), f"{later.name}: 1 exchanged", "a refresh")
                equal(held(session), token_of(later, 2), "the token after it")
        rename_user(later.name, frank.name)

    @case("a user who stops what refreshes for them costs the others nothing")
    def _():
        fleet.give(alice, 40)
        fleet.give(bob, 40)
        refresh()
        with sshd.open(bob) as bobs, sshd.open(alice) as session:
            stopper = bobs.run("(while :; do for p in /proc/[0-9]*; do read -r n <$p/comm && case $n in"
                               " hf-token-sessi*|hf-tokenctl) kill -STOP ${p#/proc/};; esac; done; done)"
                               " 2>/dev/null >/dev/null & echo $!").out.strip()
            fleet.revoke(alice, 41)
            users.run("hf-tokenctl", "refresh")
            equal(held(session), None, "the other user's token")
            bobs.run(f"kill {stopper}")
            users.run("hf-tokenctl", "refresh")
            equal(held(bobs), token_of(bob, 40), "the user's token")

    @case("keys that are newer than the document take nothing away, nor does one out of the cache; the next one does")
    def _():
        mine, generation = "hosts/" + published.host_hex(), 50
        fleet.give(alice, generation)
        refresh()
        with sshd.open(alice) as session:
            equal(held(session), token_of(alice, generation), "the token")
            fleet.put(mine, fleet.signer.keys(generation, "other"))
            fleet.end()
            contains(refresh(1), "it is not sealed to a key that is at hand", "a refresh with half of it")
            equal(held(session), token_of(alice, generation), "the token")
            path = f"{estate.ENGINE}/users/{alice.name}"
            os.chmod(path, 0)
            fleet.end()
            check("removed" not in refresh(1), "one whose document cannot be had")
            equal(held(session), token_of(alice, generation), "the token")
            os.chmod(path, 0o644)
            fleet.give(alice, generation + 1, token=token_of(alice, generation))
            said = refresh(1)
            equal(held(session), None, f"the token, sealed anew without this machine; {said!r}")
            fleet.put(mine, fleet.signer.keys(generation + 1, "lab"))
            fleet.end()
            contains(refresh(), "1 came back", "with its pool's key")

    @case("a generation that a user makes up keeps no revoked token")
    def _():
        fleet.give(carol, 50)
        refresh()
        with sshd.open(carol) as session:
            check(held(session) is not None, "carol has a token")
            origin(carol, "main", lambda payload: payload[:8] + b"\xff" * 8 + payload[16:])
            fleet.revoke(carol, 51)
            contains(refresh(), f"refresh: {carol.name}: 1 removed", "the refresh")
            equal(held(session), None, "carol's token")

    harness.main()
