/* What the headers of an answer say, and what follows from its status. */
#ifndef HF_HUB_HEADERS_H
#define HF_HUB_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "hub/fault.h"

/* Bytes of all headers together. */
#define HEADERS_MAX 65536

struct headers {
    size_t size;           /* seen so far */
    bool html;             /* Content-Type is a page for a person */
    struct hub_fault said; /* code, message, request_id, wait */
};

/* Takes one line as it came. A status line begins anew: interim answers (1xx) have headers too.
   False when there are more than HEADERS_MAX bytes: nothing of that line was read. */
bool headers_line(struct headers *headers, const char *line, size_t length);

/* What an answer with this status means; out_fault gets it with all that was said. `wait` is only
   kept where the Hub could not serve. */
enum hub_fault_kind headers_verdict(const struct headers *headers, long status,
                                    struct hub_fault *out_fault);

#endif
