#!/usr/bin/env python3
"""A token of the browser is refreshed before its use: once, by whoever comes; and a Hub with faults stops nobody."""
import contextlib
import json
import os
import sys
import threading

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, hub, other, put_ring, put_token, take_out, unchanged, world  # noqa: E402
import harness  # noqa: E402
import pam  # noqa: E402
from harness import case, check, contains, equal, wait_for  # noqa: E402
from standin import Hub, answer, faults  # noqa: E402
from standin.oauth import HOUR, MONTH  # noqa: E402
from terminal import Terminal  # noqa: E402
from web import RUN, TOKEN, Web, refreshed  # noqa: E402


REVOKE = "/api/credentials/revoke"


# ----------------------------------------------------------------------------------------------- as it should be

@case("a token that is not due is used as it is, and nobody is asked")
def _():
    with Web() as web:
        equal(web.run(RUN).out.strip(), web.first, "the token")
        equal(web.asked(), [], "requests")


@case("a token that is near its end is refreshed before the command runs, for run, token, env and git-credential alike")
def _():
    with Web() as web:
        for command in (RUN, "hf-token token"):
            web.due()
            web.first = refreshed(web, web.run(command))
        equal(len(web.asked()), 2, "requests")
        web.due()
        contains(web.run("hf-token env").out, "HF_TOKEN=", "hf-token env")
        check(web.token() != web.first, "hf-token env did not refresh")
        web.due()
        web.first = web.token()
        done = web.run(f"printf 'protocol=https\\nhost={web.hub.host}\\n\\n' | "
                       f"HF_ENDPOINT={web.hub.url} hf-token git-credential get")
        check(web.token() != web.first, f"hf-token git-credential did not refresh: {done}")
        contains(done.out, f"password={web.token()}", "hf-token git-credential")


@case("ten at once: one request, and all ten have the new token")
def _():
    with Web() as web:
        web.due()
        # Without a token each of them waits to the end, however long it takes until all are there.
        take_out(web.person, "hf-token:main")
        held = faults.Held()
        with web.hub.fault(TOKEN, held):
            job = threading.Thread(target=lambda: setattr(web, "done", web.run(
                f"for i in 1 2 3 4 5 6 7 8 9 10; do {RUN} & done; wait")))
            job.start()
            check(held.waiting.acquire(timeout=20), "the Hub is asked")
            wait_for(lambda: running(web.person, "refresh") >= 10, "all ten are there")
            held.release()
            job.join()
        tokens = web.done.out.split()
        equal((len(tokens), len(set(tokens)), len(web.asked())), (10, 1, 1), "tokens, different ones, requests")
        check(tokens[0] != web.first and web.good(tokens[0]), "it is not the new one")


def running(person, word):
    """How many hf-token-hub of a user have that word as their command, children not counted twice."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline") as line, open(f"/proc/{pid}/status") as status:
                words, told = line.read().split("\0"), status.read()
        except OSError:
            continue
        if word in words and f"\nUid:\t{person.uid}\t" in told:
            parent = told.split("PPid:\t")[1].split()[0]
            if parent not in found:
                found.add(pid)
    return len(found)


@case("an expired token: the command waits for the new one")
def _():
    with Web(expires_in=2) as web:
        wait_for(lambda: not web.person.tokens(), "it expired")
        refreshed(web, web.run(RUN))


@case("an expired token in the document: a login brings its grant, and the first use the new token")
def _():
    with Web(expires_in=2) as web:
        web.session.close()
        web.person.gone()
        web.session = web.person.log_in()
        wait_for(lambda: not web.person.tokens(), "it expired")
        refreshed(web, web.run(RUN))


@case("strict rotation: each refresh uses the last one's grant; a Hub that does not rotate is well, too")
def _():
    with Web() as web:
        for rotates in (True, True, False, False, True):
            web.desk.rotates = rotates
            web.due()
            web.first = refreshed(web, web.run(RUN))
        given = [request.form()["refresh_token"] for request in web.asked()]
        equal((len(given), len(set(given))), (5, 3), "requests, and different refresh tokens in them")


@case("the grant goes to the Hub that gave it, wherever HF_ENDPOINT points, and no other server sees a thing")
def _():
    with Web() as web:
        web.due()
        refreshed(web, web.run(f"HF_ENDPOINT={other.url} {RUN}"))
        equal(len(web.asked()), 1, "requests to its Hub")
        for server in (other, hub):
            for request in server.requests:
                check(b"_refresh_" not in request.whole(), f"a refresh token at {server.name}")


@case("a Hub by http on the loopback: its token is kept without a grant, said so")
def _():
    person = Person("loopback")
    with Hub(world, "localhost") as plain, person.log_in() as session:
        plain.oauth.account = person.account
        done = session.run(f"HF_ENDPOINT={plain.url} hf-token login --browser --name main")
        equal(done.code, 0, f"login ({done.out})")
        contains(done.out, "it is not renewed", "what it says")
        check(world.find_token(session.token()), "the token")
        equal([name for name, _ in person.state().keys if name.startswith("hf-token.grant:")], [], "grants")


# ----------------------------------------------------------------------------------------------- what goes wrong

FAULTS = {"500": lambda: faults.Says(answer.unavailable(500)), "503": lambda: faults.Says(answer.unavailable(503, 7)),
          "429": lambda: faults.Says(answer.busy()), "HTML": faults.html, "no answer": faults.Hangup,
          "wrong types": lambda: faults.Says(answer.Answer(200, {"access_token": 3, "refresh_token": []})),
          "a redirect": lambda: faults.redirect(f"{other.url}{TOKEN}", 307),
          "5 MiB": lambda: faults.Says(answer.Answer(200, b" " * (5 << 20)))}


@case(f"{', '.join(FAULTS)}: the old token is used without a word, and the Hub is left alone for a while")
def _():
    with Web() as web:
        for what, make in FAULTS.items():
            web.due()
            with web.hub.fault(TOKEN, make()):
                for _ in range(3):
                    done = web.run(RUN)
                    equal((done.code, done.out.strip()), (0, web.first), f"{what}: exit code and output")
        equal(len(web.asked()), len(FAULTS), "requests")
        equal(other.asked(TOKEN), [], "requests that were redirected")
        web.due()
        refreshed(web, web.run(RUN))


@case("an expired token and a Hub with a fault: the command is not run, and what is wrong and to do is said")
def _():
    with Web(expires_in=2) as web:
        wait_for(lambda: not web.person.tokens(), "it expired")
        with web.hub.fault(TOKEN, faults.Says(answer.unavailable(503))):
            done = web.run("hf-token run -- touch was-run")
        equal((done.code, os.path.exists(f"{web.person.home}/was-run")), (125, False), "exit code, and whether it ran")
        check("expired" in done.out and "\n  " in done.out, f"what it says: {done.out!r}")


@case("invalid_grant: said with `hf-token login`, the token serves on while it is good, and nobody asks again")
def _():
    with Web() as web:
        web.desk.spent.update(web.desk.grants)
        web.due()
        done = web.run(RUN)
        equal(done.code, 0, "exit code")
        contains(done.out, "hf-token login --name main", "what it says")
        equal(done.out.split()[-1], web.first, "the token")
        equal((web.grant(), web.run(RUN).out.strip()), (None, web.first), "the grant, and the next use")
        equal(len(web.asked()), 1, "requests")


@case("offline by HF_HUB_OFFLINE: the old token, no request")
def _():
    with Web() as web:
        web.due()
        equal(web.run(f"HF_HUB_OFFLINE=1 {RUN}").out.strip(), web.first, "the token")
        equal(web.asked(), [], "requests")


@case("logout while the Hub is asked: the token does not come back")
def _():
    with Web() as web:
        web.due()
        with web.hub.fault(TOKEN, faults.Held()) as held:
            with Terminal("sh", "-c", "hf-token run -- true; echo ended $?", user=web.person) as terminal:
                check(held.waiting.acquire(timeout=20), "the Hub is asked")
                equal(web.run("hf-token logout main").code, 0, "logout")
                held.release()
                terminal.expect("ended")
        equal((web.person.listed(), web.token(), web.grant()), ({}, "", None), "what is left")


@case("Ctrl-C while the Hub is asked: the command is not run; the refresh ends well, and is not asked for again")
def _():
    with Web() as web:
        web.due()
        with web.hub.fault(TOKEN, faults.Held()) as held:
            with Terminal("sh", "-c", "trap : INT; hf-token run -- touch was-run; echo ended; read x",
                          user=web.person) as terminal:
                check(held.waiting.acquire(timeout=20), "the Hub is asked")
                os.write(terminal.descriptor, b"\x03")
                terminal.expect("ended")
                held.release()
        wait_for(lambda: web.token() != web.first, "the new token is in the ring")
        refreshed(web, web.run(RUN))
        equal((len(web.asked()), os.path.exists(f"{web.person.home}/was-run")), (1, False), "requests, whether it ran")


@case("a full disk: the new token is used from the ring, said so, and a later use saves it without asking again")
def _():
    with Web() as web:
        web.due()
        done = web.run(f"ulimit -f 0; {RUN}")
        fresh = done.out.split()[-1]
        check(done.code == 0 and fresh != web.first and web.good(fresh), f"the first use: {done}")
        contains(done.out, "saved", "what it says")
        web.due()
        equal(refreshed(web, web.run(RUN)), fresh, "the token at the second use")
        equal(len(web.asked()), 1, "requests")


@case("a document that is gone: nothing is asked for, and the old token serves while it is good")
def _():
    with Web() as web:
        web.due()
        os.remove(web.person.document)
        done = web.run(RUN)
        equal((done.code, done.out.split()[-1], web.asked()), (0, web.first, []), "exit code, token, requests")


@case("a hung Hub: with a token that is good nobody waits for it, however the output is taken")
def _():
    with Web() as web:
        web.due()
        with web.hub.fault(TOKEN, faults.Silent()) as silent:
            done = web.run(f"said=$({RUN} 2>&1); echo $said")
            check(silent.waiting.acquire(timeout=20), "the Hub is asked")
            equal((done.code, done.out.strip()), (0, web.first), "exit code and output")
            check(not silent.over.is_set() and running(web.person, "refresh"), "the refresh has ended before")
        wait_for(lambda: not running(web.person, "refresh"), "the refresh ends")
        equal((web.run(RUN).out.strip(), len(web.asked())), (web.first, 1), "the token, requests")


# ------------------------------------------------------------------------------- what goes out, wholly

def told(web):
    """The tokens that the Hub was told to revoke since the login."""
    return [text for request in web.hub.asked(REVOKE, web.mark) for text in json.loads(request.body)["credentials"]]


def refresh_token(payload):
    """Of a grant in the ring: behind the header, whose second number is its length, keyring/grant.h."""
    grant = payload[64:][:int.from_bytes(payload[4:8], sys.byteorder)]
    return grant.decode().split(" ")[2]


@case("revoke, and a refresh while it asks: the new token and grant are revoked, and nothing is left here")
def _():
    with Web() as web:
        with Terminal("hf-token", "revoke", "main", user=web.person,
                      environment={**web.person.environment(), "HF_ENDPOINT": web.hub.url}) as terminal:
            terminal.expect("y/N")
            web.due()
            check(web.run(RUN).out.strip() != web.first, "it was not refreshed")
            new, grant = web.token(), refresh_token(web.grant())
            terminal.send("y")
            terminal.expect("removed here")
        equal(told(web), [grant, new], "what the Hub was told to revoke")
        check(not web.good(new), "the new token is good still")
        equal((web.person.listed(), web.token(), web.grant()), ({}, "", None), "what is left")


@case("revoke and rotate of a token whose successor waits to be saved: the Hub is told of all three")
def _():
    for command in ("revoke --yes main", "rotate --browser main"):
        with Web() as web:
            web.due()
            fresh = web.run(f"ulimit -f 0; {RUN}").out.split()[-1]
            grant = refresh_token(web.grant())
            take_out(web.person, "hf-token:main")
            put_token(web.person, "main", web.first)
            equal(web.run(f"HF_ENDPOINT={web.hub.url} hf-token {command}").code, 0, command)
            equal(told(web), [grant, fresh, web.first], f"{command}: what the Hub was told to revoke")
            check(not web.good(fresh) and not web.good(web.first), f"{command}: one is good still")


@case("revoke while another account logs in under that name: what is there then is left alone")
def _():
    with Web() as web, Terminal("hf-token", "revoke", "main", user=web.person,
                                environment={**web.person.environment(), "HF_ENDPOINT": web.hub.url}) as terminal:
        terminal.expect("y/N")
        web.desk.account = world.account(f"{web.person.name}-else")
        equal(web.run(f"HF_ENDPOINT={web.hub.url} hf-token login --browser --name main").code, 0, "login")
        before = web.person.state()
        terminal.send("y")
        terminal.expect("another command has changed main")
        unchanged(web.person, before, "after the revoke")
        equal(told(web), [], "what the Hub was told to revoke")


# ------------------------------------------------------------------------------- what changes while the Hub is asked

ANSWERS = {"an answer": None, "500": lambda: answer.unavailable(500),
           "invalid_grant": lambda: answer.Answer(400, {"error": "invalid_grant"})}


@contextlib.contextmanager
def asking(web, make):
    """A command with a due token, while the Hub holds back its answer; give() lets it come, and waits for the end."""
    web.due()
    held = faults.Held() if make is None else HeldBack(make())
    with web.hub.fault(TOKEN, held, 1), Terminal("sh", "-c", "hf-token run -- true; echo ended $?",
                                              user=web.person) as terminal:
        check(held.waiting.acquire(timeout=20), "the Hub is asked")

        def give():
            held.release()
            terminal.expect("ended")
            wait_for(lambda: not running(web.person, "refresh"), "the refresh ends")
        yield give


class HeldBack(faults.Held):
    """Gives that answer when it is told to."""

    def __init__(self, instead):
        super().__init__()
        self.instead = instead

    def send(self, handler, usual):
        super().send(handler, lambda: self.instead)


@case(f"lock while the Hub is asked ({', '.join(ANSWERS)}): nothing comes back, and the next login brings what is good")
def _():
    with Web() as web:
        for name, make in ANSWERS.items():
            with asking(web, make) as give:
                equal(web.run("hf-token lock").code, 0, "hf-token lock")
                give()
            equal((web.token(), web.grant()), ("", None), f"{name}: the ring")
            web.session.close()
            web.person.gone()
            web.session = web.person.log_in()
            check(web.good(web.token()), f"{name}: the token after the next login")
            equal(web.grant() is None, name == "invalid_grant", f"{name}: whether the next login has no grant")


@case(f"logout while the Hub is asked ({', '.join(ANSWERS)}): nothing comes back")
def _():
    for make in ANSWERS.values():
        with Web() as web, asking(web, make) as give:
            equal(web.run("hf-token logout main").code, 0, "logout")
            give()
            equal((web.person.listed(), web.token(), web.grant()), ({}, "", None), "what is left")


@case(f"another account's login while the Hub is asked ({', '.join(ANSWERS)}): its token and grant stay")
def _():
    for name, make in ANSWERS.items():
        with Web() as web:
            with asking(web, make) as give:
                second = world.account(f"{web.person.name}-{name.split()[0]}")
                web.desk.account, web.desk.expires_in = second, 8 * HOUR
                equal(web.run(f"HF_ENDPOINT={web.hub.url} hf-token login --browser --name main").code, 0, "login")
                web.desk.expires_in = MONTH
                before = web.person.state()
                give()
            equal(sorted(web.person.state().keys), sorted(before.keys), f"{name}: the ring")
            equal(web.person.state().files, before.files, f"{name}: the document")
            web.due()
            web.first = web.token()
            token = refreshed(web, web.run(RUN))
            equal(world.find_token(token).account, second, f"{name}: whose it is")


@case("a ring that is older than the document, as on another machine: its grant is not used, and unlock tells")
def _():
    with Web() as web:
        old = web.person.state()
        second = world.account(f"{web.person.name}-else")
        web.desk.account = second
        equal(web.run(f"HF_ENDPOINT={web.hub.url} hf-token login --browser --name main").code, 0, "login")
        new = web.person.state()
        put_ring(web.person, old)
        web.due()
        mark = len(web.asked())
        equal(web.run(RUN).out.strip(), web.first, "the token of this ring")
        equal((len(web.asked()), web.person.state().files), (mark, new.files), "requests, and the document")
        web.session.close()
        web.person.gone()
        web.session = web.person.log_in()
        equal(world.find_token(web.token()).account, second, "whose token the next login has")


@case("a second login while the Hub is asked: both sessions have the new token")
def _():
    with Web() as web:
        with asking(web, None) as give:
            with pam.Host("refresh", web.person) as host:
                host.do("open")
                give()
                host.do("close")
        refreshed(web, web.run(RUN))
        equal(len(web.asked()), 1, "requests")


@case("a document that is away for a while: the grant stays, and what waits to be saved is saved when it is back")
def _():
    with Web() as web:
        web.due()
        done = web.run(f"ulimit -f 0; {RUN}")
        fresh = done.out.split()[-1]
        os.rename(web.person.document, f"{web.person.document}.away")
        web.due()
        equal(web.run(RUN).out.split()[-1], fresh, "the token meanwhile")
        os.rename(f"{web.person.document}.away", web.person.document)
        web.due()
        equal(refreshed(web, web.run(RUN)), fresh, "the token afterwards")
        equal(len(web.asked()), 1, "requests")
        os.rename(web.person.document, f"{web.person.document}.away")
        web.due()
        equal(web.run(RUN).out.split()[-1], fresh, "the saved token meanwhile")
        os.rename(f"{web.person.document}.away", web.person.document)
        web.due()
        web.first = fresh
        refreshed(web, web.run(RUN))
        equal(len(web.asked()), 2, "requests")


@case("a token that is gone from the ring before its grant is due: the next use brings another")
def _():
    with Web() as web:
        take_out(web.person, "hf-token:main")
        refreshed(web, web.run(RUN))
        equal(len(web.asked()), 1, "requests")


harness.main()
