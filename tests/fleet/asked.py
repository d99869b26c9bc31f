#!/usr/bin/env python3
"""Who is asked, and for whom: engines at login alone, whatever a user runs; and users of odd names, each of whom gets
their own document."""
import json
import os
import pathlib
import pwd
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import pam
import published
import users
from harness import Log, case, contains, equal, main, wait_for
from published import ask, write

ENGINE = "/opt/fleet"
CONF = "/etc/hf-token.conf"

published.account()
published.folders()
pam.service("fleet")
signer = published.Signer("first")
published.trust(signer)
write(published.SITE, f"[folder]\npath = {ENGINE}\n")
# A name in front of another's, one that is a temporary file's to some, and one that no path takes as it is.
people = [users.User(name, numbered=False) for name in ("fleet", "fleet.new", "fleet.tmp")]
alice = people[0]


def odd_user(name):
    """useradd(8) takes no such name; a name service of a domain gives them."""
    uid = people[-1].uid + 1000
    with open("/etc/passwd", "a") as passwd:
        passwd.write(f"{name}:x:{uid}:{uid}::/home/odd:/bin/bash\n")
    os.makedirs("/home/odd", mode=0o700, exist_ok=True)
    os.chown("/home/odd", uid, uid)
    return pwd.getpwnam(name)


def quoted(name):
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "".join(f"%{b:02X}" for b in c.encode())
                   for c in name)


def publish(name, token):
    write(f"{ENGINE}/users/{quoted(name)}", signer.document(name, 1, token))


def token_of(name):
    return "hf_TEST" + name.encode().hex() + "0" * 12


@case("a user's own commands ask no engine, call nothing wrong, and go on to the next source")
def _():
    write(CONF, "tokens: user folder [!SUCCESS=return] https host\n")
    alice.add()
    listed = json.loads(alice.must("hf-token", "list", "--json"))
    equal([token["name"] for token in listed["tokens"]], ["main"], "list")
    status = json.loads(alice.run("hf-token", "status", "--json").out)
    equal([(source["name"], source["error"]) for source in status["sources"]],
          [("user", None), ("folder", None), ("https", None), ("host", None)], "the sources of status")
    found = json.loads(alice.run("hf-token", "doctor", "--json").out)["findings"]
    bad = [finding for finding in found if finding["check"] == "sources" and finding["level"] != "ok"]
    equal(bad, [], "what doctor says of the sources")
    contains([finding["what"] for finding in found], "https is asked when you log in", "doctor")
    equal(alice.run("hf-token", "list").err, "", "standard error of list")


@case("the sources of engines run as their account alone: not as a user, and not as root")
def _():
    for source in ("folder", "https", "etcd"):
        for uid in (alice.uid, 0):
            equal(ask(source, alice.name, user=uid).code, "LOGIN", f"{source} as {uid}")


@case("users of odd names get their own document each, and no other")
def _():
    write(CONF, "tokens: folder\n")
    odd = [odd_user("DOM\\zoë x%2e")]
    names = [user.name for user in people] + [each.pw_name for each in odd]
    for name in names:
        publish(name, token_of(name))
    for name in names:
        answer = ask("folder", name)
        equal((answer.code, answer.trouble), ("OK", "OK"), f"the source for {name}")
        contains(answer.bytes.decode(), json.dumps(name, ensure_ascii=False), f"the document of {name}")
    for user in people:
        log = Log()
        with pam.Host("fleet", user) as session:
            session.do("open")
            equal(user.tokens(), ["main"], f"the tokens of {user.name}")
            session.do("close")
        wait_for(lambda: not user.tokens(), "the token is gone")
        contains(log.only_line(user), "1 token placed", "the log")


@case("another's document, a head or host keys in a user's place: refused, and told apart")
def _():
    published.empty_cache()
    rows = ((signer.document("fleet.new", 2, token_of("x")), "USER"), (signer.head(2), "UNSIGNED"),
            (signer.keys(2), "UNSIGNED"), (signer.document("fleet", 2, token_of("x"))[:-1], "UNSIGNED"),
            (b"\n" + signer.document("fleet", 2, token_of("x")), "UNSIGNED"), (b"", "UNSIGNED"))
    for content, code in rows:
        published.folders()
        write(f"{ENGINE}/users/fleet", content)
        equal(ask("folder", "fleet").code, code, repr(content[:60]))


main()
