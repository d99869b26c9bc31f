#!/usr/bin/env python3
"""How long a token lives: with any session of its user, and not a moment longer."""
import os
import signal
import time

import harness
import users
from harness import case, check, equal, wait_for
from sshd import Sshd
from terminal import Terminal

users.host_key()
alice = users.User("alice")
alice.add("host")


def gone(user=alice):
    wait_for(lambda: not user.has_ring() and not user.tokens(), "ring and tokens are gone from the kernel")
    equal(user.run("hf-token", "token").code, 4, "hf-token token outside, afterwards")


def outside(user=alice):
    return user.run("hf-token", "token").out.strip()


def share_a_ring(sshd, first_to_leave):
    sessions = [sshd.open(alice, "key"), sshd.open(alice, "password")]
    rings = [session.run("keyctl search @s keyring hf-token").out for session in sessions]
    equal(rings[0], rings[1], "the ring of both sessions")
    equal([session.token() for session in sessions], [alice.token] * 2, "the token in both sessions")
    sessions.pop(first_to_leave).close()
    time.sleep(0.3)
    equal(sessions[0].token(), alice.token, "the token in the session that stays")
    sessions[0].close()
    gone()


with Sshd() as sshd:
    @case("two sessions share one ring; the first to come leaves first")
    def _():
        share_a_ring(sshd, 0)

    @case("two sessions share one ring; the last to come leaves first")
    def _():
        share_a_ring(sshd, 1)

    @case("after a logout a new login makes a new ring: the old pointer does no harm")
    def _():
        for _ in range(3):
            with sshd.open(alice) as session:
                equal(session.token(), alice.token, "the token")
            gone()

    @case("kill -9 of sshd's session process: the token goes with the session's last process")
    def _():
        session = sshd.open(alice)
        equal(session.token(), alice.token, "the token")
        os.kill(session.monitor(), signal.SIGKILL)
        session.close()
        gone()

    @case("kill -9 of every process of a session at once: the token is gone")
    def _():
        session = sshd.open(alice)
        session.run("sleep 1000 & disown")
        victims = [session.monitor(), session.shell]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        users.run("pkill", "-KILL", "-u", str(alice.uid))
        session.close()
        gone()

    @case("kill -9 of one of two sessions leaves the other its token")
    def _():
        with sshd.open(alice) as stays:
            session = sshd.open(alice)
            os.kill(session.monitor(), signal.SIGKILL)
            session.close()
            time.sleep(0.3)
            equal(stays.token(), alice.token, "the token in the other session")
        gone()

    def leave_survivor(session):
        """A process of the session that looks for the token when told, after everything else has gone."""
        go, out = f"{alice.home}/go", f"{alice.home}/out"
        for path in (go, out):
            if os.path.exists(path):
                os.remove(path)
        session.run(f"setsid sh -c 'while [ ! -e {go} ]; do sleep 0.05; done;"
                    f" hf-token token >{out}.part 2>&1; echo \"code $?\" >>{out}.part; mv {out}.part {out}'"
                    " >/dev/null 2>&1 & disown")

        def ask():
            alice.must("touch", go)
            wait_for(lambda: os.path.exists(out), "the process that stayed has looked")
            with open(out) as said:
                return said.read()
        return ask

    @case("a process that survives the last logout finds nothing in its old session keyring")
    def _():
        with sshd.open(alice) as session:
            ask = leave_survivor(session)
        gone()
        said = ask()
        check("code 4" in said and alice.token not in said, f"it got {said!r}")

    @case("a process that survives its session finds the token while another session lives")
    def _():
        with sshd.open(alice) as session:
            ask = leave_survivor(session)
            other = sshd.open(alice)
        said = ask()
        check(alice.token in said, f"it got {said!r}")
        other.close()
        gone()

    @case("tmux, started in one login and used after the next: the token is there, and gone after both")
    def _():
        tmux = f"tmux -S {alice.home}/tmux"
        with sshd.open(alice) as session:
            equal(session.run(f"{tmux} new-session -d -s work").code, 0, "tmux")
        gone()
        out = f"{alice.home}/from-tmux"

        def ask_in_tmux():
            alice.must("rm", "-f", out)
            alice.must("sh", "-c", f"{tmux} send-keys -t work 'hf-token token >{out}.part; mv {out}.part {out}' Enter")
            wait_for(lambda: os.path.exists(out), "the shell in tmux has looked")
            with open(out) as said:
                return said.read().strip()
        equal(ask_in_tmux(), "", "the token in tmux with no session")
        with sshd.open(alice):
            equal(ask_in_tmux(), alice.token, "the token in tmux after logging in again")
        gone()
        alice.must("sh", "-c", f"{tmux} kill-server")

    @case("a process outside any session, as of systemd --user: finds the token while one lives, not after")
    def _():
        with sshd.open(alice):
            equal(outside(), alice.token, "with another's session keyring")
            equal(alice.run_in_session("hf-token", "token").out.strip(), alice.token, "with one of its own")
        gone()
        equal(alice.run_in_session("hf-token", "token").code, 4, "with one of its own, afterwards")

    @case("hf-token lock empties the ring of all sessions at once; a new login fills it again")
    def _():
        with sshd.open(alice) as one, sshd.open(alice) as two:
            equal(one.run("hf-token lock").code, 0, "hf-token lock")
            equal([one.token(), two.token(), outside()], [None, None, ""], "the token after lock")
            wait_for(lambda: not alice.tokens(), "no token is left in the kernel")
            with sshd.open(alice) as three:
                equal([one.token(), two.token(), three.token()], [alice.token] * 3, "after a new login")
        gone()

    @case("hf-token login in a session places the token in all of them at once")
    def _():
        user = users.User("late")
        with sshd.open(user) as one, sshd.open(user) as two:
            equal(one.token(), None, "before")
            done = one.run(f"echo {user.token} | hf-token login")
            equal(done.code, 0, f"hf-token login, which said {done.out}")
            equal([one.token(), two.token()], [user.token] * 2, "after")
        gone(user)

    @case("sessions of different programs share the ring: login on a terminal, then sshd")
    def _():
        with Terminal("login", alice.name) as terminal:
            terminal.answer("Password: ", alice.password)
            terminal.expect(r"\$ ")
            with sshd.open(alice) as session:
                equal(session.token(), alice.token, "in the ssh session")
                terminal.send("exit")
                terminal.rest()
                equal(session.token(), alice.token, "after the terminal's logout")
        gone()

    @case("without pam_keyinit in sshd's stack the module makes the session keyring, and takes it away")
    def _():
        with open("/etc/pam.d/sshd") as stack:
            text = stack.read()
        with open("/etc/pam.d/sshd", "w") as stack:
            stack.writelines(line for line in text.splitlines(True) if "pam_keyinit" not in line)
        try:
            with sshd.open(alice) as one, sshd.open(alice, "password") as two:
                equal([one.token(), two.token(), outside()], [alice.token] * 3, "the token")
            gone()
        finally:
            with open("/etc/pam.d/sshd", "w") as stack:
                stack.write(text)

    with Sshd(before=("keyctl", "session", "-")) as service:
        for by in ("password", "keyboard-interactive", "key"):
            def as_service(by=by):
                with service.open(alice, by) as session:
                    equal(session.token(), alice.token, "the token")
                gone()
            harness.add_case(f"an sshd that has a session keyring of its own, as systemd gives it, by {by}", as_service)

        harness.main()
