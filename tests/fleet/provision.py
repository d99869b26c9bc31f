#!/usr/bin/env python3
"""An administrator publishes tokens for many users: checked first, once each, and on from where it was broken off."""
import json
import os
import shutil
import signal
import stat
import threading
import time

from fleettest import Etcd, Nginx, Server, Shelf, wait_for, write  # first: it finds the others
import published
from admin import PASSWORD, Admin, csv, host_key, secretless, summary, token
from harness import case, check, contains, equal, main
from terminal import Terminal

PUBLIC = "/srv/public"
ROWS = [("anna", "main", token("anna"), "90d"), ("bert", "main", token("bert"), ""),
        ("anna", "work", token("anna", 1), "2099-12-31")]


def fresh(name):
    """An administrator with an empty folder to publish to."""
    path = f"{PUBLIC}/{name}"
    os.makedirs(path, 0o755)
    return Admin(name, folder={"path": path}), path


def versions(path):
    """Each object's bytes."""
    found = {}
    for folder, _, files in os.walk(path):
        for name in files:
            if not name.startswith("."):
                with open(f"{folder}/{name}", "rb") as file:
                    found[f"{folder}/{name}"] = file.read()
    return found


@case("keys: a folder for one, never overwritten, a password that must be the right one")
def keys():
    admin, _ = fresh("keys")
    for folder, _, files in os.walk(admin.folder):
        equal(stat.S_IMODE(os.stat(folder).st_mode), 0o700, folder)
        for name in files:
            equal(stat.S_IMODE(os.stat(f"{folder}/{name}").st_mode), 0o600, name)
    before = versions(admin.folder)
    for words in (("key", "init"), ("key", "pool", "add", "lab"), ("key", "host", "add", "one")):
        done = admin.run(*words, input="A" * 43 + "=\n", password=words[1] != "host")
        equal(done.code, 1, f"{words}: {done.err}")
    equal(versions(admin.folder), before, "the folder")
    wrong = admin.file("wrong", "another-Wort\n")
    done = admin.run("publish", "--password-file", wrong, password=False)
    equal(done.code, 1, "a wrong password")
    contains(done.err, "that is not the password", "what is said")
    secretless(done, "another-Wort")
    os.chmod(wrong, 0o644)
    contains(admin.run("publish", "--password-file", wrong, password=False).err, "its mode lets others", "its mode")
    signer = admin.must("key", "export", password=False).out
    check(signer.split()[0] in admin.must("key", "show", password=False).out, "one signer")
    done = admin.run("key", "password", input="the-new-Wort-9\nthe-new-Wort-9\n")
    equal(done.code, 0, done.err)
    equal(admin.run("publish").code, 1, "the old password")
    admin.file("password", "the-new-Wort-9\n")
    equal(admin.run("publish").code, 0, "the new password")
    equal(admin.must("key", "export", password=False).out, signer, "the signer")
    check("short" not in done.err, f"a password that is long enough: {done.err}")
    done = admin.must("key", "password", input="kurz-Wort\n")
    contains(done.err, "this password is short", "a hint")
    secretless(done, "kurz-Wort")
    key = host_key() + "\n"
    admin.must("key", "host", "add", "ws", input=key, password=False)
    contains(admin.run("key", "host", "add", "ws", input=key, password=False).err, "nothing to do", "the same key")
    contains(admin.run("key", "host", "add", "ws", input=host_key() + "\n", password=False).err,
             "hf-tokenctl key host replace ws", "another key")
    for file, what in (("/tmp/no-file", "key: /tmp/no-file: "), (admin.password, "/password has no host's public key"),
                       ("-", "standard input has no host's public key"), ("hf_TESTSECRET", "that file")):
        done = admin.run("key", "host", "add", "ws09", file, input="AAAA\n", password=False)
        equal(done.code, 1, file)
        contains(done.err, what, "what is said")
        contains(done.err, "/etc/hf-token/host.pub", "the next step")
        secretless(done, "SECRET", PASSWORD)


@case("without publish.conf it says what to write; keys can be made before")
def nowhere():
    admin = Admin("nowhere")
    done = admin.provision(ROWS)
    equal(done.code, 1, "nowhere to publish")
    contains(done.err, "[folder] path=", "the next step")
    admin.publish_to(folder={"path": "/srv/nowhere"}, etcd={"endpoint": "https://127.0.0.1:1"})
    equal(admin.provision(ROWS).code, 1, "two places")
    secretless(done, *(row[2] for row in ROWS))
    # A pool is made here first, whether it can be published or not.
    admin.publish_to(folder={"path": f"{PUBLIC}/nowhere"})
    done = admin.run("key", "pool", "join", "lab", "one")
    equal(done.code, 1, "an engine that is away")
    contains(done.err, f"{PUBLIC}/nowhere", "which one")
    contains(done.err, "nothing is lost", "what has become of it")
    contains(done.err, "hf-tokenctl publish", "the next step")
    os.makedirs(f"{PUBLIC}/nowhere", 0o755)
    admin.must("publish")
    equal(sorted(pools_of(f"{PUBLIC}/nowhere").values()), [1, 1, 1], "hosts with the pool's key")


@case("CSV and JSON Lines say the same, in any order, and twice is once")
def formats():
    admin, path = fresh("formats")
    done = admin.provision(ROWS, "--dry-run")
    equal((done.code, done.out), (0, "+ anna main\n+ anna work\n+ bert main\n"), done.err)
    check(not os.path.exists(f"{path}/users"), "a dry run publishes nothing")
    done = admin.provision(ROWS)
    equal(done.code, 0, done.err)
    summary(done, added=3, replaced=0, unchanged=0)
    equal(admin.names(), {"anna": ["main", "work"], "bert": ["main"]}, "what is published")
    before = versions(path)
    lines = [dict(zip(("user", "name", "token", "expires"), row)) for row in ROWS]
    shuffled = "".join(json.dumps(dict(reversed(line.items()))) + "\n" for line in reversed(lines))
    escaped = shuffled.replace("hf_", "\\u0068f\\u005f")
    turned = '\ufeffexpires,token,"user",name\r\n' + "".join(f'{e},"{t}",{u},{n}\r\n' for u, n, t, e in ROWS)
    for text in (shuffled, escaped, turned):
        done = admin.provision(text)
        equal(done.code, 0, done.err)
        summary(done, added=0, replaced=0, unchanged=3)
    done = admin.run("provision", "--to", "lab", input=shuffled)
    summary(done, unchanged=3)
    equal(versions(path), before, "what is published")
    for file in before.values():
        check(b"hf_" not in file, "a token in clear")


@case("what differs is replaced, the rest stays: tokens, recipients, dates")
def changes():
    admin, path = fresh("changes")
    admin.provision(ROWS)
    first = admin.status()[0]
    changed = [("anna", "main", token("anna", 2), "90d"), ("carl", "main", token("carl"), "")]
    done = admin.provision(changed, "--dry-run")
    equal(done.out, "~ anna main\n+ carl main\n", "what would change")
    summary(admin.provision(changed), added=1, replaced=1, unchanged=0)
    second = admin.status()[0]
    check(second["anna"]["generation"] > first["anna"]["generation"], "a new generation")
    equal(second["bert"], first["bert"], "bert's")
    equal(second["anna"]["tokens"][0]["default"], True, "the default")
    summary(admin.provision(csv([row + ("host:one lab",) for row in ROWS[1:2]], "user,name,token,expires,to")),
            replaced=1)
    recipients = admin.status()[0]["bert"]["tokens"][0]["recipients"]
    equal([(one["kind"], one["name"]) for one in recipients], [("host", "one"), ("pool", "lab")], "recipients")
    # A document that nears its end is signed anew, though nothing of it changes.
    done = admin.provision(ROWS[2:], "--valid", "300d")
    contains(done.err, "1 document signed anew, because its time", "a renewal")
    done = admin.run("publish", "--valid", "900d")
    contains(done.err, "0 documents sealed anew, 3 only signed anew", "publish")
    before = versions(path)
    contains(admin.run("publish", "--valid", "900d").err, "as it should be", "publish again")
    equal(versions(path), before, "what is published")


BAD = [
    ("user,token\nanna,hf_TESTSECRET\nbert\n", 3, "fewer fields"),
    ("user,token\nanna,hf_TESTSECRET,more\n", 2, "more fields"),
    ("user,token\nanna,hf_TEST SECRET\n", 2, "not a token"),
    ("user,token\nanna,\n", 2, "not a token"),
    ("user,token\n,hf_TESTSECRET\n", 2, "user is missing"),
    ("user,token\nhf_TESTSECRET,anna\n", 2, "begins as tokens do"),
    *((f'user,token\n"{word}hf_TESTSECRET00000000000",anna\n', 2, "begins as tokens do")
      for word in ("alice ", "bearer ", "token=", "x", "'", "=", "alice;", "alice,", '""', "\u201c", "alice_")),
    ("user,token\nmy-hf_x,hf_TESTSECRET\n", 2, "begins as tokens do"),
    ("user,name,token\nanna,my.hf_x,hf_TESTSECRET\n", 2, "begins as tokens do"),
    ("user,token\n=anna,hf_TESTSECRET\n", 2, "begins with ="),
    ("user,token\no'anna,hf_TESTSECRET\n", 2, "has a quote"),
    ('user,token\n"an,na",hf_TESTSECRET\n', 2, "a comma"),
    ("user,token\nanna\u00a0,hf_TESTSECRET\n", 2, "none of ASCII"),
    ("user,token\n../anna,hf_TESTSECRET\n", 2, "no user's name"),
    ("user,token\n\nanna,hf_TESTSECRET\n\nanna,hf_TESTSECRET2\n", 5, "line 3 again"),
    ("user,name,token\nanna,a b,hf_TESTSECRET\n", 2, "no token's name"),
    ("user,token,expires\nanna,hf_TESTSECRET,2001-01-01\n", 2, "not in the future"),
    ("user,token,expires\nanna,hf_TESTSECRET,soon\n", 2, "neither YYYY-MM-DD"),
    ("user,token,to\nanna,hf_TESTSECRET,nowhere\n", 2, "does not have"),
    ("user,token,to\nanna,hf_TESTSECRET,host:lab\n", 2, "does not have"),
    ("user,password\nanna,hf_TESTSECRET\n", 1, "names the columns"),
    ("user,token,age\nanna,hf_TESTSECRET,3\n", 1, "no others are taken"),
    ('[{"user":"anna","token":"hf_TESTSECRET"}]\n', 1, "jq -c '.[]'"),
    ('{\n"user":"anna",\n"token":"hf_TESTSECRET"}\n', 1, "a whole object on each line"),
    ("user,token\nanna,hf_...\n", 2, "no token"),
    ("user,token\nanna,hf_oauth__refresh_TESTSECRET\n", 2, "a refresh token"),
    ("user,user,token\nanna,anna,hf_TESTSECRET\n", 1, "column twice"),
    ("user,name\nanna,main\n", 1, "user and token"),
    ("anna,hf_TESTSECRET\n", 1, "names the columns"),
    ('user,token\nanna,"hf_TESTSECRET\nbert,hf_TESTSECRET\n', 3, "quotes"),
    ('user,token\nanna,hf_TEST"SECRET\n', 2, "quotes"),
    ("user,token\nanna," + "x" * 100000 + "\n", 2, "too long"),
    ('{"user":"anna","token":"hf_TESTSECRET"}\n{"user":"anna"', 2, "strict JSON"),
    ('{"user":"anna","token":"hf_TESTSECRET","user":"bert"}\n', 1, "member twice"),
    ('{"user":"anna","token":"hf_TESTSECRET","age":"3"}\n', 1, "other than"),
    ('{"user":"anna","token":1}\n', 1, "no string"),
    ('{"user":"anna","token":"hf_TESTSECRET\\u0000"}\n', 1, "strict JSON"),
    ('{"user":"anna","token":"hf_TESTSECRET"} {}\n', 1, "strict JSON"),
    ('\n{"user":"an\\na","token":"hf_TESTSECRET"}\n', 2, "no user's name"),
    ("user,name,token\n" + "".join(f"anna,t{i},hf_TESTSECRET\n" for i in range(17)), None, "has room for"),
    ("", None, "no token in it"),
    ("user,token\nroot,hf_TESTSECRET\n", 2, "user is root"),
    ("user,token\n-rf,hf_TESTSECRET\n", 2, "begins with -"),
    ("user;token\r\nanna;hf_TESTSECRET\r\n", 1, "separated by semicolons"),
    ("user\ttoken\nanna\thf_TESTSECRET\n", 1, "separated by tabs"),
]


@case("a mistake anywhere is told with its line and never quoted, and nothing is published")
def mistakes():
    admin, path = fresh("mistakes")
    before = versions(path)
    for text, line, what in BAD:
        done = admin.provision(text, *(["--format", "jsonl"] if text.startswith("\n{") else []))
        equal(done.code, 1, f"{what}: {done.err}")
        contains(done.err, what, repr(text[:60]))
        if line:
            contains(done.err, f"/rows: line {line}: ", what)
        secretless(done, "SECRET", "xxxx")
    done = admin.provision(csv([(f"u{i}", "main", "", "") for i in range(30)]))
    equal(done.err.count("line "), 10, "mistakes that are said")
    contains(done.err, "20 more mistakes", "how many others")
    equal(versions(path), before, "what is published")
    done = admin.provision("user,token\nanna,TESTSECRET1\nbert,api_org_TESTSECRET\ncarl,hf_TESTSECRET\n", "--dry-run")
    equal(done.code, 0, done.err)
    equal(done.err.count("2 of the tokens do not begin with hf_"), 1, done.err)
    secretless(done, "SECRET")
    equal(admin.run("provision", admin.file("rows", csv(ROWS))).code, 1, "no recipient")
    for to, what in (("nowhere", "there is no pool nowhere"), ("host:ws09", "there is no host ws09"),
                     ("one", "that is a host, and no pool: --to host:one")):
        done = admin.run("provision", "--to", to, admin.file("rows", csv(ROWS)))
        equal(done.code, 2, to)
        contains(done.err, f"--to {to}: {what}", "what is said")
        contains(done.err, "Pools: lab. Hosts: host:one, host:three, host:two", "what there is")
    done = admin.run("provision", "--to", "host:hf_TESTSECRET", admin.file("rows", csv(ROWS)))
    equal(done.code, 2, "a token for a host")
    secretless(done, "SECRET")
    done = admin.run("provision", "--to", "lab", admin.file("rows", csv(ROWS), 0o644))
    contains(done.err, "others may read these tokens", "an open file")


@case("kill -9 in the middle of 600 users: the next run finishes, and seals nothing twice")
def killed():
    shelf, stalled, puts = Shelf(), threading.Event(), []
    limit = [300]

    def behave(handler):
        if handler.command == "PUT" and "/users/" in handler.path:
            puts.append(handler.path)
            if len(puts) > limit[0]:
                stalled.set()
                server.over.wait(5)
                raise OSError
        shelf(handler)

    rows = csv([(f"user{i}", "main", token(f"user{i}"), "30d") for i in range(600)])
    with Server(behave) as server:
        admin = Admin("killed", https=server.section())
        process = admin.start("provision", "--to", "lab", admin.file("many", rows))
        check(stalled.wait(60), "300 were published")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        limit[0] = 10 ** 6
        done_before = sum("/users/" in path for path in shelf.objects)
        check(0 < done_before < 600, f"{done_before} of 600 are published")
        equal(admin.status()[1]["head"]["open"], True, "the head of what was broken off")
        puts.clear()
        done = admin.must("provision", "--to", "lab", admin.file("many", rows))
        summary(done, added=600 - done_before, unchanged=done_before)
        equal(len(puts), 600 - done_before, "what the second run has put")
        equal(admin.status()[1]["head"]["open"], False, "the head")
        equal(len(admin.status()[0]), 600, "users")
        puts.clear()
        contains(admin.must("publish").err, "as it should be", "publish")
        equal(puts, [], "nothing is put in vain")


@case("etcd: three nodes, one of them killed in between")
def etcd():
    with Etcd() as cluster:
        admin = Admin("etcd", etcd=cluster.section())
        rows = [(f"user{i}", "main", token(f"user{i}"), "") for i in range(300)]
        summary(admin.provision(rows), added=300)
        cluster.leader().end(signal.SIGKILL)
        wait_for(lambda: cluster.leader(), "another leads")
        done = admin.provision(rows + [("last", "main", token("last"), "")])
        equal(done.code, 0, done.err)
        summary(done, added=1, unchanged=300)
        equal(len(admin.names()), 301, "users")
        contains(admin.must("revoke", "--yes", "last").err, "revoked main of last", "revoke")
        equal(admin.names()["last"], [], "nothing is left, and said so")


@case("https: a server that compares takes it; one that does not, only from a single writer")
def https():
    with Server(Shelf()) as server:
        admin = Admin("shelf", https=server.section())
        summary(admin.provision(ROWS), added=3)
        equal(admin.names(), {"anna": ["main", "work"], "bert": ["main"]}, "what is published")
        contains(admin.must("status").out, "this engine takes no reports", "status")
    with Nginx(put=True) as nginx:
        admin.publish_to(https=nginx.section())
        done = admin.provision(ROWS, "--accept-old")
        equal(done.code, 1, "nginx, which ignores If-Match")
        contains(done.err, "single-writer = yes", "the next step")
        admin.publish_to(https=nginx.section(single_writer="yes"))
        done = admin.provision(ROWS, "--accept-old")
        equal(done.code, 0, done.err)
        summary(done, added=3)
        summary(admin.provision(ROWS), unchanged=3)
        equal(admin.names(), {"anna": ["main", "work"], "bert": ["main"]}, "what is published")


@case("what is not of this fleet is left alone, and the others are published")
def foreign():
    admin, path = fresh("foreign")
    other, other_path = fresh("other")
    other.provision(ROWS)
    os.makedirs(f"{path}/users", exist_ok=True)
    with open(f"{other_path}/users/anna", "rb") as file:
        stranger = file.read()
    with open(f"{path}/users/anna", "wb") as file:
        file.write(stranger)
    done = admin.provision(ROWS)
    equal(done.code, 1, done.err)
    contains(done.err, "users/anna is not of this fleet", "what is said")
    summary(done, added=1)
    with open(f"{path}/users/anna", "rb") as file:
        equal(file.read(), stranger, "the other's document")
    equal(admin.run("status").code, 1, "status")
    contains(admin.run("status").out, "bert", "what is ours is shown")


@case("where another fleet publishes, that is told as one thing")
def all_foreign():
    admin, path = fresh("all-foreign")
    other, theirs = fresh("all-others")
    rows = [(f"user{number}", "main", token(f"user{number}"), "") for number in range(20)]
    equal(other.provision(rows).code, 0, "theirs")
    shutil.rmtree(path)
    shutil.copytree(theirs, path)
    done = admin.run("publish")
    equal(done.code, 1, done.err)
    contains(done.err, "the head is not of this fleet", "what is said")
    contains(done.err, "names the place where that one publishes", "the next step")
    done = admin.provision(rows, "--dry-run")
    equal(done.code, 0, done.err)
    equal(done.err.count("is not of this fleet, and is left alone"), 9, done.err)
    contains(done.err, "there are more that are not of this fleet", "what is said")


@case("one object that is none keeps nobody from a re-keying, and is told")
def junk():
    admin, path = fresh("junk")
    admin.provision(ROWS)
    with open(f"{path}/users/zoe", "w", encoding="ascii") as file:
        file.write("junk")
    os.mkdir(f"{path}/users/carl")
    done = admin.run("key", "pool", "leave", "lab", "two")
    equal(done.code, 1, "the exit code")
    contains(done.err, "users/zoe is not of this fleet", "what is said")
    contains(done.err, "2 documents sealed anew", "the others")
    check("not all published" not in admin.must("key", "list", password=False).out, "the old key is gone")
    done = admin.provision([("carl", "main", token("carl"), ""), ("dora", "main", token("dora"), "")])
    equal(done.code, 1, done.err)
    summary(done, added=1)


@case("the folder's command is run until it has succeeded, and copies for hosts to read")
def command():
    admin, path = fresh("command")
    place = {"path": path, "command": f"echo failed >> {admin.place}/ran; false"}
    admin.publish_to(folder=place)
    done = admin.provision(ROWS)
    equal(done.code, 1, done.err)
    contains(done.err, "has failed with exit code 1", "why")
    contains(done.err, "To run it again: hf-tokenctl publish", "the next step")
    contains(done.err, "0 skipped; all are written", "the documents")
    # The same call does it, too, though it has nothing to put.
    done = admin.provision(ROWS)
    equal(done.code, 1, done.err)
    summary(done, unchanged=3)
    admin.publish_to(folder={**place, "command": f"umask >> {admin.place}/ran"})
    admin.must("publish")
    admin.must("publish")
    with open(f"{admin.place}/ran", encoding="ascii") as file:
        equal(file.read().split(), ["failed", "failed", "0022"], "what was run")
    admin.publish_to(folder={**place, "command": "kill -9 $$"})
    contains(admin.run("revoke", "--yes", "bert").err, "was ended by signal 9", "a command that was killed")


@case("a host that is gone gets nothing new; what only it could open is to be provisioned again")
def gone():
    admin, path = fresh("gone")
    admin.must("key", "host", "add", "ws", input=host_key() + "\n", password=False)
    admin.provision(csv([("anna", "main", token("anna"), "lab host:ws"), ("bert", "main", token("bert"), "host:ws")],
                        "user,name,token,to"))
    admin.must("key", "host", "remove", "ws", password=False)
    done = admin.must("rotate", "anna", input=token("anna", 1) + "\n")
    contains(done.err, "sealed no more to 1 of its hosts and pools", "what is said")
    equal([one["name"] for one in admin.status()[0]["anna"]["tokens"][0]["recipients"]], ["lab"], "recipients")
    done = admin.run("rotate", "bert", input=token("bert", 1) + "\n")
    equal(done.code, 1, done.err)
    contains(done.err, "Provision it again", "the next step")
    # Sealed to a pool that this fleet does not have: publish tells.
    other, _ = admin.copy("gone-other"), os.makedirs(f"{PUBLIC}/gone-other")
    other.publish_to(folder={"path": f"{PUBLIC}/gone-other"})
    other.must("key", "pool", "add", "more")
    rows = other.file("rows", csv([("carl", "main", token("carl"), "")]))
    other.must("provision", "--accept-old", "--to", "more", rows)
    shutil.copy(f"{PUBLIC}/gone-other/users/carl", f"{path}/users/carl")
    done = admin.run("publish")
    equal(done.code, 1, done.err)
    contains(done.err, "main of carl is sealed to a pool's key that this fleet does not know", "what is said")
    done = admin.run("status", "hf_TESTSECRET")
    equal(done.code, 2, "a token for a user")
    secretless(done, "SECRET")


def pools_of(path):
    """How many keys of pools each published object of a host has, by the host's key."""
    found = {}
    for name in os.listdir(f"{path}/hosts"):
        if not name.startswith("."):
            with open(f"{path}/hosts/{name}", "rb") as file:
                found[name] = len(json.loads(file.read().split(b"\n", 1)[1])["pools"])
    return found


def broken_off(admin, path, *words, **more):
    """A command while the folder to publish to is away."""
    with open(f"{admin.folder}/publish.conf", encoding="ascii") as file:
        before = file.read()
    admin.publish_to(folder={"path": f"{path}.away"})
    done = admin.run(*words, **more)
    equal(done.code, 1, f"{words}: {done.err}")
    admin.file("fleet/publish.conf", before)
    return done


@case("an old copy of the folder does not undo a re-keying")
def stale():
    admin, path = fresh("stale")
    old = admin.copy("stale-old")
    admin.provision(ROWS)
    admin.must("key", "pool", "leave", "lab", "two")
    before = versions(path)
    for done in (old.run("publish"), old.provision(ROWS), old.run("rotate", "anna", input=token("anna", 3) + "\n")):
        equal(done.code, 1, done.err)
        contains(done.err, "published by a newer copy of this folder", "what is said")
    equal(versions(path), before, "what is published")
    # An engine that is set back is another thing: those keys are known.
    shutil.rmtree(path)
    os.makedirs(path, 0o755)
    old.publish_to(folder={"path": path})
    old.must("publish", "--accept-old")
    admin.must("publish")
    equal(sorted(pools_of(path).values()), [0, 1, 1], "keys of hosts")


@case("a host's key that is replaced, or whose host is removed, keeps nothing, wherever that was broken off")
def dismissed():
    admin, path = fresh("dismissed")
    admin.provision(ROWS)
    first, key = set(pools_of(path)), host_key()
    broken_off(admin, path, "key", "host", "replace", "two", input=key + "\n")
    admin.must("publish")
    equal(sorted(pools_of(path).values()), [0, 1, 1, 1], "the old key's object is empty")
    admin.must("key", "host", "replace", "two", input=key + "\n")
    contains(admin.must("publish").err, "as it should be", "publish")
    equal(sum(pools_of(path)[name] for name in first), 2, "the first keys")
    broken_off(admin, path, "key", "pool", "leave", "lab", "three")
    admin.must("key", "host", "remove", "three", password=False)
    admin.must("publish")
    equal(sorted(pools_of(path).values()), [0, 0, 1, 1], "the removed one's object is empty")
    equal([name for name in os.listdir(f"{admin.folder}/hosts") if name.endswith(".gone")], [], "what is left to do")


@case("re-keyings that are broken off, one upon the other, do not fill a host's places")
def many_broken_off():
    admin, path = fresh("many")
    hosts = [f"h{number}" for number in range(16)]
    for name in hosts:
        admin.must("key", "host", "add", name, input=host_key() + "\n", password=False)
    admin.must("key", "pool", "join", "lab", *hosts)
    said = [broken_off(admin, path, "key", "pool", "leave", "lab", name).err for name in hosts]
    equal(["as many old" in one for one in said], [False] * 15 + [True], "what is said")
    contains(said[-1], "hf-tokenctl publish; then try again.", "the next step")
    admin.must("publish")
    admin.must("key", "pool", "leave", "lab", hosts[-1])


@case("rotate and revoke: the same recipients, one token or all, and never by mistake")
def one_user():
    admin, _ = fresh("one")
    admin.provision(csv([row + ("host:two lab",) for row in ROWS], "user,name,token,expires,to"))
    before = admin.status("anna")[0]["anna"]
    done = admin.must("rotate", "anna", "work", "--expires", "10d", input=token("anna", 5) + "\n")
    secretless(done, token("anna", 5))
    after = admin.status("anna")[0]["anna"]
    old, new = (next(one for one in row["tokens"] if one["name"] == "work") for row in (before, after))
    equal(new["recipients"], old["recipients"], "recipients")
    check(new["expires"] != old["expires"] and after["generation"] > before["generation"], "a new one")
    done = admin.must("rotate", "anna", "work", input=token("anna", 6) + "\n")
    contains(done.err, "rotate: the end stays ", "what is said")
    kept = next(one for one in admin.status("anna")[0]["anna"]["tokens"] if one["name"] == "work")
    equal((kept["expires"], kept["created"] >= new["created"]), (new["expires"], True), "its end")
    admin.must("rotate", "anna", "work", "--expires", "10d", input=token("anna", 5) + "\n")
    summary(admin.provision(csv([("anna", "work", token("anna", 5), "10d", "host:two lab")],
                                "user,name,token,expires,to")), unchanged=1)
    equal(admin.run("rotate", "nobody", input="hf_TEST\n").code, 3, "no such user")
    equal(admin.run("rotate", "anna", "none", input="hf_TEST\n").code, 3, "no such token")
    equal(admin.run("revoke", "anna", "none", "--yes").code, 3, "no such token")
    equal(admin.run("revoke", "anna", "work", input="y\n").code, 2, "without a terminal, and not --yes")
    admin.must("revoke", "anna", "work", "--yes")
    equal(admin.names(), {"anna": ["main"], "bert": ["main"]}, "one is revoked")
    admin.must("revoke", "bert", "--yes")
    equal(admin.names(), {"anna": ["main"], "bert": []}, "all of bert's are revoked")
    equal(admin.run("revoke", "bert", "--yes").code, 3, "there is none left")
    contains(admin.must("status", "bert").out, "bert", "status says that there is nothing")


@case("on a terminal: the password is asked for there, and a bar shows how far it is")
def terminal():
    admin, path = fresh("terminal")
    rows = admin.file("rows", csv([(f"user{i}", "main", token(f"user{i}"), "") for i in range(300)]))
    shell = f"hf-tokenctl provision --fleet {admin.folder} --to lab < {rows}"
    with Terminal("sh", "-c", shell) as typed:
        typed.answer("Password of the fleet's keys: ", PASSWORD)
        shown = typed.rest()
        contains(shown, "provision: [", "a bar")
        contains(shown, "=] 300/300 tokens", "its end")
        contains(shown, "300 added", "the summary")
        equal(typed.wait(), 0, shown)
        check(PASSWORD not in shown, "the password is not shown")
    with Terminal("hf-tokenctl", "revoke", "--fleet", admin.folder, "user7") as typed:
        typed.answer("Password of the fleet's keys: ", PASSWORD)
        typed.answer("Revoke main of user7 on all hosts", "n")
        contains(typed.rest(), "nothing was changed", "what is said")
        equal(typed.wait(), 1, "its exit code")
    equal(len(os.listdir(f"{path}/users")), 300, "users")


@case("an old list does not bring back what rotate and revoke took; on purpose it does, once and for all")
def old_list():
    admin, _ = fresh("old-list")
    admin.provision(ROWS)
    admin.must("rotate", "anna", "main", input=token("anna", 7) + "\n")
    admin.must("revoke", "bert", "--yes")
    before = admin.status()[0]
    done = admin.provision(ROWS, "--dry-run")
    equal((done.code, done.out), (0, "! anna main\n= anna work\n! bert main\n"), done.err)
    done = admin.provision(ROWS)
    equal(done.code, 0, done.err)
    summary(done, added=0, replaced=0, unchanged=1, skipped=2)
    contains(done.err, "line 2: main of anna was rotated on 20", "what is said")
    contains(done.err, "line 3: main of bert was revoked on 20", "what is said")
    equal(done.err.count("--bring-back"), 1, "the next step, once")
    equal(admin.status()[0], before, "what is published")
    # By another end or other recipients it is no other token; and a new one is.
    summary(admin.provision([("anna", "main", token("anna"), ""), ("bert", "main", token("bert"), "10d")]), skipped=2)
    summary(admin.provision([("anna", "main", token("anna", 7), "90d"), ("bert", "main", token("bert", 1), "")]),
            added=1, skipped=0)
    # To take an engine that went back is another thing.
    summary(admin.provision(ROWS, "--accept-old"), replaced=0, skipped=2)
    summary(admin.provision(ROWS, "--bring-back"), replaced=2, unchanged=1)
    summary(admin.provision(ROWS), unchanged=3, skipped=0)
    summary(admin.provision([("bert", "main", token("bert"), "10d")]), replaced=1)
    # Marks of keys that the fleet has no more tell nothing.
    admin.must("revoke", "bert", "--yes")
    admin.must("key", "rotate")
    done = admin.provision([("bert", "main", token("bert", 2), "")])
    summary(done, skipped=1)
    contains(done.err, "before key rotate: it may be the earlier token", "what is said")
    summary(admin.provision([("bert", "main", token("bert", 2), "")], "--bring-back"), added=1)
    summary(admin.provision([("bert", "main", token("bert", 3), "")]), replaced=1)


@case("what has ended stays so: revoked, signed by another, never longer; nothing of the far future is built upon")
def ended():
    admin, path = fresh("ended")
    before = published.Signer("ended")
    lab = json.loads(admin.must("key", "list", "--json", password=False).out)["pools"][0]["key"]
    with open(f"{admin.folder}/signer.pub", "a", encoding="ascii") as file:
        file.write(f"{before.public} previous\n")
    now = int(time.time()) * 1000

    def by_hand(user, generation, **more):
        content = before.document(user, generation, token(user), recipients=[f"pool:{lab}"], **more)
        write(f"{path}/users/{user}", content)

    by_hand("anna", now, until=-5)
    by_hand("bert", now, until=-5)
    by_hand("carl", now)
    by_hand("dora", now + 3 * 86400 * 1000)
    until = {user: row["until"] for user, row in admin.status()[0].items()}
    done = admin.run("rotate", "anna", input=token("anna", 1) + "\n")
    equal(done.code, 1, done.err)
    contains(done.err, "the document of anna ended on ", "rotate")
    contains(admin.must("revoke", "--yes", "anna").err, "the document of anna ended on ", "revoke")
    done = admin.run("publish")
    equal(done.code, 1, done.err)
    contains(done.err, "users/dora: its date lies in the future", "of the far future")
    contains(done.err, "hf-token-fleet(7), Clocks", "the next step")
    contains(done.err, "2 documents have ended, and stay so", "ended")
    contains(done.err, "2 only signed anew", "all by the present signer")
    after = admin.status()[0]
    equal({user: after[user]["until"] for user in ("anna", "bert", "dora")},
          {user: until[user] for user in ("anna", "bert", "dora")}, "ends")
    equal((after["dora"]["generation"], after["anna"]["tokens"]), (now + 3 * 86400 * 1000, []), "what was put")
    os.unlink(f"{path}/users/dora")
    done = admin.run("key", "retire")
    equal(done.code, 2, "without a terminal, and not --yes")
    equal(len(admin.must("key", "export", password=False).out.splitlines()), 2, "signers")
    by_hand("emil", now)
    with Terminal(*admin.words("key", "retire")) as typed:
        typed.answer("documents of the previous signer, signed anew first: 1.", "n")
        contains(typed.rest(), "nothing was changed", "what is said")
        equal(typed.wait(), 1, "its exit code")
    admin.must("key", "retire", "--yes")
    equal(len(admin.must("key", "export", password=False).out.splitlines()), 1, "signers")
    equal(sorted(admin.status()[0]), ["anna", "bert", "carl", "emil"], "all are verified by the new one")
    contains(admin.must("key", "retire").err, "there is no previous signer", "again")


@case("a list means the same in each time zone, and its users are names of files")
def list_of_all_places():
    admin, _ = fresh("places")
    rows = [("anna", "main", token("anna"), "2031-01-01")]
    for zone, what in (("UTC", "added"), ("Asia/Tokyo", "unchanged"), ("America/New_York", "unchanged")):
        summary(admin.provision(rows, env={**os.environ, "TZ": zone}), **{what: 1})
    for user, why in ((b"ann\xe4", "user is not UTF-8"), (b"ann\xe4", "iconv -f LATIN1 -t UTF-8"),
                      (b"b" * 241, "too long for the name of a file"),
                      ("\u00e4".encode() * 43, "too long for the name of a file")):
        path = f"{admin.place}/bytes"
        with open(path, "wb") as out:
            out.write(b"user,token\n" + user + b"," + token("x").encode() + b"\n")
        os.chmod(path, 0o600)
        done = admin.run("provision", "--to", "lab", "--dry-run", path)
        equal(done.code, 1, why)
        contains(done.err, why, "what is said")


@case("a dry run notices what has no room; a list that was cut off, and a password with CR")
def dry_in_earnest():
    admin, _ = fresh("earnest")
    admin.provision([("anna", f"a{number}", token("a", number), "") for number in range(15)])
    full = [("anna", f"b{number}", token("b", number), "") for number in range(3)]
    large = [("dora", f"t{number}", "hf_" + "TEST" * 1250 + str(number), "") for number in range(16)]
    for rows, why in ((full, "full"), (large, "large")):
        for words in (("--dry-run",), ()):
            done = admin.provision(rows, *words)
            equal(done.code, 1, f"{why} {words}: {done.err}")
            contains(done.err, "room for 16 tokens" if why == "full" else "room for 64 KiB", "what is said")
    admin.password = admin.file("crlf", PASSWORD + "\r\n")
    done = admin.run("provision", "--to", "lab", input="user,token\nbert," + token("bert"))
    equal(done.code, 0, done.err)
    contains(done.err, "the last line has no end", "what is said")


if __name__ == "__main__":
    main()
