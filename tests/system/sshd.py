"""A real sshd on loopback, its clients, and sessions that stay open."""
import itertools
import os
import shlex
import signal
import socket
import subprocess

import users
from harness import check, wait_for
from terminal import Terminal

_ports = itertools.count(2200)
_HOST_KEY = "/run/ssh_host_ed25519_key"
_ASKPASS = "/run/askpass"
_METHODS = {"password": "password", "keyboard-interactive": "keyboard-interactive", "key": "publickey"}


def _prepare():
    if not os.path.exists(_HOST_KEY):
        users.must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _HOST_KEY)
        with open(_ASKPASS, "w") as script:
            script.write('#!/bin/sh\nprintf "%s\\n" "$HF_ANSWER"\n')
        os.chmod(_ASKPASS, 0o755)


class Sshd:
    """Used as `with Sshd() as sshd`. `before` are words put before the command, such as a tracer's."""

    def __init__(self, options=(), before=()):
        _prepare()
        self.port = next(_ports)
        self.config = f"/run/sshd_config.{self.port}"
        lines = [f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {_HOST_KEY}", "UsePAM yes",
                 "PasswordAuthentication yes", "KbdInteractiveAuthentication yes", "PubkeyAuthentication yes",
                 "PidFile none", "UseDNS no", "MaxStartups 100", "PrintMotd no", "PrintLastLog no", *options]
        with open(self.config, "w") as config:
            config.write("\n".join(lines) + "\n")
        self.command = [*before, "/usr/sbin/sshd", "-D", "-f", self.config]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, start_new_session=True)
        wait_for(self._answers, "sshd listens")
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def _answers(self):
        check(self.process.poll() is None, f"sshd ended with {self.process.poll()}")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self, user, by, *options):
        """The client's argv and environment for logging in one way."""
        argv = ["ssh", "-F", "none", "-p", str(self.port), "-i", users.KEY, "-o", "IdentitiesOnly=yes",
                "-o", f"PreferredAuthentications={_METHODS[by]}", "-o", "NumberOfPasswordPrompts=1",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                *options, f"{user.name}@127.0.0.1"]
        environment = {**os.environ, "SSH_ASKPASS": _ASKPASS, "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0",
                       "HF_ANSWER": user.password}
        return argv, environment

    def run(self, user, command, by="key", input=None, timeout=60):
        """Logs in, runs one command, logs out."""
        argv, environment = self.client(user, by)
        return users.run(*argv, command, env=environment, input=input, timeout=timeout)

    def open(self, user, by="key"):
        return Session(self, user, by)

    def terminal(self, user, by="key"):
        """A login shell on a terminal."""
        argv, environment = self.client(user, by, "-tt")
        return Terminal(*argv, environment=environment)


class Session:
    """A shell in a session that stays open until close(); run() gives one command's result."""

    def __init__(self, sshd, user, by="key"):
        argv, environment = sshd.client(user, by)
        self.user = user
        self.client = subprocess.Popen([*argv, "exec bash -s"], env=environment, text=True, bufsize=1,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.shell = int(self.run("echo $PPID").out)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def run(self, command, input=None):
        """Standard error comes with the output. The input is in no process's arguments: printf is the shell's own."""
        given = "" if input is None else f"printf %s {shlex.quote(input)} | "
        taken = "</dev/null" if input is None else ""
        self.client.stdin.write(f"{given}bash -c {shlex.quote(command)} 2>&1 {taken}; printf '\\n-- %d --\\n' $?\n")
        self.client.stdin.flush()
        output = []
        for line in self.client.stdout:
            if line.startswith("-- ") and line.endswith(" --\n"):
                return users.Result(int(line[3:-4]), "".join(output)[:-1], "")
            output.append(line)
        raise AssertionError(f"the session ended: {''.join(output)}")

    def token(self):
        """What `hf-token token` prints in this session; None if it fails."""
        done = self.run("hf-token token")
        return done.out.strip() if done.code == 0 else None

    def monitor(self):
        """The pid of sshd's process that holds the PAM session: root's, the parent of the one that is the user's."""
        return parent(parent(self.shell))

    def close(self):
        if self.client.stdin and not self.client.stdin.closed:
            self.client.stdin.close()
            self.client.wait(20)


def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])
