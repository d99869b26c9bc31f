#!/usr/bin/env python3
"""What other users get: nothing, also where the kernel would hand it on by possession."""
import json
import os
import shutil

import harness
import kernel
import users
from harness import Log, case, check, contains, equal, wait_for
from sshd import Sshd

users.host_key()
alice, bob, carol = users.User("alice"), users.User("bob"), users.User("carol")
alice.add("host")
alice.seal_by_hand("oauth", 86400, grant="https://hub.test client hf_TESTgrant")

SHARE = "/usr/local/lib/hf-attempt"
os.makedirs(SHARE)
for script in ("attempt.py", "kernel.py"):
    shutil.copy(f"{os.path.dirname(os.path.abspath(__file__))}/{script}", SHARE)


def serials(user):
    """What the stranger could have learnt: the serials of the user's ring, tokens and pointer."""
    return [str(key.serial) for key in kernel.keys_of(user.uid) if key.description.startswith("hf-token")]


def attempt(victim):
    return f"/usr/bin/python3 {SHARE}/attempt.py {' '.join(serials(victim))}"


def nothing(said):
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    equal(lines, ["the attempt ends"], "what worked")


def from_alices_session(sshd, way):
    """su and sudo are called in alice's own session, whose keyring the new process inherits."""
    with sshd.terminal(alice) as terminal:
        terminal.expect(r"\$ ")
        terminal.send("keyctl show @s")
        terminal.expect("hf-token:main")
        terminal.expect(r"\$ ")
        way(terminal)
        terminal.send("hf-token token -f")
        terminal.expect(alice.token)
        terminal.send("keyctl show @s")
        terminal.expect("hf-token:main")
        terminal.send("exit")
        terminal.rest()
    wait_for(lambda: not alice.tokens(), "alice's token is gone after her logout")


def type_su(words, secret):
    def way(terminal):
        terminal.send(f"{words} -c 'id -un; {attempt(alice)}'")
        terminal.answer("Password: ", secret)
        terminal.expect(rf"\n{bob.name}\n")
        nothing(terminal.expect("the attempt ends"))
        terminal.expect(r"\$ ")
    return way


with Sshd() as sshd:
    @case("alice calls su bob: bob's process neither finds nor reads her token, and her session is untouched")
    def _():
        from_alices_session(sshd, type_su(f"su {bob.name}", bob.password))

    @case("the same with su -")
    def _():
        from_alices_session(sshd, type_su(f"su - {bob.name}", bob.password))

    @case("su bob while bob has tokens of his own: he gets his, she keeps hers, and his go with su")
    def _():
        rich = users.User("rich")
        rich.add("host")

        def way(terminal):
            terminal.send(f"su {rich.name} -c 'hf-token token -f; {attempt(alice)} | grep -v listed.*uid={rich.uid}'")
            terminal.answer("Password: ", rich.password)
            said = terminal.expect("the attempt ends")
            contains(said, rich.token, "his own token")
            check(alice.token not in said and "read:" not in said, f"what worked: {said}")
            terminal.expect(r"\$ ")
            wait_for(lambda: not rich.tokens(), "his token is gone after su")
        from_alices_session(sshd, way)

    @case("a third user sees nothing: by ring, by serial, in /proc/keys")
    def _():
        with sshd.open(alice) as session:
            said = carol.must("sh", "-c", attempt(alice))
            nothing(said)
            with sshd.open(carol) as other:
                nothing(other.run(attempt(alice)).out)
            equal(session.token(), alice.token, "alice's token afterwards")

    @case("root's own processes find no token of a user without becoming that user")
    def _():
        with sshd.open(alice):
            said = users.must("sh", "-c", attempt(alice).replace("revoked", ""))
            check(alice.token not in said and "read:" not in said, f"what worked: {said}")

    @case("bob's document, copied by alice into her place, does not open, and the log says so")
    def _():
        thief = users.User("thief")
        victim = users.User("victim")
        victim.add("host")
        with open(victim.document, "rb") as document:
            stolen = document.read()
        thief.write(thief.document, stolen)
        log = Log()
        with sshd.open(thief) as session:
            equal(session.token(), None, "the token")
        contains(log.only_line(thief), "it was made for another user", "the log")

    @case("bob's document with alice's name written into it does not open either")
    def _():
        thief = users.User("thief")
        victim = users.User("victim")
        victim.add("host")
        with open(victim.document) as document:
            stolen = json.load(document)
        stolen["user"] = thief.name
        thief.write(thief.document, json.dumps(stolen))
        log = Log()
        with sshd.open(thief) as session:
            equal(session.token(), None, "the token")
        contains(log.only_line(thief), "1 refused", "the log")

    @case("bob cannot read the document that root stored for alice")
    def _():
        owner = users.User("owner")
        users.must("hf-tokenctl", "seal", owner.name, input=owner.token + "\n")
        path = f"/var/lib/hf-token/tokens/{owner.name}.json"
        equal(owner.run("cat", path).code, 0, "its owner reads it")
        check(carol.run("cat", path).code != 0, "another user read it")
        check(carol.run("ls", os.path.dirname(path)).code != 0, "another user listed the folder")

    harness.main()
