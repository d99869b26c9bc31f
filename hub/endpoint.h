/* Which Hub is asked, and whether a token may be sent there. */
#ifndef HF_HUB_ENDPOINT_H
#define HF_HUB_ENDPOINT_H

#include <stdbool.h>

#include "common/error.h"

/* The Hub's own address, and the variable that its clients read another from. */
#define ENDPOINT_STANDARD "https://huggingface.co"
#define ENDPOINT_VARIABLE "HF_ENDPOINT"

/* Longest address, without its zero byte. */
#define ENDPOINT_MAX 255

struct endpoint {
    char url[ENDPOINT_MAX + 1]; /* no slash at its end */
    char host[ENDPOINT_MAX +
              1]; /* in lower case; with ":PORT" unless it is the scheme's own: git's form */
    char path[ENDPOINT_MAX + 1]; /* empty, or from its slash on */
    bool secure;                 /* https; else it is http on this machine's loopback */
};

/* Parses an address: https, or http to localhost, 127.0.0.0/8 or ::1; no user, password, query or
   fragment, and nothing but letters, digits and -._~:/[] in it. Slashes at the end are dropped.
   HF_EENDPOINT, HF_ENOMEM. */
HF_CHECKED enum hf_error endpoint_parse(const char *text, struct endpoint *out_endpoint);

/* The one that HF_ENDPOINT names, or the standard one where it is unset or empty. HF_EENDPOINT,
   HF_ENOMEM. */
HF_CHECKED enum hf_error endpoint_choose(struct endpoint *out_endpoint);

/* Whether it is on this machine: http is good enough for it, and no proxy leads there. */
bool endpoint_is_loopback(const struct endpoint *endpoint);

/* Whether a person may be told to open this address in a browser: printable ASCII, https, or http
   to this machine's loopback; no user or password. A query is fine. */
bool page_address_valid(const char *text);

#endif
