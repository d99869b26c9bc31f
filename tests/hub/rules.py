#!/usr/bin/env python3
"""Where a token may go: to HF_ENDPOINT's host, by https or on the loopback, by the user's proxy, and in no login."""
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, authority, hub, mark, of_hub, other, set_due, sshd, unchanged, world  # noqa: E402
import harness  # noqa: E402
import users  # noqa: E402
import ways  # noqa: E402
from harness import add_case, case, check, contains, equal  # noqa: E402
from standin import Authority, Hub, Proxy, faults  # noqa: E402

WHOAMI = "/api/whoami-v2"
alice = Person("alice")
token = alice.new_token("laptop")
session = alice.log_in()
equal(session.run("hf-token login --no-check --name main", input=f"{token.text}\n").code, 0, "login")
world.repository("models", "lab/private", visibility="private", readers=[alice.name])
plain = Hub(world, "localhost")
plain.__enter__()
COMMANDS = {"whoami": "hf-token whoami", "check": "hf-token check lab/private",
            "login": f"echo {token.text} | hf-token login --name new",
            "rotate": f"echo {token.text}x | hf-token rotate main",
            "revoke": "hf-token revoke --yes main", "login --browser": "hf-token login --browser --name new"}


def run(command, **settings):
    return session.run("".join(f"export {name}='{value}'; " for name, value in settings.items()) + command)


def forget_hub():
    """The token is unchecked again, and may go to any Hub."""
    equal(session.run("hf-token login --no-check --name main", input=f"{token.text}\n").code, 0, "login")


# ------------------------------------------------------------------------------------------------ the address

BAD = {"http to another host": f"http://hub.test:{plain.port}", "http to an address outside": "http://192.0.2.1",
       "a user in it": f"https://x:y@hub.test:{hub.port}", "a query": f"{hub.url}/?a=b", "a fragment": f"{hub.url}#a",
       "another scheme": f"ftp://hub.test:{hub.port}", "no scheme": f"hub.test:{hub.port}", "a newline": f"{hub.url}\n",
       "a name that only begins as loopback": f"http://localhost.test:{plain.port}",
       "a name that only begins as 127": f"http://127.0.0.1.test:{plain.port}"}


def bad_endpoint(address):
    before, since = alice.state(), (mark(), plain.mark())
    for name, command in COMMANDS.items():
        done = run(command, HF_ENDPOINT=address)
        equal(done.code, 1, f"{name}: exit code ({done.out})")
        check("HF_ENDPOINT" in done.out and "\n  " in done.out, f"{name}: what it says: {done.out!r}")
        check(token.text not in done.out, f"{name}: it shows the token")
    equal((of_hub(".*", since[0]), plain.asked(".*", since[1])), ([], []), "requests")
    unchanged(alice, before, address)


for what, address in BAD.items():
    add_case(f"HF_ENDPOINT with {what}: refused by each command, nobody is asked, nothing changes", bad_endpoint,
             address)


@case("http to this machine's loopback, by name and by number, serves")
def _():
    for host in ("localhost", "127.0.0.1", "LOCALHOST"):
        forget_hub()
        equal(run("hf-token whoami", HF_ENDPOINT=f"http://{host}:{plain.port}").code, 0, host)


@case("HF_ENDPOINT's slashes at the end are dropped, a path in it is kept")
def _():
    forget_hub()
    equal(run("hf-token whoami", HF_ENDPOINT=f"{hub.url}///").code, 0, "exit code")
    forget_hub()
    start = hub.mark()
    run("hf-token whoami", HF_ENDPOINT=f"{hub.url}/prefix/")
    equal([request.path for request in hub.asked(".*", start)], ["/prefix/api/whoami-v2"], "requests")


# ----------------------------------------------------------------------------------------------- redirects

def redirected(status):
    targets = {"another host": other.url, "the same host": hub.url, "http": plain.url.replace("localhost", "127.0.0.1")}
    for what, target in targets.items():
        since, start = mark(), plain.mark()
        for path, command in ((WHOAMI, "hf-token whoami"), ("/api/models/lab/private/auth-check", COMMANDS["check"]),
                              ("/api/credentials/revoke", COMMANDS["revoke"]),
                              ("/oauth/device", COMMANDS["login --browser"])):
            with hub.fault(path, faults.redirect(f"{target}{path}?again", status)):
                equal(run(command).code, 1, f"{what}: exit code of {command.split(' | ')[-1]}")
        equal([name for name, _ in of_hub(".*", since)], ["hub.test"] * 4, f"{what}: who was asked, each once")
        equal(plain.asked(".*", start), [], f"{what}: requests by http")


for status in (301, 302, 303, 307, 308):
    add_case(f"a redirect with {status} is not followed, whoever it points to", redirected, status)


# ------------------------------------------------------------------------------------------- proxies, netrc

@case("the user's proxy is used for https, by CONNECT, and sees no token; an upper-case and a general variable, too")
def _():
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        with Proxy({hub.host: hub.port}) as proxy:
            done = run("hf-token whoami && hf-token check lab/private", **{name: proxy.address})
            equal(done.code, 0, f"{name}: exit code ({done.out})")
            equal(set(proxy.asked), {("CONNECT", hub.host)}, f"{name}: what the proxy was asked")
            seen = proxy.bytes()
            check(token.text.encode() not in seen and b"Bearer" not in seen, f"{name}: it sees the token")


@case("no_proxy is heeded, and no proxy is used to the loopback")
def _():
    with Proxy({hub.host: hub.port}) as proxy:
        equal(run("hf-token whoami", https_proxy=proxy.address, no_proxy="hub.test").code, 0, "with no_proxy")
        forget_hub()
        equal(run("hf-token whoami", all_proxy=proxy.address, http_proxy=proxy.address, HF_ENDPOINT=plain.url).code, 0,
              "to the loopback")
        equal(proxy.asked, [], "what the proxy was asked")
    forget_hub()


@case("a proxy that refuses, or is not there: exit code 1, and the proxy is told of")
def _():
    with Proxy({}) as proxy:
        done = run("hf-token whoami", https_proxy=proxy.address)
        equal(done.code, 1, "a proxy that refuses")
        contains(done.out, "proxy", "what it says")
    done = run("hf-token whoami", https_proxy="http://127.0.0.1:9")
    equal(done.code, 1, "a proxy that is not there")
    contains(done.out, "proxy", "what it says")


@case("~/.netrc is not read: not where a token is sent, and not where none is")
def _():
    alice.write(f"{alice.home}/.netrc", "machine hub.test login x password y\ndefault login y password z\n")
    start = hub.mark()
    hub.oauth.verdicts = ["access_denied"]
    run("hf-token whoami; hf-token check lab/private; hf-token login --browser")
    hub.oauth.verdicts = []
    asked = hub.asked(".*", start)
    equal([request.headers.get("Authorization") for request in asked],
          [f"Bearer {token.text}"] * 2 + [None] * 2, f"what was sent with {asked}")
    os.remove(f"{alice.home}/.netrc")


# --------------------------------------------------------------------------------------------- certificates

def untrusted(what, **settings):
    forget_hub()
    before, since = alice.state(), mark()
    for name in ("whoami", "check", "login --browser", "revoke"):
        done = run(COMMANDS[name], **settings)
        equal(done.code, 1, f"{name}: exit code ({done.out})")
        contains(done.out, "certificate", f"{name}: what it says")
    equal(of_hub(".*", since), [], "requests")
    unchanged(alice, before, what)


@case("a certificate of an authority that is not trusted: refused, nothing is sent")
def _():
    stranger = Authority("/run/stranger")
    os.chmod("/run/stranger", 0o755)
    untrusted("another authority", SSL_CERT_FILE=stranger.path)


@case("no certificates of authorities: nothing is sent, the message says what to install, and doctor that it is bad")
def _():
    untrusted("none", SSL_CERT_FILE="/nonexistent")
    contains(run(COMMANDS["whoami"], SSL_CERT_FILE="/nonexistent").out, "apt install ca-certificates", "the next step")
    said = run("hf-token doctor", SSL_CERT_FILE="/nonexistent").out
    bad = [line for line in said.splitlines() if line.split()[:2] == ["bad", "hub"]]
    equal(len(bad), 1, f"what is bad of the Hub ({said})")
    contains(bad[0], "no certificates of authorities", "doctor")


@case("a certificate of another host: refused, nothing is sent")
def _():
    untrusted("another host's", HF_ENDPOINT=f"https://localhost:{hub.port}")


@case("a certificate that has expired: refused, nothing is sent")
def _():
    context = authority.context("old.test", days=-1)
    with open("/etc/hosts", "a") as hosts:
        hosts.write("127.0.0.1 old.test\n")
    with Hub(world, "old.test", authority) as old:
        old.context = context
        untrusted("expired", HF_ENDPOINT=old.url)
        equal(old.requests, [], "requests")


# ------------------------------------------------------------------------------------------ offline, logins

@case("HF_HUB_OFFLINE: each command that asks says so, exit code 1, and nobody is asked")
def _():
    before, since = alice.state(), mark()
    for value in ("1", "true", "YES", "on"):
        for name in ("whoami", "check", "rotate", "revoke", "login --browser"):
            done = run(COMMANDS[name], HF_HUB_OFFLINE=value)
            equal(done.code, 1, f"{name} with {value}: exit code ({done.out})")
            contains(done.out, "HF_HUB_OFFLINE", f"{name} with {value}: what it says")
    equal(of_hub(".*", since), [], "requests")
    unchanged(alice, before, "offline")


@case("nothing is asked in any login, with a due grant, an expired token and a proxy for all, nor by status and list")
def _():
    person = Person("web")
    hub.oauth.account, hub.oauth.expires_in = person.account, 2
    with person.log_in() as first, Proxy({hub.host: hub.port}) as proxy:
        equal(first.run("hf-token login --browser --name short").code, 0, "login in the browser")
        hub.oauth.expires_in = 3000000
        equal(first.run("hf-token login --browser --name long").code, 0, "login in the browser")
        harness.wait_for(lambda: "short" not in person.tokens(), "the short one expired")
        set_due(person, "long")
        with open("/etc/environment", "a") as file:
            file.write(f"https_proxy={proxy.address}\nHF_ENDPOINT={hub.url}\n")
        since = mark()
        caller = users.User("caller")
        for title, _, way in ways.all_ways(sshd, caller):
            contains(way(person, "hf-token list; hf-token status"), "long", title)
        equal((of_hub(".*", since), proxy.asked), ([], []), "requests")
    hub.oauth.account = None


harness.main()
