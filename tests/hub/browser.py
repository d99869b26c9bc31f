#!/usr/bin/env python3
"""hf-token login --browser: RFC 8628's device flow, each error of it, a Hub with faults, and what is sealed."""
import json
import os
import signal
import subprocess
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, authority, hub, mark, of_hub, unchanged, world  # noqa: E402
import harness  # noqa: E402
from harness import add_case, case, check, contains, equal, wait_for  # noqa: E402
from standin import Hub, answer, faults  # noqa: E402
from standin.oauth import DEVICE_GRANT  # noqa: E402
from terminal import Terminal  # noqa: E402

TOKEN, DEVICE = "/oauth/token", "/oauth/device"


def polls(server):
    return server.asked(TOKEN)


# ---------------------------------------------------------------------------- many logins, all at the same time

class Row:
    """A login of its own user at a stand-in of its own, which `prepare` sets up, and what must come of it."""

    def __init__(self, title, prepare, judge, *options):
        self.person, self.prepare, self.judge = Person("row"), prepare, judge
        self.hub = Hub(world, "hub.test", authority)
        self.hub.oauth.account = self.person.account
        self.hub.__enter__()
        prepare(self.hub)
        self.process = subprocess.Popen(
            ["hf-token", "login", "--browser", *options], user=self.person.uid, group=self.person.uid, extra_groups=[],
            cwd=self.person.home, env={**self.person.environment(), "HF_ENDPOINT": self.hub.url}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        add_case(title, self.run)

    def run(self):
        self.out, self.err = self.process.communicate(timeout=60)
        equal(self.out, "", "standard output")
        self.judge(self)

    def succeeded(self):
        equal(self.process.returncode, 0, f"exit code ({self.err})")
        equal(len(self.person.listed()), 1, "tokens")

    def failed(self, code, word):
        equal(self.process.returncode, code, f"exit code ({self.err})")
        contains(self.err, word, "what it says")
        check("\n  " in self.err, f"the next step: {self.err!r}")
        check(not os.path.exists(self.person.document), "a document was written")


def verdicts(*names):
    def prepare(server):
        server.oauth.verdicts = list(names)
    return prepare


def never(server):
    server.oauth.account, server.oauth.lifetime = None, 2


def at_first(*wrong):
    """These faults, one after the other, each once."""
    def prepare(server):
        for fault in wrong:
            server.put_fault(TOKEN, fault, times=1)
    return prepare


def after_slow_down(row):
    row.succeeded()
    first, second = polls(row.hub)
    check(second.when - first.when >= 5, "the second poll came before five more seconds were over")


def by_default_interval(server):
    server.oauth.interval = None


def after_default_interval(row):
    row.succeeded()
    started, polled = row.hub.asked(DEVICE)[0], polls(row.hub)[0]
    check(polled.when - started.when >= 5, "without an interval, the first poll came before five seconds were over")


def survived(row):
    row.succeeded()
    equal(len(polls(row.hub)), 2, "polls")


def other_client(server):
    server.oauth.client = "another"


Row("slow_down: from then on it asks five seconds more seldom", verdicts("slow_down"), after_slow_down)
Row("no interval given: five seconds, RFC 8628's default", by_default_interval, after_default_interval)
Row("pending is asked again, and then there is the token", verdicts("authorization_pending", "authorization_pending"),
    lambda row: (row.succeeded(), equal(len(polls(row.hub)), 3, "polls")))
Row("denied: exit code 5, said so, nothing stored", verdicts("access_denied"), lambda row: row.failed(5, "declined"))
Row("expired_token: exit code 1, said so, nothing stored", verdicts("expired_token"),
    lambda row: row.failed(1, "time is over"))
Row("nobody answers: it ends with the code's time", never, lambda row: row.failed(1, "time is over"))
Row("a client id that the Hub does not know: exit code 5, and where it comes from", other_client,
    lambda row: row.failed(5, "HF_DEVICE_CODE_OAUTH_CLIENT_ID"))
for title, fault in (("503", faults.Says(answer.unavailable(503))), ("429", faults.Says(answer.busy(1))),
                     ("an HTML page", faults.html()), ("a connection that is cut", faults.Cut()),
                     ("no answer", faults.Hangup()), ("5 MiB", faults.Huge()),
                     ("JSON of wrong types", faults.Says(answer.Answer(200, {"access_token": 7}))),
                     ("an error nobody knows", faults.Says(answer.Answer(400, {"error": "whatever"})))):
    # An answer that was cut had used the device code up; so here the fault comes before the user has answered.
    Row(f"{title} at a poll is survived", at_first(fault) if title not in ("a connection that is cut", "5 MiB") else
        lambda server, fault=fault: (verdicts("authorization_pending")(server), at_first(fault)(server)), survived)
for title, fault, word in (("503", faults.Says(answer.unavailable(503)), "fault of its own"),
                           ("an HTML page", faults.html(), "as the Hub does"),
                           ("JSON of wrong types", faults.Says(answer.Answer(200, {"device_code": []})),
                            "as the Hub does"),
                           ("429", faults.Says(answer.busy(9)), "9 seconds"),
                           ("404", faults.Says(answer.refusal(404, "Not found")), "--paste")):
    Row(f"{title} at the start: exit code 1, the next step, nothing stored",
        lambda server, fault=fault: server.put_fault(DEVICE, fault), lambda row, word=word: row.failed(1, word))


# ------------------------------------------------------------------------------------------- on a terminal

@case("address and code are shown with a QR code; after the yes in the browser there are a token and its grant, sealed")
def _():
    person = Person("alice")
    script = "hf-token login --browser --name web && hf-token token -f && keyctl show @s >/dev/null; echo ended; read x"
    with Terminal("keyctl", "session", "-", "sh", "-c", script, user=person) as terminal:
        said = terminal.expect(r"code there: \S+")
        device = hub.oauth.only_device()
        contains(said, device.user_code, "the code")
        contains(said, f"{hub.url}/oauth/device", "the address")
        rows = [line for line in said.splitlines() if set(line) & set("█▀▄")]
        check(len(rows) >= 12, f"the QR code: {said}")
        equal(len({len(row) for row in rows}), 1, "widths of its lines")
        terminal.expect("(?i)waiting")
        device.approve(person.account)
        terminal.expect("hf_oauth_TEST")
        terminal.expect("ended")
        token = next(text for text, row in world.tokens.items() if row.account is person.account)
        refresh = next(text for text, account in hub.oauth.grants.items() if account is person.account)
        state = person.state()
        payloads = {key: payload for key, payload in state.keys}
        equal(payloads["hf-token:web"], token.encode(), "the token in the ring")
        contains(payloads["hf-token.grant:web"], refresh.encode(), "the grant in the ring")
        contains(payloads["hf-token.grant:web"], hub.url.encode(), "the grant's Hub")
        permissions = {key.permission for key in person.keys() if key.description.startswith("hf-token.grant:")}
        equal([oct(mask) for mask in permissions if mask & ~0x003f0000], [], "permissions beyond the owner's")
        for name, (_, content) in state.files.items():
            for secret in (token, refresh):
                check(secret.encode() not in content, f"{name} has a secret in clear")
        os.write(terminal.descriptor, b"\n")
    row = person.listed()["web"]
    equal((row["hub"]["account"], row["expires"] is not None), (person.account.name, True), "what list knows")


@case("what is asked: the device, the polls, and whoami once with the new token")
def _():
    person, since, start = Person(), mark(), hub.mark()
    hub.oauth.account = person.account
    equal(person.run("hf-token", "login", "--browser").code, 0, "exit code")
    hub.oauth.account = None
    asked = hub.asked(since=start)
    equal([request.path for request in asked], [DEVICE, TOKEN, "/api/whoami-v2"], "requests")
    equal(asked[1].form()["grant_type"], DEVICE_GRANT, "the grant type")
    equal([request.token for request in asked[:2]], [None, None], "tokens sent to OAuth's addresses")
    equal(len(of_hub(".*", since)), 3, "requests to any server")


@case("a token of the browser comes back at the next login, with its grant; logout takes both")
def _():
    person = Person()
    hub.oauth.account = person.account
    person.must("hf-token", "login", "--browser", "--name", "web")
    hub.oauth.account = None
    with person.log_in() as session:
        contains(session.token(), "hf_oauth_TEST", "the token")
        equal([key for key, _ in person.state().keys if "grant" in key], ["hf-token.grant:web"], "grants in the ring")
        session.run("hf-token logout web")
        equal([key for key, _ in person.state().keys if "web" in key], [], "keys in the ring")


def interrupted(number):
    person = Person()
    with person.log_in() as session:
        session.run("hf-token login --no-check --name first", input=f"{person.token}\n")
        before = person.state()
        with Terminal("sh", "-c", "trap : INT; hf-token login --browser; echo ended; stty -a", user=person) as terminal:
            terminal.expect("(?i)waiting")
            pid = wait_for(lambda: [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and is_login(pid, person)],
                           "it runs")[0]
            if number == signal.SIGINT:
                os.write(terminal.descriptor, b"\x03")
            else:
                os.kill(pid, number)
            terminal.expect("ended")
            said = terminal.rest()
            check(" -echo " not in said.replace("\n", " "), f"the terminal: {said}")
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"), "it ended")
        device, asked = hub.oauth.only_device(), len(polls(hub))
        device.approve(person.account)
        unchanged(person, before, "interrupted")
        equal(len(polls(hub)), asked, "polls after the end")


def is_login(pid, person):
    try:
        with open(f"/proc/{pid}/cmdline") as line:
            return "login\0--browser" in line.read() and os.stat(f"/proc/{pid}").st_uid in (0, person.uid) and \
                "\nUid:\t%d\t" % person.uid in open(f"/proc/{pid}/status").read() and \
                "sh" != open(f"/proc/{pid}/comm").read().strip()
    except OSError:
        return False


add_case("Ctrl-C while it waits: nothing is stored, the terminal is as before", interrupted, signal.SIGINT)
add_case("SIGTERM while it waits: the same", interrupted, signal.SIGTERM)


@case("without any client id: exit code 1, and what to do")
def _():
    person = Person()
    environment = {**person.environment()}
    environment.pop("HF_DEVICE_CODE_OAUTH_CLIENT_ID")
    done = person.run("env", "-u", "HF_DEVICE_CODE_OAUTH_CLIENT_ID", "hf-token", "login", "--browser")
    equal(done.code, 1, "exit code")
    contains(done.err, "oauth-client", "what it says")


@case("without any client id, a login on a terminal asks for the token at once, and says nothing of the browser")
def _():
    person = Person()
    with Terminal("env", "-u", "HF_DEVICE_CODE_OAUTH_CLIENT_ID", "hf-token", "login", user=person) as terminal:
        asked = terminal.answer("[Tt]oken.*: ", person.new_token("typed").text)
        said = terminal.rest()
        equal(terminal.wait(), 0, f"exit code: {said}")
    check("browser" not in asked + said, f"what it says: {asked}{said}")


@case("the administrator's client id, oauth-client in hf-token.conf, serves where there is no variable")
def _():
    person = Person()
    hub.oauth.account = person.account
    with open("/etc/hf-token.conf", "w") as conf:
        conf.write(f"oauth-client: {hub.oauth.client}\n")
    try:
        done = person.run("env", "-u", "HF_DEVICE_CODE_OAUTH_CLIENT_ID", "hf-token", "login", "--browser")
        equal(done.code, 0, f"exit code ({done.err})")
    finally:
        hub.oauth.account = None
        os.remove("/etc/hf-token.conf")


@case("--browser with --expires: no grant is kept, and the token ends then")
def _():
    person = Person()
    hub.oauth.account = person.account
    person.must("hf-token", "login", "--browser", "--expires", "1d")
    hub.oauth.account = None
    with person.log_in() as session:
        contains(session.token(), "hf_oauth_TEST", "the token")
        equal([key for key, _ in person.state().keys if "grant" in key], [], "grants in the ring")


# -------------------------------------------------------------------- what goes wrong after the yes in the browser

REVOKE = "/api/credentials/revoke"


def told(start):
    """The credentials that the Hub was told to revoke."""
    return [text for request in hub.asked(REVOKE, start) for text in json.loads(request.body)["credentials"]]


def in_browser(person, account, *words):
    """A command with a login in the browser, and what it brought: (done, access token, refresh token)."""
    tokens, grants = set(world.tokens), set(hub.oauth.grants)
    hub.oauth.account = account
    done = person.run(*words, "--browser")
    hub.oauth.account = None
    return done, *({*world.tokens} - tokens), *({*hub.oauth.grants} - grants)


@case("rotate in the browser by another account: what was brought is revoked, with its grant, and that is said")
def _():
    person = Person()
    person.must("hf-token", "login", "--name", "work", input=f"{person.new_token().text}\n")
    before, start = person.state(), hub.mark()
    done, token, refresh = in_browser(person, world.account("bot"), "hf-token", "rotate", "work")
    equal(done.code, 1, f"exit code ({done.err})")
    equal(told(start), [refresh, token], "what was revoked")
    contains(done.err, "the token that the browser login brought was revoked", "what it says")
    unchanged(person, before, "rotate by another account")


@case("a login in the browser that cannot be saved: the same; where the Hub cannot be told, the page that can")
def _():
    person = Person()
    full = ("sh", "-c", "ulimit -f 0; trap '' XFSZ; exec hf-token login $1", "sh")
    start = hub.mark()
    done, token, refresh = in_browser(person, person.account, *full)
    equal((done.code, told(start)), (1, [refresh, token]), f"exit code, and what was revoked ({done.err})")
    hub.put_fault(REVOKE, faults.Says(answer.unavailable(503)), times=1)
    done, _, _ = in_browser(person, person.account, *full)
    equal(done.code, 1, "exit code")
    contains(done.err, "could not be revoked: the Hub has a fault of its own", "what it says")
    contains(done.err, f"Revoke it at {hub.url}/settings/", "the next step")


@case("a full document is told before the Hub is asked for anything; a token of it can be replaced")
def _():
    person = Person()
    for number in range(16):
        person.must("hf-token", "login", "--no-check", "--name", f"t{number}", input=f"hf_TEST{number}\n")
    start = hub.mark()
    done = person.run("hf-token", "login", "--browser")
    equal((done.code, hub.asked(since=start)), (1, []), f"exit code and requests ({done.err})")
    contains(done.err, "hf-token logout NAME makes room", "the next step")
    hub.oauth.account = person.account
    person.must("hf-token", "login", "--browser", "--name", "t3")
    hub.oauth.account = None
    equal(len(person.listed()), 16, "tokens")


@case("a document that cannot be read is told before the Hub is asked for anything")
def _():
    person, start = Person(), hub.mark()
    person.write(person.document, "{}")
    done = person.run("hf-token", "login", "--browser")
    equal((done.code, hub.asked(since=start)), (1, []), f"exit code and requests ({done.err})")
    contains(done.err, "tokens.json", "what it says")


@case("the first login password is asked for before the login in the browser, and again where the two differ")
def _():
    person, start = Person(), hub.mark()
    with Terminal("hf-token", "login", "--browser", "--seal", "password", user=person) as terminal:
        for number, question in enumerate(("Login password.*: ", r"once more\s.*Login password.*: ")):
            terminal.answer(question, person.password)
            equal(hub.asked(since=start), [], "requests before the password")
            terminal.answer("The same again: ", "another" if number == 0 else person.password)
        terminal.expect(r"code there: \S+")
        hub.oauth.only_device().approve(person.account)
        equal(terminal.wait(), 0, f"exit code: {terminal.shown}")
    equal([row["seals"] for row in person.listed().values()], [["user"]], "seals")


@case("two passwords that differ three times: nothing was asked of the Hub, nothing stored")
def _():
    person, start = Person(), hub.mark()
    with Terminal("hf-token", "login", "--browser", "--seal", "password", user=person) as terminal:
        for number in range(3):
            terminal.answer("Login password.*: ", f"one{number}")
            terminal.answer("The same again: ", f"other{number}")
        equal(terminal.wait(), 1, f"exit code: {terminal.shown}")
    equal((hub.asked(since=start), person.listed()), ([], {}), "requests and tokens")


harness.main()
