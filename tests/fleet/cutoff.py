#!/usr/bin/env python3
"""What a machine does that has no fresh word of its engine, or a false one; with a folder as the engine."""
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import estate
import harness
import published
import users
from estate import ENGINE, ask, configure, held, refresh, set_timeout, timeout_of, token_of
from harness import case, check, contains, equal, wait_for
from sshd import Sshd

DAY = 86400

fleet = estate.Fleet()
alice, bob, carol = (users.User(name) for name in ("alice", "bob", "carol"))
for person in (bob, carol):
    fleet.give(person, 1)
    person.add("host", token=f"{person.token}own", name="own")
refresh()

with Sshd() as sshd:
    @case("an engine that lost the user's document, or all, takes no token away")
    def _():
        with sshd.open(carol) as session:
            os.rename(f"{ENGINE}/users/{carol.name}", "/srv/kept")
            fleet.end()
            refresh(1)
            os.chmod(ENGINE, 0)
            refresh(1)
            equal(held(session), token_of(carol, 1), "the token")
            os.chmod(ENGINE, 0o755)
            os.rename("/srv/kept", f"{ENGINE}/users/{carol.name}")
            fleet.end()
            refresh()
            equal(held(session), token_of(carol, 1), "the token")

    @case("a machine that is cut off: the kernel ends the token, run says since when, and an answer brings it back")
    def _():
        configure("[refresh]\nlifetime = 1h\n")
        with sshd.open(carol) as session:
            check(timeout_of(carol) not in (None, "perm"), f"time left: {timeout_of(carol)}")
            set_timeout(carol, 1)
            wait_for(lambda: "main" not in carol.tokens(), "the kernel has ended it")
            equal(held(session, "own"), f"{carol.token}own", "the user's own")
            refresh()
            equal(held(session), token_of(carol, 1), "after a fresh answer")
        configure("[refresh]\nlifetime = 60s\n")
        with sshd.open(carol) as session:
            os.chmod(ENGINE, 0)
            published.set_confirmed("folder", f"users/{carol.name}", 3600)
            published.set_confirmed("folder", "head", 3600)
            with sshd.open(carol) as other:
                os.chmod(ENGINE, 0o755)
                equal(held(other), token_of(carol, 1), "what the session before had stays until its own end")
        configure()

    @case("status and run of a token that the kernel ended: since when its source was not reached")
    def _():
        configure("[refresh]\nlifetime = 1s\n")
        with sshd.open(carol) as session:
            wait_for(lambda: "main" not in carol.tokens(), "the kernel has ended it")
            done = ask(session, "run", "-n", "main", "true")
            equal(done.code, 125, "exit code")
            contains(done.out, "main: this machine has not reached folder since", "what run said")
            row = [row for row in json.loads(ask(session, "status", "--json").out)["tokens"] if row["name"] == "main"]
            equal([one["state"] for one in row], ["cut-off"], "status --json")
            configure()
            refresh()
            equal(held(session), token_of(carol, 1), "after a fresh answer")

    @case("a refresh gives more time, a cached answer gives none")
    def _():
        configure("[refresh]\nlifetime = 2h\n")
        with sshd.open(carol) as session:
            set_timeout(carol, 600)
            refresh()
            check(timeout_of(carol).endswith("h") or int(timeout_of(carol)[:-1]) > 60, f"{timeout_of(carol)}")
            set_timeout(carol, 600)
            os.chmod(ENGINE, 0)
            refresh(1)
            check(timeout_of(carol) in ("9m", "10m"), f"time left: {timeout_of(carol)}")
            os.chmod(ENGINE, 0o755)
            equal(held(session), token_of(carol, 1), "the token")
        configure()

    @case("a mistake in fleet.conf: no token of an engine is placed, and the log names file and line")
    def _():
        published.write(published.SITE, f"[folder]\npath = {ENGINE}\nlifetime = 5\n")
        log = harness.Log()
        with sshd.open(bob) as session:
            equal(held(session), None, "the engine's token")
            equal(held(session, "own"), f"{bob.token}own", "the user's own")
            said = "/etc/hf-token/fleet.conf: line 3: its section has no setting of that name"
            contains(log.only_line(bob), f"source folder: {said}", "log")
            contains(refresh(1), said, "refresh")
        configure()

    @case("a mistake in the signers, or no section: a refresh names what has it")
    def _():
        with open(published.SIGNERS) as file:
            signers = file.read()
        published.write(published.SIGNERS, f"# one that follows is none\n{signers[1:]}")
        contains(refresh(1), "/etc/hf-token/signers: line 2", "refresh")
        published.write(published.SIGNERS, signers)
        published.write(published.SITE, "")
        contains(refresh(1), "source folder: what was published: "
                             "/etc/hf-token/fleet.conf: there is no section [folder]", "refresh")
        configure()
        equal(refresh(), "", "a refresh when all is right")

    @case("from the cache: the log of a login says so")
    def _():
        with sshd.open(bob):
            pass
        published.set_confirmed("folder", f"users/{bob.name}", 3600)
        published.set_confirmed("folder", "head", 3600)
        os.chmod(ENGINE, 0)
        log = harness.Log()
        with sshd.open(bob) as session:
            equal(held(session), token_of(bob, 1), "the token")
            contains(log.only_line(bob), "1 document from the cache; source folder: ", "log")
        os.chmod(ENGINE, 0o755)

    @case("a document that nobody trusted signed is not placed, whoever says so; nor one without a signature")
    def _():
        stranger = published.Signer("stranger")
        users.must("rm", "-rf", f"{published.CACHE}/folder")
        for content, why in ((stranger.document(bob, 99, "hf_TESTstranger"), "it is not signed by a key"),
                             (b'{"version": 1}', f"users/{bob.name}: it is no published object")):
            fleet.put(f"users/{bob.name}", content)
            fleet.end()
            log = harness.Log()
            with sshd.open(bob) as session:
                equal(held(session), None, "the token")
                contains(log.only_line(bob), f"source folder: {why}", "log")
        fleet.give(bob, 16)

    @case("an admin whose clock is an hour ahead or behind: hosts take the documents all the same")
    def _():
        for number, ahead in enumerate((3600, -3600)):
            os.environ["HF_TEST_CLOCK"] = str(ahead)
            try:
                fleet.give(bob, 30 + number)
            finally:
                del os.environ["HF_TEST_CLOCK"]
            refresh()
            with sshd.open(bob) as session:
                equal(held(session), token_of(bob, 30 + number), f"the token, with {ahead} s")

    @case("a source that is not ours any more: it can withhold, and nothing else")
    def _():
        program = f"{published.HELPERS}/hf-token-source-folder"
        os.rename(program, f"{program}.kept")
        token = token_of(bob, 37)
        good = fleet.signer.document(bob, 37, token, recipients=[f"host:{published.host()}"])
        bobs = fleet.signer.document(alice, 37, token, recipients=[f"host:{published.host()}"])
        plain, now = good.split(b"\n", 1)[1], int(time.time())
        try:
            for answer, placed, line in ((b"confirmed %d 0\n" % now + good, token, "2 tokens placed"),
                                         (b"confirmed %d 0\n" % (now + 10 * DAY) + good, token, "2 tokens placed"),
                                         (b"confirmed %d 0\n" % (now - 2 * DAY) + good, None, "maximum-age"),
                                         (b"confirmed %d 0\n" % now + plain, None, "not signed"),
                                         (b"confirmed %d 0\n" % now + bobs, None, "another user"),
                                         (good, None, "not signed"), (plain, None, "not signed")):
                published.write("/run/answer", answer)
                published.write(program, "#!/bin/sh\ncat /run/answer\n", 0o755)
                log = harness.Log()
                with sshd.open(bob) as session:
                    equal(held(session), placed, f"the token for {answer[:30]}")
                    contains(log.only_line(bob), line, "log")
                    if placed:
                        check(timeout_of(bob) in ("23h", "24h", "1d"), f"time left: {timeout_of(bob)}")
        finally:
            os.rename(f"{program}.kept", program)

    harness.main()
