/* What the Hub said of a token when it was checked: for people to read, in clear beside the sealed
 * token, and not authenticated. */
#ifndef HF_STORE_ABOUT_H
#define HF_STORE_ABOUT_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct json_object;

#define ABOUT_TEXT_MAX          128 /* bytes of a text that the Hub gave */
#define ABOUT_ENDPOINT_MAX      255
#define ABOUT_ORGANISATIONS_MAX 16

/* Texts are UTF-8 that common/character.h shows. */
struct token_about {
    uint64_t checked; /* when it said so; 0: the Hub was not asked, and the rest is empty */
    char endpoint[ABOUT_ENDPOINT_MAX + 1];                      /* http(s)://... */
    char account[ABOUT_TEXT_MAX + 1], kind[ABOUT_TEXT_MAX + 1]; /* kind: user, org, app */
    char role[ABOUT_TEXT_MAX + 1];                              /* read, write, fineGrained, ... */
    char display_name[ABOUT_TEXT_MAX + 1];
    uint64_t created, expires; /* the Hub's own dates; 0: not said, or never */
    char organisations[ABOUT_ORGANISATIONS_MAX][ABOUT_TEXT_MAX + 1];
    size_t organisation_count;
};

/* Reads the object that a document has. Each member must be there and no other; `checked` is never
   0. HF_EFORMAT. */
HF_CHECKED enum hf_error about_parse(const struct json_object *object,
                                     struct token_about *out_about);

/* Fills the object; what about_parse would refuse is refused here. HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error about_print(const struct token_about *about, struct json_object *object);

#endif
