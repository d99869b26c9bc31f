#!/usr/bin/env python3
"""What hf-token does for the Hub's other programs: import, git-credential, git-setup and hook."""
import json
import os
import shutil
import stat
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
import users  # noqa: E402
import harness  # noqa: E402
from harness import add_case, case, check, contains, equal  # noqa: E402
from terminal import Terminal  # noqa: E402

users.host_key()
TOKEN = "hf_TESTabcdefghijklmnopqrstuvwxyz0123"
OTHER = "hf_TESTzyxwvutsrqponmlkjihgfedcba9876"
KILL_AT = f"{os.environ['HF_BUILD']}/kill-at"
EVERY = int(os.environ.get("HF_TEST_EVERY", "6"))  # each Nth call only
GIT = "/usr/bin/hf-token git-credential"


def session(user, script, **more):
    return user.run_in_session("sh", "-c", script, **more)


def errors(done):
    """What was said, but by keyctl."""
    return "".join(line for line in done.err.splitlines(True) if not line.startswith("Joined session keyring"))


def read(path):
    with open(path, "rb") as file:
        return file.read().decode()


def names(user):
    done = user.run("hf-token", "list", "--json")
    return sorted(token["name"] for token in json.loads(done.out)["tokens"])


def imports(user, *words, code=0, **more):
    done = user.run_in_session("hf-token", "import", "--no-check", *words, **more)
    equal(done.code, code, f"exit code of import ({done.err}{done.out})")
    check(TOKEN not in done.out + done.err and OTHER not in done.out + done.err, "a token shows")
    return done


def snapshot(user):
    """Each file in the home but the store's, with all that import must not change."""
    found = {}
    for folder, _, files in os.walk(user.home):
        for name in files:
            path = os.path.join(folder, name)
            if not path.startswith(user.folder):
                status = os.lstat(path)
                found[path] = (status.st_mode, status.st_uid, status.st_ino, read(path))
    return found


# ------------------------------------------------------------------------------------------- import

@case("import --dry-run and import without a terminal show what there is, masked, and change nothing")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.bashrc", f"a\nexport HF_TOKEN={TOKEN}\n")
    user.write(f"{user.home}/.cache/huggingface/token", TOKEN)
    before = snapshot(user)
    for words, code in ((["--dry-run"], 0), ([], 1)):
        done = imports(user, *words, code=code)
        equal(done.out.splitlines(), ["hf_\u20260123", f"  {user.home}/.cache/huggingface/token:1",
                                      f"  {user.home}/.bashrc:2"], "what is shown")
        contains(done.err, "--yes" if code else "1 token; to move it: hf-token import", "the hint")
    equal((snapshot(user), os.path.exists(user.document)), (before, False), "the files")


@case("import --yes: one token in all its places is stored once, and gone from each; the rest stays byte for byte")
def _():
    user = users.User("user")
    home = user.home
    rest = {
        ".bashrc": ("# mine\r\n\talias x='y'\n", f"export HF_TOKEN='{TOKEN}'\n", "last"),
        ".netrc": ("machine a login b password c\n", f"machine huggingface.co\n login x\n password {TOKEN}\n",
                   "\nmachine d password e\n"),
        ".git-credentials": ("https://a:b@github.com\n", f"https://hf_user:{TOKEN}@huggingface.co\n", ""),
        ".config/fish/conf.d/hub.fish": ("", f"set -x HF_TOKEN {TOKEN}\n", ""),
        ".config/fish/conf.d/[a] b.fish": ("a\n", f"set -x HF_TOKEN {TOKEN}\n", ""),
        ".config/fish/config.fish": ("", f"set -gx HF_TOKEN {TOKEN}\n", "set x y\n"),
        "project/.env": ("A=1\n", f"HF_TOKEN={TOKEN}", ""),
    }
    for name, parts in rest.items():
        user.write(f"{home}/{name}", "".join(parts), mode=0o640)
    user.write(f"{home}/.cache/huggingface/token", TOKEN + "\n")
    user.write(f"{home}/.huggingface/token", TOKEN)
    user.write(f"{home}/.cache/huggingface/stored_tokens", f"[my work]\nhf_token = {TOKEN}\n\n")
    done = session(user, "cd project && hf-token import --yes --no-check && hf-token token -n my-work")
    equal((done.code, done.out.splitlines()[-1:]), (0, [TOKEN]), f"the token ({done.err})")
    for name, (before, _, after) in rest.items():
        equal(read(f"{home}/{name}"), before + after, name)
        equal(stat.S_IMODE(os.stat(f"{home}/{name}").st_mode), 0o640, f"mode of {name}")
        equal(os.stat(f"{home}/{name}").st_uid, user.uid, f"owner of {name}")
    equal(os.listdir(f"{home}/.cache/huggingface") + os.listdir(f"{home}/.huggingface"), [], "token files")
    equal(names(user), ["my-work"], "the store")


@case("import on a terminal asks for each; two tokens of no name are main and main-2; a no leaves all as it was")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.profile", f"HF_TOKEN={TOKEN}\nx\nHF_API_TOKEN={OTHER}\n")
    user.write(f"{user.home}/.env", f"HF_TOKEN={OTHER}\nHF_API_TOKEN=hf_TESTthird\n")
    with Terminal("keyctl", "session", "-", "hf-token", "import", "--no-check", user=user) as terminal:
        terminal.answer(r"Move hf_.0123 \(~/.profile:1\) into the store\? \[y/N\] ", "Y")
        for answer in ("maybe", "x" * 40, "no"):
            terminal.answer(r"Move hf_.9876 \(~/.profile:3 and 1 more\) into the store\? \[y/N\] ", answer)
        terminal.expect("9876 is still where it was")
        terminal.answer(r"Move hf_. \(~/.env:2\) into the store\? \[y/N\] ", "y")
        said = terminal.rest()
        equal(terminal.wait(), 1, f"exit code ({said})")
    equal(said.count("hf-token rotate NAME"), 1, f"notes of copies ({said})")
    equal(read(f"{user.home}/.profile"), f"x\nHF_API_TOKEN={OTHER}\n", ".profile")
    equal(read(f"{user.home}/.env"), f"HF_TOKEN={OTHER}\n", ".env")
    equal(names(user), ["main", "main-2"], "the store")


@case("import: a token that the ring has, of which the Hub has not told, is stored by itself before it is cut")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.bashrc", f"export HF_TOKEN={TOKEN}\nx\n")
    done = session(user, "hf-token login --no-check --name work && hf-token import --no-check --yes",
                   input=TOKEN + "\n")
    equal(done.code, 0, f"exit code ({done.err})")
    contains(done.err, "in use as work", "what it says")
    equal((names(user), read(f"{user.home}/.bashrc")), (["main", "work"], "x\n"), "store and file")


@case("import: of a refresh token beside it is told before anything is asked or removed")
def _():
    user = users.User("user")
    stored = f"[work]\nhf_token = {TOKEN}\nrefresh_token = hf_oauth__refresh_TESTabc\nexpires_at = 1\n\n"
    path = f"{user.home}/.cache/huggingface/stored_tokens"
    user.write(path, stored)
    contains(imports(user, "--dry-run").out, "work  # its refresh token is removed", "what it shows")
    with Terminal("keyctl", "session", "-", "hf-token", "import", "--no-check", user=user) as terminal:
        terminal.answer(r"into the store as work, and remove its refresh token for good\? \[y/N\] ", "n")
        said = terminal.rest()
        equal((terminal.wait(), read(path)), (1, stored), f"exit code and file ({said})")


@case("import follows a symbolic link to the user's own file, and keeps the link")
def _():
    user = users.User("user")
    user.write(f"{user.home}/dotfiles/bashrc", f"export HF_TOKEN={TOKEN}\nx\n")
    user.must("ln", "-sf", "dotfiles/bashrc", ".bashrc")
    imports(user, "--yes")
    equal((os.readlink(f"{user.home}/.bashrc"), read(f"{user.home}/dotfiles/bashrc")), ("dotfiles/bashrc", "x\n"),
          "link and file")


def untouched(prepare, why):
    user = users.User("user")
    path = f"{user.home}/.bashrc"
    user.write(path, f"export HF_TOKEN={TOKEN}\nx\n")
    prepare(user, path)
    before = read(path)
    done = imports(user, "--yes", code=1)
    contains(done.err, why, "why")
    equal((read(path), names(user)), (before, ["main"]), "file and store")
    check(not [name for name in os.listdir(user.home) if "hf-token-import" in name], "a temporary file is left")


def in_a_folder_of_root(user, path):
    os.mkdir(f"/home/shared{user.uid}")
    os.rename(path, f"/home/shared{user.uid}/bashrc")
    os.symlink(f"/home/shared{user.uid}/bashrc", path)


for kind, prepare, why in (
        ("with a second hard link", lambda user, path: os.link(path, f"{user.home}/again"), "hard links"),
        ("that is read-only", lambda user, path: os.chmod(path, 0o444), "read-only"),
        ("of somebody else", lambda user, path: (os.chown(path, 0, 0), os.chmod(path, 0o644)), "another user"),
        ("in a folder of somebody else", in_a_folder_of_root, "folder belongs to another user")):
    add_case(f"import stores the token but does not touch a file {kind}, and says so", untouched, prepare, why)


@case("import does not touch a file that was changed while it asked")
def _():
    user = users.User("user")
    path = f"{user.home}/.bashrc"
    user.write(path, f"export HF_TOKEN={TOKEN}\n")
    with Terminal("keyctl", "session", "-", "hf-token", "import", "--no-check", user=user) as terminal:
        terminal.expect(r"\[y/N\] ")
        with open(path, "a", encoding="ascii") as file:
            file.write("added = 1\n")
        terminal.send("y")
        said = terminal.rest()
        equal(terminal.wait(), 1, f"exit code ({said})")
    contains(said, "changed meanwhile", "what it says")
    equal(read(path), f"export HF_TOKEN={TOKEN}\nadded = 1\n", "the file")


@case("import does not cut a file with hundreds of tokens, and says so")
def _():
    user = users.User("user")
    path = f"{user.home}/.env"
    for count, cut in ((512, True), (513, False)):
        user.write(path, count * f"HF_TOKEN={TOKEN}\n")
        done = imports(user, "--yes", code=0 if cut else 1)
        equal((read(path) == "", "too many tokens" in done.err), (cut, not cut), f"{count}: {done.err}")


@case("import tells of lines that do more, and of histories, and leaves them alone")
def _():
    user = users.User("user")
    bashrc = f"alias p='HF_TOKEN={TOKEN} python3'\nif true; then\n  export HF_TOKEN={TOKEN}\nfi\n"
    user.write(f"{user.home}/.bashrc", bashrc)
    user.write(f"{user.home}/.bash_history", f"export HF_TOKEN={OTHER}\n")
    done = imports(user, "--yes", code=1)
    contains(done.out, f"{user.home}/.bashrc:1  # cut it by hand", "what it shows")
    contains(done.out, f"{user.home}/.bash_history:1  # it is never edited", "what it shows")
    contains(done.err, "Cut it there yourself: line 1", "the next step")
    contains(done.err, "/settings/tokens, and remove the line", "the next step of what is only in a history")
    equal((read(f"{user.home}/.bashrc"), names(user)), (bashrc, ["main"]), "file and store")
    equal(users.run("bash", "-n", f"{user.home}/.bashrc").code, 0, "bash reads it")


@case("import: tokens in histories alone are exit code 1, with what to do about them, also without a terminal")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.bash_history", f"x\nexport HF_TOKEN={TOKEN}\nexport HF_TOKEN={OTHER}\n")
    done = imports(user, code=1)
    contains(done.err, "2 tokens are only where nothing is moved from\n  Revoke them at https://", "what it says")
    equal(os.path.exists(user.document), False, "a document")


@case("import: a token that can be cut is told apart from one that cannot; one that this machine does not use stays")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.bashrc", f"x; export HF_TOKEN={TOKEN}\nexport HF_API_TOKEN={OTHER}\n")
    done = imports(user, "--yes", code=1)
    equal(read(f"{user.home}/.bashrc"), f"x; export HF_TOKEN={TOKEN}\n", "the file")
    equal((errors(done).count("still in"), errors(done).count("cut out of")), (1, 1), f"of each ({done.err})")
    other = users.User("other")
    other.write(f"{other.home}/.env", f"HF_TOKEN={TOKEN}\n")
    with open("/etc/hf-token.conf", "w") as conf:
        conf.write("tokens: host\n")
    try:
        contains(errors(imports(other, "--yes", code=1)), "stays where it lies", "what is said")
    finally:
        os.remove("/etc/hf-token.conf")
    equal(read(f"{other.home}/.env"), f"HF_TOKEN={TOKEN}\n", "the file")


@case("import killed all through: the token is in the file or in the store, and the next import ends it")
def _():
    user = users.User("user")
    path = f"{user.home}/.bashrc"
    plain, cut = f"a\nexport HF_TOKEN={TOKEN}\nb\n", "a\nb\n"
    command = ["setpriv", f"--reuid={user.uid}", f"--regid={user.uid}", "--clear-groups", "hf-token", "import",
               "--no-check", "--yes"]
    reached, moved, number = True, 0, 0
    while reached:
        number += EVERY
        user.write(path, plain, mode=0o644)
        shutil.rmtree(user.folder, ignore_errors=True)
        done = users.run(KILL_AT, "--from", "hf-token-hub", str(number), *command, env=user.environment())
        check(done.code in (0, 3), f"kill-at: {done.err}")
        reached = done.code == 0
        check(read(path) in (plain, cut), f"call {number}: the file is {read(path)!r}")
        check(read(path) == plain or names(user) == ["main"], f"call {number}: the token is lost")
        moved += read(path) == cut
        if number % (10 * EVERY) == 0 and read(path) == plain:
            equal(user.run("hf-token", "import", "--no-check", "--yes").code, 0, f"call {number}: the next import")
            equal((read(path), stat.S_IMODE(os.stat(path).st_mode)), (cut, 0o644), f"call {number}: the file")
    check(number > 50 and moved > 0, f"{number} calls, {moved} times after the cut")
    check(not [name for name in os.listdir(user.home) if "hf-token-import" in name], "a temporary file is left")


# -------------------------------------------------------------------------------------------- git

REQUEST = "protocol=https\nhost=huggingface.co\npath=x/y\n\n"


def credential(user, action, request, environment="", token=TOKEN):
    return session(user, "hf-token login --no-check --name main 2>/dev/null && { cat >/dev/null;"
                   f" printf %s '{request}' | {environment} hf-token git-credential {action}; }}", input=token + "\n")


def answers(request, wanted, environment=""):
    done = credential(users.User("user"), "get", request, environment)
    equal((done.code, done.out), (0, wanted), f"what it answers ({done.err})")


ANSWER = f"username=hf_user\npassword={TOKEN}\n"
for what, request, wanted, environment in (
        ("the Hub's own host", REQUEST, ANSWER, ""),
        ("a user name that git has", REQUEST.replace("path", "username=me\npath"),
         ANSWER.replace("hf_user", "me"), ""),
        ("lines that it does not know", "capability[]=authtype\nwwwauth[]=Basic\n" + REQUEST, ANSWER, ""),
        ("nothing for http", REQUEST.replace("https", "http"), "", ""),
        ("nothing for another host", REQUEST.replace("huggingface", "github"), "", ""),
        ("nothing for a host that ends alike", REQUEST.replace("host=", "host=not"), "", ""),
        ("nothing for another port", REQUEST.replace(".co", ".co:8443"), "", ""),
        ("the Hub's own port", REQUEST.replace(".co", ".co:443"), ANSWER, ""),
        ("nothing for the Hub with another HF_ENDPOINT", REQUEST, "", "HF_ENDPOINT=https://hub.example"),
        ("HF_ENDPOINT with a port and a path", "protocol=https\nhost=hub.example:8443\npath=hf/x\n", ANSWER,
         "HF_ENDPOINT=https://hub.example:8443/hf/"),
        ("nothing beside HF_ENDPOINT's path", "protocol=https\nhost=hub.example\npath=hfx\n", "",
         "HF_ENDPOINT=https://hub.example/hf"),
        ("http to this machine", "protocol=http\nhost=localhost:8080\n", ANSWER, "HF_ENDPOINT=http://localhost:8080"),
        ("nothing for an empty request", "\n", "", "")):
    add_case(f"git-credential get answers {what}", answers, request, wanted, environment)


@case("git-credential store and erase keep and remove nothing; erase says what to do")
def _():
    user = users.User("user")
    for action in ("store", "erase", "approve"):
        done = credential(user, action, REQUEST.replace("path", "password=hf_TESTold\npath"))
        equal((done.code, done.out), (0, ""), f"{action}: exit code and output")
        equal("refused" in done.err and "hf-token whoami" in done.err, action == "erase", f"{action}: {done.err}")
    equal((names(user), os.path.exists(f"{user.home}/.git-credentials")), (["main"], False), "store and files")


@case("git-credential without a token, with a broken request and on a terminal: exit code and next step")
def _():
    user = users.User("user")
    for request, code in ((REQUEST, 3), ("protocol", 1), ("x=" + 70000 * "y", 1)):
        done = user.run("hf-token", "git-credential", "get", input=request)
        equal((done.code, done.out), (code, ""), f"{request[:20]!r}: exit code and output")
        equal(len(done.err.splitlines()), 2, f"{request[:20]!r}: {done.err}")
    with Terminal("sh", "-c", f"printf '{REQUEST}' | hf-token git-credential get", user=user) as terminal:
        contains(terminal.rest(), "standard output is a terminal", "on a terminal")


@case("git-setup and git: real git credential fill gets the token, approve and reject store nothing")
def _():
    user = users.User("user")
    script = ("hf-token login --no-check 2>/dev/null && hf-token git-setup"
              f" && git config --global credential.helper store && printf '{REQUEST}' |"
              " GIT_TERMINAL_PROMPT=0 git credential fill >out && git credential approve <out"
              " && git credential reject <out; cat out")
    done = session(user, script, input=TOKEN + "\n")
    contains(done.out, f"username=hf_user\npassword={TOKEN}\n", f"what git gets ({done.err})")
    # The helper of all addresses that was set behind ours is still asked to store: ours ends those before it.
    done = session(user, "hf-token git-setup --undo && git config --global --list")
    check("hf-token" not in done.out, f"what is left: {done.out}")


@case("git-setup twice and --undo leave ~/.gitconfig byte for byte as it was; others' helpers stay")
def _():
    user = users.User("user")
    path = f"{user.home}/.gitconfig"
    for before in ("[user]\n\tname = x # c\n[credential]\n\thelper = store\n[alias]\n  a = b", ""):
        user.write(path, before)
        done = user.run("hf-token", "git-setup")
        equal(done.code, 0, f"git-setup ({done.err})")
        once = read(path)
        contains(once, f'[credential "https://huggingface.co"]\n\thelper = \n\thelper = {GIT}\n', "what it sets")
        equal((user.run("hf-token", "git-setup").code, read(path)), (0, once), "the second time")
        for what in ("--undo", "again"):
            equal(user.run("hf-token", "git-setup", "--undo").code, 0, f"exit code, {what}")
            left = read(path).rstrip("\n") if os.path.exists(path) else None
            equal(left, before or None, f"{what}; a file with nothing else in it is removed")
    user.write(path, '[credential "https://huggingface.co"]\n\thelper =\n\thelper = cache\n')
    user.must("hf-token", "git-setup")
    user.must("hf-token", "git-setup", "--undo")
    equal(user.must("git", "config", "--global", "--get-all", "credential.https://huggingface.co.helper"),
          "\ncache\n", "the user's own helpers")


@case("git-setup as root, with the user's HOME as sudo -E leaves it, touches nothing")
def _():
    user = users.User("user")
    path = f"{user.home}/.gitconfig"
    user.write(path, "[user]\n\tname = x\n")
    before = snapshot(user)
    for words in ([], ["--undo"]):
        done = users.run("hf-token", "git-setup", *words, env=user.environment())
        equal((done.code, len(done.err.splitlines())), (1, 2), f"exit code and next step ({done.err})")
        contains(done.err, "without sudo", "the next step")
    equal(snapshot(user), before, "the files")


@case("git-setup tells of a token in ~/.git-credentials, and what to do without git")
def _():
    user = users.User("user")
    user.write(f"{user.home}/.git-credentials", f"https://hf_user:{TOKEN}@huggingface.co\n")
    contains(user.run("hf-token", "git-setup").err, "hf-token import", "the hint")
    done = user.run("env", "PATH=/nowhere", "/usr/bin/hf-token", "git-setup")
    equal((done.code, len(done.err.splitlines())), (1, 2), f"without git ({done.err})")


# -------------------------------------------------------------------------------------------- hooks

SHOW = '#!/bin/sh\necho "${0##*/} <$HF_TOKEN> $#:$*"\n'


def hooked(user, shell, script, token=True):
    """Runs a script in a shell that has read its hook, with commands of its own in PATH."""
    for name in ("python", "hf", "git", "my-tool.py"):
        user.write(f"{user.home}/bin/{name}", SHOW, mode=0o755)
    load = "hf-token hook fish | source" if shell == "fish" else f'eval "$(hf-token hook {shell})"'
    login = "hf-token login --no-check --name main 2>/dev/null; " if token else "cat >/dev/null; "
    user.write(f"{user.home}/script", f"{load}\n{script}\n")
    return session(user, f'{login} PATH=~/bin:$PATH exec {shell} ~/script', input=TOKEN + "\n")


def runs_hooked(shell):
    done = hooked(users.User("user"), shell, "python 'a b' '' -c; git lfs pull; git status; command python x; hf")
    equal(done.out.splitlines(), [f"python <{TOKEN}> 3:a b  -c", f"git <{TOKEN}> 2:lfs pull", "git <> 1:status",
                                  "python <> 1:x", f"hf <{TOKEN}> 0:"], f"what runs ({done.err})")
    done = hooked(users.User("user"), shell, "python x; hf y", token=False)
    equal((done.out, errors(done)), ("python <> 1:x\nhf <> 1:y\n", ""), "without a token")
    status = "echo $status" if shell == "fish" else "echo $?"
    equal(hooked(users.User("user"), shell, f"vllm; {status}").out, "127\n", "a command that is not there")


def keeps_aliases(shell):
    user = users.User("user")
    other = "alias python 'python -q'" if shell == "fish" else "alias python='python -q'"
    done = hooked(user, shell, f"{other}\n")
    equal((done.code, errors(done)), (0, ""), "an alias behind the hook")
    more = "shopt -s expand_aliases\n" if shell == "bash" else ""
    load = "hf-token hook fish | source" if shell == "fish" else f'eval "$(hf-token hook {shell})"'
    done = hooked(user, shell, f"{more}{other}\n{load}\npython x")
    check(done.code == 0 and f"<{TOKEN}>" in done.out, f"an alias before the hook: {done.out}{done.err}")


def takes_names(shell):
    user = users.User("user")
    done = user.run("hf-token", "hook", shell, "my-tool.py", "git-lfs")
    check(done.code == 0 and "python3" not in done.out, f"the hook: {done.out}{done.err}")
    user.write(f"{user.home}/hook", done.out)
    equal(user.run(shell, "-n", f"{user.home}/hook").code, 0, "its syntax")
    load = f"hf-token hook {shell} my-tool.py"
    load = f"{load} | source" if shell == "fish" else f'eval "$({load})"'
    contains(hooked(user, shell, f"{load}\nmy-tool.py x").out, f"my-tool.py <{TOKEN}> 1:x", "a name of one's own")
    for name in ("a b", "a;b", "$(x)", "-x", "if", "hf-token", "command", "a/b", "", "x=y", TOKEN):
        done = user.run("hf-token", "hook", shell, "--", "python", name)
        equal((done.code, done.out), (2, ""), f"{name!r}: exit code and output")
        check(TOKEN not in done.err and ";b" not in done.err, f"{name!r} is repeated")


for shell in ("bash", "zsh", "fish"):
    add_case(f"hook {shell}: commands get the token, run without one where there is none, 127 where they are missing",
             runs_hooked, shell)
    add_case(f"hook {shell}: an alias of a command goes on working", keeps_aliases, shell)
    add_case(f"hook {shell}: takes names, and none that is anything else to a shell", takes_names, shell)


@case("hook on a terminal says where its code goes")
def _():
    for shell, file in (("bash", "~/.bashrc"), ("zsh", "~/.zshrc"), ("fish", "config.fish")):
        with Terminal("hf-token", "hook", shell, user=users.User("user")) as terminal:
            said = terminal.rest()
            equal(terminal.wait(), 0, f"exit code ({said})")
        contains(said, file, "what it says")


@case("run --optional: the environment as it is without a token, the token where there is one, a wrong name is said")
def _():
    user = users.User("user")
    show = 'hf-token run --optional -- sh -c "echo [\\$HF_TOKEN]"'
    done = session(user, f"HF_TOKEN=old {show}")
    equal((done.code, done.out, errors(done)), (0, "[old]\n", ""), "without a token")
    done = session(user, f"hf-token login --no-check 2>/dev/null; HF_TOKEN=old {show}", input=TOKEN + "\n")
    equal((done.code, done.out), (0, f"[{TOKEN}]\n"), "with one")
    done = session(user, f"HF_TOKEN_NAME=a/b {show}")
    equal((done.code, done.out, len(errors(done).splitlines())), (0, "[]\n", 2), "with a wrong name")
    equal(session(user, "hf-token run --optional -- nosuchcommand").code, 127, "no such command")
    equal(session(user, "hf-token run --optional").code, 125, "no command")


harness.main()
