/* What the module and the session helper say to each other: one request, one reply, over one
 * socket. */
#ifndef HF_COMMON_WIRE_H
#define HF_COMMON_WIRE_H

#include <stdint.h>

#include "common/account.h"
#include "common/error.h"
#include "common/name.h"

#define WIRE_MAGIC                                                                                 \
    0x32534648u /* "HFS2"; both sides are installed together, so there is one version */

enum wire_operation {
    WIRE_OPEN = 1,   /* place the user's tokens; the secret is the login password, or empty */
    WIRE_REWRAP = 2, /* the identity goes from the old password (first) to the new one (second) */
    /* By root alone, without a session: */
    WIRE_REFRESH = 3, /* exchange, extend or remove what sources gave to the ring that there is */
    WIRE_FETCH = 4,   /* reply with the token `name` (empty: the default), and place nothing */
};

/* Of WIRE_OPEN. */
enum wire_flag {
    WIRE_WANT_TOKEN = 1, /* reply with the default token's bytes too (expose=env) */
    WIRE_LOOK_ONLY = 2,  /* only say in `sources` whether there is anything to place */
};

/* The file that an HF_ECONFIG is about. */
enum wire_file {
    WIRE_FILE_SWITCH = 1, /* request.configuration; of `error` */
    WIRE_FILE_FLEET,      /* HF_FLEET_FILE; of `trouble`, as the next */
    WIRE_FILE_SIGNERS,    /* HF_SIGNERS_FILE */
    WIRE_FILE_COUNT
};

/* Fixed size, in the machine's own byte order: both ends are one machine. Strings end with a zero
   byte. The secrets follow, first then second, with the lengths given here. */
struct wire_request {
    uint32_t magic, operation, flags, deadline_ms;
    uint32_t uid, gid;
    uint32_t secret_length[2];
    char user[USER_NAME_MAX + 1];
    char home[HOME_PATH_MAX + 1];
    char configuration[HOME_PATH_MAX + 1];
    char name[TOKEN_NAME_MAX + 1]; /* of WIRE_FETCH */
    uint8_t skip; /* WIRE_REFRESH: sources not to be asked, a bit for each place in `tokens:` */
};

/* Why a session has fewer tokens than the documents name; counts are capped at 255. */
struct wire_reply {
    uint32_t magic;
    uint32_t error;        /* enum hf_error of the whole operation */
    uint32_t system;       /* errno of that error or trouble, the line for HF_ECONFIG, or 0 */
    uint32_t ring;         /* serial of the ring, or 0 */
    uint8_t placed;        /* tokens that are in the ring now; WIRE_REFRESH: that were exchanged */
    uint8_t locked;        /* tokens that wait for the password */
    uint8_t expired;       /* tokens whose time is over */
    uint8_t refused;       /* tokens that do not open: altered, or for another key */
    uint8_t linked;        /* 1: this call linked the ring into the session keyring */
    uint8_t stale;         /* 1: the identity is wrapped under another password than the login's */
    uint8_t sources;       /* sources that gave a document that was used */
    uint8_t troubled;      /* sources that were unavailable or gave something malformed */
    uint8_t misconfigured; /* enum wire_file, or 0 */
    uint8_t cached;        /* sources whose document came out of the cache */
    uint8_t removed;       /* WIRE_REFRESH: tokens that were taken out */
    uint8_t returned;      /* WIRE_REFRESH: tokens that were out, and are in again */
    uint32_t trouble;      /* enum hf_error of the first of these, or of the first refused token */
    char source[SOURCE_NAME_MAX + 1];   /* its name, or the empty string */
    char reason[SOURCE_REASON_MAX + 1]; /* that source's own word for the trouble, or empty */
    uint32_t token_length;              /* with WIRE_WANT_TOKEN: the token's bytes follow */
    uint32_t lifetime; /* WIRE_FETCH: seconds that this token may be used; 0: no end */
};

#endif
