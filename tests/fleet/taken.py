#!/usr/bin/env python3
"""What rotate and revoke took back: an old list, or an engine that was put back, brings none of it again by itself."""
import os
import time

from fleettest import Server, Shelf, write  # first: it finds the others
import published
import users
from admin import Admin, csv, secretless, summary, token
from harness import case, check, contains, equal, main

ANNA = [("anna", "main", token("anna"), "")]


def fresh(name, **more):
    path = f"/srv/{name}"
    os.makedirs(path, 0o755)
    return Admin(name, folder={"path": path, **more}), path


def tree(folder):
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            with open(f"{place}/{name}", "rb") as file:
                found[os.path.relpath(f"{place}/{name}", folder)] = file.read()
    return found


def taken(admin):
    """The users and names of what was taken back."""
    with open(f"{admin.folder}/taken-back", encoding="ascii") as lines:
        return [tuple(line.split()[:2]) for line in lines]


def line(user, when, identity="01" * 32):
    """As by an identity that the fleet had before, if nothing else is said."""
    return f"users/{user} main {when} revoked {identity} 0 {'01' * 16} {'02' * 32}\n"


@case("trouble with the folder's file keeps nothing from being revoked and rotated, and is told")
def trouble():
    admin, _ = fresh("trouble")
    file = f"{admin.folder}/taken-back"

    def damaged():
        write(file, "users/anna main 17\n", 0o600)

    def too_large():
        write(file, "", 0o600)
        os.truncate(file, (64 << 20) + 1)

    for number, spoil in enumerate((damaged, too_large, lambda: os.mkdir(file, 0o700)), 1):
        admin.provision([("anna", "main", token("anna", number), ""), ("bert", "main", token("bert", number), "")])
        spoil()
        for words in (("rotate", "anna"), ("revoke", "--yes", "bert")):
            done = admin.run(*words, input=token("anna", 9) + "\n")
            equal(done.code, 1, f"{words}: {done.err}")
            contains(done.err, "fleet/taken-back: ", "what is said")
            contains(done.err, "move it away", "the next step")
            contains(done.err, "is replaced" if words[0] == "rotate" else "revoked main of bert", "and done")
        equal(admin.names(), {"anna": ["main"], "bert": []}, "what is published")
        done = admin.provision(ANNA)
        equal(done.code, 1, "a list, which may bring back anything")
        contains(done.err, "fleet/taken-back: ", "what is said")
        done = admin.run("publish")
        equal(done.code, 1, "publish, which tells what came back")
        contains(done.err, "fleet/taken-back: ", "what is said")
        if os.path.isdir(file):
            os.rmdir(file)
        else:
            os.unlink(file)


@case("a full disk keeps nothing from being revoked, and the head is left open")
def full_disk():
    admin, _ = fresh("full", command="echo ran >> /tmp/ran")
    admin.provision(ANNA + [("bert", "main", token("bert"), "")])
    users.must("mv", admin.folder, f"{admin.folder}.before")
    os.mkdir(admin.folder, 0o700)
    users.must("mount", "-t", "tmpfs", "-o", "size=128k,mode=700", "none", admin.folder)
    users.must("cp", "-a", f"{admin.folder}.before/.", admin.folder)
    users.run("dd", "if=/dev/zero", f"of={admin.folder}/fill", "bs=512")
    for words in (("rotate", "anna"), ("revoke", "--yes", "bert")):
        write("/tmp/ran", "")
        done = admin.run(*words, input=token("anna", 9) + "\n")
        equal(done.code, 1, done.err)
        for file in ("taken-back", "generations"):
            equal(done.err.count(f"/{file}: the system refused (No space left on device)"), 1, done.err)
        contains(done.err, "the head is left open", "what is said")
        check(os.path.getsize("/tmp/ran") > 0, "the command brings it to the hosts")
        contains(done.err, "is replaced" if words[0] == "rotate" else "revoked main of bert", "and done")
    equal(admin.names(), {"anna": ["main"], "bert": []}, "what is published")
    equal(admin.status()[1]["head"]["open"], True, "the head")
    os.unlink(f"{admin.folder}/fill")
    admin.must("publish")
    equal(admin.status()[1]["head"]["open"], False, "the head")
    users.must("umount", admin.folder)


@case("the folder's file has its bounds: the oldest give way")
def bounds():
    admin, _ = fresh("bounds")
    admin.provision(ANNA)
    one = line("x0000000", 1000000)
    with open(f"{admin.folder}/taken-back", "w", encoding="ascii") as out:
        out.writelines(line(f"x{number:07}", 1000000 + number) for number in range((64 << 20) // len(one)))
    os.chmod(f"{admin.folder}/taken-back", 0o600)
    admin.must("revoke", "--yes", "anna")
    check(os.path.getsize(f"{admin.folder}/taken-back") <= 64 << 20, "its size")
    found = taken(admin)
    equal((found[0], found[1][0]), (("users/anna", "main"), "users/x0000001"), "what is left")


@case("what is brought back is forgotten row by row, also where the call fails")
def row_by_row():
    admin, path = fresh("rows")
    rows = ANNA + [("bert", "main", token("bert"), ""), ("carl", "main", token("carl"), "")]
    admin.provision(rows)
    admin.must("revoke", "--yes", "anna")
    admin.must("revoke", "--yes", "bert")
    write(f"{path}/users/bert", "junk\n")
    done = admin.provision(rows, "--dry-run", "--bring-back")
    equal((done.code, done.out), (0, "+ anna main\n= carl main\n"), done.err)
    equal(taken(admin), [("users/anna", "main"), ("users/bert", "main")], "behind a dry run")
    done = admin.provision(rows, "--bring-back")
    equal(done.code, 1, done.err)
    summary(done, added=1, unchanged=1)
    equal(taken(admin), [("users/bert", "main")], "what is left")
    summary(admin.provision([("anna", "main", token("anna"), "90d")]), replaced=1)
    # Under another name it is the same token.
    os.unlink(f"{path}/users/bert")
    done = admin.provision([("bert", "work", token("bert"), "")])
    summary(done, added=0, skipped=1)
    contains(done.err, "under another name", "what is said")
    summary(admin.provision([("bert", "work", token("bert"), "")], "--bring-back"), added=1)
    equal(taken(admin), [], "what is left")


@case("an engine that was put back: what was revoked meanwhile, and is there again, is named until it is gone")
def put_back():
    admin, path = fresh("put-back")
    rows = ANNA + [("bert", "main", token("bert"), "")]
    admin.provision(rows)
    before = tree(path)
    admin.must("revoke", "--yes", "anna")
    admin.must("rotate", "bert", input=token("bert", 1) + "\n")
    for name, content in before.items():
        published.write(f"{path}/{name}", content)
    done = admin.run("publish", "--accept-old")
    equal(done.code, 1, done.err)
    for user, command, what in (("anna", "revoke", "revoked"), ("bert", "rotate", "rotated")):
        contains(done.err, f"main of {user} was {what} on 20", "what is said")
        contains(done.err, f"Once more: hf-tokenctl {command} {user} main", "the next step")
    for done in (admin.run("publish"), admin.provision(rows), admin.provision(rows, "--dry-run")):
        equal(done.code, 1, done.err)
        contains(done.err, "Once more: hf-tokenctl revoke anna main", "the next step")
        check("the same call" not in done.err, f"another one is of no use: {done.err}")
    admin.must("revoke", "--yes", "anna")
    admin.must("publish")
    summary(admin.provision(rows), unchanged=1, skipped=1)
    # Or it is to stay.
    for name, content in before.items():
        published.write(f"{path}/{name}", content)
    done = admin.provision(rows, "--accept-old", "--bring-back")
    equal(done.code, 0, done.err)
    equal(taken(admin), [], "what is left")
    admin.must("publish")


@case("an engine that was put back to before another end was given: what was revoked meanwhile is named, too")
def put_further_back():
    admin, path = fresh("further-back")
    admin.provision(ANNA)
    before = tree(path)
    summary(admin.provision([("anna", "main", token("anna"), "90d")]), replaced=1)
    admin.must("revoke", "--yes", "anna")
    with open(f"{admin.folder}/taken-back", encoding="ascii") as file:
        words = file.read().split(" ")
    words[2] = str(int(words[2]) + 7200)  # as long as it took
    write(f"{admin.folder}/taken-back", " ".join(words), 0o600)
    for name, content in before.items():
        published.write(f"{path}/{name}", content)
    for words in (("publish", "--accept-old"), ("publish",)):
        done = admin.run(*words)
        equal(done.code, 1, done.err)
        contains(done.err, "Once more: hf-tokenctl revoke anna main", "the next step")
    admin.must("revoke", "--yes", "anna")
    admin.must("publish")


@case("what was published before key rotate and is taken back behind it: no list brings it back")
def behind_key_rotate():
    admin, _ = fresh("rotated")
    rows = ANNA + [("bert", "main", token("bert"), ""), ("carl", "main", token("carl"), "")]
    admin.provision(rows)
    admin.must("rotate", "carl", input=token("carl", 1) + "\n")
    admin.must("key", "rotate")
    admin.must("publish")
    admin.must("key", "retire", "--yes")
    admin.must("revoke", "--yes", "anna")
    for user in ("bert", "carl"):
        admin.must("rotate", user, input=token(user, 2) + "\n")
    done = admin.provision(rows)
    summary(done, added=0, replaced=0, skipped=3)
    equal(done.err.count("before key rotate: it may be the earlier token"), 3, "what is said")
    equal(admin.names(), {"anna": [], "bert": ["main"], "carl": ["main"]}, "what is published")
    summary(admin.provision([("bert", "main", token("bert", 2), "")]), unchanged=1)
    # What came after it is known for what it is.
    time.sleep(1)
    summary(admin.provision([("anna", "main", token("anna", 1), "")], "--bring-back"), added=1)
    admin.must("revoke", "--yes", "anna")
    summary(admin.provision([("anna", "main", token("anna", 1), "")]), skipped=1)
    summary(admin.provision([("anna", "main", token("anna", 3), "")]), added=1)


@case("an old list gives a name that is in use no token that was revoked under another")
def other_name():
    admin, _ = fresh("other-name")
    admin.provision([("anna", "main", token("anna"), ""), ("anna", "work", token("anna", 1), "")])
    admin.must("revoke", "--yes", "anna", "work")
    done = admin.provision([("anna", "main", token("anna", 1), "")])
    summary(done, replaced=0, skipped=1)
    contains(done.err, "main of anna was revoked on 20", "what is said")
    contains(done.err, "under another name", "what is said")
    summary(admin.provision(ANNA), unchanged=1)


@case("what is known of generations is damaged: that is told with what to do")
def generations():
    admin, _ = fresh("generations")
    admin.provision(ANNA)
    write(f"{admin.folder}/generations", "head x\n", 0o600)
    done = admin.run("revoke", "--yes", "anna")
    equal(done.code, 1, done.err)
    contains(done.err, "fleet/generations: ", "what is said")
    contains(done.err, "move it away", "the next step")
    os.unlink(f"{admin.folder}/generations")
    admin.must("revoke", "--yes", "anna")


@case("a document that the engine has lost is revoked by an empty one, above what hosts have seen")
def lost():
    admin, path = fresh("lost")
    admin.provision(ANNA + [("anna", "work", token("anna", 1), "")])
    before = admin.status()[0]["anna"]["generation"]
    os.unlink(f"{path}/users/anna")
    done = admin.run("revoke", "--yes", "anna", "work")
    equal(done.code, 1, done.err)
    contains(done.err, "the engine has lost the document of anna", "what is said")
    contains(done.err, "without the name", "the next step")
    check(not os.path.exists(f"{path}/users/anna"), "nothing is published")
    done = admin.must("revoke", "--yes", "anna")
    contains(done.err, "an empty one takes its place", "what is said")
    contains(done.err, "a list which still has them brings them back: mend it", "what it means")
    contains(done.err, "revoked all tokens of anna", "what is done")
    row = admin.status()[0]["anna"]
    equal(row["tokens"], [], "its tokens")
    check(row["generation"] > before, "hosts take it")
    equal(admin.run("revoke", "--yes", "nobody").code, 3, "who never was there")


@case("a rotation that came to nothing, or to the same token, took nothing back")
def nothing_taken():
    shelf, refused = Shelf(), []

    def behave(handler):
        if refused and handler.command == "PUT" and "/users/" in handler.path:
            handler.answer(403, b"")
        else:
            shelf(handler)

    with Server(behave) as server:
        admin = Admin("nothing", https=server.section())
        admin.provision(ANNA)
        refused.append(True)
        equal(admin.run("rotate", "anna", input=token("anna", 1) + "\n").code, 1, "an engine that refuses")
        refused.clear()
        summary(admin.provision(ANNA), unchanged=1)
        for days in ("90d", "300d"):
            summary(admin.provision([("anna", "main", token("anna"), days)]), replaced=1, skipped=0)
        equal(taken(admin), [], "what was taken back")
        admin.must("rotate", "anna", "--expires", "400d", input=token("anna") + "\n")
        summary(admin.provision([("anna", "main", token("anna"), "10d")]), replaced=1, skipped=0)
        for number in (1, 0):
            admin.must("rotate", "anna", input=token("anna", number) + "\n")
        equal(len(taken(admin)), 1, "there and back again")
        summary(admin.provision([("anna", "main", token("anna"), "90d")]), replaced=1, skipped=0)
        summary(admin.provision([("anna", "main", token("anna", 1), "")]), skipped=1)


@case("a document whose time is over stays so, where its rows are skipped")
def ended():
    admin, path = fresh("ended")
    before = published.Signer("taken")
    with open(f"{admin.folder}/signer.pub", "a", encoding="ascii") as file:
        file.write(f"{before.public} previous\n")
    content = before.document("dora", int(time.time()) * 1000, token("dora", 1), name="work", until=-5)
    published.write(f"{path}/users/dora", content)
    admin.must("publish")
    with open(f"{path}/users/dora", "rb") as file:
        content = file.read()
    write(f"{admin.folder}/taken-back", line("dora", 1000), 0o600)
    row = [("dora", "main", token("dora"), "")]
    summary(admin.provision(row), added=0, skipped=1)
    with open(f"{path}/users/dora", "rb") as file:
        equal(file.read(), content, "the document")
    done = admin.provision(row, "--bring-back")
    summary(done, added=1)
    contains(done.err, "work of dora is not in the list, and comes back with the document", "what is said")
    contains(done.err, "hf-tokenctl revoke dora work", "the next step")
    check(admin.status()[0]["dora"]["until"] > time.time(), "it is wanted again")


@case("a dry run leaves the folder alone")
def dry_run():
    admin, path = fresh("dry")
    admin.provision(ANNA)
    other = admin.copy("dry-other")
    other.provision([("anna", "main", token("anna", 2), ""), ("bert", "main", token("bert"), "")])
    before = tree(admin.folder), tree(path)
    admin.must("provision", "--to", "lab", "--dry-run", "--accept-old", "--bring-back",
               admin.file("rows", csv(ANNA + [("bert", "main", token("bert", 1), "")])))
    equal((tree(admin.folder), tree(path)), before, "the folder, and the engine")


@case("key retire notes no users before it was told to go on")
def retire():
    with Server(Shelf()) as server:
        admin = Admin("retire", https=server.section())
        admin.provision(ANNA)
        admin.must("key", "rotate")
        before = tree(admin.folder)
        everybody = admin.file("all", "anna\nbert\n")
        equal(admin.run("key", "retire", "--users", everybody).code, 2, "without a terminal")
        equal(tree(admin.folder), before, "the folder")
        admin.must("key", "retire", "--yes", "--users", everybody)
        equal(tree(admin.folder)["users"], b"anna\nbert\n", "who is noted")


@case("a token in the place of a file or a folder is not quoted")
def not_quoted():
    admin, _ = fresh("quoted")
    secret = token("secret")
    for words in (("provision", "--to", "lab", secret), ("provision", "--to", "lab", f"./{secret}.csv")):
        done = admin.run(*words)
        equal(done.code, 1, done.err)
        secretless(done, secret)
    for words in (("publish", "--fleet", secret), ("key", "list", "--fleet", f"/tmp/{secret}")):
        done = users.run("hf-tokenctl", *words)
        check(done.code != 0, "there is no such fleet")
        secretless(done, secret)


if __name__ == "__main__":
    main()
