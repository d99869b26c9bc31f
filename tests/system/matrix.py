#!/usr/bin/env python3
"""Every way to log in, times every way a token can be sealed: present, locked, or not there, as the design says."""

import harness
import users
import ways
from harness import Log, add_case, case, contains, equal, wait_for
from sshd import Sshd

PROBE = ("hf-token token -f; echo \"token exits $?.\"; hf-token status; echo \"status exits $?.\";"
         "echo \"the environment has <$(env | grep -c ^HF_TOKEN)>\"")

users.host_key()
people = {seal: users.User(seal) for seal in ("host", "password", "both", "none")}
for seal, person in people.items():
    if seal != "none":
        person.add(seal)
caller = users.User("caller")


def wanted(seal, has_password):
    """Exit code of `hf-token token`, and the log's words."""
    if seal == "none":
        return 3, None
    if seal == "password" and not has_password:
        return 4, ": 1 locked"
    return 0, ": 1 token placed"


def log_in(seal, has_password, way):
    user, log = people[seal], Log()
    said = way(user, PROBE)
    code, line = wanted(seal, has_password)
    contains(said, f"token exits {code}.", "hf-token token")
    contains(said, f"status exits {code}.", "hf-token status")
    equal(user.token in said, code == 0, "the token came out")
    if code == 4:
        contains(said, "hf-token unlock", "what to do about it")
    contains(said, "the environment has <0>", "the login environment")
    if line:
        contains(log.only_line(user), f"{user.name}{line}", "the log")
    else:
        equal(log.lines(user), [], "the log")
    wait_for(lambda: not user.has_ring() and not user.tokens(), "the ring is gone after logout")


with Sshd() as sshd:
    for name, has_password, way in ways.all_ways(sshd, caller):
        for seal in people:
            shown = {0: "present", 3: "none, and none logged", 4: "locked"}[wanted(seal, has_password)[0]]
            title = {"none": "no document"}.get(seal, f"sealed by {seal}")
            add_case(f"{name}, {title}: {shown}, gone after logout", log_in, seal, has_password, way)

    @case("a password-sealed token after a public-key login: hf-token unlock fills the ring of all sessions")
    def _():
        user = people["password"]
        with sshd.open(user, "key") as session, sshd.open(user, "key") as other:
            equal(session.token(), None, "the token before")
            done = session.run(f"echo '{user.password}' | hf-token unlock")
            equal(done.code, 0, f"unlock's exit code, which said {done.out}")
            equal([session.token(), other.token()], [user.token] * 2, "the token after")
        wait_for(lambda: not user.tokens(), "the ring is gone after logout")

    @case("a token that root sealed with hf-tokenctl for a user is there at the user's next login")
    def _():
        user = users.User("root-made")
        users.must("hf-tokenctl", "seal", user.name, input=user.token + "\n")
        with sshd.open(user) as session:
            equal(session.token(), user.token, "the token")

    harness.main()
