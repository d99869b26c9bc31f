#!/usr/bin/env python3
"""whoami, check, rotate, revoke, logout: what the Hub says, what it means, and that nothing is lost half-way."""
import json
import os
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, hub, mark, of_hub, other, unchanged, world  # noqa: E402
import harness  # noqa: E402
import users  # noqa: E402
from harness import add_case, case, check, contains, equal  # noqa: E402
from standin import answer, faults  # noqa: E402
from terminal import Terminal  # noqa: E402

WHOAMI, REVOKE = "/api/whoami-v2", "/api/credentials/revoke"
alice, bob = Person("alice"), Person("bob")
session = alice.log_in()


def give(person, where, name, token):
    done = where.run(f"hf-token login --no-check --name {name}", input=f"{token.text}\n")
    equal(done.code, 0, f"login ({done.out})")
    return token


def scope(kind, name, *permissions):
    return {"entity": {"_id": "0", "type": kind, "name": name}, "permissions": list(permissions)}


give(alice, session, "read", alice.new_token("reader", expires=int(time.time()) + 5000000))
give(alice, session, "fine", alice.new_token("narrow", role="fineGrained", reads_gated=False,
                                             scoped=[scope("user", alice.name, "repo.content.read")]))
give(alice, session, "dead", alice.new_token("dead")).revoked = True
for kind, name, more in (("models", "lab/public", {}), ("datasets", "lab/rows", {}), ("spaces", "lab/show", {}),
                         ("models", "lab/private", {"visibility": "private", "readers": [alice.name]}),
                         ("models", "lab/open-gate", {"visibility": "gated", "readers": [alice.name]}),
                         ("models", "lab/shut-gate", {"visibility": "gated"}),
                         ("models", "lab/secret", {"visibility": "private", "readers": [bob.name]}),
                         ("models", "strict/model",
                          {"visibility": "private", "readers": [alice.name], "policy": True})):
    world.repository(kind, name, **more)


def next_step(done):
    """Errors are `hf-token: what: why` and one line with what to do."""
    lines = done.out.splitlines()
    check(len(lines) == 2 and lines[0].startswith("hf-token: ") and lines[1].startswith("  "), f"it says {done.out!r}")
    return lines


# ------------------------------------------------------------------------------------------------ whoami

@case("whoami: account, role, name, dates and organisations, as a table and as JSON")
def _():
    done = session.run("hf-token whoami -n read")
    equal(done.code, 0, f"exit code ({done.out})")
    for part in (alice.account.name, "reader", "read", "lab", "2026-01-02"):
        contains(done.out, part, "the table")
    told = json.loads(session.run("hf-token whoami -n read --json").out)
    equal([told[name] for name in ("account", "kind", "role", "display_name", "organisations", "endpoint")],
          [alice.account.name, "user", "read", "reader", ["lab"], hub.url], "JSON")
    equal((told["scopes"], told["scopes_all"], told["reads_gated"]), (None, 0, None), "what fine-grained ones have")
    told = json.loads(session.run("hf-token whoami -n fine --json").out)
    equal((told["role"], told["scopes"][0]["permissions"]), ("fineGrained", "repo.content.read"), "a fine-grained one")
    contains(told["scopes"][0]["entity"], alice.name, "its scope")
    equal(told["reads_gated"], False, "reads_gated of it")


ASKED = {"429": (lambda: faults.Says(answer.busy(55)), 1, "55"),
         "500": (lambda: faults.Says(answer.unavailable(500)), 1, ""),
         "503": (lambda: faults.Says(answer.unavailable(503, after=20)), 1, ""), "HTML": (faults.html, 1, ""),
         "a redirect": (lambda: faults.redirect(other.url), 1, ""), "a cut": (faults.Cut, 1, ""),
         "5 MiB": (faults.Huge, 1, ""), "no answer": (faults.Hangup, 1, ""),
         "wrong types": (lambda: faults.Says(answer.Answer(200, {"type": [], "name": 1})), 1, ""),
         "401": (lambda: faults.Says(answer.unauthorised()), 5, ""),
         "403 by policy": (lambda: faults.Says(answer.policy()), 5, "polic")}


def whoami_fails(what):
    make, code, word = ASKED[what]
    before, since = alice.state(), mark()
    with hub.fault(WHOAMI, make()):
        done = session.run("hf-token whoami -n read")
    equal(done.code, code, f"exit code ({done.out})")
    contains("".join(next_step(done)), word, "what it says")
    equal([name for name, _ in of_hub(".*", since)], ["hub.test"], "who was asked")
    unchanged(alice, before, what)


for what, (_, code, _) in ASKED.items():
    add_case(f"whoami with {what}: exit code {code}, why, and the next step; store and ring as before", whoami_fails,
             what)


@case("whoami with a revoked token: exit code 5; with no such token: 3; locked: 4")
def _():
    done = session.run("hf-token whoami -n dead")
    equal(done.code, 5, f"exit code ({done.out})")
    contains(next_step(done)[1], "hf-token login --name dead", "the next step")
    equal(session.run("hf-token whoami -n nobody").code, 3, "exit code for no such token")
    person = Person("locked")
    person.add("password")
    with person.log_in("key") as locked:
        equal(locked.run("hf-token whoami").code, 4, "exit code for a locked one")


# ------------------------------------------------------------------------------------------------- check

REACHED = ["lab/public", "datasets/lab/rows", "spaces/lab/show", "lab/private", "lab/open-gate", "models/lab/public",
           f"{hub.url}/lab/private", f"{hub.url}/datasets/lab/rows/tree/main/data"]
REFUSED = {("read", "lab/secret"): "private", ("read", "lab/nothing"): "name", ("read", "lab/shut-gate"): "access",
           ("read", "datasets/lab/public"): "name", ("read", "strict/model"): "rganisation",
           ("dead", "lab/private"): "hf-token login --name dead", ("dead", "lab/public"): "revoked",
           ("fine", "lab/private"): "scope", ("fine", "lab/open-gate"): "gated"}


def reached(repository):
    done = session.run(f"hf-token check {repository} -n read")
    equal(done.code, 0, f"exit code ({done.out})")


def not_reached(name, repository, word):
    before = alice.state()
    done = session.run(f"hf-token check {repository} -n {name}")
    equal(done.code, 5, f"exit code ({done.out})")
    contains(next_step(done)[1], word, "the next step")
    unchanged(alice, before, repository)


for repository in REACHED:
    add_case(f"check {repository.replace(hub.url, 'the page of ')}: reached, exit code 0", reached, repository)
for (name, repository), word in REFUSED.items():
    add_case(f"check {repository} with the token `{name}`: exit code 5, and the next step tells of {word!r}",
             not_reached, name, repository, word)


@case("check with 429, 500, a timeout of a proxy and HTML: exit code 1, for it is not known")
def _():
    for fault, word in ((answer.busy(44), "44"), (answer.unavailable(500), ""), (answer.unavailable(504), "")):
        with hub.fault("/api/models/lab/private/auth-check", faults.Says(fault)):
            done = session.run("hf-token check lab/private")
        equal(done.code, 1, f"{fault.status}: exit code ({done.out})")
        contains("".join(next_step(done)), word, f"{fault.status}")
    with hub.fault("/api/models/lab/private/auth-check", faults.html()):
        equal(session.run("hf-token check lab/private").code, 1, "HTML: exit code")


@case("check of what is no repository, or of another Hub's page: exit code 2, and nobody is asked")
def _():
    since = mark()
    for word in ("a/b/c/d", "../x", "lab/../x", "lab/a?b", "lab/%2e%2e", f"{other.url}/lab/public", "", "lab/a%0d%0ab"):
        equal(session.run(f"hf-token check '{word}'").code, 2, word)
    done = session.run(f"hf-token check {other.url}/lab/public")
    contains(done.out, f"that page is of another Hub than {hub.url}", "what it says")
    equal(of_hub(".*", since), [], "requests")


@case("what the Hub says is shown without control characters, and without a token that it echoes")
def _():
    token = next(text for text, row in world.tokens.items() if row.display_name == "reader")
    evil = answer.refusal(403, f"no {token} \x1b[31mred and \x07bell", "x\x1b]0;title")
    with hub.fault("/api/models/lab/private/auth-check", faults.Says(evil)):
        done = session.run("hf-token check lab/private -n read")
    equal(done.code, 5, "exit code")
    check(token not in done.out, "the token is shown")
    check("\x1b" not in done.out and "\x07" not in done.out, f"control characters: {done.out!r}")


# ------------------------------------------------------------------------------------------------ rotate

class Rotation:
    def __init__(self, *options):
        self.person = Person("rotator")
        self.session = self.person.log_in()
        self.old = self.person.new_token("old")
        self.new = self.person.new_token("new")
        done = self.session.run("hf-token login --name work", input=f"{self.old.text}\n")
        equal(done.code, 0, f"login ({done.out})")
        self.before, self.since = self.person.state(), mark()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()

    def rotate(self, token=None):
        return self.session.run("hf-token rotate work", input=f"{token or self.new.text}\n")

    def nothing_lost(self, what, done):
        check(done.code != 0 and "\n  " in done.out, f"{what}: exit code and next step: {done}")
        unchanged(self.person, self.before, what)
        check(not self.old.revoked, f"{what}: the old one is revoked")
        equal(self.session.token(), self.old.text, f"{what}: the token")


@case("rotate: the new token is in store and ring under the old name, then the old one is revoked and whoami asked")
def _():
    with Rotation() as rotation:
        done = rotation.rotate()
        equal((done.code, rotation.session.token()), (0, rotation.new.text), f"exit code and token ({done.out})")
        equal((rotation.old.revoked, rotation.new.revoked), (True, False), "revoked")
        equal(of_hub(".*", rotation.since), [("hub.test", rotation.new.text), ("hub.test", None),
                                             ("hub.test", rotation.old.text)], "whoami, revoke, whoami of the old one")
        equal(list(rotation.person.listed()), ["work"], "tokens")


@case("rotate with a token that is refused, unchecked, the same, or another account's: nothing changes or is revoked")
def _():
    with Rotation() as rotation:
        refused = rotation.person.new_token("bad")
        refused.revoked = True
        rotation.nothing_lost("refused", rotation.rotate(refused.text))
        with hub.fault(WHOAMI, faults.Says(answer.busy())):
            rotation.nothing_lost("unchecked", rotation.rotate())
        rotation.nothing_lost("the same", rotation.rotate(rotation.old.text))
        rotation.nothing_lost("another account's", rotation.rotate(bob.new_token("bobs").text))
        rotation.nothing_lost("no token", rotation.rotate(" "))
        equal(of_hub(REVOKE, rotation.since), [], "revocations")


REVOKE_FAULTS = {"429": lambda: faults.Says(answer.busy(44)), "503": lambda: faults.Says(answer.unavailable(503)),
                 "no answer": faults.Hangup, "HTML": faults.html}


def half_way(what):
    """The new one is in; the old one is not revoked, which is said."""
    with Rotation() as rotation:
        with hub.fault(REVOKE, REVOKE_FAULTS[what]()):
            done = rotation.rotate()
        equal((done.code, rotation.session.token(), rotation.old.revoked), (1, rotation.new.text, False), done.out)
        waits = ", in 44 seconds" if what == "429" else ""
        old = f"the old one (old, hf_\u2026{rotation.old.text[-4:]})"
        contains(done.out, f"{old} at {hub.url}/settings/tokens{waits}\n", "the next step")


for what in REVOKE_FAULTS:
    add_case(f"rotate, and revoking the old one fails with {what}: the new one is in, the old one's page is told",
             half_way, what)


@case("rotate of a token that is not there: exit code 3; of a full disk: nothing is lost and nothing revoked")
def _():
    with Rotation() as rotation:
        equal(rotation.session.run("hf-token rotate nobody", input="x\n").code, 3, "exit code")
        done = rotation.session.run("ulimit -f 0; trap '' XFSZ; hf-token rotate work", input=f"{rotation.new.text}\n")
        rotation.nothing_lost("a document that cannot be written", done)


# ------------------------------------------------------------------------------------------- revoke, logout

@case("revoke asks first, on a terminal; a no changes nothing; a yes tells the Hub and removes it here")
def _():
    with Rotation() as held:
        for reply in ("n", "", "no"):
            with Terminal("hf-token", "revoke", "work", user=held.person) as terminal:
                terminal.expect(r"\[y/N\] ")
                terminal.send(reply)
                terminal.rest()
                equal(terminal.wait(), 1, f"exit code for {reply!r}")
            unchanged(held.person, held.before, reply)
        equal(of_hub(REVOKE, held.since), [], "revocations")
        with Terminal("hf-token", "revoke", "work", user=held.person) as terminal:
            terminal.expect(r"\[y/N\] ")
            terminal.send("y")
            terminal.rest()
            equal(terminal.wait(), 0, "exit code")
        check(held.old.revoked, "the Hub takes it still")
        equal((held.person.listed(), held.session.token()), ({}, None), "what is left here")


@case("revoke without a terminal needs --yes")
def _():
    with Rotation() as held:
        equal(held.session.run("hf-token revoke work").code, 2, "exit code")
        unchanged(held.person, held.before, "without --yes")
        equal(held.session.run("hf-token revoke --yes work").code, 0, "exit code with it")
        equal((held.old.revoked, held.person.listed()), (True, {}), "what came of it")


@case("revoke of the default says which token is the default from now on; of another one it does not")
def _():
    with Rotation() as held:
        for name in ("second", "third"):
            held.session.run(f"hf-token login --name {name}", input=f"{held.person.new_token(name).text}\n")
        done = held.session.run("hf-token revoke --yes work")
        contains(done.out, "revoke: the default is second now", "what it says")
        check("default" not in held.session.run("hf-token revoke --yes third").out, "a default that did not change")


@case("revoke that the Hub does not hear, or that takes no effect: exit code 1, nothing is removed here")
def _():
    with Rotation() as held:
        with hub.fault(REVOKE, faults.Says(answer.busy(44))):
            contains(held.session.run("hf-token revoke --yes work").out, "try again, in 44 seconds: ", "the next step")
        for path, fault in ((REVOKE, faults.Says(answer.unavailable(503))), (REVOKE, faults.Hangup()),
                            (REVOKE, faults.Says(answer.Answer(202, b"", "text/plain")))):
            with hub.fault(path, fault):
                done = held.session.run("hf-token revoke --yes work")
            equal(done.code, 1, f"exit code ({done.out})")
            check("\n  " in done.out, f"the next step: {done.out}")
            unchanged(held.person, held.before, "not revoked")


@case("revoke sends the token in the body alone, without authentication")
def _():
    with Rotation() as held:
        start = hub.mark()
        held.session.run("hf-token revoke --yes work")
        request, = hub.asked(REVOKE, start)
        equal((request.token, json.loads(request.body)), (None, {"credentials": [held.old.text]}), "what was sent")
        check(held.old.text not in request.target, "the token is in the address")


@case("revoke of a token of another Hub is refused with the Hub's own address; nobody is told")
def _():
    with Rotation() as held:
        done = held.session.run(f"HF_ENDPOINT={other.url} hf-token revoke --yes work")
        equal(done.code, 1, "exit code")
        contains(next_step(done)[1], hub.url, "the next step")
        check("hf-token" not in next_step(done)[1] and "HF_ENDPOINT=" not in done.out, f"a command: {done.out}")
        unchanged(held.person, held.before, "of another Hub")
        equal(of_hub(".*", held.since), [], "requests")


@case("a token of another Hub: whoami, check and git's helper refuse it, doctor warns; no Hub gets it, nor one that a"
      " changed document names")
def _():
    with Rotation() as held:
        with open(held.person.document) as file:
            text = file.read()
        contains(text, hub.url, "the document")
        for server, stranger, now in ((other, hub, text), (hub, other, text.replace(hub.url, other.url))):
            held.person.write(held.person.document, now)
            before = held.person.state()
            for command in ("whoami", "check lab/public", "revoke --yes work"):
                done = held.session.run(f"HF_ENDPOINT={server.url} hf-token {command}")
                equal(done.code, 1, f"{command}: exit code ({done.out})")
                contains(next_step(done)[1], stranger.url, f"{command}: the next step")
            done = held.session.run(f"printf 'protocol=https\nhost={server.host}\n\n' |"
                                    f" HF_ENDPOINT={server.url} hf-token git-credential get 2>note")
            equal(done.out, "", "what git is answered")
            contains(held.session.run("cat note").out, stranger.url, "what its helper says")
            done = held.session.run(f"HF_ENDPOINT={server.url} hf-token doctor --json")
            rows = [row for row in json.loads(done.out)["findings"] if row["check"] == "hub"]
            equal([row["level"] for row in rows], ["ok", "warn"], f"doctor: {rows}")
            contains(rows[1]["next"], stranger.url, "doctor's next step")
            unchanged(held.person, before, server.name)
        equal(of_hub(".*", held.since), [], "requests")


@case("an unchecked token goes where HF_ENDPOINT says, and is that Hub's then")
def _():
    person = Person("unchecked")
    with person.log_in() as first:
        give(person, first, "work", person.new_token("one"))
        since = mark()
        equal(first.run(f"HF_ENDPOINT={other.url} hf-token whoami").code, 5, "exit code at a Hub that does not know it")
        equal(first.run("hf-token whoami").code, 0, "exit code at its own")
        equal(first.run(f"HF_ENDPOINT={other.url} hf-token whoami").code, 1, "exit code at another afterwards")
        equal([name for name, _ in of_hub(".*", since)], ["hub.test", "other.test"], "who was asked, each once")


@case("logout asks nobody, and the Hub still takes the token")
def _():
    with Rotation() as held:
        done = held.session.run("hf-token logout work")
        equal(done.code, 0, "exit code")
        contains(done.out, f"{hub.url}/settings/tokens", "the page of the token's own Hub")
        equal((of_hub(".*", held.since), held.old.revoked, held.session.token()), ([], False, None), "what came of it")


@case("doctor asks the Hub about the token once, and finds a revoked one")
def _():
    with Rotation() as held:
        rows = json.loads(held.session.run("hf-token doctor --json").out)["findings"]
        check([row for row in rows if row["check"] == "hub" and row["level"] == "ok"], f"the Hub: {rows}")
        held.old.revoked = True
        done = held.session.run("hf-token doctor --json")
        bad = [row for row in json.loads(done.out)["findings"] if row["check"] == "hub" and row["level"] != "ok"]
        check(bad and bad[0]["next"], f"with a revoked one: {done.out}")
        check(held.old.text not in done.out, "it shows the token")


@case("doctor warns of an unchecked token of the user's own, but not of the one that it has just asked about")
def _():
    with Rotation() as held:
        login = "echo hf_TEST{0} | hf-token login --no-check --name {0} 2>/dev/null"
        add = "; ".join(login.format(name) for name in ("asked", "left"))
        users.must("hf-tokenctl", "seal", held.person.name, "--name", "site", input="hf_TESTsite\n")
        rows = json.loads(held.session.run(f"{add}; HF_TOKEN_NAME=asked hf-token doctor --json").out)["findings"]
        unchecked = [row["what"].split()[0] for row in rows if "is unchecked" in row["what"]]
        equal(unchecked, ["left"], "what is unchecked")


@case("doctor as root asks nobody, also with a user's environment")
def _():
    since = mark()
    done = users.run("hf-token", "doctor", "--json", env=alice.environment())
    rows = [row for row in json.loads(done.out)["findings"] if row["check"] == "hub"]
    equal(([row["level"] for row in rows], of_hub(".*", since)), (["ok"], []), f"doctor's {rows}, and requests")
    contains(rows[0]["what"], "root", "what it says")


harness.main()
