#!/usr/bin/env python3
"""A token and a password that are nowhere else: where do they turn up?"""
import contextlib
import os
import re
import resource
import signal

import harness
import pam
import users
import ways
from harness import case, check, contains, equal, wait_for
from look import blocks, memory, traced, written_files
from sshd import Sshd, parent
from terminal import Terminal

PASSWORD = "canary-Kennwort-31415926"

users.host_key()
alice = users.User("alice", PASSWORD)
alice.token = "hf_TESTcanary27182818284590452353602874713"
alice.add("both")
CANARIES = {"token": alice.token.encode(), "password": PASSWORD.encode()}


def found_in(content):
    return [name for name, canary in CANARIES.items() if canary in content]


def whole_life(sshd, caller):
    """All that a user does with a token, through sshd, login, su, sudo, cron and passwd."""
    for by in ("password", "keyboard-interactive", "key"):
        with sshd.open(alice, by) as session:
            session.run("hf-token token >/dev/null; hf-token env >/dev/null; hf-token status; hf-token list; "
                        "hf-token status --json; hf-token doctor; hf-token lock")
    with sshd.open(alice, "key") as session:
        session.run("hf-token unlock </dev/null")
        session.run("hf-token run -- sh -c 'exit 0'")
    ways.su(caller)(alice, "hf-token status")
    ways.sudo(caller)(alice, "hf-token status")
    ways.cron(alice, "hf-token status")
    with Terminal("login", alice.name) as terminal:
        terminal.answer("Password: ", PASSWORD)
        terminal.expect(r"\$ ")
        terminal.send("hf-token login --name typed --seal both")
        terminal.answer("[Tt]oken.*: ", alice.token)
        terminal.expect(r"\$ ")
        check(alice.token not in terminal.shown, "the terminal shows the token")
        terminal.send("exit")
        terminal.rest()
    with Terminal("passwd", user=alice) as terminal:
        terminal.answer("Current password: ", PASSWORD)
        terminal.answer("New password: ", f"{PASSWORD}-2")
        terminal.answer("Retype new password: ", f"{PASSWORD}-2")
        terminal.rest()
    alice.set_password(PASSWORD)
    with sshd.open(alice, "password") as session:
        session.run("hf-token status")


def live_with_sshd(caller):
    with Sshd() as sshd:
        whole_life(sshd, caller)


@case("a whole life, traced: no argument and no environment of any process has them, but what hf-token run starts")
def _():
    caller = users.User("caller")
    lines = traced(lambda: live_with_sshd(caller), [f'"HF_ANSWER={PASSWORD}"'])  # that the test's own ssh(1) gets
    check(len(lines) > 200, f"only {len(lines)} executions were traced")
    given = [line for line in lines if found_in(line.encode())]
    check(given, "hf-token run was not traced")
    for line in given:
        contains(line, '["sh", "-c", "exit 0"]', "what got a canary, and must be what hf-token run started")
        check(line.count(alice.token) == 1 and f'"HF_TOKEN={alice.token}"' in line, "HF_TOKEN is not there once")


@case("the log of all that has neither")
def _():
    with open(os.environ["HF_LOG"], "rb") as log:
        equal(found_in(log.read()), [], "in the log")


@case("no file that was written has either: the home, /etc, /var, /run, /tmp, /dev/shm")
def _():
    for path, content in written_files():
        equal(found_in(content), [], path)


@case("the environment of the login shell, and of each process above it, has neither")
def _():
    with Sshd() as sshd, sshd.open(alice, "password") as session:
        pid = session.shell
        while pid > 1:
            with open(f"/proc/{pid}/environ", "rb") as environment:
                equal("token" in found_in(environment.read()), False, f"the token in the environment of {pid}")
            pid = parent(pid)
            if pid == sshd.process.pid:
                break
        equal(session.run("env | grep -c HF_TOKEN").out.strip(), "0", "settings in the shell's environment")


def in_memory_of_sshd(by):
    """What sshd's own processes of a session have in their memory."""
    with Sshd() as sshd, sshd.open(alice, by) as session:
        monitor = session.monitor()
        return {pid: found_in(memory(pid)) for pid in (monitor, parent(session.shell))}


for by in ("password", "keyboard-interactive", "key"):
    def sshd_memory(by=by):
        with_module = in_memory_of_sshd(by)
        check(not any("token" in found for found in with_module.values()), f"the token is in memory: {with_module}")
        if any(with_module.values()):
            stacks = [f"/etc/pam.d/common-{name}" for name in ("auth", "session")]
            users.must("sed", "-i.kept", "/pam_hf_token/d", *stacks)
            without = in_memory_of_sshd(by)
            for stack in stacks:
                os.rename(f"{stack}.kept", stack)
            equal(sorted(with_module.values()), sorted(without.values()), "what is in memory, with and without us")
    harness.add_case(f"after open by {by} sshd's processes have no token in memory, and a password only if they "
                     "have one without the module", sshd_memory)


@case("a host of PAM has neither in memory after open, nor after close")
def _():
    pam.service("canary", pam.WHOLE)
    with pam.Host("canary", alice) as host:
        host.do(f"secret {PASSWORD}", "authenticate")
        contains(found_in(memory(host.process.pid)), "password", "in memory before open, to know that we look well")
        host.do("open")
        equal(found_in(memory(host.process.pid)), [], "in memory after open")
        host.do("close")
        equal(found_in(memory(host.process.pid)), [], "in memory after close")


@case("between authenticate and open the password is in one place, locked and kept out of core files")
def _():
    with pam.Host("canary", alice) as host:
        host.do(f"secret {PASSWORD}", "authenticate")
        pid, places = host.process.pid, []
        with open(f"/proc/{pid}/smaps") as smaps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
            for block in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", smaps.read())[1:]:
                first, last = (int(word, 16) for word in block.split()[0].split("-"))
                if "[v" in block.splitlines()[0] or block.split()[1][0] != "r":
                    continue
                mem.seek(first)
                copies = mem.read(last - first).count(PASSWORD.encode())
                places += [re.search("VmFlags: (.*)", block).group(1).split()] * copies
        equal(len(places), 1, "copies")
        check({"lo", "dd"} <= set(places[0]), f"flags of its memory: {places[0]}")
        host.do("open", "close")


@case("a core file of sshd's session process, or of a host of PAM, has neither")
def _():
    with open("/proc/sys/kernel/core_pattern") as pattern:
        if pattern.read().strip() not in ("core", "core.%p"):
            raise harness.Skip("core files of this machine go elsewhere")
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    os.makedirs("/tmp/cores", exist_ok=True)
    os.chdir("/tmp/cores")
    host = pam.Host("canary", alice)
    host.do(f"secret {PASSWORD}", "authenticate")
    host.process.send_signal(signal.SIGABRT)
    host.process.wait()
    cores = [path for folder in ("/tmp/cores", "/") for path in
             (f"{folder}/{name}" for name in os.listdir(folder)) if os.path.basename(path).startswith("core")]
    check(cores, "no core file was written, so nothing was looked at")
    for path in cores:
        for content in blocks(path):
            equal(found_in(content), [], path)
        os.remove(path)


@case("the helper, killed by SIGABRT with the secrets in its hands, leaves no core file; its user cannot look into it")
def _():
    helper = "/usr/libexec/hf-token/hf-token-source-user"
    os.rename(helper, f"{helper}.kept")
    with open(helper, "w") as script:
        script.write("#!/bin/sh\nsleep 3\n")
    os.chmod(helper, 0o755)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    try:
        with pam.Host("canary", alice) as host:
            host.do(f"secret {PASSWORD}", "authenticate")
            host.process.stdin.write("open\n")
            host.process.stdin.flush()
            wait_for(lambda: users.run("pgrep", "-f", "hf-token-source-user").out, "the source runs")
            pids = users.must("pgrep", "-f", "hf-token-session").split()
            before = set(os.listdir("/"))
            for pid in pids:
                with open(f"/proc/{pid}/limits") as limits:
                    check(re.search(r"Max core file size +0 +0", limits.read()), "its core files are not forbidden")
                check(alice.run("cat", f"/proc/{pid}/environ").code != 0, "the user can look into it")
            for pid in pids:  # the first one's end may take the other with it
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGABRT)
            host.process.stdout.readline()
            equal(set(os.listdir("/")), before, "files in its folder")
            host.do("close")
    finally:
        os.rename(f"{helper}.kept", helper)


harness.main()
