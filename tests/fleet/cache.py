#!/usr/bin/env python3
"""What a source believes, keeps and hands out, with a folder as the engine: the network has its own tests."""
import base64
import errno
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import harness
import published
import users
from harness import case, check, equal
from published import ask, record, set_confirmed

ENGINE = "/opt/fleet"
ALICE, OBJECT = "alice", f"{ENGINE}/users/alice"

published.account()
signer, other, stranger = (published.Signer(name) for name in ("first", "second", "stranger"))
ONE = signer.document(ALICE, 1, "hf_TESTone000000")
TWO = signer.document(ALICE, 2, "hf_TESTtwo000000")


def begin(settings=""):
    """An engine with alice's first document, and a host that has asked nothing yet."""
    users.must("rm", "-rf", ENGINE)
    published.folders()
    published.trust(signer)
    published.write(published.SITE, f"[folder]\npath = {ENGINE}\n{settings}")
    published.write(OBJECT, ONE)


def put(name, content):
    published.write(f"{ENGINE}/{name}", content)


def answers(wanted, trouble="OK", source="folder"):
    """One run gives this document, and says why it is not the engine's."""
    got = ask(source, ALICE)
    equal((got.code, got.trouble), ("OK", trouble), "exit code and trouble")
    check(got.bytes == wanted, f"another document: {got.bytes!r}")
    return got


def fails(code, *words, **more):
    got = ask("folder", *(words or [ALICE]), **more)
    equal((got.code, got.bytes), (code, b""), "exit code and output")
    return got.reason


@case("a document: as the engine has it, confirmed now; kept in files of the account alone")
def _():
    begin()
    before = int(time.time())
    check(before <= answers(ONE).confirmed <= time.time(), "confirmed at another time")
    for path, mode in ((f"{published.CACHE}/folder", 0o700), (record("folder", "users/alice"), 0o600),
                       (f"{published.SEEN}/folder", 0o700), (f"{published.SEEN}/folder/users/alice.seen", 0o600)):
        status = os.stat(path)
        equal((status.st_mode & 0o777, status.st_uid), (mode, published.account().pw_uid), path)
    put("users/alice", TWO)
    answers(TWO)


@case("run by root, by a user, or without the account: nothing but exit code 111")
def _():
    begin()
    bob = users.User("bob")
    fails("LOGIN", user=0)
    fails("LOGIN", user=bob.uid)
    for words in (("head", "-"), ("keys", published.host_hex()), ("seen", published.host_hex())):
        fails("LOGIN", *words, user=bob.uid)
    check(os.listdir(published.CACHE) == [], "something was kept")


@case("arguments that are none, times that are none, users that are none")
def _():
    begin()
    for words in (("../alice",), (".alice",), ("",), ("a\nb",), ("keys", "00"), ("keys", "G" * 64), ("other", "-"),
                  ("head", "-", "-"), ("n" * 241,)):
        fails("UNAVAIL", *words)
    for milliseconds in ("", "-1", "1e3", "60001", "999999999999", " 5"):
        fails("UNAVAIL", milliseconds=milliseconds)


@case("nothing set, nobody trusted, settings or signers that others may write: no answer")
def _():
    begin()
    os.remove(published.SIGNERS)
    equal(fails("UNSIGNED"), f"{published.SIGNERS}: there is no such file\n", "why")
    for nobody in ("# nobody yet\n", ""):
        published.write(published.SIGNERS, nobody)
        equal(fails("UNSIGNED"), f"{published.SIGNERS}: it has no signer, so that nobody is trusted\n", "why")
    published.write(published.SIGNERS, "# one\nnot base64\n")
    equal(fails("CONFIG"), f"{published.SIGNERS}: line 2 is malformed\n", "why")
    published.write(published.SIGNERS, f"{signer.public}\n", mode=0o666)
    equal(fails("UNSIGNED"), f"{published.SIGNERS}: its mode lets others change it\n", "why")
    published.write(published.SIGNERS, f"{signer.public}\n", mode=0o600)
    equal(fails("UNSIGNED"), f"{published.SIGNERS}: it could not be read by the account hf-token: Permission denied\n",
          "why")
    published.trust(signer)
    answers(ONE)
    published.write(published.SITE, "[https]\nurl = https://fleet.example/\n")
    equal(fails("CONFIG"), f"{published.SITE}: there is no section [folder]\n", "why")
    published.write(published.SITE, "[folder]\nnonsense\n")
    equal(fails("CONFIG"), f"{published.SITE}: line 2: it is no NAME = VALUE\n", "why")
    published.write(published.SITE, f"[folder]\npath = {ENGINE}\n", mode=0o666)
    equal(fails("CONFIG"), f"{published.SITE}: its mode lets others change it\n", "why")
    os.remove(published.SITE)
    equal(fails("CONFIG"), f"{published.SITE}: there is no such file for [folder]\n", "why")


@case("a user whom the engine does not know: not found; one whom it has forgotten: the cache")
def _():
    begin()
    fails("NOTFOUND", "carol")
    answers(ONE)
    os.remove(OBJECT)
    answers(ONE, "UNAVAIL")
    published.empty_cache()
    fails("UNAVAIL")


@case("an engine that is gone: the cache, until its maximum age")
def _():
    begin("[cache]\nmaximum-age = 1h\n")
    answers(ONE)
    os.rename(ENGINE, f"{ENGINE}.gone")
    first = answers(ONE, "UNAVAIL").confirmed
    set_confirmed("folder", "users/alice", 3500)
    check(answers(ONE, "UNAVAIL").confirmed < first, "it was not confirmed since")
    set_confirmed("folder", "users/alice", 3700)
    said = fails("STALE")
    check(re.match("not reached since 20[0-9-]{8} [0-9:]{5}, and the cache is older than maximum-age ", said), said)
    users.must("rm", "-rf", f"{ENGINE}.gone")


@case("a clock that was set back by less than an hour: the cache, as of now; by more: it has no age")
def _():
    begin()
    answers(ONE)
    os.rename(ENGINE, f"{ENGINE}.gone")
    set_confirmed("folder", "users/alice", -3000)
    check(answers(ONE, "UNAVAIL").confirmed <= time.time(), "confirmed in the future")
    set_confirmed("folder", "users/alice", -4000)
    equal(fails("UNAVAIL"), f"{published.SITE}: [folder] path: {ENGINE}: there is no such folder\n", "why")
    os.rename(f"{ENGINE}.gone", ENGINE)
    check(answers(ONE).confirmed <= time.time(), "confirmed in the future")


@case("an older document: refused, the cache serves; without a cache too, since the highest generation stays")
def _():
    begin()
    put("users/alice", TWO)
    answers(TWO)
    put("users/alice", ONE)
    answers(TWO, "ROLLBACK")
    published.empty_cache()
    fails("ROLLBACK")
    put("users/alice", TWO)
    answers(TWO)


@case("another document of the same generation: refused; the same, signed by another who is trusted: fine")
def _():
    begin()
    answers(ONE)
    put("users/alice", signer.document(ALICE, 1, "hf_TESTother0000"))
    answers(ONE, "ROLLBACK")
    published.trust(signer, other)
    payload = signer.document(ALICE, 2)
    put("users/alice", payload)
    answers(payload)
    again = other.document(ALICE, 3)
    put("users/alice", again)
    answers(again)
    published.trust(other)
    answers(again)


@case("a signer who is pinned no more: neither what the engine has nor what the cache has")
def _():
    begin()
    answers(ONE)
    published.trust(other)
    fails("UNSIGNED")
    os.rename(ENGINE, f"{ENGINE}.gone")
    fails("UNAVAIL")
    users.must("rm", "-rf", f"{ENGINE}.gone")


@case("a cache that came out of a backup, older than what was seen: not used")
def _():
    begin()
    answers(ONE)
    users.must("cp", "-a", record("folder", "users/alice"), "/root/old.record")
    put("users/alice", TWO)
    answers(TWO)
    users.must("cp", "-a", "/root/old.record", record("folder", "users/alice"))
    os.rename(ENGINE, f"{ENGINE}.gone")
    fails("UNAVAIL")
    users.must("rm", "-rf", f"{ENGINE}.gone")


@case("the head: while it is confirmed, its documents are not asked for; a change of it, or an open one, ends that")
def _():
    begin()
    put("head", signer.head(7))
    equal(ask("folder", "head", "-").code, "OK", "the head")
    answers(ONE)
    os.remove(OBJECT)
    answers(ONE)  # of which the engine would have said that it is gone
    set_confirmed("folder", "users/alice", 6 * 3600)
    before = time.time() - 100
    check(answers(ONE).confirmed > before, "the head confirms the document")
    set_confirmed("folder", "head", 91)
    answers(ONE, "UNAVAIL")
    put("head", signer.head(7))
    equal(ask("folder", "head", "-").code, "OK", "the head")
    answers(ONE)
    for head in (signer.head(7, is_open=True), signer.head(8)):
        put("head", head)
        equal(ask("folder", "head", "-").code, "OK", "the head")
        answers(ONE, "UNAVAIL")
    put("users/alice", TWO)
    answers(TWO)
    os.remove(OBJECT)
    answers(TWO)


@case("the head: an older, an outdated, a foreign one, one that is none, and none at all")
def _():
    begin()
    fails("NOTFOUND", "head", "-")
    put("head", signer.head(7))
    fails("OK", "head", "-")
    for head, code in ((signer.head(6), "ROLLBACK"), (signer.head(8, until=-1), "OUTDATED"),
                       (stranger.head(8), "UNSIGNED"), (ONE, "UNSIGNED"), (b"", "UNSIGNED")):
        put("head", head)
        fails(code, "head", "-")
    os.remove(f"{ENGINE}/head")
    fails("UNAVAIL", "head", "-")


@case("what a signer who has gone dated for later: refused, and it does not outlast what comes after")
def _():
    begin()
    hexadecimal, far = published.host_hex(), 999999999999999
    for generation, clock, code in ((1, 0, "OK"), (far, 0, "FUTURE"), (2, 2 * 86400, "FUTURE"), (3, 3600, "OK")):
        os.environ["HF_TEST_CLOCK"] = str(clock)
        try:
            put(f"users/alice", signer.document(ALICE, generation))
            put(f"hosts/{hexadecimal}", signer.keys(generation))
            put("head", signer.head(generation))
        finally:
            del os.environ["HF_TEST_CLOCK"]
        equal(ask("folder", "document", ALICE).trouble, code, f"the document of {generation}")
        fails(code, "head", "-")
        published.set_confirmed("folder", "head", 200)
        fails(code, "keys", hexadecimal)


@case("a host's pool keys: fixed records, none where it is in no pool; those of another host are refused")
def _():
    begin()
    hexadecimal = published.host_hex()
    lab, render = published.pool("lab"), published.pool("render")
    fails("NOTFOUND", "keys", hexadecimal)
    put(f"hosts/{hexadecimal}", signer.keys(1, "lab", "render"))
    got = ask("folder", "keys", hexadecimal)
    equal((got.code, len(got.bytes)), ("OK", 2 * 144), "two records")
    equal({got.bytes[:32], got.bytes[144:176]}, {base64.b64decode(lab), base64.b64decode(render)}, "the public keys")
    put(f"hosts/{hexadecimal}", signer.keys(2))
    fails("OK", "keys", hexadecimal)
    put(f"hosts/{hexadecimal}", signer.keys(1, "lab"))
    fails("ROLLBACK", "keys", hexadecimal)
    put(f"hosts/{hexadecimal}", signer.keys(3, "lab", of=lab))
    check(ask("folder", "keys", hexadecimal).code != "OK", "another host's")
    os.remove(f"{ENGINE}/hosts/{hexadecimal}")
    fails("UNAVAIL", "keys", hexadecimal)


@case("what a host has seen: reported where the engine takes it, and not again while nothing changed")
def _():
    begin()
    hexadecimal = published.host_hex()
    report = f"{ENGINE}/seen/{hexadecimal}"
    fails("OK", "seen", hexadecimal)
    put("head", signer.head(7))
    fails("OK", "head", "-")
    check(ask("folder", "seen", hexadecimal).code != "OK", "the folder is root's")
    fails("OK", "seen", hexadecimal)  # which is not tried again for a while
    published.empty_cache()
    fails("OK", "head", "-")
    os.mkdir(f"{ENGINE}/seen")
    os.chown(ENGINE, published.account().pw_uid, -1)  # for the engine's lock
    os.chown(f"{ENGINE}/seen", published.account().pw_uid, -1)
    fails("OK", "seen", hexadecimal)
    with open(report) as file:
        first = file.read()
    check(first.startswith("7 "), f"the report: {first!r}")
    status = os.stat(report)
    fails("OK", "seen", hexadecimal)
    equal(os.stat(report).st_mtime_ns, status.st_mtime_ns, "it was written again")
    put("head", signer.head(8))
    fails("OK", "head", "-")
    fails("OK", "seen", hexadecimal)
    with open(report) as file:
        check(file.read().startswith("8 "), "the new generation")
    published.empty_cache()
    fails("OK", "head", "-")
    fails("OK", "seen", hexadecimal)
    set_confirmed("folder", "report", 1)
    fails("OK", "seen", hexadecimal)


def fill(path):
    try:
        with open(path, "wb", buffering=0) as filler:
            while filler.write(b"x" * 4096):
                pass
    except OSError as problem:
        equal(problem.errno, errno.ENOSPC, "the disk is full")


@case("a full disk: the answer comes all the same, and a document that it supersedes is not kept")
def _():
    begin()
    answers(ONE)
    users.must("cp", "-a", published.CACHE, "/root/cache")
    users.must("mount", "-t", "tmpfs", "-o", "size=16k,mode=0700", "full", published.CACHE)
    try:
        users.must("cp", "-a", "/root/cache/.", published.CACHE)
        os.chown(published.CACHE, published.account().pw_uid, -1)
        fill(f"{published.CACHE}/filler")
        put("users/alice", TWO)
        answers(TWO)
        check(not os.path.exists(record("folder", "users/alice")), "the old document is kept")
        fill(f"{published.CACHE}/more")
        answers(TWO)
        os.rename(ENGINE, f"{ENGINE}.gone")
        fails("UNAVAIL")
        os.rename(f"{ENGINE}.gone", ENGINE)
        put("users/alice", ONE)
        fails("ROLLBACK")
    finally:
        users.must("umount", published.CACHE)
        users.must("rm", "-rf", "/root/cache")


@case("no folders, or another's: answers are the engine's, and nothing is kept")
def _():
    begin()
    for path in (published.CACHE, published.SEEN):
        os.rmdir(path)
    answers(ONE)
    published.folders()
    for path in (published.CACHE, published.SEEN):
        os.symlink("/etc", f"{path}/folder")
    answers(ONE)
    check(not os.path.exists("/etc/users"), "a symbolic link was followed")


@case("eight at once, while the document changes: each gets one that the engine had, none an older one than kept")
def _():
    begin()
    documents = [signer.document(ALICE, generation) for generation in range(1, 9)]
    argv = [f"{published.HELPERS}/hf-token-source-folder", ALICE, "20000"]
    who = published.account()
    running = []
    for document in documents:
        put("users/alice", document)
        running.append(subprocess.Popen(argv, stdout=subprocess.PIPE, user=who.pw_uid, group=who.pw_gid,
                                        extra_groups=[], cwd="/", env={}))
    for process in running:
        out = process.communicate(timeout=60)[0]
        equal(process.returncode, 0, "exit code")
        check(out.split(b"\n", 1)[1] in documents and out.split(b"\n")[0].endswith(b" 0"), f"got {out!r}")
    answers(documents[-1])
    os.remove(OBJECT)
    answers(documents[-1], "UNAVAIL")


@case("killed at any system call: the next answer is right, and no generation goes down")
def _():
    begin()
    put("users/alice", ONE)
    answers(ONE)
    users.must("cp", "-a", published.CACHE, "/root/cache.one")
    users.must("cp", "-a", published.SEEN, "/root/seen.one")
    kill_at = f"{os.environ['HF_BUILD']}/kill-at"
    source = f"{published.HELPERS}/hf-token-source-folder"
    as_account = ["setpriv", "--reuid", str(published.account().pw_uid), "--clear-groups", "--regid",
                  str(published.account().pw_gid)]
    call, reached = int(os.environ.get("HF_TEST_FROM", "1")), True
    while reached:
        for room, kept in ((published.CACHE, "cache.one"), (published.SEEN, "seen.one")):
            users.must("rm", "-rf", f"{room}/folder")
            users.must("cp", "-a", f"/root/{kept}/folder", f"{room}/folder")
        put("users/alice", TWO)
        killed = users.run(kill_at, "--from", "hf-token-source-folder", str(call), *as_account, source, ALICE, "5000")
        check(killed.code in (0, 3), f"kill-at: {killed}")
        reached = killed.code == 0
        os.rename(OBJECT, f"{OBJECT}.away")
        got = ask("folder", ALICE)
        equal(got.code, "OK", f"offline behind call {call}")
        check(got.bytes in (ONE, TWO), f"behind call {call}: {got.bytes!r}")
        if got.bytes == TWO:
            put("users/alice", ONE)
            answers(TWO, "ROLLBACK")
        put("users/alice", TWO)
        answers(TWO)
        call += int(os.environ.get("HF_TEST_EVERY", "7"))
    check(call > 50, f"only {call} system calls")


harness.main()
