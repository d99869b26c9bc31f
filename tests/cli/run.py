#!/usr/bin/env python3
"""`hf-token run` is as if it was not there: the command's exit code, signals, input and terminal are its own."""
import os
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
import harness  # noqa: E402
import users  # noqa: E402
from harness import add_case, case, check, contains, equal, wait_for  # noqa: E402
from terminal import Terminal  # noqa: E402

users.host_key()
alice = users.User("alice")
LATER = "hf_TESTlater000000000000000000"


def in_session(script, **more):
    """A shell in a session with two tokens: main and later."""
    setup = (f"printf '%s\\n' {alice.token} | hf-token login --name main >/dev/null 2>&1 && "
             f"printf '%s\\n' {LATER} | hf-token login --name later >/dev/null 2>&1 && ")
    return alice.run_in_session("sh", "-c", setup + script, **more)


def exit_code(command, wanted):
    equal(in_session(f"hf-token run {command}").code, wanted, "the exit code")


OWN = {"true": 0, "false": 1, "sh -c 'exit 7'": 7, "sh -c 'exit 125'": 125, "sh -c 'exit 255'": 255, "-- true": 0,
       "-n later -- sh -c 'exit 3'": 3}
FAILED = {"/nonexistent/program": (127, "it is not found"), "no-such-program": (127, "it is not found"),
          "/etc/passwd": (126, "it cannot be executed"), "/": (126, "it is a folder"),
          "--no-such-option true": (125, "wrong usage"), "": (125, "no command"),
          "-n nobody -- true": (125, "no such token"), "-n 'a b' -- true": (125, "no name at all"),
          "-e 1BAD -- true": (125, "no name of a variable"), "-e 'A=B' -- true": (125, "no name of a variable")}
for command, wanted in OWN.items():
    add_case(f"hf-token run {command}: exit code {wanted}, the command's own", exit_code, command, wanted)
for command, (wanted, why) in FAILED.items():
    add_case(f"hf-token run {command}: exit code {wanted}, {why}", exit_code, command, wanted)


def settings(output, name="HF_TOKEN"):
    """What an environment has of one variable, each time that it has it."""
    return [line for line in output.splitlines() if line.startswith(f"{name}=")]


@case("outside any session: exit code 125, nothing is run, and the next step is told")
def _():
    wait_for(lambda: not alice.has_ring(), "the sessions before are over")
    done = alice.run("hf-token", "run", "--", "touch", f"{alice.home}/was-run")
    equal(done.code, 125, "the exit code")
    check(done.err.startswith("hf-token: run: ") and "\n  " in done.err, f"what it says: {done.err!r}")
    check(not os.path.exists(f"{alice.home}/was-run"), "the command was run")


@case("the command gets HF_TOKEN exactly once, whatever was there before")
def _():
    for before in ("", "HF_TOKEN=old ", "HF_TOKEN= "):
        done = in_session(f"{before}hf-token run -- env")
        equal(settings(done.out), [f"HF_TOKEN={alice.token}"], "settings")


@case("HF_TOKEN twice in the caller's environment, as only execve can give it, is once in the command's")
def _():
    script = ("import ctypes; c = ctypes.CDLL(None); l = lambda *w: (ctypes.c_char_p * (len(w) + 1))(*w, None)\n"
              "c.execve(b'/usr/bin/hf-token', l(b'hf-token', b'run', b'--', b'cat', b'/proc/self/environ'),"
              " l(b'PATH=/usr/bin', b'HF_TOKEN=one', b'X=1', b'HF_TOKEN=two', b'HF_TOKEN', b'HF_TOKENS=stays'))")
    done = in_session(f"exec python3 -c \"{script}\"")
    given = done.out.replace("\0", "\n")
    equal(settings(given), [f"HF_TOKEN={alice.token}"], "settings of HF_TOKEN")
    equal(settings(given, "HF_TOKENS") + settings(given, "X"), ["HF_TOKENS=stays", "X=1"], "other settings")


@case("-e sets other variables too, each once, and HF_TOKEN with them")
def _():
    done = in_session("HUB=x hf-token run -e HUB -e OTHER -- env")
    for name in ("HF_TOKEN", "HUB", "OTHER"):
        equal(settings(done.out, name), [f"{name}={alice.token}"], name)


@case("-n, HF_TOKEN_NAME, the nearest .hf-token file, and the default choose the token, in this order")
def _():
    folder = f"{alice.home}/project"
    alice.must("mkdir", "-p", f"{folder}/deep/er")
    alice.write(f"{folder}/.hf-token", "later\n", 0o644)
    go = f"cd {folder}/deep/er && "
    equal(in_session("hf-token token").out.strip(), alice.token, "by default")
    equal(in_session(f"{go} hf-token token").out.strip(), LATER, "by the file above")
    equal(in_session(f"{go} HF_TOKEN_NAME=main hf-token token").out.strip(), alice.token, "by the variable")
    equal(in_session(f"{go} HF_TOKEN_NAME=main hf-token token -n later").out.strip(), LATER, "by -n")
    equal(in_session(f"{go} hf-token run -- printenv HF_TOKEN").out.strip(), LATER, "hf-token run, by the file above")


@case("a .hf-token file of another user, or that others can write, is passed over")
def _():
    os.makedirs("/tmp/strange", exist_ok=True)
    with open("/tmp/strange/.hf-token", "w") as file:
        file.write("later\n")
    os.chown("/tmp/strange/.hf-token", 1, 1)
    equal(in_session("cd /tmp/strange && hf-token token").out.strip(), alice.token, "with another's file")
    os.chown("/tmp/strange/.hf-token", alice.uid, alice.uid)
    os.chmod("/tmp/strange/.hf-token", 0o666)
    equal(in_session("cd /tmp/strange && hf-token token").out.strip(), alice.token, "with a file that others can write")


@case("a folder above that cannot be searched is passed over without a word; a file that cannot be read is told")
def _():
    show = "hf-token status --json | grep -o '\"ignored_file\": *[^,]*'"
    done = in_session(f"mkdir -p shut/deep && cd shut/deep && chmod 0 .. && {show}; chmod 700 ..")
    contains(done.out, "null", "with a folder that cannot be searched")
    done = in_session(f"cd shut/deep && echo main >.hf-token && chmod 0 .hf-token && {show}; rm -f .hf-token")
    contains(done.out, "shut/deep/.hf-token", "with a file that cannot be read")


@case("standard input, output and error are the command's")
def _():
    done = in_session("cat >input && hf-token run -- sh -c 'cat; echo complaint >&2' <input",
                      input="line one\nline two\n")
    equal((done.out, done.err.splitlines()[-1:]), ("line one\nline two\n", ["complaint"]), "output and error")


@case("no descriptor is added, and those that the caller passes stay open")
def _():
    show = "sh -c 'cd /proc/self/fd && echo *'"
    done = in_session(f"exec 7</dev/null; {show}; hf-token run -- {show}")
    before, after = done.out.splitlines()
    equal(before, after, "descriptors")
    contains(after.split(), "7", "the caller's")


@case("the process is the same: hf-token runs the command in its place")
def _():
    done = in_session("sh -c 'echo $$; exec hf-token run -- sh -c \"echo \\$\\$\"'")
    first, second = done.out.split()
    equal(first, second, "the process id before and after")


@case("signals reach the command, with the caller's dispositions and none of ours")
def _():
    equal(in_session("hf-token run -- sh -c 'kill -TERM $$'").code, 128 + signal.SIGTERM, "killed by SIGTERM")
    equal(in_session("trap '' INT; hf-token run -- sh -c 'kill -INT $$; echo survived'").out.strip(), "survived",
          "SIGINT that the caller ignores")
    show = "grep -E '^(SigBlk|SigIgn|SigCgt)' /proc/self/status"
    equal(in_session(f"hf-token run -- {show}").out, in_session(show).out, "signal masks")


@case("SIGTERM to the process ends the command")
def _():
    alice.add("host")
    script = f"echo {alice.token} | hf-token login --name main --no-check 2>/dev/null; exec hf-token run -- sleep 1000"
    argv = ["keyctl", "session", "-", "sh", "-c", script]
    process = subprocess.Popen(argv, user=alice.uid, group=alice.uid, extra_groups=[], env=alice.environment(),
                               cwd=alice.home, stderr=subprocess.DEVNULL)
    wait_for(lambda: open(f"/proc/{process.pid}/comm").read() == "sleep\n", "sleep runs")
    process.terminate()
    equal(process.wait(5), -signal.SIGTERM, "its end")


def terminal_in_session(script):
    setup = f"echo {alice.token} | hf-token login --name main --no-check 2>/dev/null; "
    return Terminal("keyctl", "session", "-", "sh", "-c", setup + script, user=alice)


@case("on a terminal: the command has it, and control-C reaches it")
def _():
    command = "hf-token run -- sh -c 'trap \"echo interrupted; exit 9\" INT; tty; echo ready; read line'"
    with terminal_in_session(command) as terminal:
        contains(terminal.expect("ready"), "/dev/pts/", "its terminal")
        time.sleep(0.2)
        os.write(terminal.descriptor, b"\x03")
        terminal.expect("interrupted")


@case("hf-token token refuses a terminal, but not with -f")
def _():
    with terminal_in_session("hf-token token; echo refused $?; hf-token token -f") as terminal:
        said = terminal.rest()
        contains(said, "refused 1", "hf-token token on a terminal")
        equal(said.count(alice.token), 1, "times that the token is shown")


@case("hf-token env: a line that sh, csh and fish would evaluate, and no terminal gets it")
def _():
    equal(in_session("eval \"$(hf-token env)\"; echo $HF_TOKEN").out.strip(), alice.token, "sh")
    equal(in_session("hf-token env --shell csh").out.replace("'", ""), f"setenv HF_TOKEN {alice.token};\n", "csh")
    equal(in_session("hf-token env --shell fish").out.replace("'", ""), f"set -gx HF_TOKEN {alice.token};\n", "fish")
    equal(in_session("hf-token env --shell cmd").code, 2, "another shell")


@case("tokens of one byte and of 8,192 bytes arrive whole; longer ones, and such with a space, are refused")
def _():
    for token in ("x", "hf_TEST" + "a" * 8185):
        done = in_session(f"echo {token} | hf-token login --name odd && hf-token run -n odd -- printenv HF_TOKEN")
        equal(done.out.strip(), token, f"a token of {len(token)} bytes")
    for token in ("hf_TEST" + "a" * 8186, "hf_TEST with spaces", "hf_TEST\ttab", "", "hf_TEST\u00e9"):
        done = alice.run_in_session("hf-token", "login", "--name", "bad", input=token + "\n")
        equal(done.code, 1, f"hf-token login of {token[:20]!r}")
        check("hf_TEST" not in done.err, "the refused token is repeated")


@case("hf-token login takes no token as an argument, and does not repeat it")
def _():
    done = alice.run("hf-token", "login", "hf_TESTargument")
    equal(done.code, 2, "the exit code")
    check("hf_TESTargument" not in done.out + done.err, "it is repeated")


harness.main()
