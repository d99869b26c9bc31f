/* Whose a token is and what it may do: GET /api/whoami-v2. */
#ifndef HF_HUB_WHOAMI_H
#define HF_HUB_WHOAMI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "hub/fault.h"

struct endpoint;
struct secret;

#define HUB_TEXT_MAX          128 /* of any one text, in bytes; longer ones are cut at a character */
#define HUB_ORGANISATIONS_MAX 16  /* more are counted, not kept */
#define HUB_SCOPES_MAX        16

/* The entity of what a fine-grained token may do anywhere, such as "discussion.write". */
#define HUB_SCOPE_GLOBAL "global"

/* What a fine-grained token may do with one entity. */
struct hub_scope {
    char entity[HUB_TEXT_MAX + 1];      /* "user alice", "org lab", "model lab/bert" */
    char permissions[HUB_TEXT_MAX + 1]; /* separated by spaces */
};

struct hub_account {
    char kind[HUB_TEXT_MAX + 1]; /* "user", "org", "app" */
    char name[HUB_TEXT_MAX + 1], full_name[HUB_TEXT_MAX + 1];
    char role[HUB_TEXT_MAX + 1]; /* "read", "write", "fineGrained", "oauth"; empty: not said */
    char display_name[HUB_TEXT_MAX + 1]; /* the token's name at the Hub; empty: it has none */
    uint64_t created, expires;           /* seconds since the epoch; 0: not said, or never */
    char organisations[HUB_ORGANISATIONS_MAX][HUB_TEXT_MAX + 1];
    size_t organisation_count, organisations_all;
    struct hub_scope scopes[HUB_SCOPES_MAX];
    size_t scope_count, scopes_all;
    bool reads_gated; /* canReadGatedRepos */
};

/* Asks. HUB_OK and the account, or the fault. */
enum hub_fault_kind whoami_ask(const struct endpoint *endpoint, const struct secret *token,
                               struct hub_account *out_account, struct hub_fault *out_fault);

/* Parses an answer's body: loosely, since the Hub adds to it; a member of another type than
   expected counts as missing, but `type` and `name` must be there. HF_EFORMAT, HF_EJSON, HF_ENOMEM.
 */
HF_CHECKED enum hf_error whoami_parse(const char *bytes, size_t length,
                                      struct hub_account *out_account);

#endif
