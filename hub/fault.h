/* What can come of asking the Hub, in one list with its texts. */
#ifndef HF_HUB_FAULT_H
#define HF_HUB_FAULT_H

#include <stdbool.h>

#include "common/error.h"

/* A text completes "could not do this: ...". Those of the first block say nothing about the token.
 */
#define HUB_FAULTS(X)                                                                              \
    X(HUB_OK, "no fault")                                                                          \
    X(HUB_LOCAL, "this program could not ask")                                                     \
    X(HUB_FORBIDDEN_BY_USER, "HF_HUB_OFFLINE forbids the network")                                 \
    X(HUB_NO_NAME, "the Hub's name could not be resolved")                                         \
    X(HUB_NO_CONNECTION, "the Hub could not be reached")                                           \
    X(HUB_NO_PROXY, "the proxy could not be reached, or refused")                                  \
    X(HUB_NO_AUTHORITIES, "this machine has no certificates of authorities")                       \
    X(HUB_UNTRUSTED, "the Hub's certificate could not be verified")                                \
    X(HUB_TIMEOUT, "the Hub did not answer in time")                                               \
    X(HUB_CUT, "the Hub's answer was cut off")                                                     \
    X(HUB_TOO_BIG, "the Hub's answer was too large")                                               \
    X(HUB_REDIRECT, "the Hub sent us elsewhere, where a token does not go")                        \
    X(HUB_MALFORMED, "what answered did not answer as the Hub does")                               \
    X(HUB_BUSY, "the Hub takes no more requests for now")                                          \
    X(HUB_BROKEN, "the Hub has a fault of its own")                                                \
    X(HUB_BAD_REQUEST, "the Hub could not make sense of the request")                              \
    X(HUB_REFUSED, "the Hub does not take this token")                                             \
    X(HUB_DENIED, "the token may not do that")                                                     \
    X(HUB_GATED, "the repository is gated, and its owner has not let this account in")             \
    X(HUB_POLICY, "the organisation's policy does not allow this token")                           \
    X(HUB_NOT_FOUND, "there is no such repository, or this token may not see it")

enum hub_fault_kind {
#define X(kind, text) kind,
    HUB_FAULTS(X)
#undef X
        HUB_FAULT_COUNT
};

#define HUB_WORD_MAX    64
#define HUB_MESSAGE_MAX 256

/* What the Hub said with it. The texts are bytes from outside, made printable ASCII or UTF-8
   without control characters; what looks like a token in them is blotted out. */
struct hub_fault {
    enum hub_fault_kind kind;
    long status;   /* of HTTP; 0: there was no answer */
    unsigned wait; /* seconds that the Hub asks for before the next try; 0: not said */
    char code[HUB_WORD_MAX + 1];       /* X-Error-Code, or empty */
    char message[HUB_MESSAGE_MAX + 1]; /* X-Error-Message, or the network's reason, or empty */
    char request_id[HUB_WORD_MAX + 1]; /* X-Request-Id, or empty */
};

/* A static string, also for a number that is none of the kinds. */
const char *hub_fault_text(enum hub_fault_kind kind);

/* Whether the Hub said something about the token (exit code 5), rather than that it could not be
   asked. */
bool hub_fault_is_refusal(enum hub_fault_kind kind);

/* The same of a request that is not about a repository: what answers 404 there is not the Hub. */
enum hub_fault_kind hub_fault_of_other(enum hub_fault_kind kind);

/* What it means that an answer's body could not be read. */
enum hub_fault_kind hub_fault_of_body(enum hf_error error);

#endif
