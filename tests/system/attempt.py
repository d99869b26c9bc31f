#!/usr/bin/env python3
"""What a stranger tries: attempt.py SERIAL... runs as somebody else and prints each thing that worked."""
import sys

import kernel


def attempt(what, function, *arguments):
    try:
        answer = function(*arguments)
    except OSError:
        return
    print(f"{what}: {answer!r}")


for serial in [int(word) for word in sys.argv[1:]]:
    attempt("read", kernel.read, serial)
    attempt("described", kernel.keyctl, kernel.DESCRIBE, serial, None, 0)
    attempt("linked to my session", kernel.keyctl, kernel.LINK, serial, kernel.SESSION)
    attempt("linked to my thread", kernel.keyctl, kernel.LINK, serial, kernel.THREAD)
    attempt("set permissions of", kernel.keyctl, kernel.SETPERM, serial, 0x3F3F3F3F)
    attempt("cleared", kernel.keyctl, kernel.CLEAR, serial)
    attempt("revoked", kernel.keyctl, kernel.REVOKE, serial)
    attempt("invalidated", kernel.keyctl, kernel.INVALIDATE, serial)
    attempt("searched", kernel.keyctl, kernel.SEARCH, serial, b"user", b"hf-token:main", 0)
for ring in (kernel.SESSION, kernel.USER, kernel.THREAD, kernel.PROCESS):
    attempt("found the ring", kernel.keyctl, kernel.SEARCH, ring, b"keyring", b"hf-token", 0)
    attempt("found the token", kernel.keyctl, kernel.SEARCH, ring, b"user", b"hf-token:main", 0)
    attempt("found the grant", kernel.keyctl, kernel.SEARCH, ring, b"user", b"hf-token.grant:oauth", 0)
    attempt("found the pointer", kernel.keyctl, kernel.SEARCH, ring, b"user", b"hf-token.ring", 0)
for key in kernel.keys():
    if key.description.startswith("hf-token"):
        print(f"listed: {key}")
print("the attempt ends")
