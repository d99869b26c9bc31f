/* One exchange with the Hub: bounded in time and size, to one server alone, without a redirect. */
#ifndef HF_HUB_REQUEST_H
#define HF_HUB_REQUEST_H

#include <stdbool.h>

#include "common/error.h"
#include "common/scope.h"
#include "hub/fault.h"

struct endpoint;
struct secret;

/* Largest answer: whoami-v2 of a member of many organisations has some 100 KiB. */
#define HUB_ANSWER_MAX (1u << 20)
/* Longest that one exchange may take, in milliseconds. */
#define HUB_PATIENCE 30000

/* Starts libcurl, with memory that is wiped when it is freed; call once, before anything of hub/.
   HF_ENOMEM. */
HF_CHECKED enum hf_error hub_start(void);

struct hub_request {
    const struct endpoint *endpoint;
    const char *path;            /* from its slash on, percent-encoded */
    const struct secret *bearer; /* sent as Authorization, or NULL */
    const char *type;            /* Content-Type of the body */
    const struct secret *body;   /* with one it is a POST, with NULL a GET */
    const struct secret *secret; /* what of the body no message may repeat, or NULL */
};

struct hub_answer {
    struct secret *body; /* owned; NULL when there was none */
    struct hub_fault fault;
};

void hub_answer_clear(struct hub_answer *answer);
static inline void hub_answer_scope_end(struct hub_answer *held)
{
    hub_answer_clear(held);
}

/* Asks. Proxies are those of the environment, but none to the loopback; netrc is not read;
   SSL_CERT_FILE names other certificates than the system's. Gives out_answer->fault.kind, and the
   body also with a fault, where one came; hub_answer_clear in each case. */
enum hub_fault_kind hub_ask(const struct hub_request *request, struct hub_answer *out_answer);

#endif
