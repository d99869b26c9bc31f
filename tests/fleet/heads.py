#!/usr/bin/env python3
"""The head of two administrators, of one who was interrupted, and of an engine that was put back: it is open as long
as anybody may be at work. And the command of publish.conf, which follows it."""
import base64
import json
import os
import threading

from fleettest import Etcd, Server, Shelf, wait_for  # first: it finds the others
import published
import users
from admin import Admin, csv, summary, token
from harness import case, check, contains, equal, main

LEFT_OPEN = "the head is left open: another administrator is at work, or was interrupted"


def lacks(text, part, what):
    check(part not in text, f"{what}: {text}")


def parsed(bytes_):
    return json.loads(bytes_.split(b"\n", 1)[1])


def rows(admin, user, number=0):
    return admin.file("rows", csv([(user, "main", token(user, number), "")]))


def fresh(name, **more):
    path = f"/srv/{name}"
    os.makedirs(path, 0o755)
    return Admin(name, folder={"path": path, **more}), path


@case("the command of publish.conf has nothing on its standard input: a loop over users revokes all of them")
def loop():
    admin, _ = fresh("loop", command="cat > /tmp/eaten")
    everybody = ("anna", "bert", "carl")
    admin.provision([(user, "main", token(user), "") for user in everybody])
    words = " ".join(admin.words("revoke", "--yes"))
    gone = admin.file("gone", "".join(f"{user}\n" for user in everybody))
    done = users.run("sh", "-c", f'while read user; do {words} "$user" || exit; done < {gone}')
    equal(done.code, 0, done.err)
    equal(admin.names(), {user: [] for user in everybody}, "what is left")
    equal(os.path.getsize("/tmp/eaten"), 0, "what the command has read")


class Signed:
    """Who signs heads by hand that the fleet believes."""

    def __init__(self, admin, path):
        self.signer, self.head = published.Signer("heads"), f"{path}/head"
        with open(f"{admin.folder}/signer.pub", "a", encoding="ascii") as out:
            out.write(f"{self.signer.public} by hand\n")

    def put(self, count, is_open=True, later=0, days=0):
        """A head that counts so many, one generation on; opened so many days ago."""
        now = self.now()["generation"]
        generation = (now // 16 + 2) * 16 + count + later
        published.write(self.head, self.signer.head(generation, is_open, -86400 * days // 2 if days else 86400))
        return generation

    def now(self):
        with open(self.head, "rb") as file:
            return parsed(file.read())


@case("the command is due behind a change of the head alone")
def command():
    admin, path = fresh("command", command="echo ran >> /tmp/ran; test ! -e /tmp/fail")
    admin.provision([("anna", "main", token("anna"), "")])
    Signed(admin, path).put(1)
    os.truncate("/tmp/ran", 0)
    published.write("/tmp/fail", "")
    done = admin.run("publish")
    equal(done.code, 1, "the command fails")
    contains(done.err, "To run it again: hf-tokenctl publish", "the next step")
    os.unlink("/tmp/fail")
    admin.must("publish")
    with open("/tmp/ran", encoding="ascii") as ran:
        equal(len(ran.readlines()), 2, "it was run again")
    admin.must("publish")
    with open("/tmp/ran", encoding="ascii") as ran:
        equal(len(ran.readlines()), 2, "and then no more")


@case("an open head of others stays open, and that is said; a day later nobody is at work in it")
def a_day():
    admin, path = fresh("a-day")
    admin.provision([("anna", "main", token("anna"), "")])
    by_hand = Signed(admin, path)
    for number, count in enumerate((1, 7, 15), 1):
        by_hand.put(count)
        done = admin.provision([("anna", "main", token("anna", number), "")])
        contains(done.err, LEFT_OPEN, "what is said")
        now = by_hand.now()
        equal((now["open"], now["generation"] % 16), (True, count), "the head")
        by_hand.put(count, days=2)
        done = admin.provision([("anna", "main", token("anna", 10 + number), "")])
        lacks(done.err, LEFT_OPEN, "what is said")
        equal(by_hand.now().get("open", False), False, "the head")
    by_hand.put(2)
    contains(admin.must("revoke", "--yes", "anna").err, LEFT_OPEN, "what revoke says")
    lacks(admin.must("publish").err, LEFT_OPEN, "what publish says")


@case("an old open head that is accepted counts one, whatever the highest generation has in its low bits")
def accepted():
    admin, path = fresh("accepted")
    admin.provision([("anna", "main", token("anna"), "")])
    by_hand = Signed(admin, path)
    with open(by_hand.head, "rb") as file:
        closed = file.read()
    by_hand.put(3)
    with open(by_hand.head, "rb") as file:
        opened = file.read()
    published.write(by_hand.head, closed)
    by_hand.put(5, is_open=False, later=64)
    admin.must("publish")
    with open(f"{admin.folder}/generations", encoding="ascii") as lines:
        highest = next(int(line.split()[1]) for line in lines if line.startswith("head "))
    published.write(by_hand.head, opened)
    done = admin.provision([("bert", "main", token("bert"), "")], "--accept-old")
    contains(done.err, LEFT_OPEN, "what is said")
    now = by_hand.now()
    check(now["generation"] > highest, "hosts take it")
    equal((now["open"], now["generation"] % 16), (True, 1), "the head")


@case("a place without a head, where there was one, is not taken for the engine")
def misplaced():
    admin, path = fresh("misplaced")
    admin.provision([("anna", "main", token("anna"), "")])
    os.makedirs("/srv/misplaced-empty", 0o755)
    admin.publish_to(folder={"path": "/srv/misplaced-empty"})
    rows = admin.file("rows", csv([("bert", "main", token("bert"), "")]))
    for words in (("publish",), ("provision", "--to", "lab", rows), ("revoke", "--yes", "anna"),
                  ("key", "pool", "leave", "lab", "two")):
        done = admin.run(*words)
        equal(done.code, 1, f"{words}: {done.err}")
        equal(done.err.count("there is no head in /srv/misplaced-empty"), 1, done.err)
        contains(done.err, "hf-tokenctl publish --accept-old", "the next step")
    equal([name for name in os.listdir("/srv/misplaced-empty") if not name.startswith(".")], [], "what is there")
    admin.publish_to(folder={"path": path})
    admin.must("publish")
    admin.must("provision", "--to", "lab", rows)

    def generation(place):
        with open(f"{place}/head", "rb") as file:
            return parsed(file.read())["generation"]

    admin.publish_to(folder={"path": "/srv/misplaced-empty"})
    admin.must("publish", "--accept-old")
    check(generation("/srv/misplaced-empty") > generation(path), "hosts take it")
    summary(admin.provision([("bert", "main", token("bert"), "")]), added=1)


class Gates:
    """Users whose documents stop on their way, until they may go on."""

    def __init__(self, *users):
        self.going, self.stopped = {user: threading.Event() for user in users}, set()

    def stop(self, user):
        if user in self.going:
            self.stopped.add(user)
            self.going[user].wait(30)

    def start(self, admin, user):
        """Has the administrator publish this user, and stand before that."""
        process = admin.start("provision", "--to", "lab", rows(admin, user))
        wait_for(lambda: user in self.stopped, f"{user} is being published")
        return process

    def end(self, process, user):
        self.going[user].set()
        said = process.communicate(timeout=60)[1]
        equal(process.returncode, 0, said)
        return said


def count_out_twice(name, gates, section, arm, joined, head):
    """One of two at work counts itself out, which is made, but not said before a third one has joined: `arm` has the
    next put of the head stopped behind that, and returns an event of it; `joined` lets it go on."""
    one = Admin(name, **section)
    others = [one.copy(f"{name}-{number}") for number in range(2)]
    carl, anna = gates.start(others[0], "carl"), gates.start(one, "anna")
    made = arm()
    gates.going["anna"].set()
    check(made.wait(30), "it was made")
    bert = gates.start(others[1], "bert")
    joined()
    contains(gates.end(anna, "anna"), LEFT_OPEN, "what is said")
    contains(gates.end(bert, "bert"), LEFT_OPEN, "what is said")
    equal(head().get("open", False), True, "the head while one is at work")
    gates.end(carl, "carl")
    equal(head().get("open", False), False, "the head behind the last")


@case("https: a count-out that was made, and then overtaken before it was looked at, is not made twice")
def https_twice():
    shelf, gates, looked = Shelf(), Gates("anna", "bert", "carl"), threading.Event()
    armed, made, first_look = [], threading.Event(), threading.Lock()

    def behave(handler):
        if handler.command == "PUT":
            gates.stop(handler.path.rsplit("/", 1)[1])
        if handler.path != "/head":
            return shelf(handler)
        with first_look:
            waits = handler.command == "GET" and made.is_set() and not looked.is_set() and bool(armed)
            if waits:
                armed.clear()
        if waits:
            looked.wait(30)
        shelf(handler)
        if handler.command == "PUT" and armed:
            made.set()

    def arm():
        armed.append(True)
        return made
    with Server(behave) as server:
        count_out_twice("https-twice", gates, {"https": server.section()}, arm, looked.set,
                        lambda: parsed(shelf.objects["/head"][0]))


@case("https: a count-out of a run that has ended, which comes about only behind it, is not made twice")
def late():
    shelf, gates, armed, on_its_way = Shelf(), Gates("carl"), [], []

    def behave(handler):
        of_head = handler.command == "PUT" and handler.path == "/head"
        if handler.command == "PUT":
            gates.stop(handler.path.rsplit("/", 1)[1])
        if of_head and on_its_way:
            shelf.objects["/head"] = (on_its_way.pop(), '"late"')
        if of_head and armed and parsed(handler.body)["generation"] % 16 == 1:
            armed.clear()
            on_its_way.append(handler.body)
            raise OSError
        shelf(handler)

    with Server(behave) as server:
        one = Admin("late", https=server.section())
        other = one.copy("late-other")
        carl = gates.start(other, "carl")
        armed.append(True)
        equal(one.provision([("anna", "main", token("anna"), "")]).code, 1, "its count-out has no answer")
        equal(one.run("revoke", "--yes", "nobody").code, 3, "what is left to do is done")
        equal((armed, on_its_way), ([], []), "it has come about meanwhile")
        equal(parsed(shelf.objects["/head"][0]).get("open", False), True, "the head while one is at work")
        gates.end(carl, "carl")
        equal(parsed(shelf.objects["/head"][0]).get("open", False), False, "the head behind the last")


def key_of(path):
    return base64.b64encode(f"/hf-token/{path}".encode()).decode()


@case("etcd: the same, where the answer to the count-out was lost")
def etcd_twice():
    gates, joined, made, armed, lost = Gates("anna", "bert", "carl"), threading.Event(), threading.Event(), [], []

    def behave(handler):
        words = handler.body.decode()
        of_head = handler.path == "/v3/kv/txn" and key_of("head") in words
        for user in ("anna", "bert", "carl"):
            if handler.path == "/v3/kv/txn" and key_of(f"users/{user}") in words:
                gates.stop(user)
        if of_head and lost == [words]:
            joined.wait(30)
        answer = cluster.request(cluster.nodes[0], handler.command, handler.path, handler.body)
        if of_head and armed:
            armed.clear()
            lost.append(words)
            made.set()
            raise OSError
        handler.answer(200, answer)

    def head():
        asked = json.dumps({"key": key_of("head")})
        found = json.loads(cluster.request(cluster.nodes[0], "POST", "/v3/kv/range", asked))
        return parsed(base64.b64decode(found["kvs"][0]["value"]))

    def arm():
        armed.append(True)
        return made
    with Etcd(count=1) as cluster, Server(behave) as server:
        section = {"endpoint": server.url, "authorities": server.section()["authorities"]}
        count_out_twice("etcd-twice", gates, {"etcd": section}, arm, joined.set, head)


if __name__ == "__main__":
    main()
