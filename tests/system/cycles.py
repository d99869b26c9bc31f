#!/usr/bin/env python3
"""Ten thousand sessions opened and closed in one process, which is afterwards as it was before.

HF_TEST_CYCLES sets another number."""
import os

import harness
import pam
import users
from harness import case, equal, wait_for

CYCLES = int(os.environ.get("HF_TEST_CYCLES", "10000"))

users.host_key()
pam.service("cycles")
pam.service("cycles-whole", pam.WHOLE)
alice = users.User("alice")
alice.add("host")


def cycle(host, count):
    equal(host.attempt(f"cycles {count}"), "Success", "the last status")
    equal(host.told, [], "what is not as before")


@case(f"{CYCLES} times open and close: descriptors, memory, keys, children, signals, ids, umask, folder, environment")
def _():
    with pam.Host("cycles", alice) as host:
        cycle(host, CYCLES)
    wait_for(lambda: not alice.tokens(), "the user's tokens are gone")
    wait_for(lambda: len(alice.keys()) <= 4, "the user's keyrings are gone", 20)


@case("the same for a user who has no tokens")
def _():
    with pam.Host("cycles", users.User("poor")) as host:
        cycle(host, max(CYCLES // 20, 10))


@case("the same while the helper is missing, and the log has one line for each")
def _():
    helper = "/usr/libexec/hf-token/hf-token-session"
    os.rename(helper, f"{helper}.kept")
    try:
        log = harness.Log()
        with pam.Host("cycles", alice) as host:
            cycle(host, 200)
        equal(len(log.lines(alice)), 250, "lines: 200, and 50 to warm up")
    finally:
        os.rename(f"{helper}.kept", helper)


@case("a whole login a hundred times, each of its own handle: nothing is left in the kernel")
def _():
    for _ in range(100):
        with pam.Host("cycles-whole", alice) as host:
            host.log_in()
            host.do("close", "delete")
    wait_for(lambda: len(alice.keys()) <= 4, "the user's keyrings are gone", 20)


harness.main()
