#!/usr/bin/env python3
"""The commands of hf-token and hf-tokenctl, as a user types them and a script reads them."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
import harness  # noqa: E402
import users  # noqa: E402
from harness import add_case, case, check, contains, equal  # noqa: E402
from terminal import Terminal  # noqa: E402

users.host_key()
HELPERS = "/usr/libexec/hf-token"


def person(*names, seal="host"):
    user = users.User("user")
    for name in names:
        user.add(seal, f"hf_TEST{name}00000000000", name)
    return user


def session(user, script, **more):
    return user.run_in_session("sh", "-c", script, **more)


def listed(user):
    """Names with their state, and the default, by --json."""
    answer = json.loads(user.must("hf-token", "list", "--json"))
    return {token["name"]: token["state"] for token in answer["tokens"]}, answer["default"]


def helps(program, command):
    done = users.run(program, *command.split(), "--help")
    equal((done.code, done.err), (0, ""), "exit code and errors")
    contains(done.out, command or "run" if program == "hf-token" else command or "init", "what it prints")


for program in ("hf-token", "hf-tokenctl"):
    for command in ["", *users.must(program, "--list-commands").split()]:
        add_case(f"{program} {command} --help prints its usage", helps, program, command)


@case("errors are one line `hf-token: what: why` and one with the next step; output is data only")
def _():
    user = person()
    for argv, code in ((["frobnicate"], 2), (["token"], 3), (["list", "--what"], 2), (["use"], 2),
                       (["use", "nobody"], 3), (["rename", "a", "b"], 3), (["list", "--json", "--names"], 2),
                       (["logout", "nobody"], 3), (["login", "--seal", "wax"], 2),
                       (["login", "--name", "../x"], 2), (["token", "-n", "a b"], 2),
                       (["-x"], 2), (["login", "--expires", "soon"], 2)):
        done = user.run("hf-token", *argv, input="hf_TESTx\n")
        equal((done.code, done.out), (code, ""), f"{argv}: exit code and output ({done.err})")
        lines = done.err.splitlines()
        check(len(lines) == 2, f"{argv}: {done.err!r}")
        check(lines[0].startswith("hf-token: ") and lines[1].startswith("  "), f"{argv}: {done.err!r}")


@case("login on a terminal: the token is asked for without echo, and does not show")
def _():
    user = person()
    with Terminal("hf-token", "login", user=user) as terminal:
        terminal.answer("[Tt]oken.*: ", user.token)
        said = terminal.rest()
        equal(terminal.wait(), 0, "exit code")
    check(user.token not in said, "the token shows")
    equal(listed(user), ({"main": "absent"}, "main"), "the list")


@case("login on a terminal with --seal password: asks twice, refuses slip after slip, leaves nothing of it")
def _():
    user = person()
    with Terminal("hf-token", "login", "--seal", "password", user=user) as terminal:
        terminal.answer("[Tt]oken.*: ", user.token)
        for _ in range(3):
            terminal.answer("password.*: ", "one")
            terminal.answer("again.*: ", "other")
        terminal.rest()
        equal(terminal.wait(), 1, "exit code")
    equal([os.path.exists(path) for path in (user.document, user.identity)], [False, False], "files")


@case("login interrupted at the question: the terminal echoes again, nothing is stored")
def _():
    user = person()
    with Terminal("sh", "-c", "hf-token login; stty -a", user=user) as terminal:
        terminal.expect("[Tt]oken.*: ")
        os.write(terminal.descriptor, b"\x03")
        said = terminal.rest()
        check(" -echo " not in said.replace("\n", " "), f"the terminal: {said}")
    check(not os.path.exists(user.document), "a document was written")


@case("the files: the folder 0700, the document and the identity 0600, the user's own")
def _():
    user = person("main", seal="both")
    for path, mode in ((user.folder, 0o700), (user.document, 0o600), (user.identity, 0o600)):
        status = os.stat(path)
        equal((oct(status.st_mode & 0o777), status.st_uid), (oct(mode), user.uid), path)


@case("list, --names and --json agree; the first token is the default, `use` changes it, here and at the next login")
def _():
    user = person("one", "two")
    equal(user.must("hf-token", "list", "--names").split(), ["one", "two"], "names")
    equal(listed(user)[1], "one", "the default")
    equal(user.run("hf-token", "use", "two").code, 0, "use")
    equal(listed(user)[1], "two", "the default")
    contains(user.must("hf-token", "list"), "* two", "the table")


@case("login with a name that is there replaces that token alone")
def _():
    user = person("one", "two")
    before = listed(user)
    done = session(user, "echo hf_TESTnew | hf-token login --name one && hf-token token -n one")
    equal(done.out.strip(), "hf_TESTnew", "the token")
    equal(sorted(listed(user)[0]), sorted(before[0]), "the names")


@case("rename keeps the token and its place as the default; the old name is gone from the ring")
def _():
    user = person()
    done = session(user, "echo hf_TESTa | hf-token login --name a 2>/dev/null; hf-token rename a b 2>/dev/null;"
                         "hf-token token; hf-token token -n a; echo $?")
    equal(done.out.split(), ["hf_TESTa", "3"], "the token by default, and by its old name")
    equal(listed(user)[1], "b", "the default")


@case("rename onto a name that is taken changes nothing")
def _():
    user = person("a", "b")
    check(user.run("hf-token", "rename", "a", "b").code != 0, "it succeeded")
    equal(sorted(listed(user)[0]), ["a", "b"], "the names")


@case("logout removes one token from the document and from all sessions; --all removes all")
def _():
    user = person()
    add = "for n in a b c; do echo hf_TEST$n | hf-token login --name $n 2>/dev/null; done;"
    done = session(user, add + "hf-token logout b 2>/dev/null; hf-token list --names; hf-token token -n b; echo $?")
    equal(done.out.split(), ["a", "c", "3"], "names, and the exit code for the removed one")
    done = session(user, "hf-token logout --all 2>/dev/null; hf-token list --names; hf-token token; echo $?")
    equal(done.out.split(), ["3"], "after --all")


@case("logout asks on a terminal for what was not named, and not with a name or --yes; what went is listed")
def _():
    def say(*words, answer=None):
        with Terminal("hf-token", "logout", *words, user=user) as terminal:
            asked = terminal.answer(r"Remove \d+ tokens?\? \[y/N\] ", answer) if answer else ""
            return asked + terminal.rest(), terminal.wait()

    user = person("a", "b", "c", "d", "e")
    for words in ([], ["--all"]):
        said, code = say(*words, answer="n")
        contains(said, "hf-token revoke NAME", f"what logout {words} says")
        equal((code, len(listed(user)[0])), (1, 5), f"logout {words}: exit code and tokens after a no")
    said, code = say(answer="y")
    contains(said, "removed a; the Hub still takes it", "what it says")
    equal((code, sorted(listed(user)[0])), (0, ["b", "c", "d", "e"]), "exit code and tokens after a yes")
    equal([say("b")[1], say("--yes")[1], sorted(listed(user)[0])], [0, 0, ["d", "e"]], "with a name, and with --yes")
    said, code = say("--all", answer="y")
    contains(said, "removed d, e; the Hub still takes them", "what it says")
    equal((code, listed(user)[0]), (0, {}), "exit code and tokens after a yes to all")


@case("messages name what is not there, unless it may be a token; a missing word is named")
def _():
    user = person("main")
    for argv, what in ((["use", "nobody"], "use: there is no token nobody"), (["use"], "use: NAME is missing"),
                       (["rename", "nobody", "b"], "rename: there is no token nobody"),
                       (["rename", "a"], "rename: NEW is missing"), (["check"], "check: REPO is missing"),
                       (["logout", "nobody"], "logout: there is no token nobody"),
                       (["rotate", "nobody"], "rotate: there is no token nobody"),
                       (["rotate"], "rotate: NAME is missing"), (["revoke"], "revoke: NAME is missing"),
                       (["revoke", "nobody"], "revoke: there is no token nobody")):
        equal(user.run("hf-token", *argv, input="").err.splitlines()[0], f"hf-token: {what}", f"{argv}")
    for argv in (["use"], ["rename", "b"], ["logout"], ["revoke"]):
        done = user.run("hf-token", argv[0], "hf_TESTasaname", *argv[1:])
        check("TEST" not in done.err, f"{argv}: {done.err}")
    for argv, code, what in ((["seal", "nobody-here"], 3, "seal: there is no user nobody-here"),
                             (["seal"], 2, "seal: USER is missing"),
                             (["list", "nobody-here"], 3, "list: there is no user nobody-here"),
                             (["list", user.name], 3, f"list: there is no token for {user.name} here")):
        done = users.run("hf-tokenctl", *argv, input="")
        equal((done.code, done.err.splitlines()[0]), (code, f"hf-tokenctl: {what}"), f"{argv}")


@case("a token of the administrator's: rename and rotate exit with 1, for it is there")
def _():
    user = person()
    users.must("hf-tokenctl", "seal", user.name, "--name", "site", input="hf_TESTsite\n")
    for argv in (["rename", "site", "mine"], ["rotate", "site"]):
        done = user.run("hf-token", *argv, input="")
        equal(done.code, 1, f"{argv}: exit code ({done.err})")
        contains(done.err, "site is not in your own document", f"{argv}")


@case("env on a terminal says how this shell takes it")
def _():
    user = person("main")
    for shell, line in (("sh", 'eval "$(hf-token env)"'), ("csh", 'eval "`hf-token env --shell csh`"'),
                        ("fish", "hf-token env --shell fish | source")):
        with Terminal("hf-token", "env", "--shell", shell, user=user) as terminal:
            contains(terminal.rest(), line, shell)


@case("list and status with usual names fit 80 columns")
def _():
    user = person("main", "vision")
    user.must("hf-token", "login", "--name", "course", "--expires", "90d", input="hf_TESTcourse\n")
    for command in ("list", "status"):
        lines = [line for line in user.run("hf-token", command).out.splitlines() if line[:2] in ("  ", "* ")]
        equal((len(lines), max(map(len, lines)) <= 80), (4, True), f"{command}: lines, and their width ({lines})")


@case("a .hf-token that others can write: status says that they can change it, not read it")
def _():
    user = person("main")
    user.write(f"{user.home}/.hf-token", "main\n", 0o666)
    contains(user.run("sh", "-c", "cd && hf-token status").out, "its mode lets others change it\n", "status")


@case("sixteen tokens have room; the seventeenth is refused and loses nothing")
def _():
    user = person(*[f"t{number}" for number in range(16)])
    done = user.run("hf-token", "login", "--name", "t16", input="hf_TESTlast\n")
    equal(done.code, 1, "exit code")
    equal(len(listed(user)[0]), 16, "tokens")


@case("two commands at once: both tokens are in the document")
def _():
    user = person()
    script = ("for n in 1 2 3 4 5 6 7 8; do echo hf_TEST$n | hf-token login --name t$n 2>/dev/null & done; wait;"
              "hf-token list --names")
    equal(sorted(session(user, script).out.split()), [f"t{n}" for n in range(1, 9)], "names")


@case("status: ready, locked, absent and none, each with its exit code and, if need be, the next step")
def _():
    user = person()
    rows = (("hf-token status --json", 3, None),
            ("echo hf_TESTx | hf-token login 2>/dev/null; hf-token status --json", 0, "ready"),
            ("hf-token status --json", 4, "absent"))
    for script, code, state in rows:
        harness.wait_for(lambda: not user.has_ring(), "the session before is over")
        done = session(user, script)
        answer = json.loads(done.out)
        equal((done.code, answer["selected"]["state"] if state else None), (code, state), "exit code and state")
        equal(answer["next"] is None, code == 0, "whether there is a next step")


@case("status tells of variables that change what programs do, never a value; list and doctor of unchecked tokens")
def _():
    user = person()
    variables = {"HF_TOKEN": "hf_TESTother", "HF_API_TOKEN": "hf_TESTapi", "HF_OIDC_RESOURCE": "resource-canary",
                 "HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "https://endpoint-canary.test"}
    given = " ".join(f"{name}={value}" for name, value in variables.items())
    add = "echo hf_TESTmine | hf-token login --name main --no-check 2>/dev/null; "
    done = session(user, f"{add} {given} hf-token status; {given} hf-token doctor; hf-token list;"
                         f"hf-token list --json")
    for name, value in variables.items():
        contains(done.out, name, "what status says")
        others = done.out.replace(f"endpoint is {value}", "")
        check(len(value) == 1 or value not in others, f"the value of {name} shows")
    for words in ("differs from", "warn  hub          HF_HUB_OFFLINE forbids the network", "unchecked", '"hub": null'):
        contains(done.out, words, "status, doctor and list")
    done = session(user, f"{add} HF_TOKEN=hf_TESTmine hf-token status; HF_TOKEN=hf_TESTmine hf-token status --json")
    contains(done.out, "HF_TOKEN is set here, and is the selected token", "what status says")
    contains(done.out, '"differs": false', "JSON")


@case("an expired token is not there any more, and status says that it expired")
def _():
    user = person()
    done = user.run("hf-token", "login", "--expires", "2001-01-01", input="hf_TESTold\n")
    check(done.code != 0, "a date in the past is taken")
    equal(user.run("hf-token", "login", "--expires", "1d", input="hf_TESTday\n").code, 0, "one day from now")
    answer = json.loads(user.must("hf-token", "list", "--json"))
    check(answer["tokens"][0]["expires"] is not None, "it has a date")


@case("doctor: nothing bad in a good session; a document open to others, a token in clear, HF_TOKEN are found")
def _():
    user = person("main")
    done = session(user, "echo hf_TESTx | hf-token login && hf-token doctor")
    # Where a test build is installed without its place in the PAM stacks, that alone is bad.
    bad = {line.split()[1] for line in done.out.splitlines() if line.startswith("bad ")}
    with open("/etc/pam.d/common-session") as stack:
        equal(bad, set() if "pam_hf_token" in stack.read() else {"pam"}, "what is bad in a good session")
    user.write(f"{user.home}/.cache/huggingface/token", "hf_TESTinclear")
    os.chmod(user.document, 0o666)
    done = session(user, "HF_TOKEN=hf_TESTshadow hf-token doctor --json")
    equal(done.code, 1, "exit code")
    found = [finding for finding in json.loads(done.out)["findings"] if finding["level"] != "ok"]
    checks = {finding["check"] for finding in found}
    check({"documents", "plaintext", "environment"} <= checks, f"what is found: {found}")
    check("hf_TEST" not in done.out, "it shows a token")
    check(all(finding["next"] for finding in found), "a finding without a next step")


@case("doctor: a lost identity is bad where a token is sealed to it, and else is not missed")
def _():
    user = person("one", seal="password")
    os.remove(user.identity)
    contains(user.run("hf-token", "doctor").out, f"{user.identity}: it is gone, and one is sealed to it", "doctor")
    check("it is gone" not in person("two").run("hf-token", "doctor").out, "the identity is missed")


@case("an identity that cannot be used: its tokens are locked, and unlock names it and what is wrong with it")
def _():
    user = person("main", seal="password")
    with open(user.identity) as file:
        whole = file.read()
    for content, mode, why in ((whole, 0o644, "its mode"), ("{}", 0o600, "malformed"), ("x", 0o600, "JSON")):
        user.write(user.identity, content, mode)
        equal(listed(user)[0], {"main": "locked"}, f"the list ({why})")
        done = session(user, "hf-token unlock", input=f"{user.password}\n")
        equal(done.code, 1, f"unlock ({why}): exit code")
        contains(done.err, why, "unlock")
        contains(done.err, user.identity, "unlock")
    user.write(user.identity, whole)
    equal(session(user, "hf-token unlock", input=f"{user.password}\n").code, 0, "unlock with it repaired")


@case("unlock with a wrong password says to try again; with --rewrap it asks for the earlier one, and says so, too")
def _():
    user = person("main", seal="password")
    for option, prompt, hint in (([], "Login password.*: ", "  Try again; where root has changed it"),
                                 (["--rewrap"], "Earlier login password.*: ",
                                  "  Try again with the password from before root's change")):
        words = ["keyctl", "session", "-", "hf-token", "unlock", *option]
        with Terminal(*words, user=user) as terminal:
            terminal.answer(prompt, "wrong")
            contains(terminal.rest(), hint, f"what unlock {option} says")
            equal(terminal.wait(), 4, f"unlock {option}: exit code")


@case("doctor: the hint for a token of another identity has its name")
def _():
    user = person("one", seal="password")
    os.remove(user.identity)
    found = json.loads(user.run("hf-token", "doctor", "--json").out)["findings"]
    contains([finding["next"] for finding in found], "hf-token login --name one", "doctor's next steps")


def sources(user):
    """What doctor finds about sources, and whether it takes the user for one without tokens."""
    done = user.run("hf-token", "doctor", "--json")
    found = json.loads(done.out)["findings"]
    return ([(finding["what"], finding["next"]) for finding in found
             if finding["check"] == "sources" and finding["level"] == "bad"],
            "there are none yet" in done.out)


@case("doctor on sources: not executable, not available, a configuration refused or malformed, each with its hint")
def _():
    user = person()
    rows = (("tokens: user\n", 0o666, "chmod 644"), ("tokens: [\n", 0o644, "grammar"),
            ("tokens: broken\n", 0o644, f"/usr/libexec/hf-token/hf-token-source-broken {user.name}; echo $?"))
    with open(f"{HELPERS}/hf-token-source-broken", "w") as file:
        file.write("#!/bin/sh\nexit 3\n")
    os.chmod(file.name, 0o755)
    try:
        for text, mode, hint in rows:
            with open("/etc/hf-token.conf", "w") as conf:
                conf.write(text)
            os.chmod(conf.name, mode)
            found, without = sources(user)
            check(found and hint in found[0][1] and not without, f"{text}: {found}, {without}")
        os.chmod(file.name, 0o644)
        found, without = sources(user)
        contains([what for what, _ in found], "it cannot be executed", "a program that is not executable")
    finally:
        os.remove(file.name)
        os.remove("/etc/hf-token.conf")


@case("doctor outside any session says so")
def _():
    user = person("main")
    done = user.run("hf-token", "doctor", "--json")
    found = {finding["check"]: finding["level"] for finding in json.loads(done.out)["findings"]}
    check(found["session"] != "ok", f"the session: {found}")


@case("hf-tokenctl: seal reads the token from standard input, list shows it, root's own file modes stand")
def _():
    user = person()
    done = users.run("hf-tokenctl", "seal", user.name, "--name", "site", "--default", "--expires", "90d",
                     input="hf_TESTsite\n")
    equal(done.code, 0, f"exit code ({done.err})")
    answer = json.loads(users.must("hf-tokenctl", "list", user.name, "--json"))
    equal(answer["documents"][0]["tokens"][0]["name"], "site", "its name")
    status = os.stat(f"/var/lib/hf-token/tokens/{user.name}.json")
    equal((oct(status.st_mode & 0o777), status.st_uid, status.st_gid), ("0o640", 0, user.uid), "mode, owner, group")
    equal(oct(os.stat("/etc/hf-token/host.key").st_mode & 0o777), "0o600", "the host key's mode")
    equal(listed(user), ({"site": "absent"}, "site"), "what the user sees")


@case("hf-tokenctl init a second time keeps the key")
def _():
    with open("/etc/hf-token/host.key", "rb") as key:
        before = key.read()
    users.must("hf-tokenctl", "init")
    with open("/etc/hf-token/host.key", "rb") as key:
        equal(key.read(), before, "the key")


@case("host.pub without its private key: nothing is sealed to it, and doctor, init and seal say that it is gone")
def _():
    user = person("before")
    os.rename("/etc/hf-token/host.key", "/etc/hf-token/kept")
    try:
        equal(user.run("hf-token", "login", "--seal", "host", input="hf_TESTx\n").code, 1, "login --seal host")
        equal(listed(user)[0], {"before": "foreign"}, "the list")
        user.must("hf-token", "login", input=f"hf_TESTx\n{user.password}\n")
        equal(listed(user)[0], {"before": "foreign", "main": "locked"}, "the list with a token by default")
        contains(user.run("hf-token", "doctor").out, "the private key to it is gone", "doctor")
        for argv in (["init"], ["seal", user.name]):
            done = users.run("hf-tokenctl", *argv, input="hf_TESTx\n")
            equal(done.code, 1, f"{argv}: exit code")
            contains(done.err, "move host.pub away", f"{argv}")
    finally:
        os.rename("/etc/hf-token/kept", "/etc/hf-token/host.key")


@case("host.key without host.pub: doctor says to run init, which brings it back")
def _():
    user = person()
    with open("/etc/hf-token/host.pub", "rb") as public:
        before = public.read()
    os.remove("/etc/hf-token/host.pub")
    try:
        found = json.loads(user.run("hf-token", "doctor", "--json").out)["findings"]
        equal([row["next"] for row in found if row["file"] == "/etc/hf-token/host.pub"],
              ["As root: hf-tokenctl init"], "doctor's next step")
    finally:
        users.must("hf-tokenctl", "init")
    with open("/etc/hf-token/host.pub", "rb") as public:
        equal(public.read(), before, "the public key")


@case("hf-tokenctl is for root: another user's seal and init fail and change nothing")
def _():
    user = person()
    for argv in (["init"], ["seal", user.name]):
        done = user.run("/usr/sbin/hf-tokenctl", *argv, input="hf_TESTx\n")
        check(done.code != 0, f"{argv} succeeded")


@case("a folder that cannot be synced: the token may be stored all the same, and that is said")
def _():
    user = person()
    inject = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=EIO:when=2"]
    done = user.run(*inject, "hf-token", "login", "--no-check", input="hf_TESTx\n")
    equal(done.code, 1, f"exit code ({done.err})")
    contains(done.err, "main may be stored all the same", "what it says")
    check(os.path.exists(user.document), "the document was renamed into its place")


@case("root gets no tokens: login, unlock and seal refuse, and doctor says so; a system user's brings a note")
def _():
    for argv in (["hf-token", "login"], ["hf-token", "unlock"], ["hf-tokenctl", "seal", "root"]):
        done = users.run(*argv, input="hf_TESTx\n")
        equal((done.code, len(done.err.splitlines())), (1, 2), f"{argv}: exit code and lines")
        contains(done.err, "root", f"{argv}")
    check(not os.path.exists("/root/.local/share/hf-token"), "a document was written")
    found = json.loads(users.run("hf-token", "doctor", "--json").out)["findings"]
    equal([finding["level"] for finding in found if finding["check"] == "session"], ["bad"], "doctor's session")
    for argv, code in ((["status"], 3), (["list"], 0), (["token"], 3), (["run", "true"], 125)):
        done = users.run("hf-token", *argv)
        equal(done.code, code, f"{argv}: exit code")
        contains(done.out + done.err, "Run it as the user", f"{argv}: the next step")
    hints = [finding["next"] or "" for finding in found if finding["check"] != "pam"]
    check(not any("login" in hint for hint in hints), f"doctor's next steps: {hints}")
    done = users.run("hf-tokenctl", "seal", "daemon", input="hf_TESTx\n")
    equal(done.code, 0, "seal for daemon")
    contains(done.err, "minimum_uid", "seal for daemon")
    done = users.run("hf-token", "doctor", user="daemon", group="daemon", extra_groups=[])
    contains(done.out, "minimum_uid", "daemon's doctor")


COMPLETE = r"""
source /usr/share/bash-completion/bash_completion 2>/dev/null
source /usr/share/bash-completion/completions/hf-token
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
function=$(complete -p hf-token | sed 's/.*-F \([^ ]*\).*/\1/')
$function "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def complete(*words):
    """What bash offers for the last of the words."""
    return users.must("bash", "-c", COMPLETE, "bash", *words).split()


@case("bash completes the commands, and a command's options")
def _():
    offered = complete("hf-token", "")
    for command in users.must("hf-token", "--list-commands").split():
        contains(offered, command, "commands")
    contains(complete("hf-token", "login", "-"), "--seal", "options of login")


@case("bash completes what stands at its place: an option's value, a shell, then a command")
def _():
    for words, offered in ((["login", "--seal", ""], ["host", "password", "both"]),
                           (["hook", ""], ["bash", "zsh", "fish"]),
                           (["git-credential", "-n", "x", ""], ["get", "store", "erase"])):
        equal(complete("hf-token", *words), offered, " ".join(words))
    whats = ["export", "host", "init", "list", "password", "pool", "retire", "rotate", "show"]
    for words, offered in ((["key", ""], whats),
                           (["key", "--valid", "9d", "pool", ""], ["add", "join", "leave"]),
                           (["on-demand", "e"], ["enable"]), (["provision", "--format", ""], ["csv", "jsonl"]),
                           (["provision", "/etc/nsswitch.con"], ["/etc/nsswitch.conf"])):
        equal(sorted(complete("hf-tokenctl", *words)), offered, " ".join(words))
    for words in (["hook", "bash", "mkdi"], ["hook", "bash", "python3", "mkdi"], ["run", "-n", "x", "mkdi"]):
        contains(complete("hf-token", *words), "mkdir", " ".join(words))


harness.main()
