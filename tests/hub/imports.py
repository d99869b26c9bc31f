#!/usr/bin/env python3
"""import with the Hub: what it says of a token in clear decides whether the token is moved."""
import json
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, mark, of_hub, put_ring, unchanged  # noqa: E402
import harness  # noqa: E402
from harness import case, check, contains, equal  # noqa: E402

WHOAMI = "/api/whoami-v2"


def content(path):
    with open(path, encoding="ascii") as file:
        return file.read()


@case("import asks the Hub for each: its name there becomes the name here, and what it said is kept")
def _():
    person = Person("mover")
    token, path = person.new_token("my laptop"), f"{person.home}/.cache/huggingface/token"
    person.write(path, token.text)
    since = mark()
    with person.log_in() as session:
        done = session.run("hf-token import --yes")
        equal(done.code, 0, f"exit code ({done.out})")
        equal([asked for _, asked in of_hub(WHOAMI, since)], [token.text], "what the Hub was asked")
        row = person.listed()["my-laptop"]
        check(person.name in json.dumps(row), f"what is kept: {row}")
        equal(session.run("hf-token token -n my-laptop").out.split(), [token.text], "the token")
    check(not os.path.exists(path), "the file is still there")


@case("import: a token that the Hub refuses is not stored and stays; the others are moved; exit code 5")
def _():
    person = Person("mixed")
    dead, alive = person.new_token("dead"), person.new_token("alive")
    dead.revoked = True
    person.write(f"{person.home}/.bashrc", f"export HF_TOKEN={dead.text}\nHF_API_TOKEN={alive.text}\n")
    with person.log_in() as session:
        done = session.run("hf-token import --yes")
    equal((done.code, list(person.listed())), (5, ["alive"]), f"exit code and store ({done.out})")
    equal(content(f"{person.home}/.bashrc"), f"export HF_TOKEN={dead.text}\n", "the file")
    contains(done.out, "stays where it is", "what it says")
    check(dead.text not in done.out and alive.text not in done.out, "a token shows")


@case("import without the network stores the token as unchecked, says so, and cuts it out")
def _():
    person = Person("offline")
    person.write(f"{person.home}/.netrc", f"machine hub.test login x password {person.new_token().text}\n")
    with person.log_in() as session:
        done = session.run("HF_HUB_OFFLINE=1 hf-token import --yes")
    equal((done.code, list(person.listed())), (0, ["main"]), f"exit code and store ({done.out})")
    contains(done.out, "unchecked", "what it says")
    equal(content(f"{person.home}/.netrc"), "", "the file")


@case("import --dry-run asks the Hub nothing and changes nothing")
def _():
    person = Person("looker")
    token = person.new_token()
    person.write(f"{person.home}/.env", f"HF_TOKEN={token.text}\n")
    with person.log_in() as session:
        before, since = person.state(), mark()
        equal(session.run("hf-token import --dry-run").code, 0, "exit code")
        equal(of_hub(WHOAMI, since), [], "what the Hub was asked")
        unchanged(person, before, "after --dry-run")
    equal(content(f"{person.home}/.env"), f"HF_TOKEN={token.text}\n", "the file")


@case("import: a token that the Hub calls the same as the stored one is not stored again, but is cut out")
def _():
    person = Person("again")
    token = person.new_token("laptop")
    person.write(f"{person.home}/.env", f"HF_TOKEN={token.text}\nx\n")
    with person.log_in() as session:
        session.run("hf-token login --name work", input=f"{token.text}\n")
        before = person.state()
        done = session.run("hf-token import --yes")
        equal(done.code, 0, f"exit code ({done.out})")
        contains(done.out, "stored already, as work", "what it says")
        unchanged(person, before, "import")
    equal(content(f"{person.home}/.env"), "x\n", "the file")


@case("import: a token in the ring whose name another token has in the document is stored before it is cut")
def _():
    person = Person("shared")
    old, new = person.new_token("laptop"), person.new_token("laptop")
    new.created = "2026-01-02T04:04:05.678Z"
    person.write(f"{person.home}/.env", f"HF_TOKEN={old.text}\n")
    with person.log_in() as session:
        session.run("hf-token login --name work", input=f"{old.text}\n")
        held = person.state()
        session.run("hf-token login --name work", input=f"{new.text}\n")
        # As where the home is shared, and the other machine has changed the document.
        put_ring(person, held)
        equal(session.run("hf-token token -n work").out.split(), [old.text], "the ring's token")
        done = session.run("hf-token import --yes")
        equal((done.code, sorted(person.listed())), (0, ["laptop", "work"]), f"exit code and store ({done.out})")
        equal(session.run("hf-token token -n laptop").out.split(), [old.text], "the token that was cut")
    equal(content(f"{person.home}/.env"), "", "the file")
    with person.log_in() as session:
        for name, token in (("work", new), ("laptop", old)):
            equal(session.run(f"hf-token token -n {name}").out.split(), [token.text], f"{name} after the next login")


harness.main()
