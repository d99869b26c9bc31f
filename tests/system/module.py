#!/usr/bin/env python3
"""The six entry points in orders that real programs have, and the module's options."""
import os

import harness
import kernel
import pam
import users
from harness import Log, case, check, contains, equal, wait_for

users.host_key()
alice = users.User("alice")
alice.add("host")
keeper = users.User("keeper")
keeper.add("password")
pam.service("alone")
pam.service("whole", pam.WHOLE)


def gone(user=alice):
    wait_for(lambda: not user.tokens() and not user.has_ring(), "the token is gone")


@case("open, open again, close once: the second open changes nothing, and the close ends it")
def _():
    log = Log()
    with pam.Host("alone", alice) as host:
        host.do("open", "open")
        equal(len(kernel.rings(alice.uid)), 1, "rings")
        wait_for(lambda: alice.tokens() == ["main"], "one token, the displaced one is gone")
        host.do("close")
        gone()
        host.do("close")
    equal(len(log.lines(alice)), 2, "lines in the log")


@case("a close that never comes: the token goes with the process")
def _():
    with pam.Host("alone", alice) as host:
        host.do("open")
        equal(alice.tokens(), ["main"], "tokens")
        host.kill()
        gone()


@case("a close as the user, as systemd --user does it: the token is gone while the process lives on")
def _():
    with pam.Host("alone", alice) as host:
        host.do("open", f"become {alice.uid}", "close")
        gone()


@case("a close after setcred's delete, as cronie does it")
def _():
    with pam.Host("whole", alice) as host:
        host.log_in()
        host.do("delete", "close")
        gone()


@case("open with another real user id, as su has it: the token is the target's, the caller's keys are untouched")
def _():
    caller = users.User("caller")
    with pam.Host("alone", alice) as host:
        host.do(f"ruid {caller.uid}", "open")
        equal([alice.tokens(), caller.tokens()], [["main"], []], "tokens of target and caller")
        equal(kernel.rings(caller.uid), [], "the caller's rings")
        host.do("close")
    gone()


@case("a password opens the identity once, at open; a second session of the same handle has none")
def _():
    with pam.Host("whole", keeper) as host:
        host.log_in()
        equal(keeper.tokens(), ["main"], "tokens")
        host.do("close")
        gone(keeper)
        log = Log()
        host.do("open")
        contains(log.only_line(keeper), "1 locked", "the log")
        host.do("close")


@case("a wrong password opens nothing: authenticate fails, and the module has no say in it")
def _():
    with pam.Host("whole", keeper) as host:
        host.do("secret not-the-password")
        equal(host.attempt("authenticate"), "Authentication failure", "authenticate")
        host.do("open")
        equal(keeper.tokens(), [], "tokens")
        host.do("close")


@case("the password of one handle never serves another user's")
def _():
    pam.service("any", "auth required pam_permit.so\nauth optional pam_hf_token.so\n"
                       "session required pam_permit.so\nsession optional pam_hf_token.so\n")
    with pam.Host("whole", alice) as one, pam.Host("any", keeper) as two:
        one.do(f"secret {alice.password}", "authenticate")
        two.do("authenticate", "open")
        equal(keeper.tokens(), [], "tokens")
        two.do("close")


@case("the PAM environment has no trace of the module afterwards")
def _():
    with pam.Host("whole", keeper) as host:
        host.do("tty ssh")
        host.log_in()
        equal(keeper.tokens(), ["main"], "tokens")
        host.do("environment")
        equal([setting for setting in host.told if "HF_" in setting], [], "settings")
        host.do("close")
    gone(keeper)


@case("expose=env puts HF_TOKEN into the session's environment, where a site asks for it")
def _():
    pam.service("exposed", pam.WHOLE, "expose=env")
    with pam.Host("exposed", alice) as host:
        host.log_in()
        host.do("environment")
        equal([setting for setting in host.told if "HF_" in setting], [f"HF_TOKEN={alice.token}"], "settings")
        host.do("close")
    gone()


@case("minimum_uid= leaves users below it alone: no token, no line")
def _():
    pam.service("high", pam.WHOLE, f"minimum_uid={alice.uid + 1}")
    log = Log()
    with pam.Host("high", alice) as host:
        host.log_in()
        equal(alice.tokens(), [], "tokens")
        host.do("close")
    equal(log.lines(alice), [], "lines in the log")


@case("root, unknown to the store, gets nothing and no line")
def _():
    log = Log()
    root = type("Root", (), {"name": "root"})
    with pam.Host("alone", root) as host:
        host.do("open", "close")
    equal(log.lines(), [], "lines in the log")


@case("an option that nobody knows is logged, and the rest works")
def _():
    pam.service("odd", pam.WHOLE, "frobnicate=1")
    log = Log()
    with pam.Host("odd", alice) as host:
        host.log_in()
        equal(alice.tokens(), ["main"], "tokens")
        host.do("close")
    gone()
    check(any("frobnicate" in line for line in log.lines()), f"the log: {log.lines()}")


@case("conf=FILE names another configuration")
def _():
    with open("/etc/other.conf", "w") as file:
        file.write("tokens: host\n")
    pam.service("other", pam.WHOLE, "conf=/etc/other.conf")
    with pam.Host("other", alice) as host:
        host.log_in()
        equal(alice.tokens(), [], "tokens")
        host.do("close")


@case("the helper's own copy of a variable, HF_TOKEN_AUTHTOK set by a user, destroys nothing and opens nothing")
def _():
    with open(f"{keeper.home}/.pam_environment", "w") as file:
        file.write("HF_TOKEN_AUTHTOK=1\n")
    os.chown(f"{keeper.home}/.pam_environment", keeper.uid, keeper.uid)
    pam.service("environment", "session required pam_permit.so\nsession optional pam_env.so user_readenv=1\n"
                               "session optional pam_hf_token.so\n")
    log = Log()
    with pam.Host("environment", keeper) as host:
        host.do("open")
        equal(keeper.tokens(), [], "tokens")
        contains(log.only_line(keeper), "1 locked", "the log")
        host.do("close")


harness.main()
