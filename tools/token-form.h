/* What the beginning of a token says about it. */
#ifndef HF_TOOLS_TOKEN_FORM_H
#define HF_TOOLS_TOKEN_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct token_form {
    const char *begins; /* with these characters */
    const char *note;   /* what is to be known of it, or NULL */
    bool never;         /* no program takes it in a token's place */
};

/* The form that fits; there is one for each token. */
const struct token_form *token_form(const uint8_t *token, size_t length);

#endif
