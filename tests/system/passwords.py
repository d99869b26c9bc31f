#!/usr/bin/env python3
"""What a change of the login password does to password-sealed tokens."""
import harness
import users
from harness import Log, case, check, contains, equal, wait_for
from sshd import Sshd
from terminal import Terminal

users.host_key()
REWRAP = "hf-token unlock --rewrap"


def change_by_user(terminal, user, new):
    """passwd(1), typed on a terminal."""
    terminal.send("passwd")
    terminal.answer("Current password: ", user.password)
    terminal.answer("New password: ", new)
    terminal.answer("Retype new password: ", new)
    return terminal.expect(r"password updated successfully[^$]*\$ ")


def opens_by_password(sshd, user):
    with sshd.open(user, "password") as session:
        equal(session.token(), user.token, "the token after a login by password")
    wait_for(lambda: not user.tokens(), "the token is gone after logout")


def user_with_token(name, seal="password"):
    user = users.User(name)
    user.add(seal)
    return user


with Sshd() as sshd:
    @case("passwd by the user: the old session keeps working, and the next login with the new password opens")
    def _():
        user, log = user_with_token("changer"), Log()
        with sshd.terminal(user, "password") as terminal:
            terminal.expect(r"\$ ")
            said = change_by_user(terminal, user, "an-other-Wort-7")
            check("hf-token" not in said, f"passwd said {said!r}")
            user.password = "an-other-Wort-7"
            terminal.send("hf-token token -f")
            terminal.expect(user.token)
            contains(log.lines(user)[-1], "the identity is wrapped under the new password", "the log")
            opens_by_password_beside(user)
            terminal.send("exit")
            terminal.rest()
        opens_by_password(sshd, user)

    def opens_by_password_beside(user):
        with sshd.open(user, "password") as session:
            equal(session.token(), user.token, "in a second session, with the new password")

    @case("passwd by the user three times, in one session: each new password opens")
    def _():
        user = user_with_token("fickle")
        for number in range(3):
            with sshd.terminal(user, "password") as terminal:
                terminal.expect(r"\$ ")
                new = f"fickle-Wort-{number}-x"
                change_by_user(terminal, user, new)
                user.password = new
                terminal.send("exit")
                terminal.rest()
            opens_by_password(sshd, user)

    @case("passwd that the user gets wrong changes nothing: the old password still opens")
    def _():
        user = user_with_token("typo")
        with open(user.identity, "rb") as identity:
            before = identity.read()
        with Terminal("passwd", user=user) as terminal:
            terminal.answer("Current password: ", "not-the-password")
            terminal.rest()
            check(terminal.wait() != 0, "passwd succeeded")
        with open(user.identity, "rb") as identity:
            equal(identity.read(), before, "the identity file")
        opens_by_password(sshd, user)

    @case(f"passwd by root: the next login says what to run; {REWRAP} repairs it")
    def _():
        user = user_with_token("forced")
        old, log = user.password, Log()
        user.set_password("given-by-root-9")
        equal(len(log.lines(user)), 1, f"lines in the log at the change {log.lines(user)}")
        log = Log()
        with sshd.terminal(user, "password") as terminal:
            contains(terminal.expect(r"\$ "), REWRAP, "the message at login")
            terminal.send("hf-token token -f")
            terminal.expect("locked")
            terminal.send("exit")
            terminal.rest()
        contains(log.only_line(user), "the password does not open it", "the log")
        with sshd.open(user, "password") as session:
            contains(session.run("hf-token status").out, "locked", "hf-token status")
            done = session.run(f"printf '%s\\n' '{old}' '{user.password}' | {REWRAP}")
            equal(done.code, 0, f"{REWRAP}, which said {done.out}")
            equal(session.token(), user.token, "the token after unlock")
        opens_by_password(sshd, user)

    @case(f"{REWRAP} with a wrong password repairs nothing, says so, and breaks nothing")
    def _():
        user = user_with_token("guesser")
        old = user.password
        user.set_password("given-by-root-9")
        with sshd.open(user, "password") as session:
            done = session.run(f"printf '%s\\n' wrong '{user.password}' | {REWRAP}")
            check(done.code != 0, "it succeeded")
            contains(done.out, "the password does not open it", "what it said")
            equal(session.run(f"echo '{old}' | hf-token unlock").code, 0, "unlock with the right one")
            equal(session.token(), user.token, "the token")

    @case("passwd by root on a terminal tells root that the user's tokens keep the old password")
    def _():
        user = user_with_token("told")
        with Terminal("passwd", user.name) as terminal:
            terminal.answer("New password: ", "given-by-root-9")
            terminal.answer("Retype new password: ", "given-by-root-9")
            contains(terminal.rest(), REWRAP, "what passwd printed")

    @case("passwd by root for a user without password-sealed tokens: no message, no line, the token stays")
    def _():
        user, log = user_with_token("hosted", "host"), Log()
        user.set_password("given-by-root-9")
        equal(log.lines(user), [], "the log")
        with sshd.terminal(user, "password") as terminal:
            check(REWRAP not in terminal.expect(r"\$ "), "a message at login")
        opens_by_password(sshd, user)

    @case("an expired password that login makes the user change: that same session has the token, and the next")
    def _():
        user = user_with_token("expired")
        users.must("passwd", "-e", user.name)
        with Terminal("login", user.name) as terminal:
            terminal.answer("Password: ", user.password)
            terminal.answer("Current password: ", user.password)
            terminal.answer("New password: ", "after-expiry-Wort-3")
            terminal.answer("Retype new password: ", "after-expiry-Wort-3")
            user.password = "after-expiry-Wort-3"
            terminal.expect(r"\$ ")
            terminal.send("hf-token token -f")
            terminal.expect(user.token)
            terminal.send("exit")
            terminal.rest()
        opens_by_password(sshd, user)

    @case("a full home: passwd succeeds, warns, and loses nothing; the old password repairs it when there is room")
    def _():
        user = user_with_token("full")
        small_home(user)
        with open(user.identity, "rb") as identity:
            before = identity.read()
        fill(user)
        old = user.password
        with Terminal("passwd", user=user) as terminal:
            terminal.answer("Current password: ", user.password)
            terminal.answer("New password: ", "with-no-room-Wort-1")
            terminal.answer("Retype new password: ", "with-no-room-Wort-1")
            contains(terminal.rest(), REWRAP, "the warning")
            equal(terminal.wait(), 0, "passwd's exit code")
        user.password = "with-no-room-Wort-1"
        with open(user.identity, "rb") as identity:
            equal(identity.read(), before, "the identity file")
        user.must("rm", f"{user.home}/filler")
        with sshd.open(user, "password") as session:
            done = session.run(f"printf '%s\\n' '{old}' '{user.password}' | {REWRAP}")
            equal(done.code, 0, f"{REWRAP}, which said {done.out}")
        opens_by_password(sshd, user)

    def small_home(user):
        """The home again, on a file system of a few pages."""
        users.must("cp", "-a", user.home, "/run/kept-home")
        users.must("mount", "-t", "tmpfs", "-o", f"size=256k,mode=700,uid={user.uid},gid={user.uid}", "small",
                   user.home)
        users.must("cp", "-a", "/run/kept-home/.", user.home)

    def fill(user):
        user.run("dd", "if=/dev/zero", f"of={user.home}/filler", "bs=4k")

    harness.main()
