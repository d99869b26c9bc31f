#!/usr/bin/env python3
"""kill -9 while a token is refreshed, from the request on: what the ring has is never lost.

HF_TEST_EVERY=N kills at each Nth call only, 3 unless given."""
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import put_ring  # noqa: E402
import harness  # noqa: E402
import pam  # noqa: E402
import users  # noqa: E402
from harness import add_case, check, contains, equal  # noqa: E402
from web import Web  # noqa: E402

EVERY = int(os.environ.get("HF_TEST_EVERY", "3"))
KILL_AT = f"{pam.BUILD}/kill-at"
MOST, FEW = 5000, 2000  # far more calls than a refresh makes; more than it makes up to the answer
GRANT = "hf-token.grant:main"


class Killing:
    """hf-token run with a due token, killed with all that it runs at one system call after the other."""

    def __init__(self, every, how):
        self.web, self.every, self.how = Web(), every * EVERY, how
        self.old = next(iter(self.web.desk.grants))
        self.web.due()
        self.before = self.web.person.state()
        person = self.web.person
        self.command = ["setpriv", "--reuid", str(person.uid), "--regid", str(person.uid), "--clear-groups",
                        "hf-token", "run", "--", "printenv", "HF_TOKEN"]

    def reset(self):
        """The document, the ring and the Hub, as they were when the token became due."""
        self.web.person.write(self.web.person.document, self.before.files["tokens.json"][1])
        put_ring(self.web.person, self.before)
        self.web.desk.spent.clear()
        self.web.mark = self.web.hub.mark()

    def kill_at(self, number):
        """Whether there was a call of that number."""
        self.reset()
        done = users.run(KILL_AT, *self.how, "--from", "hf-token-hub", str(number), *self.command,
                         env=self.web.person.environment(), cwd=self.web.person.home)
        check(done.code in (0, 3), f"kill-at: {done.err}")
        return done.code == 0

    def first_call(self, question, low=1):
        """The first, from low on, at which the answer to a question is yes when the kill comes; libcurl's waits make a
        few calls more or less each time."""
        high = low + FEW
        while low < high:
            middle = (low + high) // 2
            self.kill_at(middle)
            low, high = (low, middle) if question() else (middle + 1, high)
        return low

    def arrived(self):
        """Whether the Hub's answer is in the ring."""
        grant = dict(self.web.person.state().keys).get(GRANT)
        check(grant is not None, "the ring has no grant any more")
        return self.old.encode() not in grant

    def calls(self):
        """From the request on: each Nth while the answer is awaited, then each one."""
        asked = self.first_call(self.web.asked)
        kept = self.first_call(self.arrived, asked)
        yield from range(asked, kept - 10, 7 * self.every)
        yield from range(max(asked, kept - 10), MOST, self.every)

    def look(self, number):
        """What the kill left, and then the next use. Gives whether the answer had reached the ring or the document."""
        web, where = self.web, f"killed at call {number}"
        arrived = self.arrived()
        done = web.person.run(*self.command[6:])
        token = done.out.strip()
        equal(done.code, 0, f"{where}: exit code ({done.err})")
        check(web.good(token), f"{where}: the token is not good: {token!r} ({done.err})")
        if arrived:
            check(token != web.first, f"{where}: the new token is lost ({done.err})")
            equal(len(web.asked()), 1, f"{where}: requests")
            equal(web.saved(), token, f"{where}: the document's token")
            check(self.old.encode() not in web.grant(), f"{where}: the grant is the old one")
        elif token == web.first:
            contains(done.err, "hf-token login", f"{where}: what it says of the lost answer")
        return arrived


def kill_everywhere(every, *how):
    killing = Killing(every, how)
    with killing.web:
        lost, kept = 0, 0
        for number in killing.calls():
            if not killing.kill_at(number):
                break
            if killing.look(number):
                kept += 1
            else:
                lost += 1
        print(f"# killed at {lost} calls before the answer was in the ring, at {kept} after")
        check(lost > 0 and kept > 40 / killing.every, f"{lost} kills before the answer was kept, {kept} after")


add_case("killed with all that it runs at system calls from the request on: what the ring has is never lost",
         kill_everywhere, 1)
add_case("one process of it killed at system calls from the request on: the same", kill_everywhere, 3,
         "--alone")


harness.main()
