#!/usr/bin/env python3
"""Two administrators publish at once: nothing of either is lost, and who loses is told."""
import fcntl
import json
import os
import threading

from fleettest import Etcd, Server, Shelf, wait_for  # first: it finds the others
from admin import Admin, csv, summary, token
from harness import case, check, contains, equal, main

USERS = [f"user{number}" for number in range(300)]


def at_once(one, other):
    """Each gives all of these users a token of their own name."""
    rows = {admin: admin.file("all", csv([(user, name, token(user, name), "") for user in USERS]))
            for admin, name in ((one, "main"), (other, "work"))}
    running = [admin.start("provision", "--to", "lab", rows[admin]) for admin in (one, other)]
    for process in running:
        said = process.communicate(timeout=120)[1]
        equal(process.returncode, 0, said)
        contains(said, "300 added, 0 replaced", "the summary")
    names, everything = one.names(), one.status()[1]
    equal(names, {user: ["main", "work"] for user in USERS}, "what is published")
    equal(everything["head"]["open"], False, "the head")
    for admin in (one, other):
        summary(admin.provision(csv([(USERS[0], "main", token(USERS[0], "main"), "")])), unchanged=1)


@case("etcd: 300 users at once, two tokens each")
def etcd():
    with Etcd() as cluster:
        one = Admin("etcd-one", etcd=cluster.section())
        at_once(one, one.copy("etcd-other"))


@case("a folder: 300 users at once, two tokens each")
def folder():
    os.makedirs("/srv/both", 0o755)
    one = Admin("folder-one", folder={"path": "/srv/both"})
    at_once(one, one.copy("folder-other"))


class Meanwhile:
    """A server where somebody else is faster, once: what they put is there when a put of that path comes."""

    def __init__(self):
        self.shelf, self.path, self.bytes = Shelf(), None, None

    def __call__(self, handler):
        if handler.command == "PUT" and handler.path == self.path:
            self.shelf.serial += 1
            self.shelf.objects[self.path] = (self.bytes, f'"{self.shelf.serial}"')
            self.path = None
        self.shelf(handler)


def overtaken(name, theirs, ours, rows=(("anna", "new"), ("bert", "new"))):
    """What comes of `ours`, a command line of one who is overtaken by a provision of `theirs`, or by that command
    line, from the same start. Returns the administrator, who can still ask, within; it is a generator."""
    meanwhile, elsewhere = Meanwhile(), Shelf()
    with Server(meanwhile) as server, Server(elsewhere) as other_server:
        admin = Admin(name, https=server.section())
        admin.provision([("anna", "old", token("anna", "old"), ""), ("bert", "old", token("bert", "old"), "")])
        faster = admin.copy(f"{name}-faster")
        elsewhere.objects.update(meanwhile.shelf.objects)
        faster.publish_to(https=other_server.section())
        faster_one = faster.run(*theirs, input=token("anna", "theirs") + "\n") if isinstance(theirs, tuple) \
            else faster.provision(theirs)
        equal(faster_one.code, 0, "the faster one")
        meanwhile.bytes, meanwhile.path = elsewhere.objects["/users/anna"][0], "/users/anna"
        if ours[0] == "provision":
            ours = [*ours, admin.file("ours", csv([(user, row, token(user, "old" if row == "old" else "mine"), "")
                                                   for user, row in rows]))]
        yield admin, admin.run(*ours, input=token("anna", "mine") + "\n")
        equal(meanwhile.path, None, "somebody was faster")


@case("the same document: both changes are in it")
def merged():
    for admin, done in overtaken("merged", [("anna", "more", token("anna"), "")], ("provision", "--to", "lab")):
        equal(done.code, 0, done.err)
        summary(done, added=2)
        equal(admin.names(), {"anna": ["more", "new", "old"], "bert": ["new", "old"]}, "what is published")


@case("the same token: the first stays, the other is told whose, and the rest is published")
def lost():
    for admin, done in overtaken("lost", [("anna", "new", token("anna", "theirs"), "")],
                                 ("provision", "--to", "lab")):
        equal(done.code, 1, done.err)
        contains(done.err, "anna was not published: somebody else has changed it meanwhile", "what is said")
        summary(done, added=1)
        equal(admin.names(), {"anna": ["new", "old"], "bert": ["new", "old"]}, "what is published")
        summary(admin.provision([("anna", "new", token("anna", "theirs"), "")]), unchanged=1)


@case("a row that is nothing new: what somebody else revokes or rotates meanwhile stands")
def unchanged():
    for theirs in (("revoke", "--yes", "anna", "old"), ("rotate", "anna", "old")):
        for admin, done in overtaken(theirs[0] + "-same", theirs, ("provision", "--to", "lab"),
                                     (("anna", "old"), ("anna", "new"))):
            equal(done.code, 1, done.err)
            contains(done.err, "anna was not published: somebody else has changed it meanwhile", "what is said")
            if theirs[0] == "revoke":
                equal(admin.names()["anna"], [], "it stays revoked")
            else:
                summary(admin.provision([("anna", "old", token("anna", "theirs"), "")]), unchanged=1)


@case("rotate loses against a rotation; revoke takes also what has come meanwhile")
def one_user():
    for admin, done in overtaken("rotate", [("anna", "old", token("anna", "theirs"), "")], ("rotate", "anna", "old")):
        equal(done.code, 1, done.err)
        contains(done.err, "somebody else has changed it meanwhile", "what is said")
        summary(admin.provision([("anna", "old", token("anna", "theirs"), "")]), unchanged=1)
    more = [("anna", "more", token("anna", "theirs"), "")]
    for admin, done in overtaken("revoke", more, ("revoke", "anna", "--yes")):
        equal(done.code, 0, done.err)
        equal(admin.names()["anna"], [], "all are revoked")


@case("two runs with one folder: the second waits a little, then says so")
def locked():
    os.makedirs("/srv/locked", 0o755)
    admin = Admin("locked", folder={"path": "/srv/locked"})
    with open(f"{admin.folder}/lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = admin.provision([("anna", "main", token("anna"), "")])
        equal(done.code, 1, "while another is at work")
        contains(done.err, "another hf-tokenctl is at work on this fleet", "what is said")
    check(admin.provision([("anna", "main", token("anna"), "")]).code == 0, "then it works")


@case("etcd without a quorum: nothing that one node alone has is believed")
def no_quorum():
    asked = []

    def behave(handler):
        asked.append(handler.body)
        if b"serializable" in handler.body:
            handler.answer(200, b'{"header":{"cluster_id":"1","revision":"1"}}')
        else:
            handler.answer(503, b'{"error":"etcdserver: no leader","code":14,"message":"etcdserver: no leader"}')
    with Server(behave) as server:
        admin = Admin("no-quorum")
        admin.publish_to(etcd={"endpoint": server.url, "authorities": server.section()["authorities"]})
        for words in (("revoke", "--yes", "anna"), ("status",), ("status", "anna"), ("publish",)):
            done = admin.run(*words)
            equal(done.code, 1, f"{words}: {done.err}")
            contains(done.err, "no leader", "what is said")
    check(not any(b"serializable" in body for body in asked), "one node alone was asked")


def put_back(path, old):
    for name, content in old.items():
        with open(f"{path}/{name}", "wb") as out:
            out.write(content)


@case("an old copy that the engine brings back is not signed again; a restored engine is accepted once")
def old_copy():
    path = "/srv/old-copy"
    os.makedirs(path, 0o755)
    admin = Admin("old-copy", folder={"path": path})
    admin.provision([("anna", "main", token("anna"), ""), ("anna", "work", token("anna", 1), "")])
    old = {name: open(f"{path}/{name}", "rb").read() for name in ("users/anna", "head")}
    admin.must("revoke", "--yes", "anna", "main")
    highest = admin.status()[1]["head"]["generation"]
    put_back(path, {"users/anna": old["users/anna"]})
    for words in (("publish", "--valid", "200d"), ("rotate", "anna", "work")):
        done = admin.run(*words, input=token("anna", 2) + "\n")
        equal(done.code, 1, f"{words}: {done.err}")
        contains(done.err, "users/anna is older than what was published before: an old copy was put back",
                 "what is said")
    equal(open(f"{path}/users/anna", "rb").read(), old["users/anna"], "the old copy")
    put_back(path, old)
    done = admin.run("publish")
    equal(done.code, 1, "a restored engine")
    contains(done.err, "publish --accept-old", "the next step")
    done = admin.run("publish", "--accept-old")
    equal(done.code, 1, done.err)
    contains(done.err, "main of anna was revoked on 20", "what is said")
    documents, everything = admin.status()
    check(min(documents["anna"]["generation"], everything["head"]["generation"]) > highest, "hosts take it")
    admin.must("revoke", "--yes", "anna", "main")
    admin.must("publish")
    documents = admin.status()[0]
    lines = open(f"{admin.folder}/generations").read().splitlines()
    equal(lines, sorted(lines), "the folder's list")
    check(f"users/anna {documents['anna']['generation']}" in lines, f"the list: {lines}")


@case("a head that an administrator who is gone left open: publish closes it")
def left_open():
    os.makedirs("/srv/open", 0o755)
    admin = Admin("open", folder={"path": "/srv/open"})
    gone = admin.copy("gone")
    gone.publish_to(folder={"path": "/srv/open", "command": "true"})
    # As by a kill between the first and the last write.
    closed = open("/srv/open/head", "rb").read()
    meanwhile, rows = Meanwhile(), [("anna", "main", token("anna"), "")]
    with Server(meanwhile) as server:
        meanwhile.shelf.objects["/head"] = (closed, '"0"')
        gone.publish_to(https=server.section())
        seen = []
        behave = server.listener.behave

        def remember(handler):
            if handler.command == "PUT" and handler.path == "/head":
                seen.append(handler.body)
            behave(handler)
        server.listener.behave = remember
        gone.provision(rows)
    with open("/srv/open/head", "wb") as head:
        head.write(seen[0])
    equal(admin.status()[1]["head"]["open"], True, "the head")
    contains(admin.run("status").err, "broken off: hf-tokenctl publish", "status")
    summary(admin.provision(rows), added=1)
    equal(admin.status()[1]["head"]["open"], True, "it may be somebody's who is at work")
    admin.must("publish")
    equal(admin.status()[1]["head"]["open"], False, "the head")


@case("two at work, and the second is killed: the head stays open, or moves on with the next command")
def torn():
    shelf, stalled, going, failing = Shelf(), [], {"anna": threading.Event(), "bert": threading.Event()}, []

    def behave(handler):
        user = handler.path.rsplit("/", 1)[1]
        if handler.command == "PUT" and user in going:
            stalled.append(user)
            going[user].wait(20)
        if failing and handler.path == "/head":
            return handler.answer(503, b"")
        return shelf(handler)

    def head():
        return json.loads(shelf.objects["/head"][0].split(b"\n", 1)[1])

    with Server(behave) as server:
        one = Admin("torn-one", https=server.section())
        other = one.copy("torn-other")
        for event in going.values():
            event.set()
        other.provision([("bert", "main", token("bert"), "")])
        for event in going.values():
            event.clear()
        stalled.clear()
        first = one.start("provision", "--to", "lab", one.file("rows", csv([("anna", "main", token("anna"), "")])))
        wait_for(lambda: "anna" in stalled, "the first is at work")
        second = other.start("revoke", "--yes", "bert")
        wait_for(lambda: "bert" in stalled, "the second is at work")
        going["anna"].set()
        first.communicate()
        equal(first.returncode, 0, "the first")
        equal(head().get("open"), True, "the head that the second needs")
        failing.append(True)
        going["bert"].set()
        second.communicate()
        failing.clear()
        equal((second.returncode, head().get("open")), (1, True), "the second, which has not ended")
        before = head()["generation"]
        equal(other.run("revoke", "--yes", "bert").code, 3, "it is revoked already")
        check(head()["generation"] > before and not head().get("open"), f"the head: {head()}")
        going["anna"].clear()
        stalled.clear()
        first = one.start("revoke", "--yes", "anna")
        wait_for(lambda: "anna" in stalled, "the first is at work")
        other.must("publish")
        equal(head().get("open", False), False, "publish closes it")
        before = head()["generation"]
        first.kill()
        first.communicate()
        going["anna"].set()
        one.run("revoke", "--yes", "anna")
        check(head()["generation"] > before and not head().get("open"), f"the head: {head()}")


@case("three at work, in whichever order they end: the head is open until the last one has")
def three():
    shelf, going, stalled = Shelf(), {user: threading.Event() for user in ("anna", "bert", "carl")}, set()

    def behave(handler):
        user = handler.path.rsplit("/", 1)[1]
        if handler.command == "PUT" and user in going:
            stalled.add(user)
            going[user].wait(30)
        return shelf(handler)

    def is_open():
        return json.loads(shelf.objects["/head"][0].split(b"\n", 1)[1]).get("open", False)

    with Server(behave) as server:
        one = Admin("three", https=server.section())
        admins = dict(zip(going, (one, one.copy("three-second"), one.copy("three-third"))))
        for number, order in enumerate((("carl", "bert", "anna"), ("bert", "anna", "carl"), ("anna", "carl", "bert"))):
            stalled.clear()
            running = {}
            for user, admin in admins.items():
                going[user].clear()
                rows = admin.file("rows", csv([(user, "main", token(user, number), "")]))
                running[user] = admin.start("provision", "--to", "lab", rows)
                wait_for(lambda user=user: user in stalled, f"{user} is being published")
            for user in order:
                equal(is_open(), True, f"the head before {user}, of {order}")
                going[user].set()
                said = running[user].communicate()[1]
                equal(running[user].returncode, 0, said)
            equal(is_open(), False, f"the head after {order}")
            equal({path for path in shelf.objects if "/users/" in path}, {f"/users/{user}" for user in going}, "users")


@case("a web server does not tell whom others have published for: a host leaves only with all their names")
def whom_others_published():
    with Server(Shelf()) as server:
        one = Admin("whom-one", https=server.section())
        other = one.copy("whom-other")
        one.provision([("anna", "main", token("anna"), "")])
        other.provision([("bert", "main", token("bert"), "")])
        one.must("key", "rotate")
        before = one.must("key", "list", password=False).out
        for words in (("pool", "leave", "lab", "two"), ("retire",)):
            done = one.run("key", *words)
            equal(done.code, 1, f"{words}: {done.err}")
            contains(done.err, "--users FILE", "the next step")
            contains(done.err, "sort -u users OTHERS", "how it is made")
        cut_off = one.file("cut-off", "anna\nber")
        equal(one.run("key", "pool", "leave", "--users", cut_off, "lab", "two").code, 1, "half a file")
        equal(one.must("key", "list", password=False).out, before, "the fleet")
        done = one.must("key", "pool", "leave", "--users", one.file("all", "anna\nbert\n"), "lab", "two")
        contains(done.err, "2 documents sealed anew", "what is said")
        one.must("key", "retire", "--yes", "--users", f"{one.folder}/users")


if __name__ == "__main__":
    main()
