/* OAuth 2.0 as a public client: the device flow of RFC 8628, and refreshing, RFC 6749 section 6. */
#ifndef HF_HUB_OAUTH_H
#define HF_HUB_OAUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"
#include "hub/fault.h"

struct endpoint;
struct secret;

/* Longest id of a client; the Hub's are UUIDs. A-Z a-z 0-9 . _ - */
#define CLIENT_ID_MAX   128
#define DEVICE_TEXT_MAX 512
bool client_id_valid(const char *client_id);

/* What POST /oauth/device gives. */
struct device {
    struct secret *code; /* owned: who has it, and the user's consent, gets the token */
    char user_code[DEVICE_TEXT_MAX + 1], address[DEVICE_TEXT_MAX + 1];
    char whole_address[DEVICE_TEXT_MAX + 1]; /* with the code in it; empty: not given */
    unsigned interval, lifetime; /* seconds; 5 where no interval is given, RFC 8628 section 3.2 */
};
void device_clear(struct device *device);
static inline void device_scope_end(struct device *held)
{
    device_clear(held);
}

/* What the token endpoint gives. */
struct oauth_tokens {
    struct secret *access, *refresh; /* owned; refresh NULL: none was given */
    uint64_t lifetime;               /* seconds; 0: not said */
};
void oauth_tokens_clear(struct oauth_tokens *tokens);
static inline void oauth_tokens_scope_end(struct oauth_tokens *held)
{
    oauth_tokens_clear(held);
}

enum oauth_state {
    OAUTH_DONE,      /* here are tokens */
    OAUTH_PENDING,   /* the user has not answered yet */
    OAUTH_SLOW_DOWN, /* the same, and the interval is 5 s longer from now on */
    OAUTH_DENIED,    /* the user said no */
    OAUTH_EXPIRED,   /* the code's time is over */
    OAUTH_INVALID,   /* invalid_grant: this code or refresh token is of no use any more */
    OAUTH_CLIENT,  /* invalid_client, unauthorized_client, unsupported_grant_type: the client id */
    OAUTH_TROUBLE, /* the Hub could not be asked or answered oddly: ask again; the fault says why */
};

/* Starts the flow. HUB_OK and the device, which is the caller's, or the fault; with HUB_REFUSED or
   HUB_BAD_REQUEST the client id is not known there. */
enum hub_fault_kind device_start(const struct endpoint *endpoint, const char *client_id,
                                 struct device *out_device, struct hub_fault *out_fault);

/* Asks once whether the user has answered. *out_fault tells of OAUTH_TROUBLE alone; with another
   state than OAUTH_DONE its message may hold the Hub's words. */
enum oauth_state device_poll(const struct endpoint *endpoint, const char *client_id,
                             const struct device *device, struct oauth_tokens *out_tokens,
                             struct hub_fault *out_fault);

/* Exchanges a refresh token. Where the answer holds none, out_tokens->refresh is NULL and the old
   one stays good. OAUTH_DONE, OAUTH_INVALID, OAUTH_CLIENT, OAUTH_TROUBLE. */
enum oauth_state oauth_refresh(const struct endpoint *endpoint, const char *client_id,
                               const struct secret *refresh, struct oauth_tokens *out_tokens,
                               struct hub_fault *out_fault);

/* Parse the bodies. HF_EFORMAT, HF_EJSON, HF_ENOMEM. oauth_parse reads both a success and an error,
   `status` is HTTP's. */
HF_CHECKED enum hf_error device_parse(const char *bytes, size_t length, struct device *out_device);
HF_CHECKED enum hf_error oauth_parse(const char *bytes, size_t length, long status,
                                     enum oauth_state *out_state, struct oauth_tokens *out_tokens);

#endif
