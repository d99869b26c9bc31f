#!/usr/bin/env python3
"""kill -9 at every system call of a change: afterwards the old or the new secret opens, and the next change works.

HF_TEST_EVERY=N tries each Nth call only."""
import os
import shutil

import harness
import pam
import users
from harness import add_case, check, equal

EVERY = int(os.environ.get("HF_TEST_EVERY", "1"))
NEW = "a-new-Wort-for-the-user-5"
KILL_AT = f"{pam.BUILD}/kill-at"
MOST = 5000  # far more calls than any change makes

users.host_key()
pam.service("kill", pam.WHOLE)


class Change:
    """A way to make a change, its files, and how to tell which of its two ends they are at."""

    def __init__(self, title, program, user, files, command, given, environment=None):
        self.title, self.program, self.user, self.files = title, program, user, files
        self.command, self.given, self.environment = command, given, environment
        self.before = {path: open(path, "rb").read() for path in files}

    def reset(self):
        for path, content in self.before.items():
            self.user.write(path, content)

    def run_and_kill(self, number, how):
        """Whether there was a call of that number."""
        done = users.run(KILL_AT, *how, "--from", self.program, str(number), *self.command, input=self.given,
                         env=self.environment)
        check(done.code in (0, 3), f"kill-at: {done.err}")
        return done.code == 0

    def state(self):
        return {path: open(path, "rb").read() for path in self.files}

    def plain_files(self):
        """Files that a kill may have left half written: none may hold the token as it is."""
        return [name for name in os.listdir(self.user.folder)
                if self.user.token.encode() in open(f"{self.user.folder}/{name}", "rb").read()]


def opens(user, password):
    """Whether the identity opens, as hf-token unlock tells it in a session."""
    return user.run_in_session("hf-token", "unlock", input=f"{password}\n").code == 0


def kills(change, how, every):
    """Kills at each `every`th call, and at all of the last ones, which come after the change; gives their numbers."""
    number, step = 1, every
    while number < MOST:
        change.reset()
        if change.run_and_kill(number, how):
            yield number
        elif step == 1:
            return
        else:
            number, step = number - step, 1
        number += step


def at_calls(change, new_end, how, every):
    changed, calls = 0, 0
    for number in kills(change, how, every):
        calls += 1
        after = change.state()
        if after != change.before:
            changed += 1
            new_end(number, after)
    check(calls > 50 / every, f"only {calls} calls were seen")
    equal(changed > 0, True, "some kill came after the change")
    change.reset()
    equal(change.plain_files(), [], "files with the token in plain")
    check(not change.run_and_kill(MOST, how), "an undisturbed change afterwards")
    new_end("none", change.state())
    print(f"# {change.title}: killed at {calls} calls, {changed} times after the change")


def password_change():
    user = users.User("changer")
    user.add("password")
    shadow = shutil.copy("/etc/shadow", "/run/shadow")
    given = f"ruid {user.uid}\nsecret {user.password}\nsecret {NEW}\nsecret {NEW}\nchauthtok\n"
    change = Change("a password change", "hf-token-session", user, [user.identity, user.document],
                    ["sh", "-c", f"cp {shadow} /etc/shadow && exec {pam.PROGRAM} kill {user.name}"], given)
    return change, lambda number, _: check(opens(user, NEW), f"call {number}: neither password opens the identity")


def rewrap():
    user = users.User("rewrapper")
    user.add("password")
    change = Change("hf-token unlock --rewrap", "hf-token-store", user, [user.identity, user.document],
                    ["setpriv", "--reuid", str(user.uid), "--regid", str(user.uid), "--clear-groups",
                     "keyctl", "session", "-", "hf-token", "unlock", "--rewrap"],
                    f"{user.password}\n{NEW}\n", user.environment())
    return change, lambda number, _: check(opens(user, NEW), f"call {number}: neither password opens the identity")


def add_token():
    user = users.User("adder")
    user.add("host")
    change = Change("hf-token login", "hf-token-hub", user, [user.document],
                    ["setpriv", "--reuid", str(user.uid), "--regid", str(user.uid), "--clear-groups",
                     "keyctl", "session", "-", "hf-token", "login", "--no-check", "--name", "second"],
                    f"{user.token}second\n", user.environment())

    def both_are_there(number, _):
        names = user.must("hf-token", "list", "--names").split()
        equal(sorted(names), ["main", "second"], f"call {number}: the names")
    return change, both_are_there


def kill_at_calls(title, make, *how, every=1):
    add_case(title, lambda: at_calls(*make(), how, every * EVERY))


OLD_OR_NEW = "the old password or the new one opens the identity"
kill_at_calls(f"passwd and all that it runs, killed at every system call: {OLD_OR_NEW}", password_change)
kill_at_calls(f"one process of passwd's killed at every third system call: {OLD_OR_NEW}", password_change, "--alone",
              every=3)
kill_at_calls(f"hf-token unlock --rewrap killed at every fourth system call: {OLD_OR_NEW}", rewrap, every=4)
kill_at_calls("hf-token login killed at every fourth system call: no token is lost", add_token, every=4)
harness.main()
