/* A grant: a refresh token with where it may be sent, as one text that is sealed with its token. */
#ifndef HF_HUB_GRANT_H
#define HF_HUB_GRANT_H

#include "common/error.h"
#include "common/scope.h"
#include "hub/endpoint.h"
#include "hub/oauth.h"

struct secret;

/* The text is ENDPOINT, CLIENT ID and REFRESH TOKEN with a space between: the refresh token goes to
   the Hub that gave it and nowhere else, whatever HF_ENDPOINT says later; and by https alone, since
   on the loopback anybody may listen where that Hub did. */
struct grant {
    struct endpoint endpoint;
    char client_id[CLIENT_ID_MAX + 1];
    struct secret *refresh; /* owned */
};
void grant_clear(struct grant *grant);
static inline void grant_scope_end(struct grant *held)
{
    grant_clear(held);
}

/* HF_EFORMAT, HF_EENDPOINT, HF_ETOOBIG (over GRANT_MAX), HF_ENOMEM. The text is the caller's. */
HF_CHECKED enum hf_error grant_print(const struct grant *grant, struct secret **out_text);
/* The same into an empty secret with room for GRANT_MAX bytes. */
HF_CHECKED enum hf_error grant_print_into(const struct grant *grant, struct secret *text);
HF_CHECKED enum hf_error grant_parse(const struct secret *text, struct grant *out_grant);

#endif
