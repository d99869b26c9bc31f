/* What a user's last login could not get: the sources that ask an engine and gave no answer, and
 * those of which it could not open a token. It stands in the user keyring, because without a token
 * there is no ring; whoever forges it is the user, and deceives nobody else. */
#ifndef HF_KEYRING_ASKED_H
#define HF_KEYRING_ASKED_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"

#define ASKED_DESCRIPTION "hf-token.asked"
#define ASKED_MAX         4
/* Seconds that it stays: a login that got all answers ends it before. */
#define ASKED_LIFETIME (7 * 86400)

/* What the login got of a source. */
enum asked_kind {
    ASKED_SILENT,   /* no answer */
    ASKED_UNOPENED, /* an answer, with a token that this machine could not open */
    ASKED_KIND_COUNT
};

struct asked {
    uint64_t when; /* seconds since the epoch */
    size_t count;
    struct asked_source {
        char name[SOURCE_NAME_MAX + 1];
        enum asked_kind kind;
        char why[SOURCE_REASON_MAX + 1]; /* can be shown; not empty */
    } sources[ASKED_MAX];
};

/* The payload: the time in decimal and a line end, then of each source its name, a space, why, and
   a line end. Of ASKED_UNOPENED, "not opened: " stands before the why. */
#define ASKED_TEXT_MAX (32 + ASKED_MAX * (SOURCE_NAME_MAX + SOURCE_REASON_MAX + 16))
HF_CHECKED enum hf_error asked_print(const struct asked *asked,
                                     char out_text[static ASKED_TEXT_MAX + 1]);
/* HF_EFORMAT. */
HF_CHECKED enum hf_error asked_parse(const char *text, size_t length, struct asked *out_asked);

/* Adds a source; one too many is left out, and what comes second of a source. */
void asked_add(struct asked *asked, const char *source, enum asked_kind kind, const char *why);

/* Keeps it in the place of an earlier one, or ends that where no source is in it. As the user.
   HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error asked_keep(const struct asked *asked);

/* HF_ENOTFOUND, HF_EEXPIRED, HF_EFORMAT, HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error asked_read(struct asked *out_asked);

/* What the last login heard of that source, or NULL; borrowed. */
const struct asked_source *asked_find(const struct asked *asked, const char *source);

#endif
