"""The ways to log in, each on the real program: way(user, command) gives what the command printed in that session."""
import glob
import os
import subprocess

import users
from harness import wait_for
from terminal import Terminal

_MARK = "-- the output ends here --"


def by_ssh(sshd, method):
    return lambda user, command: sshd.run(user, command, method).out


def _type_into_shell(terminal, command):
    """The typed line has a quoting that the shell's echo of it keeps, so only the output matches the mark."""
    terminal.expect(r"\$ ")
    terminal.send(f"{command}; echo '{_MARK[:5]}''{_MARK[5:]}'")
    terminal.expect("\n")
    said = terminal.expect(_MARK)[:-len(_MARK)]
    terminal.expect(r"\$ ")
    terminal.send("exit")
    terminal.rest()
    return said.replace("\x1b[?2004l", "")


def login(user, command):
    """login(1) on a terminal, with the password."""
    with Terminal("login", user.name) as terminal:
        terminal.answer("Password: ", user.password)
        return _type_into_shell(terminal, command)


def _su(caller, words, user, command):
    with Terminal("su", *words, user.name, "-c", command, user=caller) as terminal:
        terminal.answer("Password: ", user.password)
        return terminal.rest()


def su(caller):
    """Another user calls su and knows the target's password."""
    return lambda user, command: _su(caller, [], user, command)


def su_login(caller):
    return lambda user, command: _su(caller, ["-"], user, command)


def sudo(caller):
    """sudo asks for the caller's password, so there is none of the target's."""
    with open(f"/etc/sudoers.d/{caller.name}", "w") as rule:
        rule.write(f"{caller.name} ALL=(ALL) ALL\nDefaults:{caller.name} timestamp_timeout=0, !lecture\n")

    def way(user, command):
        with Terminal("sudo", "-u", user.name, "sh", "-c", command, user=caller) as terminal:
            terminal.answer(r"password for .*: ", caller.password)
            return terminal.rest()
    return way


def cron(user, command):
    """The real daemon, with a job at its start: no minute to wait for. The machine's own jobs are put aside."""
    for path in ("/etc/crontab", "/run/crond.reboot", *glob.glob("/etc/cron.d/*"),
                 *glob.glob("/var/spool/cron/crontabs/*")):
        if os.path.exists(path):
            os.remove(path)
    output = f"{user.home}/cron.output"
    script = f"{user.home}/cron.job"
    user.write(script, f"#!/bin/sh\n({command}) >{output}.part 2>&1\nmv {output}.part {output}\n", 0o700)
    user.must("crontab", "-", input=f"@reboot {script}\n")
    daemon = subprocess.Popen(["/usr/sbin/cron", "-f"], stdin=subprocess.DEVNULL)
    try:
        wait_for(lambda: os.path.exists(output), "cron ran the job")
        with open(output) as said:
            return said.read()
    finally:
        daemon.terminate()
        daemon.wait()
        os.remove(output)


def all_ways(sshd, caller):
    """Name, whether the password of the user is known at login, and the way."""
    return [
        ("sshd by password", True, by_ssh(sshd, "password")),
        ("sshd by keyboard-interactive", True, by_ssh(sshd, "keyboard-interactive")),
        ("sshd by public key", False, by_ssh(sshd, "key")),
        ("login on a terminal", True, login),
        ("su", True, su(caller)),
        ("su -", True, su_login(caller)),
        ("sudo -u", False, sudo(caller)),
        ("cron", False, cron),
    ]
