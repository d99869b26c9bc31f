/* Whether a token reaches a repository: GET /api/{models|datasets|spaces}/ID/auth-check. */
#ifndef HF_HUB_ACCESS_H
#define HF_HUB_ACCESS_H

#include "common/error.h"
#include "hub/fault.h"

struct endpoint;
struct secret;

/* Longest name of a repository with its owner; the Hub's own limit is 96 for each. */
#define REPOSITORY_MAX 200

struct repository {
    const char *kind;            /* "models", "datasets", "spaces"; static */
    char id[REPOSITORY_MAX + 1]; /* NAME or OWNER/NAME */
};

/* Reads "OWNER/NAME", "NAME", "datasets/OWNER/NAME", "spaces/OWNER/NAME", "models/OWNER/NAME", or
   an address of such a page at `endpoint` (what stands behind OWNER/NAME is passed over). HF_ENAME;
   HF_EENDPOINT for an address that is not below the endpoint's. */
HF_CHECKED enum hf_error repository_parse(const struct endpoint *endpoint, const char *text,
                                          struct repository *out_repository);

/* Asks with a token. HUB_OK: it reaches it. */
enum hub_fault_kind access_ask(const struct endpoint *endpoint, const struct secret *token,
                               const struct repository *repository, struct hub_fault *out_fault);

#endif
