/* One exchange with an HTTPS server: bounded in time and size, to one address, no redirect. */
#ifndef HF_ENGINE_TRANSFER_H
#define HF_ENGINE_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "engine/engine.h"

struct secret;

#define TRANSFER_LINES_MAX 3
/* libcurl's CURL_ERROR_SIZE, curl/curl.h. */
#define TRANSFER_REASON_SIZE 256

/* What is asked. All is borrowed until transfer_clear. */
struct transfer_plan {
    const struct site_engine *place;
    const char *url;
    const char *method; /* NULL: GET */
    const void *body;   /* with a method; may be NULL */
    size_t length;
    const char *lines[TRANSFER_LINES_MAX]; /* headers, or NULL */
    const struct secret *authorization;    /* a header line whole, or NULL */
    const struct secret *password;         /* place->user's, or NULL: HTTP's basic */
    size_t maximum;                        /* bytes of the answer */
    bool fresh; /* by a connection of its own: on a kept one libcurl may send it twice */
    long connect_ms, total_ms;
};

/* What came. */
struct transfer {
    void *easy;  /* a CURL */
    void *lines; /* a struct curl_slist */
    char *bytes; /* owned; a zero byte is behind the last */
    size_t length, room, maximum, header_length;
    bool too_big, no_memory;
    int code;    /* a CURLcode */
    long status; /* HTTP's; 0: there was no answer */
    char reason[TRANSFER_REASON_SIZE];
    const char *cause; /* static, engine_cause's; NULL: there is none */
};

/* Makes the libcurl handle `easy`, which points back to `context`. On failure too transfer_clear.
   HF_ENOMEM. */
HF_CHECKED enum hf_error transfer_begin(const struct transfer_plan *plan, void *context,
                                        struct transfer *out_transfer);

/* When it is over, `code` being libcurl's result: HF_OK for any answer of HTTP. HF_EUNAVAIL,
   HF_EUNTRUSTED, HF_EREFUSED (the server does not take the client's certificate), HF_ECONFIG (a
   file of certificates here), HF_ETOOBIG, HF_EPROTOCOL, HF_ENOMEM; transfer->reason says more. */
HF_CHECKED enum hf_error transfer_end(struct transfer *transfer, int code);

/* Whether the server may have got the request, whatever came back. */
bool transfer_was_sent(const struct transfer *transfer);

/* A header of the answer, printable ASCII; false: there is none, or it does not fit. */
bool transfer_header(const struct transfer *transfer, const char *name, char *out_text,
                     size_t size);

/* NULL's of both are fine. */
void transfer_clear(struct transfer *transfer);
static inline void transfer_scope_end(struct transfer *held)
{
    transfer_clear(held);
}

#endif
