#!/usr/bin/env python3
"""What a new administrator gets wrong on a host, one thing at a time: a login's log line, hf-tokenctl refresh, init and
doctor name the file or folder, why it cannot be used, and the next step."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "system"))
import fleettest
import pam
import published
import users
from fleettest import Nginx, authority, settings
from harness import Log, add_case, case, check, contains, equal, main, wait_for
from published import ask

KEYS = "/etc/hf-token"
FOLDER = "/opt/fleet"
DENIED = "it could not be read by the account hf-token: Permission denied"

published.account()
pam.service("fleet")
signer = published.Signer("first")
alice = users.User("alice")
TOKEN = "hf_TESTalice0000000000"


def log_in(placed=False):
    log = Log()
    with pam.Host("fleet", alice) as host:
        host.do("open")
        got = alice.tokens()
        host.do("close")
    wait_for(lambda: not alice.tokens(), "the token is gone")
    line = log.only_line(alice)
    equal(bool(got), placed, f"a token was placed ({line})")
    return line


def refresh(code=1):
    done = users.run("hf-tokenctl", "refresh")
    equal(done.code, code, f"hf-tokenctl refresh, which said {done.err!r}")
    return done.err


def doctor(code=None):
    """The findings of each check as lines: "LEVEL FILE: WHAT > NEXT"."""
    done = users.run("hf-tokenctl", "doctor", "--json")
    said = json.loads(done.out)
    if code is not None:
        equal(done.code, code, f"hf-tokenctl doctor, which said {done.out}")
    equal(done.code, 1 if said["bad"] else 0, "exit code")
    found = {}
    for row in said["findings"]:
        line = f"{row['level']} {row['file'] + ': ' if row['file'] else ''}{row['what']} > {row['next']}"
        found.setdefault(row["check"], []).append(line)
    return found


def begin(kind="folder", **section):
    """A host that asks this engine, and has asked nothing yet."""
    published.folders()
    published.trust(signer)
    published.write("/etc/hf-token.conf", f"tokens: user host {kind}\n")
    if kind == "folder":
        users.must("rm", "-rf", FOLDER)
        put("users/alice", signer.document(alice, 1, TOKEN))
        section = {"path": FOLDER, **section}
    published.write(published.SITE, settings(**{kind: section}))


@contextlib.contextmanager
def name_service(line):
    """Another line of nsswitch.conf(5)."""
    file = pathlib.Path("/etc/nsswitch.conf")
    was = file.read_text()
    file.write_text(re.sub(f"(?m)^{line.split()[0]}.*$", line, was))
    try:
        yield
    finally:
        file.write_text(was)


def put(name, content):
    published.write(f"{FOLDER}/{name.replace('alice', alice.name)}", content)


# ---------------------------------------------------------------------------------- the folder, and its age

def unreadable(shut, what, remedy):
    begin()
    put("head", signer.head(1))
    log_in(placed=True)
    published.empty_cache()
    shut()
    said = f"/etc/hf-token/fleet.conf: [folder] path: {FOLDER}: {what}"
    check(log_in().endswith(f"source folder: {said}"), "the log")
    contains(refresh(), said, "refresh")
    contains(users.run("hf-tokenctl", "init", "--fleet").err, f"[folder] path: {FOLDER}: {what}", "init")
    contains(doctor(1)["sources"][0], f"bad [folder] path: {FOLDER}: {what} > {remedy}", "doctor")
    os.chmod(FOLDER, 0o755) if os.path.exists(FOLDER) else None


add_case("a folder that the account cannot read is named, and why", unreadable, lambda: os.chmod(FOLDER, 0o700), DENIED,
         f"chmod 755 {FOLDER}")
add_case("a folder that is not there is named", unreadable, lambda: shutil.rmtree(FOLDER), "there is no such folder",
         "Bring it there, or correct path in /etc/hf-token/fleet.conf")


@case("a folder within it that the account cannot read is named")
def _():
    begin()
    os.chmod(f"{FOLDER}/users", 0o700)
    contains(log_in(), f"source folder: {FOLDER}/users/{alice.name}: {DENIED}", "the log")


@case("fleet.conf for root alone: the account that cannot read it is named")
def _():
    begin()
    os.chmod(published.SITE, 0o600)
    contains(log_in(), f"source folder: {published.SITE}: {DENIED}", "the log")
    contains(refresh(), f"{published.SITE}: {DENIED}", "refresh")
    contains(doctor(1)["sources"][0], f"bad {published.SITE}: {DENIED} > chmod 644 {published.SITE}", "doctor")


@case("a folder below one that the account cannot pass: doctor names that one")
def _():
    begin()
    os.makedirs("/opt/shut/fleet", exist_ok=True)
    os.chmod("/opt/shut", 0o750)
    published.write(published.SITE, settings(folder={"path": "/opt/shut/fleet"}))
    contains(doctor(1)["sources"][0], f"bad [folder] path: /opt/shut/fleet: {DENIED} > The account cannot pass "
             "/opt/shut: put it where all may, and correct path in /etc/hf-token/fleet.conf", "doctor")


@case("doctor opens no folder of root's to all: not root's home, nor where other keys are, nor behind a link")
def _():
    begin("https", url="https://127.0.0.1:9", authorities=authority.path, certificate="/root/both.pem",
          key="/root/both.pem")
    pair = authority.client()
    both = pathlib.Path(pair.certificate).read_text() + pathlib.Path(pair.key).read_text()
    published.write("/root/both.pem", both, 0o600)
    os.chmod("/root", 0o700)
    copy = "Give the account a copy: install -g hf-token -m 640 /root/both.pem /etc/hf-token/https-"
    found = doctor(1)["sources"]
    contains(found[0], f"bad [https] certificate: /root/both.pem: {DENIED} > {copy}certificate; and name that in",
             "root's home")
    contains(found[1], f"bad [https] key: /root/both.pem: {DENIED} > {copy}key; and name that in", "root's home")
    for row in found:
        users.must("sh", "-c", re.search("copy: (install .*); and", row)[1])
    begin("https", url="https://127.0.0.1:9", authorities=authority.path, certificate=f"{KEYS}/https-certificate",
          key=f"{KEYS}/https-key")
    contains(doctor(1)["sources"][0], "ok https: the account hf-token can use what it names", "with the copies")
    os.makedirs("/opt/keys", exist_ok=True)
    os.chmod("/opt/keys", 0o710)
    shutil.copy("/root/both.pem", "/opt/keys/both.pem")
    link = pathlib.Path(KEYS, "link.pem")
    link.symlink_to("/opt/keys/both.pem")
    for shut in (0o710, 0o755):
        os.chmod("/opt/keys", shut)
        begin("https", url="https://127.0.0.1:9", authorities=authority.path, certificate=str(link), key=str(link))
        for row in doctor(1)["sources"]:
            contains(row, f"copy: install -g hf-token -m 640 {link} /etc/hf-token/https-", f"a link, and {shut:o}")
    link.unlink()
    begin("https", url="https://127.0.0.1:9", authorities=authority.path, certificate=pair.certificate,
          key=f"{KEYS}/host.key")
    contains("\n".join(doctor(1)["sources"]), f"key: {KEYS}/host.key: {DENIED} > Correct key in "
             "/etc/hf-token/fleet.conf: this is the key of the machine", "the host's key")
    os.makedirs(f"{KEYS}/tls", exist_ok=True)
    os.chmod(f"{KEYS}/tls", 0o700)
    begin("https", url="https://127.0.0.1:9", authorities=f"{KEYS}/tls/ca.pem")
    contains(doctor(1)["sources"][0], f"> chgrp hf-token {KEYS}/tls; chmod g+x {KEYS}/tls", "a folder of its own")
    os.rmdir(f"{KEYS}/tls")
    os.chmod(KEYS, 0o700)
    contains("\n".join(doctor(1)["sources"]), f"> chmod 755 {KEYS}", "its own folder")
    os.chmod(KEYS, 0o755)
    os.makedirs("/opt/other", exist_ok=True)
    os.chmod("/opt/other", 0o700)
    begin(path="/opt/other")
    contains(doctor(1)["sources"][0], f"path: /opt/other: {DENIED} > Correct path in /etc/hf-token/fleet.conf",
             "a folder with nothing published")
    shutil.rmtree("/opt/other")
    shutil.rmtree("/opt/keys")


@case("a cache older than maximum-age: since when the engine was not reached, and why")
def _():
    begin()
    published.write(published.SITE, settings(folder={"path": FOLDER}, cache={"maximum_age": "1h"}))
    log_in(placed=True)
    os.rename(FOLDER, f"{FOLDER}.gone")
    published.set_confirmed("folder", f"users/{alice.name}", 1800)
    contains(log_in(placed=True), "1 document from the cache; source folder: ", "the log")
    published.set_confirmed("folder", f"users/{alice.name}", 5000)
    line = log_in()
    check(re.search("source folder: not reached since 20[0-9-]{8} [0-9:]{5}, and", line), f"the log: {line}")
    contains(line, "and the cache is older than maximum-age", "the log")
    check("time that it was published for" not in line, f"the log: {line}")
    shutil.rmtree(f"{FOLDER}.gone")


# ------------------------------------------------------------------------------------ what the user is told

def noted():
    return [key.description for key in alice.keys() if key.description == "hf-token.asked"]


@case("a login that an engine gave no answer to: run says so with the time, doctor warns; the next login ends it")
def _():
    begin()
    os.chmod(FOLDER, 0o700)
    log_in()
    wait_for(lambda: len(noted()) == 1, "there is one note")
    said = alice.run("hf-token", "run", "true")
    equal(said.code, 125, "exit code")
    contains(said.err, f"no token: folder gave no answer at your login (20", "run")
    contains(said.err, f"{FOLDER}: {DENIED}\n  Log in again.", "run")
    contains(alice.run("hf-token", "status").out, "gave no answer at your login", "status")
    rows = json.loads(alice.run("hf-token", "doctor", "--json").out)["findings"]
    equal([row["level"] for row in rows if "folder gave no answer at your login" in row["what"]], ["warn"], "doctor")
    published.write("/etc/hf-token.conf", "tokens: user host\n")
    contains(alice.run("hf-token", "run", "true").err, "there is no token yet", "run where the engine is asked no more")
    published.write("/etc/hf-token.conf", "tokens: user host folder\n")
    os.chmod(FOLDER, 0o755)
    log_in(placed=True)
    wait_for(lambda: noted() == [], "the note is gone")
    os.chmod(FOLDER, 0o700)
    published.empty_cache()
    log_in()
    os.chmod(FOLDER, 0o755)
    os.remove(f"{FOLDER}/users/{alice.name}")
    users.must("rm", "-rf", f"{published.SEEN}/folder")
    with pam.Host("fleet", alice) as host:
        host.do("open", "close")
    wait_for(lambda: noted() == [], "the note is gone where the engine has nothing for her")
    contains(alice.run("hf-token", "run", "true").err, "there is no token for you: folder, asked at login, has none",
             "run")
    contains(alice.run("hf-token", "status").out, "Ask the administrator; for one of your own: hf-token login",
             "status")


@case("a token that this machine could not open at login: status and run say so, doctor warns, and whom to tell")
def _():
    begin()
    put("users/alice", signer.document(alice, 1, TOKEN, recipients=[f"pool:{published.pool('lab')}"]))
    check(log_in().endswith("1 refused; source folder: it is not sealed to a key that is at hand"), "the log")
    wait_for(lambda: len(noted()) == 1, "there is one note")
    what = "folder has a token for you that this machine could not open at your login (20"
    why = "): it is not sealed to a key that is at hand\n"
    said = alice.run("hf-token", "run", "true")
    equal(said.code, 125, "exit code")
    for name, text in (("run", said.err), ("status", alice.run("hf-token", "status").out)):
        contains(text, what, name)
        contains(text, why, name)
        contains(text, "Tell the administrator: hf-tokenctl doctor", name)
    rows = json.loads(alice.run("hf-token", "doctor", "--json").out)["findings"]
    equal([row["level"] for row in rows if row["what"].startswith(what)], ["warn"], "doctor")
    put("users/alice", signer.document(alice, 2, TOKEN))
    log_in(placed=True)
    wait_for(lambda: noted() == [], "the note is gone")


# ------------------------------------------------------------------------------------------- a client's key

def keys(certificate=None, key=None, mode=0o640):
    """A client's pair as an administrator puts it there."""
    pair = authority.client()
    for source, name in ((certificate or pair.certificate, "client.pem"), (key or pair.key, "client.key")):
        shutil.copy(source, f"{KEYS}/{name}")
    os.chmod(f"{KEYS}/client.pem", 0o644)
    os.chmod(f"{KEYS}/client.key", mode)
    os.chown(f"{KEYS}/client.key", 0, published.account().pw_gid)


def remove(path):
    os.remove(path)
    return path


def write_file(path, content):
    with open(path, "w") as file:
        file.write(content)


SECRET = "chown root:hf-token {path}; chmod 640 {path}"
BRING = "Bring it there, or correct {setting} in /etc/hf-token/fleet.conf"
OWN_KEY = "Put the certificate's own key there, in PEM form and without a password."
MISTAKES = (
    ("a key for root alone", "key", "client.key", DENIED, SECRET, lambda path: os.chmod(path, 0o600)),
    ("a key for all", "key", "client.key", "its mode lets others change or read it", SECRET,
     lambda path: os.chmod(path, 0o644)),
    ("a key of another group", "key", "client.key", DENIED, SECRET, lambda path: os.chown(path, 0, 0)),
    ("another certificate's key", "key", "client.key", "it is not the certificate's key, or not a key in PEM form",
     OWN_KEY, lambda path: keys(key=authority.server().key)),
    ("a key that is none", "key", "client.key", "it is not the certificate's key, or not a key in PEM form", OWN_KEY,
     lambda path: write_file(path, "none\n")),
    ("no key", "key", "client.key", "there is no such file", BRING, remove),
    ("an empty certificate", "certificate", "client.pem", "it is empty", "Put this machine's certificate there, in PEM",
     lambda path: write_file(path, "")),
    ("a certificate for root alone", "certificate", "client.pem", DENIED, SECRET,
     lambda path: os.chmod(path, 0o600)),
    ("a certificate that is none", "certificate", "client.pem", "it has no certificate in PEM form",
     "Put this machine's certificate there, in PEM", lambda path: write_file(path, "none\n")),
    ("no authorities", "authorities", "authorities.pem", "there is no such file", BRING, remove),
    ("authorities that are none", "authorities", "authorities.pem", "it has no certificate in PEM form",
     "Put the certificate of the authority there", lambda path: write_file(path, "none\n")),
    ("a password for all", "password-file", "password", "its mode lets others change or read it", SECRET,
     lambda path: os.chmod(path, 0o644)),
    ("no password", "password-file", "password", "there is no such file", BRING, remove),
)


def mistaken(server, setting, name, why, remedy, mistake):
    section = {"url": server.url, "authorities": f"{KEYS}/authorities.pem", "certificate": f"{KEYS}/client.pem",
               "key": f"{KEYS}/client.key"}
    keys()
    shutil.copy(authority.path, f"{KEYS}/authorities.pem")
    os.chmod(f"{KEYS}/authorities.pem", 0o644)
    if setting == "password-file":
        published.write(f"{KEYS}/password", "secret\n", 0o640)
        os.chown(f"{KEYS}/password", 0, published.account().pw_gid)
        section.update(user="host", password_file=f"{KEYS}/password")
    begin("https", **section)
    equal(ask("https", "check", "-").code, "OK", "before the mistake")
    mistake(f"{KEYS}/{name}")
    said = f"[https] {setting}: {KEYS}/{name}: {why}"
    contains(ask("https", "check", "-").reason, said, "the source")
    contains(log_in(), f"source https: /etc/hf-token/fleet.conf: {said}", "the log")
    contains(refresh(), said, "refresh")
    contains(users.run("hf-tokenctl", "init", "--fleet").err, said, "init")
    found = doctor(1)
    contains(found["sources"][0], f"bad {said}", "doctor")
    contains(found["sources"][0], "> " + remedy.format(path=f"{KEYS}/{name}", setting=setting), "doctor's next step")
    check("engine" not in found, f"the engine is not asked by it: {found}")


@case("files that a section names, each with one mistake: named by the log, refresh, init and doctor")
def _():
    with Nginx() as server:
        for name, content in ((f"users/{alice.name}", signer.document(alice, 1, TOKEN)), ("head", signer.head(1))):
            fleettest.write(f"{server.folder}/{name}", content)
        for title, *rest in MISTAKES:
            try:
                mistaken(server, *rest)
            except AssertionError as error:
                raise AssertionError(f"{title}: {error}") from None
        keys()
        begin("https", url=server.url, authorities=authority.path, certificate=f"{KEYS}/client.pem",
              key=f"{KEYS}/client.key")
        log_in(placed=True)
        refresh(0)


# ----------------------------------------------------------------------------------- the site's own files

FILES = (
    ("no signers", lambda: os.remove(published.SIGNERS), "there is no such file", "there is none"),
    ("signers without a line", lambda: published.write(published.SIGNERS, "# none\n"),
     "it has no signer, so that nobody is trusted", "it has no signer"),
    ("empty signers", lambda: published.write(published.SIGNERS, ""), "it has no signer, so that nobody is trusted",
     "it has no signer"),
    ("signers that others may write", lambda: os.chmod(published.SIGNERS, 0o666), "its mode lets others change it",
     "its mode lets others change it"),
    ("signers for root alone", lambda: os.chmod(published.SIGNERS, 0o600), DENIED,
     "its mode is 0600, so that users cannot read it > As root: chmod 644"),
    ("a mistake in the signers", lambda: published.write(published.SIGNERS, "# a\nb\n"), "line 2 is malformed",
     "it is no signer's key"),
)


def site_file(spoil, why, found):
    begin()
    put("head", signer.head(1))
    spoil()
    said = f"{published.SIGNERS}: {why}"
    contains(log_in(), f"source folder: {said}", "the log")
    contains(refresh(), said, "refresh")
    check(any(line.startswith(f"bad {published.SIGNERS}: {found}") for line in doctor(1)["signers"]), "doctor")


for title, *rest in FILES:
    add_case(f"{title}: named by the log, refresh and doctor", site_file, *rest)


@case("sections and sources that do not go together")
def _():
    begin()
    published.write(published.SITE, settings(https={"url": "https://fleet.example"}))
    contains(log_in(), "source folder: /etc/hf-token/fleet.conf: there is no section [folder]", "the log")
    contains(refresh(), "/etc/hf-token/fleet.conf: there is no section [folder]", "refresh")
    found = doctor(1)["settings"]
    contains(found[0], "bad /etc/hf-token/fleet.conf: there is no section [folder], which tokens: names", "doctor")
    contains(found[1], "warn /etc/hf-token.conf: tokens: does not name https, for which", "doctor")


@case("a mistake in fleet.conf: the log, refresh, doctor and on-demand tell the line and what is wrong there")
def _():
    begin()
    users.must("hf-tokenctl", "on-demand", "enable")
    for text, line, why in (("[folder]\npath = opt/fleet\n", 2, "a path that begins with / is wanted"),
                            ("[cach]\nmaximum-age = 1d\n", 1, "there is no section of that name"),
                            ("[cache]\nmaximum_age = 1d\n", 2, "its section has no setting of that name"),
                            ("[cache]\nmaximum-age = 1\n", 2,
                             "a time such as 90s, 30m, 24h or 90d is wanted, at most a year"),
                            ("[folder]\npath = /a\npath = /b\n", 3, "it is set twice"),
                            ("[https]\nurl = https://a\nkey = /k\n", 3,
                             "of certificate and key one is missing in its section")):
        published.write(published.SITE, text)
        said = f"/etc/hf-token/fleet.conf: line {line}: {why}"
        check(log_in().endswith(f"source folder: {said}"), "the log")
        contains(refresh(), f"source folder: what was published: {said}\n", "refresh")
        contains(doctor(1)["settings"][0], f"bad /etc/hf-token/fleet.conf: {why} > hf-token.conf(5) has", "doctor")
        contains(users.run("hf-tokenctl", "doctor").out, f"/etc/hf-token/fleet.conf:{line}: {why}\n", "doctor")
        contains(users.run("hf-tokenctl", "on-demand", "status").err, said, "on-demand")
    users.must("hf-tokenctl", "on-demand", "disable")


# ------------------------------------------------------------------------------------- what an engine gives

@case("an engine that is not reached: the log has the cause in words of its own, and root the address besides")
def _():
    for url, why in (("https://127.0.0.1:9", "the connection was refused"),
                     ("https://fleet.invalid", "the server's name could not be resolved")):
        begin("https", url=url, authorities=authority.path)
        with name_service("hosts: files"):
            check(log_in().endswith(f": source https: {why}"), f"the log: {url}")
            contains(alice.run("hf-token", "run", "true").err, f"): {why}\n", "run")
            contains(refresh(), f"what was published: {url}: ", "refresh")
    with Nginx() as server:
        begin("https", url=server.url, authorities=fleettest.stranger().path)
        check(log_in().endswith(": source https: the server's certificate could not be verified"), "the log")


@case("an untrusted signer, a web page and other bytes in an object's place: the log and doctor tell which it is")
def _():
    begin()
    put("head", published.Signer("stranger").head(1))
    contains(doctor(1)["engine"][0], "bad folder: it is not signed by a key that this machine trusts > On the "
             "administrator's machine: hf-tokenctl key export; what it prints is this machine's /etc/hf-token/signers",
             "an untrusted signer")
    put("head", "\n<!DOCTYPE html>\n<p>Sign in\n")
    contains(doctor(1)["engine"][0], "bad folder: head: it is no published object, but a web page > The address must "
             "be that of what hf-tokenctl publish writes", "a web page")
    put("head", "{}")
    contains(doctor(1)["engine"][0], "bad folder: head: it is no published object >", "other bytes")
    contains(refresh(), "source folder: what was published: head: it is no published object", "refresh")
    put("users/alice", "<html>hf_TESTCANARY</html>")
    check(log_in().endswith(f"source folder: users/{alice.name}: it is no published object, but a web page"), "the log")


# ------------------------------------------------------------------------------------------ the host's key

@case("a pool's key that is sealed to an earlier key of the host: named, with what to do, until it is replaced")
def _():
    begin()
    recipients = [f"pool:{published.pool('lab')}"]
    put("users/alice", signer.document(alice, 1, TOKEN, recipients=recipients))
    put(f"hosts/{published.host_hex()}", signer.keys(1, "lab"))
    put("head", signer.head(1))
    refresh(0)
    log_in(placed=True)
    contains(doctor(0)["pools"][0], "ok this machine has the keys of 1 pool", "doctor")
    kept = "/root/host-keys"
    os.makedirs(kept)
    for name in ("host.key", "host.pub"):
        shutil.move(f"{KEYS}/{name}", kept)
    contains(users.run("hf-tokenctl", "init").err, "hf-tokenctl key host add; or key host replace, where", "init")
    contains(log_in(), "source folder: its pool's key is sealed to an earlier key of this machine, which hf-tokenctl "
                       "key host replace mends", "the log")
    said = refresh()
    contains(said, "a pool's key is sealed to an earlier key of this machine, or altered", "refresh")
    contains(said, "On the administrator's machine: hf-tokenctl key host replace NAME FILE", "refresh")
    contains(said, "host.pub; then here: hf-tokenctl refresh\n", "refresh")
    contains(doctor(1)["pools"][0], "sealed to an earlier key of this machine, or altered > On the administrator's",
             "doctor")
    put(f"hosts/{published.host_hex()}", signer.keys(2, "lab"))
    put("head", signer.head(2))
    refresh(0)
    log_in(placed=True)
    for name in ("host.key", "host.pub"):
        shutil.copy(f"{kept}/{name}", f"{KEYS}/{name}")
    users.must("sh", "-c", "rm /var/lib/hf-token/pools/*")


@case("a host's private key that is gone: the user, the log, refresh and doctor say so, and the way is one that goes")
def _():
    begin()
    put(f"hosts/{published.host_hex()}", signer.keys(1, "lab"))
    put("head", signer.head(1))
    shutil.move(f"{KEYS}/host.key", "/root/host.key")
    try:
        contains(log_in(), "1 refused; source folder: this machine has no host key", "the log")
        contains(alice.run("hf-token", "run", "true").err, "could not open at your login (20", "run")
        contains(refresh(), f"refresh: {KEYS}/host.pub is there without its private key", "refresh")
        contains(doctor(1)["host-key"][0],
                 f"bad {KEYS}/host.pub: the private key to it is gone > bring host.key back, or move host.pub out of "
                 f"{KEYS}, then hf-tokenctl init; then on the administrator's machine: hf-tokenctl key host replace "
                 "NAME FILE", "doctor")
    finally:
        shutil.move("/root/host.key", f"{KEYS}/host.key")
    refresh(0)
    users.must("sh", "-c", "rm /var/lib/hf-token/pools/*")


@case("two engines, of which one never had anything for this machine: a pool that it left goes all the same")
def _():
    with Nginx() as server:
        fleettest.write(f"{server.folder}/head", signer.head(1))
        begin()
        published.write("/etc/hf-token.conf", "tokens: user host folder https\n")
        keys()
        published.write(published.SITE, settings(folder={"path": FOLDER}, https={
            "url": server.url, "authorities": authority.path, "certificate": f"{KEYS}/client.pem",
            "key": f"{KEYS}/client.key"}))
        for generation, pools in ((1, ("lab", "desk")), (2, ("desk",)), (3, ())):
            put(f"hosts/{published.host_hex()}", signer.keys(generation, *pools))
            put("head", signer.head(generation))
            refresh(0)
            equal(len(os.listdir("/var/lib/hf-token/pools")) - 1, len(pools), f"pools of {pools}, and the lock")
            if generation == 2:
                kept, = pathlib.Path("/var/lib/hf-token/pools").glob("*.sealed")
                kept.rename(kept.with_name("0" * 64 + ".sealed"))
        put(f"hosts/{published.host_hex()}", signer.keys(4, "lab"))
        put("head", signer.head(4))
        refresh(0)
        os.remove(f"{FOLDER}/hosts/{published.host_hex()}")
        users.must("rm", "-rf", published.SEEN, published.CACHE)
        users.must("hf-tokenctl", "init", "--fleet")
        refresh(0)
        equal(len(os.listdir("/var/lib/hf-token/pools")) - 1, 1, "pools where no engine has anything for it")
    users.must("sh", "-c", "rm /var/lib/hf-token/pools/*")


@case("a name service that is out: refresh says so of a user with tokens, and leaves them alone")
def _():
    begin()
    put("head", signer.head(1))
    with pam.Host("fleet", alice) as host:
        host.do("open")
        published.write("/etc/hf-token.conf", "tokens: user host\n")
        with name_service("passwd: nonesuch"):
            said = refresh(1)
        contains(said, f"refresh: the user with id {alice.uid}: ", "refresh")
        contains(said, "\n  Is the name service there? Until it is, the tokens stay", "refresh")
        check(alice.tokens(), "the token stays")
        host.do("close")
    wait_for(lambda: not alice.tokens(), "the token is gone")
    with name_service("passwd: nonesuch"):
        refresh(0)


@case("a login whose name could not be noted, the disk of /run being full: refresh says so of a user with tokens")
def _():
    begin()
    put("head", signer.head(1))
    with pam.Host("fleet", alice) as host:
        host.do("open")
        os.truncate(f"/run/hf-token/user.{alice.uid}", 0)
        published.write("/etc/hf-token.conf", "tokens: user host\n")
        said = refresh(1)
        contains(said, f"refresh: the user with id {alice.uid}: ", "refresh")
        contains(said, "\n  Their login noted no name: is there room in /run/hf-token? Until they log in again, the "
                 "tokens stay", "refresh")
        host.do("close")
    wait_for(lambda: not alice.tokens(), "the token is gone")
    refresh(0)


@case("a user's full key quota: refresh says what stays, and where to look; one that is revoked goes all the same")
def _():
    begin()
    put("head", signer.head(1))
    with pam.Host("fleet", alice) as host:
        host.do("open")
        alice.run("sh", "-c", "i=0; while keyctl add user junk$i x @u && [ $i -lt 300 ]; do i=$((i + 1)); done")
        put("users/alice", signer.document(alice, 2, TOKEN + "2"))
        put("head", signer.head(2))
        contains(refresh(), f"{alice.name}: source folder: the kernel's key quota of this user is used up\n  The user "
                 "has too many keys, see hf-token doctor as that user.", "refresh")
        equal(alice.run("hf-token", "token").out, TOKEN + "\n", "the earlier token")
        put("users/alice", signer.document(alice, 3))
        put("head", signer.head(3))
        contains(refresh(0), "1 removed", "refresh")
        check(not alice.tokens(), "the token is gone")
        alice.must("keyctl", "clear", "@u")
        host.do("close")


# ------------------------------------------------------------------------------------------------- doctor

@case("doctor: a machine that is right has nothing bad, says in no pool, and what the timer is")
def _():
    begin()
    put("head", signer.head(1))
    refresh(0)
    found = doctor(0)
    for name in ("host-key", "settings", "account", "folders", "signers", "sources", "engine", "on-demand"):
        check(found[name][0].startswith("ok "), f"{name}: {found[name]}")
    contains(found["pools"][0], "warn this machine has the key of no pool > Here: hf-tokenctl refresh. If", "pools")
    contains(found["timer"][0], "warn ", "the timer")
    begin()
    contains(refresh(), "what was published: there is none\n  On the administrator's machine: hf-tokenctl publish\n",
             "refresh where nothing is published")
    contains(doctor(0)["engine"][0], "warn folder answers, and nothing is published there yet", "the engine")
    put("head", signer.head(1))
    text = users.run("hf-tokenctl", "doctor").out
    contains(text, "ok    engine       folder answers, with what a trusted signer published\n", "as text")
    equal(users.run("setpriv", f"--reuid={alice.uid}", "--clear-groups", "hf-tokenctl", "doctor").code, 1, "for root")


@case("doctor: an engine that does not answer, since when; folders and the account")
def _():
    begin("https", url="https://127.0.0.1:9", authorities=authority.path)
    contains(doctor(1)["engine"][0], "bad https: https://127.0.0.1:9: ", "the engine")
    begin()
    put("head", signer.head(1))
    refresh(0)
    os.remove(f"{FOLDER}/head")
    contains(doctor(1)["engine"][0], "; its last answer is of 20", "the engine")
    put("head", signer.head(1))
    os.chmod(published.CACHE, 0o755)
    contains(doctor(1)["folders"][0], f"bad {published.CACHE}: its mode is 0755, which gives", "folders")
    os.rmdir("/var/lib/hf-token/pools") if not os.listdir("/var/lib/hf-token/pools") else None
    users.must("hf-tokenctl", "init", "--fleet")
    doctor(0)


@case("full file systems: doctor names the folders, refresh what it could not keep, and a login goes on")
def _():
    begin()
    put("head", signer.head(1))
    put(f"hosts/{published.host_hex()}", signer.keys(1, "lab"))
    places = {"/var/lib/hf-token/pools": 0, published.SEEN: published.account().pw_uid, "/run/hf-token": 0}
    for place, owner in places.items():
        users.must("mount", "-t", "tmpfs", "-o", f"size=4k,mode=700,uid={owner}", "none", place)
        users.run("dd", "if=/dev/zero", f"of={place}/junk", "bs=4096", "count=2")
    try:
        contains(refresh(), "refresh: /var/lib/hf-token/pools: the system refused (No space left on device)\n"
                 "  Make room there, then: hf-tokenctl refresh\n", "refresh")
        found = doctor(1)["folders"]
        equal([line.split(": ")[0] for line in found], [f"bad {place}" for place in sorted(places)], "doctor")
        contains(found[0], "its file system is full, so that nothing new is kept > Make room there", "doctor")
        log_in(placed=True)
    finally:
        for place in places:
            users.must("umount", place)
    refresh(0)
    doctor(0)
    users.must("sh", "-c", "rm /var/lib/hf-token/pools/*")


@case("doctor: an on-demand rule for a group that is not there, and a zero byte in fleet.conf")
def _():
    begin()
    put("head", signer.head(1))
    users.must("hf-tokenctl", "on-demand", "enable")
    with open(published.SITE, "a") as file:
        file.write("\n[on-demand]\nallow = group:nonesuch\n")
    said = "/etc/hf-token/fleet.conf: [on-demand] allow: there is no group nonesuch"
    contains(doctor(1)["on-demand"][0], f"bad {said}", "doctor")
    contains(users.run("hf-tokenctl", "on-demand", "status").err, said, "status")
    program = f"{published.HELPERS}/hf-token-on-demand"
    os.rename(program, f"{program}.gone")
    contains(doctor(1)["on-demand"][0], f"bad {program}: it is not there > Install pam-hf-token again, or", "doctor")
    os.rename(f"{program}.gone", program)
    users.must("hf-tokenctl", "on-demand", "disable")
    published.write(published.SITE, "[folder]\npath = /opt/fleet\n\0\n")
    contains(doctor(1)["settings"][0], "bad /etc/hf-token/fleet.conf: it has a zero byte", "doctor")
    contains(refresh(), "/etc/hf-token/fleet.conf: line 3: it has a zero byte", "refresh")


@case("doctor: what users need of an installation: modes of files and folders, programs, and the PAM stack")
def _():
    begin()
    put("head", signer.head(1))
    for path, mode, words in (("/etc/hf-token.conf", 0o600, "users cannot read it > As root: chmod 644"),
                              (KEYS, 0o700, "users cannot enter it > As root: chmod 755"),
                              (f"{KEYS}/host.pub", 0o600, "users cannot read it > As root: chmod 644"),
                              (published.HELPERS, 0o750, "users cannot enter it > As root: chmod 755")):
        was = os.stat(path).st_mode & 0o7777
        os.chmod(path, mode)
        rows = [line for lines in doctor(1).values() for line in lines]
        os.chmod(path, was)
        contains("\n".join(rows), f"bad {path}: its mode is {mode:04o}, so that {words} {path}", "doctor")
    published.write("/etc/hf-token.conf", "tokens: user host nonesuch folder\n")
    found = doctor(1)["sources"]
    contains(found[0], f"bad {published.HELPERS}/hf-token-source-nonesuch: it is not there > Install it, or", "sources")
    contains(found[1], "ok folder: the account", "sources")
    program = pathlib.Path(published.HELPERS, "hf-token-source-folder")
    kept = program.read_bytes()
    published.write(str(program), "#!/bin/sh\nexit 69\n", 0o755)
    contains(doctor(1)["sources"][1], "bad folder: the source is not available > Try it: runuser -u hf-token -- "
             f"{program} check 5000 -; echo $?", "a source that says nothing")
    published.write(str(program), kept, 0o755)
    published.write("/etc/hf-token.conf", "tokens: user host folder\n")
    check(doctor(0)["pam"][0].startswith("ok session: login"), "the session stack")
    stacks = {path: path.read_text() for path in pathlib.Path("/etc/pam.d").glob("common-session*")}
    for path, text in stacks.items():
        path.write_text(re.sub("(?m)^.*pam_hf_token.*$", "", text))
    contains(doctor(1)["pam"][0], "bad no service of /etc/pam.d has pam_hf_token in its session stack > As root: "
             "pam-auth-update", "pam")
    for path, text in stacks.items():
        path.write_text(text)


@case("the refresh timer where systemd does not run: doctor and init say what else can run it")
def _():
    begin()
    check(not os.path.exists("/run/systemd/system"), "systemd does not run here")
    line = "As a line of /etc/crontab: * * * * * root /usr/sbin/hf-tokenctl refresh --quiet"
    contains(doctor()["timer"][0], f"warn systemd does not run here, and so no hf-token-refresh.timer: without another "
             f"way to run refresh, live sessions learn of no revocation > {line}", "doctor")
    contains(users.run("hf-tokenctl", "init", "--fleet").err, f"init: for live sessions, each minute. {line}\n", "init")


main()
