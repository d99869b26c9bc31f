#!/usr/bin/env python3
"""Tokens, refresh tokens and device codes are where they belong, and nowhere else: traced through a whole life."""
import json
import os
import re
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, files, hub, new_sshd, other, set_due, world  # noqa: E402
import harness  # noqa: E402
from harness import case, check, contains, equal  # noqa: E402
from look import traced, written_files  # noqa: E402
from standin import answer, faults  # noqa: E402
from terminal import Terminal  # noqa: E402

# All that the stand-in and these tests give away has one of these forms.
SECRET = re.compile(rb"(hf_|hf_oauth_|hf_oauth__refresh_|api_org_)TEST\w+|TESTdevice\w+")
WHOAMI, TOKEN, REVOKE = "/api/whoami-v2", "/oauth/token", "/api/credentials/revoke"

alice = Person("alice")
pasted, typed, rotated = (alice.new_token(name) for name in ("pasted", "typed", "rotated"))
world.repository("models", "lab/private", visibility="private", readers=[alice.name])


def plain(content):
    found = SECRET.search(content if isinstance(content, bytes) else content.encode())
    return found and found.group().decode()


def steps(session):
    """What each command says is kept in a file, for all but the one that is there to print the token."""
    def run(command, input=None):
        done = session.run(f"({command}) >>said.txt 2>&1", input=input)
        return done.code
    yield run("hf-token login", f"{pasted.text}\n")
    yield run("hf-token login --browser --name web")
    set_due(alice, "web")
    yield run("hf-token run -n web -- sh -c 'exit 0'")
    yield run("hf-token whoami; hf-token whoami --json -n web; hf-token list; hf-token status; hf-token doctor")
    yield run("hf-token check lab/private && ! hf-token check lab/nothing")
    yield run("hf-token rotate pasted", f"{rotated.text}\n")
    yield run("hf-token git-setup && GIT_TERMINAL_PROMPT=0 git clone -q $HF_ENDPOINT/lab/private clone")
    yield run("echo one >clone/new && hf-token git-setup --undo")
    yield run("hf-token rename pasted kept && hf-token use kept")
    yield run("hf-token revoke --yes web")


def whole_life():
    """With an sshd of its own, so that all is below this process."""
    with new_sshd() as sshd, alice.log_in(at=sshd) as session:
        for number, code in enumerate(steps(session)):
            check(code in (0, 1), f"step {number}: exit code {code}")
        session.run("hf-token token >/dev/null")
    with Terminal("hf-token", "login", "--paste", "--name", "typed", user=alice) as terminal:
        terminal.answer("[Tt]oken.*: ", typed.text)
        shown = terminal.rest()
        equal((terminal.wait(), plain(shown)), (0, None), "exit code, and what the terminal shows")


@case("a whole life, traced: no argument and no environment has a secret, but what hf-token run starts")
def _():
    hub.oauth.account = alice.account
    lines = traced(whole_life)
    hub.oauth.account = None
    check(len(lines) > 50, f"only {len(lines)} executions were traced")
    given = [line for line in lines if plain(line)]
    check(given, "hf-token run was not traced")
    for line in given:
        contains(line, '["sh", "-c", "exit 0"]', "what got a secret, and must be what hf-token run started")
        equal(len(SECRET.findall(line.encode())), 1, "times that it is there")
    equal({request.status for request in hub.asked(TOKEN)}, {200}, "what the Hub answered: the life was whole")
    check(len(hub.asked(TOKEN)) == 2 and len(hub.asked(REVOKE)) == 3, f"what was asked: {hub.requests}")


@case("no command says a secret")
def _():
    with open(f"{alice.home}/said.txt") as file:
        text = file.read()
    contains(text, "gone" if "gone" in text else "any more", "what they said, to know that we look well")
    equal(plain(text), None, "in what they said")


@case("each request has its secret where it belongs: a header, or the body of the two addresses that take one there")
def _():
    check(len(hub.requests) > 10, "hardly anything was asked")
    for request in hub.requests:
        equal(plain(request.target), None, f"the address of {request}")
        others = {name: value for name, value in request.headers.items() if name != "Authorization"}
        equal(plain(json.dumps(others)), None, f"headers of {request}")
        if request.path in (REVOKE, TOKEN, "/oauth/device"):
            equal(request.token, None, f"what {request} authenticates with")
        if request.path not in (REVOKE, TOKEN):
            equal(plain(request.body), None, f"the body of {request}")
    for server in (files, other):
        equal(server.requests, [], f"requests to {server.name}")


@case("requests of ours tell the Hub who asks, and nothing of this machine or its user")
def _():
    for request in hub.asked("/api/.*|/oauth/.*"):
        usual = {"Host", "User-Agent", "Accept", "Authorization", "Content-Type", "Content-Length"}
        equal(set(request.headers) - usual, set(), f"headers of {request}")
        contains(request.headers["User-Agent"], "hf-token", "the user agent")
        check(os.uname().nodename.encode() not in request.whole().replace(hub.host.encode(), b""), f"{request}")


@case("the log of all that, and each file that was written, have no secret")
def _():
    with open(os.environ["HF_LOG"], "rb") as log:
        equal(plain(log.read()), None, "in the log")
    for path, content in written_files():
        equal(plain(content), None, path)


@case("a Hub that sends back what it was sent, in headers and bodies, does not get it into a message")
def _():
    with alice.log_in() as session:
        session.run("hf-token login --no-check --name main", input=f"{typed.text}\n")
        for status in (200, 400, 401, 403, 404, 429, 500):
            echo = answer.Answer(status, {"error": typed.text, "error_description": f"bad {typed.text}"},
                                 headers={"X-Error-Message": f"no: {typed.text}", "X-Error-Code": typed.text[:60],
                                          "X-Request-Id": typed.text[:60], "Location": f"/{typed.text}"})
            with hub.fault("/.*", faults.Says(echo)):
                for command in ("whoami", "check lab/private", "doctor", "revoke --yes main"):
                    done = session.run(f"hf-token {command}")
                    equal(plain(done.out), None, f"{command} with {status}")


@case("a Hub that sends back a part of what it was sent does not get that into a message, either")
def _():
    with alice.log_in() as session:
        session.run("hf-token login --no-check --name main && hf-token use main", input=f"{typed.text}\n")
        part = typed.text[7:27]
        for status in (400, 401, 403, 404, 429, 500):
            echo = answer.Answer(status, {"error": part, "error_description": f"bad {part}"},
                                 headers={"X-Error-Message": f"no: {part}", "X-Request-Id": part})
            with hub.fault("/.*", faults.Says(echo)):
                for command in ("whoami", "check lab/private", "doctor", "revoke --yes main"):
                    check(part not in session.run(f"hf-token {command}").out, f"{command} with {status}")


@case("libcurl's own variables for tracing and keys change nothing: no trace, no log of TLS keys")
def _():
    with alice.log_in() as session:
        session.run("hf-token login --no-check --name main", input=f"{typed.text}\n")
        session.run("printf 'verbose\\ntrace-ascii = trace.txt\\n' >.curlrc")
        done = session.run("CURL_DEBUG=all CURL_HOME=$HOME SSLKEYLOGFILE=$HOME/keys.txt hf-token whoami")
        equal((done.code, plain(done.out)), (0, None), "exit code, and what it says")
        equal(session.run("ls trace.txt keys.txt 2>/dev/null").out.split(), [], "files")


harness.main()
