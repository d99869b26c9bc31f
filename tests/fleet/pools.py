#!/usr/bin/env python3
"""An administrator's pools, and this machine as one of their hosts: who can open what, when somebody leaves, when a
key is lost, and when the administrator's own key changes."""
import json
import os
import shutil

from fleettest import write  # first: it finds the others
import published
import users
from admin import Admin, host_key, summary, token
from harness import case, check, contains, equal, main
from sshd import Sshd

ENGINE = "/srv/fleet"
KEY_FOLDER = "/etc/hf-token"


def trust(lines):
    write(published.SIGNERS, lines)


def forget():
    """As on a machine that asks for the first time."""
    for folder in (published.CACHE, published.SEEN):
        for name in os.listdir(folder):
            shutil.rmtree(f"{folder}/{name}")


def refresh(code=0):
    done = users.run("hf-tokenctl", "refresh")
    equal(done.code, code, f"hf-tokenctl refresh, which said {done.err!r}")
    return done.err


def pools_here():
    return {name[:-len(".sealed")] for name in os.listdir("/var/lib/hf-token/pools") if name.endswith(".sealed")}


def key_of(pool):
    """A pool's public key, as its file here is named."""
    rows = json.loads(admin.must("key", "list", "--json", password=False).out)["pools"]
    return published.base64.b64decode(next(row["key"] for row in rows if row["name"] == pool)).hex()


def token_in_session(user):
    """What the user's next session has, or None."""
    with sshd.open(user) as session:
        done = session.run("hf-token token -n main")
        return done.out.strip() if done.code == 0 else None


def slots(user):
    with open(f"{ENGINE}/users/{user}", "rb") as file:
        document = json.loads(file.read().split(b"\n", 1)[1])
    return {one["name"]: one for one in document["tokens"]}


users.host_key()
users.must("hf-tokenctl", "init", "--fleet")
os.makedirs(ENGINE, 0o755)
write("/etc/hf-token.conf", "tokens: user host folder\n")
write(published.SITE, f"[folder]\npath = {ENGINE}\n")
admin = Admin("pools", folder={"path": ENGINE})
trust(admin.must("key", "export", password=False).out)
alice, bob = users.User("alice"), users.User("bob")


@case("a mistake in publish.conf is told with its line, and what is wrong there")
def _():
    with open(f"{admin.folder}/publish.conf", encoding="ascii") as file:
        before = file.read()
    for text, line, why in (("[folder]\npath = srv/fleet\n", 2, "a path that begins with / is wanted"),
                            ("[htps]\n", 1, "there is no section of that name")):
        admin.file("fleet/publish.conf", text)
        done = admin.run("publish")
        equal(done.code, 1, f"publish: {done.err}")
        contains(done.err, f"publish.conf, line {line}: {why}\n", "what is said")
    admin.file("fleet/publish.conf", before)


with Sshd() as sshd:
    @case("a host that joins opens what was published before, by one small write")
    def _():
        summary(admin.provision([(alice.name, "main", token(alice.name), "30d"),
                                 (bob.name, "main", token(bob.name), "")]), added=2)
        before = slots(alice.name)
        refresh()
        equal(pools_here(), set(), "pools before")
        equal(token_in_session(alice), None, "before")
        admin.must("key", "host", "add", "here", f"{KEY_FOLDER}/host.pub", password=False)
        admin.must("key", "pool", "join", "lab", "here")
        equal(slots(alice.name), before, "the documents")
        refresh()
        equal(pools_here(), {key_of("lab")}, "pools")
        equal(token_in_session(alice), token(alice.name), "alice's")
        equal(token_in_session(bob), token(bob.name), "bob's")

    @case("another host leaves: a new key for those that stay, everything sealed anew, the same tokens")
    def _():
        old, before = key_of("lab"), slots(alice.name)
        done = admin.must("key", "pool", "leave", "lab", "two", "three")
        contains(done.err, "2 documents sealed anew", "what is said")
        check(key_of("lab") != old, "a new key")
        after = slots(alice.name)
        equal(after["main"]["id"], before["main"]["id"], "the token's id")
        check(after["main"]["commitment"] != before["main"]["commitment"], "a fresh key of the token")
        refresh()
        equal(pools_here(), {key_of("lab")}, "pools")
        equal(token_in_session(alice), token(alice.name), "alice's")
        hosts = {row["name"]: row["pools"] for row in
                 json.loads(admin.must("key", "list", "--json", password=False).out)["hosts"]}
        equal(hosts, {"one": ["lab"], "two": [], "three": [], "here": ["lab"]}, "hosts")
        # The marks go on: the same list is nothing new.
        summary(admin.provision([(alice.name, "main", token(alice.name), "30d"),
                                 (bob.name, "main", token(bob.name), "")]), unchanged=2)

    @case("re-keying that is broken off is finished by publish; until then both keys open")
    def _():
        old = key_of("lab")
        moved = f"{ENGINE}.away"
        os.rename(ENGINE, moved)
        write(ENGINE, "no folder")
        equal(admin.run("key", "pool", "leave", "lab", "one").code, 1, "an engine that is away")
        os.unlink(ENGINE)
        os.rename(moved, ENGINE)
        check(key_of("lab") != old, "a new key")
        contains(admin.must("key", "list", password=False).out, "not all published", "key list")
        refresh()
        equal(token_in_session(bob), token(bob.name), "with the old key")
        contains(admin.must("publish").err, "2 documents sealed anew", "publish")
        refresh()
        equal(pools_here(), {key_of("lab")}, "pools")
        equal(token_in_session(bob), token(bob.name), "with the new key")
        contains(admin.must("publish").err, "as it should be", "publish again")

    @case("a nightly provision after a re-keying that was broken off gives hosts the new key first")
    def _():
        moved = f"{ENGINE}.away"
        os.rename(ENGINE, moved)
        write(ENGINE, "no folder")
        equal(admin.run("key", "pool", "join", "lab", "one").code, 1, "an engine that is away")
        equal(admin.run("key", "pool", "leave", "lab", "one").code, 1, "an engine that is away")
        os.unlink(ENGINE)
        os.rename(moved, ENGINE)
        summary(admin.provision([(alice.name, "main", token(alice.name), "30d"),
                                 (bob.name, "main", token(bob.name), "")]), replaced=2)
        refresh()
        equal(token_in_session(bob), token(bob.name), "with the new key")
        admin.must("publish")
        refresh()
        equal(pools_here(), {key_of("lab")}, "pools")

    @case("this host leaves: its pool's key goes, and with it what it could open")
    def _():
        admin.must("key", "pool", "leave", "lab", "here")
        refresh()
        equal(pools_here(), set(), "pools")
        equal(token_in_session(alice), None, "alice's")
        equal(admin.run("key", "pool", "leave", "lab", "here").code, 3, "it is not in it any more")
        admin.must("key", "pool", "join", "lab", "here")
        refresh()
        equal(token_in_session(alice), token(alice.name), "alice's, when it is back")
        equal(admin.run("key", "host", "remove", "here", password=False).code, 1, "in a pool")

    @case("live sessions: where the host stays a token does, though the pool's new key comes late; else it goes")
    def _():
        def held():
            done = session.run("hf-token token -n main")
            return done.out.strip() if done.code == 0 else None

        mine = f"hosts/{published.host_hex()}"
        admin.must("key", "pool", "join", "lab", "one")
        refresh()
        with sshd.open(alice) as session:
            with open(f"{ENGINE}/{mine}", "rb") as file:
                before = file.read()
            admin.must("key", "pool", "leave", "lab", "one")
            with open(f"{ENGINE}/{mine}", "rb") as file:
                after = file.read()
            # A mirror that has the documents first.
            write(f"{ENGINE}/{mine}", before)
            for _ in range(2):
                said = refresh(1)
                contains(said, f"{alice.name}: source folder: it is not sealed to a key that is at hand", "a refresh")
                check("removed" not in said, f"{said!r}")
                equal(held(), token(alice.name), "the token")
            write(f"{ENGINE}/{mine}", after)
            os.unlink(published.record("folder", mine))
            equal(refresh(), "", "a refresh that has the key")
            equal([held(), pools_here()], [token(alice.name), {key_of("lab")}], "the token, and the pool's key")
            admin.must("key", "pool", "leave", "lab", "here")
            contains(refresh(), f"refresh: {alice.name}: 1 removed", "on the host that has left")
            equal(held(), None, "the token")
            for words, code in (("run -n main true", 125), ("token -n main", 3), ("env -n main", 3)):
                done = session.run(f"hf-token {words}")
                equal(done.code, code, f"exit code of {words}")
                contains(done.out, "main: the administrator took it from this machine (", words)
            rows = json.loads(session.run("hf-token list --json").out)["tokens"]
            equal([(row["state"], row["revoked"]) for row in rows], [("withdrawn", None)], "list --json")
            equal(refresh(), "", "the next refresh")
            admin.must("key", "pool", "join", "lab", "here")
            contains(refresh(), f"refresh: {alice.name}: 1 came back", "when it is back")
            equal(held(), token(alice.name), "the token")

    @case("a host that has lost its key gets a new one: replaced in all of its pools")
    def _():
        for name in ("host.key", "host.pub"):
            os.rename(f"{KEY_FOLDER}/{name}", f"{KEY_FOLDER}/{name}.lost")
        users.must("hf-tokenctl", "init", "--fleet")
        forget()
        users.run("hf-tokenctl", "refresh")
        equal(token_in_session(alice), None, "with a key that nobody knows")
        pub = f"{KEY_FOLDER}/host.pub"
        equal(admin.run("key", "host", "add", "here", pub, password=False).code, 1, "never by add")
        equal(admin.run("key", "host", "replace", "nobody", pub).code, 3, "an unknown host")
        admin.must("key", "host", "replace", "here", pub)
        refresh()
        equal(token_in_session(alice), token(alice.name), "alice's")

    @case("the signer changes: old and new are pinned, then published, then the old one is gone")
    def _():
        before = admin.must("key", "export", password=False).out
        admin.must("key", "rotate")
        both = admin.must("key", "export", password=False).out
        equal((len(both.splitlines()), both.splitlines()[1].split()[0]), (2, before.split()[0]), "both")
        equal(token_in_session(alice), token(alice.name), "nothing is published yet")
        trust(both)
        contains(admin.must("publish").err, "2 only signed anew", "publish")
        refresh()
        equal(token_in_session(alice), token(alice.name), "by the new one")
        # Whoever pins the old one alone takes nothing of the new one's.
        trust(before)
        forget()
        refresh(1)
        equal(token_in_session(alice), None, "by a signer that is not pinned")
        admin.must("key", "retire", "--yes")
        new = admin.must("key", "export", password=False).out
        equal(new.splitlines(), both.splitlines()[:1], "the new one alone")
        trust(new)
        refresh()
        equal(token_in_session(alice), token(alice.name), "by the new one alone")
        admin.must("key", "pool", "leave", "lab", "here")
        admin.must("key", "pool", "join", "lab", "here")
        refresh()
        equal(token_in_session(alice), token(alice.name), "the pools' keys are the new identity's")

    def kill_at_calls(words, step, again):
        """kill -9 at each of so many system calls; whatever was done by then, publish goes on."""
        number = calls = 0
        while True:
            number += step
            done = users.run(f"{os.environ['HF_BUILD']}/kill-at", "--from", "hf-token-fleet", str(number),
                             *admin.words(*words))
            check(done.code in (0, 3), f"kill-at: {done.err}")
            if done.code == 3:
                break
            calls += 1
            admin.must("publish")
            again()
        check(calls > 3, f"only {calls} calls were tried")

    @case("kill -9 in a rotation of the signer, and in a re-keying: what is there opens, and publish finishes it")
    def _():
        kill_at_calls(("key", "rotate"), 71, lambda: None)
        kill_at_calls(("key", "pool", "leave", "lab", "one"), 113,
                      lambda: admin.must("key", "pool", "join", "lab", "one"))
        trust(admin.must("key", "export", password=False).out)
        for name in os.listdir(f"{admin.folder}/pools"):
            with open(f"{admin.folder}/pools/{name}") as pool:
                equal(pool.read().count("key "), 1, f"keys of {name}")
        refresh()
        equal(token_in_session(alice), token(alice.name), "alice's")

    @case("an engine that has lost everything is filled again, and hosts take it")
    def _():
        shutil.rmtree(f"{ENGINE}/users")
        os.unlink(f"{ENGINE}/head")
        rows = [(alice.name, "main", token(alice.name, 2), ""), (bob.name, "main", token(bob.name), "")]
        equal(admin.provision(rows).code, 1, "it may be another place")
        summary(admin.provision(rows, "--accept-old"), added=2)
        refresh()
        equal(token_in_session(alice), token(alice.name, 2), "alice's new one")

    @case("hosts: no key twice, no name that could be a token's")
    def _():
        key = host_key()
        admin.must("key", "host", "add", "first", input=key + "\n", password=False)
        contains(admin.run("key", "host", "add", "second", input=key + "\n", password=False).err, "the key of first",
                 "a key twice")
        for bad in ("", "AAAA\n", "not base64" * 5, key + "\n" + key + "\n"):
            equal(admin.run("key", "host", "add", "third", input=bad, password=False).code, 1, repr(bad))
        equal(admin.run("key", "host", "add", "hf_TESTx", input=key, password=False).code, 2, "a token's beginning")
        equal(admin.run("key", "pool", "join", "nowhere", "first").code, 3, "an unknown pool")
        equal(admin.run("key", "pool", "join", "lab", "nobody").code, 3, "an unknown host")
        for number in range(9):
            admin.must("key", "pool", "add", f"p{number}")
        codes = [admin.run("key", "pool", "join", f"p{number}", "first").code for number in range(9)]
        equal(codes, [0] * 8 + [1], "eight pools of a host")
        admin.must("key", "host", "remove", "two", password=False)

    main()
