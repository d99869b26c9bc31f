/* This machine's key pair: the private half for root alone, the public half for everybody who
 * seals. */
#ifndef HF_STORE_HOSTKEY_H
#define HF_STORE_HOSTKEY_H

#include <stdbool.h>

#include "common/error.h"
#include "common/io.h"
#include "store/slot.h"

/* HOSTKEY_FOLDER/host.pub, one line of base64, mode 0644; and the private key, either
   HOSTKEY_FOLDER/host.key (exactly 32 bytes, root's, 0600) or HOSTKEY_FOLDER/host.cred (those bytes
   as a credential of systemd-creds(1), named hf-token-host). */
enum hostkey_form { HOSTKEY_FILE, HOSTKEY_CREDENTIAL };

/* Reads the private key and derives the public one. A credential is decrypted by systemd-creds,
   until the deadline. HF_ENOHOSTKEY, what file_read gives, HF_EDEADLINE, HF_ECHILD, HF_EALTERED. */
HF_CHECKED enum hf_error hostkey_load(deadline_ms until, struct key_pair *out_pair);

/* The public key, for sealing. HF_ENOHOSTKEY, HF_EFORMAT, what file_read gives. */
HF_CHECKED enum hf_error hostkey_public(uint8_t out_public[static KEY_BYTES]);

/* The public key to seal to: HF_ENOHOSTKEY also where the private half is gone, because nothing
   would ever open what is sealed to the other one alone. Else what hostkey_public gives. */
HF_CHECKED enum hf_error hostkey_recipient(uint8_t out_public[static KEY_BYTES]);

/* The public key from the file's text: the base64 of exactly KEY_BYTES, with or without a line end.
 * HF_EFORMAT. */
HF_CHECKED enum hf_error hostkey_public_parse(const char *text, size_t length,
                                              uint8_t out_public[static KEY_BYTES]);

/* Makes a key and writes both halves, the private one first; never overwrites any. `with` is
   HOSTKEY_CREDENTIAL's key for systemd-creds' --with-key= ("host", "tpm2", "host+tpm2"; else
   HF_EFORMAT), or NULL for a file. A credential is written only when it opens again. HF_EEXISTS
   where there is one, whose public half is then written if a crash had left it out; HF_EIO,
   HF_ECHILD, HF_EDEADLINE, HF_ENOMEM. */
HF_CHECKED enum hf_error hostkey_make(const char *with, deadline_ms until);

/* Whether there is a private key, and in which form; told without reading it. HF_ENOHOSTKEY. */
HF_CHECKED enum hf_error hostkey_form(enum hostkey_form *out_form);

#endif
