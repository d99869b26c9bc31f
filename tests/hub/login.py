#!/usr/bin/env python3
"""hf-token login by paste, with the stand-in in the Hub's place: what is asked, what is kept, what a failure leaves."""
import os
import sys
import time

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, hub, mark, of_hub, other, unchanged, world  # noqa: E402
import harness  # noqa: E402
from harness import add_case, case, check, contains, equal  # noqa: E402
from standin import answer, faults  # noqa: E402
from terminal import Terminal  # noqa: E402

WHOAMI = "/api/whoami-v2"
DAY = 86400


def login(person, token, *options, **settings):
    """From a script, without a session of the user's own."""
    given = [f"{name}={value}" for name, value in settings.items()]
    return person.run("env", *given, "hf-token", "login", *options, input=f"{token}\n")


def asked(since):
    return [token for _, token in of_hub(WHOAMI, since)]


# -------------------------------------------------------------------------------------------- what is kept

@case("a pasted token is asked about once, and list tells account, role, display name, dates and organisations")
def _():
    person, soon = Person(), int(time.time()) + 90 * DAY
    token, since = person.new_token("work laptop", expires=soon), mark()
    done = login(person, token.text)
    equal(done.code, 0, f"exit code ({done.err})")
    equal(of_hub(".*", since), [("hub.test", token.text)], "requests")
    row = person.listed()["work-laptop"]
    told = row["hub"]
    equal((told["account"], told["kind"], told["role"], told["display_name"], told["organisations"]),
          (person.account.name, "user", "read", "work laptop", ["lab"]), "what list --json tells")
    check(told["checked"] and told["created"] and told["expires"] and told["endpoint"] == hub.url, f"dates: {told}")
    table = person.must("hf-token", "list")
    for part in ("work-laptop", person.account.name, "read"):
        contains(table, part, "the table")


@case("the Hub's date of expiry is the token's own here")
def _():
    person, soon = Person(), int(time.time()) + 3 * DAY
    login(person, person.new_token("short", expires=soon).text)
    expires = person.listed()["short"]["expires"]
    contains(str(expires), str(soon) if isinstance(expires, int) else
             time.strftime("%Y-%m-%d", time.gmtime(soon)), "expires")


PASTED = {"spaces around": "  {}  ", "a newline within": "{0[0]}\n{0[1]}", "carriage return": "{}\r",
          "a tab and spaces": "\t{} ", "several newlines": "\n\n{}\n\n"}


def paste(title, form):
    """Typed into the terminal's question, as a paste would be: the lines come at once."""
    person = Person()
    token = person.new_token("pasted")
    text = form.format((token.text[:12], token.text[12:]) if "[" in form else token.text)
    done = login(person, text)
    since_start = [request.token for request in hub.asked(WHOAMI) if request.token == token.text]
    equal((done.code, since_start), (0, [token.text]), f"exit code and what was asked ({done.err})")


for title, form in PASTED.items():
    if "\n" not in form:
        add_case(f"a token pasted with {title} is cleaned before it is asked about", paste, title, form)


@case("on a terminal: browser or paste is asked for; a paste with spaces and newlines is taken, and does not show")
def _():
    person = Person()
    token = person.new_token("typed")
    with Terminal("hf-token", "login", user=person) as terminal:
        terminal.expect(r"[Pp]aste[^\n]*[:?\]] ?$")
        terminal.send("p")
        terminal.answer("[Tt]oken.*: ", f"  {token.text} \r\n")
        said = terminal.rest()
        equal(terminal.wait(), 0, f"exit code: {said}")
    check(token.text not in said, "the token shows")
    equal(list(person.listed()), ["typed"], "tokens")


NAMES = {"my laptop": "my-laptop", "ci/build #2": "ci-build--2", "...dots": "dots", "größer": "gr--er", "": "main",
         "hf_TESTlooksliketoken0000000000": "main", "x" * 100: "x" * 64}


def named(display_name, _):
    person = Person()
    login(person, person.new_token(display_name).text)
    name, = person.listed()
    check(name.isascii() and len(name) <= 64 and not name.startswith((".", "-", "hf_")), f"the name {name!r}")
    if display_name in ("my laptop", "...dots", ""):
        equal(name, NAMES[display_name], "the name")


for display_name, name in NAMES.items():
    add_case(f"the name comes from the Hub's {display_name[:40]!r}", named, display_name, name)


@case("--name wins; without it another token's name is left alone, and the same token's is replaced")
def _():
    person = Person()
    first, again, second = (person.new_token("laptop") for _ in range(3))
    second.display_name = "other"
    login(person, first.text, "--name", "chosen")
    login(person, first.text)
    equal(sorted(person.listed()), ["chosen", "laptop"], "names")
    login(person, again.text)
    equal(sorted(person.listed()), ["chosen", "laptop"], "names, after another of the same display name")
    second.account = world.account("bot")
    second.display_name = "laptop"
    login(person, second.text)
    equal(sorted(person.listed()), ["chosen", "laptop", "laptop-2"], "names, after one of another account")


@case("without --name, a token that nobody asked about replaces no other; the same one again is replaced")
def _():
    person = Person()
    first, second, third = (person.new_token("main") for _ in range(3))
    with person.log_in() as session:
        for token, names in ((first, ["main"]), (second, ["main", "main-2"]), (first, ["main", "main-2"])):
            done = session.run("hf-token login --no-check", input=f"{token.text}\n")
            equal((done.code, sorted(person.listed())), (0, names), f"names ({done.out})")
        done = session.run("hf-token login", input=f"{third.text}\n")
        equal((done.code, sorted(person.listed())), (0, ["main", "main-2", "main-3"]), f"checked ({done.out})")
        for name, token in (("main", first), ("main-2", second), ("main-3", third)):
            equal(session.run(f"hf-token token -n {name}").out.split(), [token.text], name)


@case("a write token is stored with a warning that advises a fine-grained one; a fine-grained one without")
def _():
    person = Person()
    done = login(person, person.new_token("all", role="write").text)
    equal((done.code, "write" in done.err and "fine-grained" in done.err), (0, True), f"the warning ({done.err})")
    entity = {"_id": "0", "type": "user", "name": person.account.name}
    scoped = [{"entity": entity, "permissions": ["repo.content.read"]}]
    done = login(person, person.new_token("narrow", role="fineGrained", scoped=scoped).text)
    equal((done.code, "dangerous" in done.err or "can change" in done.err), (0, False), f"no warning ({done.err})")
    equal(person.listed()["narrow"]["hub"]["role"], "fineGrained", "its role")
    contains(done.err, "role fine-grained", "what people read")


@case("api_org_ and OAuth forms are recognised and said")
def _():
    person = Person()
    for form, word in (("api_org_TEST{}", "organisation"), ("hf_oauth_TEST{}", "browser")):
        done = login(person, person.new_token("odd", form=form).text, "--name", "odd")
        equal(done.code, 0, f"exit code ({done.err})")
        contains(done.err, word, form)


@case("--no-check asks nobody, stores, and list says that nobody was asked")
def _():
    person, since = Person(), mark()
    done = login(person, person.new_token().text, "--no-check")
    equal((done.code, of_hub(".*", since)), (0, []), "exit code and requests")
    equal(person.listed()["main"]["hub"], None, "what list knows")


# -------------------------------------------------------------------------------------------- what fails

def refused(person, what, fault=None):
    """With a token there already, and a session: nothing of either may change."""
    with person.log_in() as session:
        session.run("hf-token login --no-check --name first", input=f"{person.token}\n")
        before, token = person.state(), person.new_token("bad")
        if fault is None:
            token.revoked = True
            done = session.run("hf-token login", input=f"{token.text}\n")
        else:
            with hub.fault(WHOAMI, fault):
                done = session.run("hf-token login", input=f"{token.text}\n")
        equal(done.code, 5, f"{what}: exit code ({done.out})")
        check("\n  " in done.out and token.text not in done.out, f"{what}: the next step: {done.out!r}")
        unchanged(person, before, what)


@case("a token that the Hub refuses is not stored: exit code 5, the next step, store and ring as before")
def _():
    refused(Person(), "revoked")


@case("401 and 403 by the organisation's policy: not stored, and each says why")
def _():
    refused(Person(), "401", faults.Says(answer.unauthorised()))
    refused(Person(), "403", faults.Says(answer.policy()))


UNCHECKED = {
    "429 with the Hub's real headers": lambda: faults.Says(answer.busy(55)),
    "500": lambda: faults.Says(answer.unavailable(500)),
    "503 with Retry-After": lambda: faults.Says(answer.unavailable(503, after=30)),
    "an HTML page with status 200": faults.html,
    "5 MiB": faults.Huge,
    "5 MiB in chunks": lambda: faults.Huge(chunked=True),
    "an answer cut off in the middle": faults.Cut,
    "no answer at all": faults.Hangup,
    "a Content-Length that is too long": lambda: faults.Lies(7),
    "a Content-Length that is too short": lambda: faults.Lies(-7),
    "JSON of wrong types": lambda: faults.Says(answer.Answer(200, {"type": 7, "name": ["x"], "auth": "", "orgs": 3})),
    "JSON that is a list": lambda: faults.Says(answer.Answer(200, [1, 2])),
    "nothing in the body": lambda: faults.Says(answer.Answer(200, b"")),
    "404, as of another server": lambda: faults.Says(answer.Answer(404, b"not here", "text/plain")),
    "a redirect to another host": lambda: faults.redirect(f"{other.url}{WHOAMI}"),
    "a permanent redirect": lambda: faults.redirect(f"{other.url}{WHOAMI}", 308),
}


def unchecked(what, make):
    person, since = Person(), mark()
    token = person.new_token("laptop")
    with hub.fault(WHOAMI, make()):
        done = login(person, token.text)
    equal(done.code, 0, f"exit code ({done.err})")
    contains(done.err, "unchecked", "what it says")
    check(token.text not in done.err, "the token is in the message")
    equal(person.listed()["main"]["hub"], None, "what list knows")
    equal(of_hub(".*", since), [("hub.test", token.text)], "requests: one, and to no other host")
    equal(person.run_in_session("sh", "-c", "echo x | hf-token login --no-check --name y 2>/dev/null;"
                                "hf-token list --names").out.split(), ["main", "y"], "what is there")


for what, make in UNCHECKED.items():
    add_case(f"{what}: the token is stored as unchecked, and login says so", unchecked, what, make)


@case("an unchecked login after a 429 or a 503 tells when the Hub wants to be asked again")
def _():
    for said, seconds in ((answer.busy(55), 55), (answer.unavailable(503, after=30), 30)):
        person = Person()
        with hub.fault(WHOAMI, faults.Says(said)):
            done = login(person, person.new_token().text)
        contains(done.err, f"in {seconds} seconds: hf-token whoami -n main", "the next step")


@case("a slow answer, a byte at a time, is waited for")
def _():
    person = Person()
    with hub.fault(WHOAMI, faults.Dripping()):
        done = login(person, person.new_token("slow").text)
    equal((done.code, person.listed()["slow"]["hub"]["account"]), (0, person.account.name), f"({done.err})")


@case("offline, by variable, by a closed port and by a name that does not resolve: stored as unchecked")
def _():
    for settings in ({"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "https://127.0.0.1:9"},
                     {"HF_ENDPOINT": "https://no-such-host.test"}):
        person, since = Person(), mark()
        done = login(person, person.new_token().text, **settings)
        equal(done.code, 0, f"{settings}: exit code ({done.err})")
        contains(done.err, "unchecked", f"{settings}")
        equal(of_hub(".*", since), [], f"{settings}: requests")


@case("whoami after an unchecked login learns what the Hub knows, and list shows it from then on")
def _():
    person = Person()
    token = person.new_token("laptop")
    login(person, token.text, "--name", "later", HF_HUB_OFFLINE="1")
    equal(person.listed()["later"]["hub"], None, "before")
    with person.log_in() as session:
        equal(session.run("hf-token whoami -n later").code, 0, "exit code")
    equal(person.listed()["later"]["hub"]["account"], person.account.name, "after")


@case("a full store: an error, and the document as it was")
def _():
    person = Person()
    for number in range(16):
        login(person, f"hf_TEST{number}", "--no-check", "--name", f"t{number}")
    before = person.state()
    done = login(person, person.new_token("seventeenth").text)
    equal(done.code, 1, f"exit code ({done.err})")
    unchanged(person, before, "the seventeenth")


@case("a full disk: an error, and document and ring as they were")
def _():
    person = Person()
    with person.log_in() as session:
        session.run("hf-token login --no-check --name first", input=f"{person.token}\n")
        before = person.state()
        done = session.run("ulimit -f 0; trap '' XFSZ; hf-token login", input=f"{person.new_token().text}\n")
        check(done.code == 1 and "\n  " in done.out, f"exit code and next step: {done}")
        unchanged(person, before, "a full disk")


@case("killed while the Hub is asked: nothing is stored")
def _():
    person = Person()
    token = person.new_token("slow")
    with hub.fault(WHOAMI, faults.Silent()) as silent:
        with Terminal("sh", "-c", f"echo {token.text} | hf-token login; echo ended $?", user=person) as terminal:
            check(silent.waiting.acquire(timeout=20), "the Hub is asked")
            os.write(terminal.descriptor, b"\x03")
            terminal.rest()
    check(not os.path.exists(person.document), "a document was written")


harness.main()
