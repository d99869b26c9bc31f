#!/usr/bin/env python3
"""Real clients of the Hub get the token from `hf-token run` and git's helper, and send it where it belongs."""
import json
import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__))]
from hubtest import Person, files, hub, other, unchanged, world  # noqa: E402
import harness  # noqa: E402
from harness import Skip, case, check, contains, equal  # noqa: E402

NODE = f"{os.environ['HF_BUILD']}/tests/hub/node"
BIG = b"weights " * 4096

alice = Person("alice")
reader, writer = alice.new_token("reader"), alice.new_token("writer", role="write")
stranger = Person("stranger").new_token("stranger")
GATED, PRIVATE, PUBLIC = "lab/gated", f"{alice.name}/private", "lab/public"
world.repository("models", GATED, visibility="gated", readers=[alice.name], files={"big.bin": BIG}).large.add("big.bin")
world.repository("models", PRIVATE, visibility="private", readers=[alice.name])
world.repository("models", PUBLIC)
world.repository("datasets", "lab/rows", visibility="private", readers=[alice.name], files={"data/a.csv": b"a,b\n"})

session = alice.log_in()
for name, token in (("reader", reader), ("writer", writer), ("stranger", stranger)):
    done = session.run(f"hf-token login --no-check --name {name}", input=f"{token.text}\n")
    equal(done.code, 0, f"hf-token login: {done.out}")


def run(command, wanted=0):
    done = session.run(command)
    equal(done.code, wanted, f"exit code of {command!r} ({done.out[-600:]})")
    return done.out


def sent_to_the_hub_alone(since):
    """Requests to the Hub since then all carry the token, and no other server has seen one."""
    for server in (files, other):
        for request in server.requests:
            equal(request.token, None, f"the token at {server.name}")
            check(b"hf_TEST" not in request.whole(), f"a token at {server.name}")
    asked = hub.asked(since=since)
    check(asked, "the Hub was not asked")
    return asked


# ------------------------------------------------------------------------------------------------ from npm

def node(script, name=None):
    """A Node program under hf-token run; what it printed, as JSON."""
    if not os.path.exists(f"{NODE}/node_modules/@huggingface/hub"):
        raise Skip("npm could not fetch the packages")
    chosen = f"-n {name} " if name else ""
    return json.loads(session.run(f"hf-token run {chosen}-- node {NODE}/{script}").out)


@case("@huggingface/hub under hf-token run: whoAmI tells the account and the token's role")
def _():
    mark = hub.mark()
    answer = node("hub.mjs whoami")
    equal((answer["name"], answer["auth"]["accessToken"]["role"]), (alice.name, "read"), "who it is")
    equal([request.token for request in sent_to_the_hub_alone(mark)], [reader.text], "what was sent")


@case("@huggingface/hub under hf-token run: private models and files are listed")
def _():
    equal(node(f"hub.mjs models {alice.name}"), [PRIVATE], "models")
    equal(node("hub.mjs files datasets/lab/rows"), ["README.md", "config.json", "data/a.csv"], "files")


@case("@huggingface/hub under hf-token run: a gated file comes whole, a large one by way of another host without it")
def _():
    mark = hub.mark()
    equal(node(f"hub.mjs download {GATED} config.json"), '{"hidden_size": 8}\n', "the file")
    equal(node(f"hub.mjs download {GATED} big.bin"), BIG.decode(), "the large file")
    equal({request.token for request in sent_to_the_hub_alone(mark)}, {reader.text}, "what was sent")
    check(files.asked("/signed/.*"), "the other host was not asked")


@case("@huggingface/hub under hf-token run: a token that is not let in is told so by the Hub")
def _():
    equal(node(f"hub.mjs download {GATED} config.json", "stranger")["status"], 403, "the status")
    equal(node(f"hub.mjs files {PRIVATE}", "stranger")["status"], 404, "the status")


@case("@huggingface/hub under hf-token run: a small file is uploaded with the write token, and not with the other")
def _():
    oid = node(f"hub.mjs upload {PRIVATE} notes.txt noted", "writer")
    repository = world.repositories["models", PRIVATE]
    equal((repository.files["notes.txt"], repository.commits[-1]), (b"noted", oid), "the file and the commit")
    equal(node(f"hub.mjs upload {PRIVATE} more.txt x", "reader")["status"], 403, "with the read token")
    check("more.txt" not in repository.files, "it was written")


@case("hfjs, the command of @huggingface/hub, finds HF_TOKEN and HF_ENDPOINT by itself")
def _():
    node("hub.mjs whoami")
    run("mkdir -p up && echo made >up/made.txt && "
        f"hf-token run -n writer -- node {NODE}/node_modules/@huggingface/hub/dist/cli.js upload -q {PRIVATE} up")
    equal(world.repositories["models", PRIVATE].files["made.txt"], b"made\n", "the file")


@case("a client that loads .env: HF_TOKEN of hf-token run wins over the file's, and the file's other settings stay")
def _():
    alice.write(f"{alice.home}/app/.env", "HF_TOKEN=hf_TESTstaleinfile\nMODEL=lab/gated\n")
    if not os.path.exists(f"{NODE}/node_modules/dotenv"):
        raise Skip("npm could not fetch the packages")
    loaded = json.loads(run(f"cd app && node {NODE}/dotenv.mjs").splitlines()[-1])
    equal(loaded["HF_TOKEN"], "hf_TESTstaleinfile", "without hf-token, to know that it loads the file")
    loaded = json.loads(run(f"cd app && hf-token run -- node {NODE}/dotenv.mjs").splitlines()[-1])
    equal(loaded, {"HF_TOKEN": reader.text, "MODEL": "lab/gated"}, "what it has")


# ---------------------------------------------------------------------------------------------------- curl

@case("curl as in the guides: a gated file, a large one over a redirect, and a clear no without a token")
def _():
    mark = hub.mark()
    curl = "curl -fsS -L -H \"Authorization: Bearer $HF_TOKEN\""
    run(f"hf-token run -- sh -c '{curl} -o config.json $HF_ENDPOINT/{GATED}/resolve/main/config.json'")
    run(f"hf-token run -- sh -c '{curl} -O $HF_ENDPOINT/{GATED}/resolve/main/big.bin'")
    equal(run("cat config.json"), '{"hidden_size": 8}\n', "the file")
    with open(f"{alice.home}/big.bin", "rb") as file:
        equal(file.read(), BIG, "the large file")
    equal({request.token for request in sent_to_the_hub_alone(mark)}, {reader.text}, "what was sent")
    run(f"curl -fsS -L -o x $HF_ENDPOINT/{GATED}/resolve/main/config.json", wanted=22)


@case("curl with `hf-token token` in a header file on standard input: no argument has the token")
def _():
    said = run("hf-token token | sed 's/^/Authorization: Bearer /' | curl -fsS -H @- $HF_ENDPOINT/api/whoami-v2")
    equal(json.loads(said)["name"], alice.name, "the account")


# ----------------------------------------------------------------------------------------------------- git

GIT = "export GIT_TERMINAL_PROMPT=0 GIT_CONFIG_NOSYSTEM=1;"
COMMIT = "git -c user.name=alice -c user.email=alice@example.org commit -qam change"


def fresh(name):
    return f"{GIT} rm -rf {name};"


@case("git-setup once, then git clones a private repository over HTTPS, and leaves the token nowhere")
def _():
    run("hf-token git-setup")
    mark = hub.mark()
    run(f"{fresh('clone')} git clone -q $HF_ENDPOINT/{PRIVATE} clone")
    contains(run("cat clone/README.md"), "# ", "the clone")
    contains({request.token for request in sent_to_the_hub_alone(mark)}, reader.text, "what was sent")
    equal(run("grep -rl hf_TEST clone .gitconfig .config .git-credentials 2>/dev/null; true").strip(), "", "files")


@case("git pushes with a write token chosen by a .hf-token file, and not with a read token")
def _():
    run(f"{fresh('work')} git clone -q $HF_ENDPOINT/{PRIVATE} work; echo pushed >work/README.md")
    refused = session.run(f"{GIT} cd work && {COMMIT} && git push -q")
    check(refused.code != 0 and "403" in refused.out, f"a push with the read token: {refused.out}")
    run(f"{GIT} cd work && echo writer >.hf-token && git push -q")
    equal(hub.git.read(world.repositories["models", PRIVATE], "README.md"), b"pushed\n", "what the Hub has")


@case("git asks the helper for the Hub's host only: another host gets no token")
def _():
    done = session.run(f"{fresh('else')} git clone -q {other.url}/lab/private else")
    check(done.code != 0, "it succeeded")
    check(other.requests, "the other host was not asked")
    for request in other.requests:
        equal(request.token, None, "the token at the other host")


@case("git clone of a public repository, and of a dataset, as it is without us")
def _():
    run(f"{fresh('public')} git clone -q $HF_ENDPOINT/{PUBLIC} public && test -s public/README.md")
    run(f"{fresh('rows')} git clone -q $HF_ENDPOINT/datasets/lab/rows rows && test -s rows/data/a.csv")


@case("a token that the Hub refuses: git fails at once, asks nobody, and the stored token stays")
def _():
    gone = alice.new_token("gone")
    gone.revoked = True
    run("hf-token login --no-check --name gone >/dev/null 2>&1 <<<" + gone.text)
    before = alice.state()
    done = session.run(f"{fresh('no')} HF_TOKEN_NAME=gone git clone -q $HF_ENDPOINT/{PRIVATE} no")
    check(done.code != 0, "it succeeded")
    unchanged(alice, before, "git's `erase`")


@case("git-setup --undo takes out what it put in")
def _():
    alice.write(f"{alice.home}/.gitconfig", "[user]\n\tname = Alice # mine\n", 0o644)
    before = run("cat .gitconfig")
    run("hf-token git-setup")
    check(run("cat .gitconfig") != before or os.path.exists(f"{alice.home}/.config/git/config"), "nothing was set up")
    run("hf-token git-setup --undo")
    equal(run("git config --global --list"), "user.name=Alice\n", "git's settings")


harness.main()
