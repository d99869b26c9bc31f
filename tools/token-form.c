#include "tools/token-form.h"

#include <string.h>

/* The first that fits. */
static const struct token_form forms[] = {
    {"api_org_",           "this is a token of an organisation, of the old kind: many programs refuse it",
     false                                                                                                      },
    {"hf_oauth__refresh_", "this is a refresh token, which no program takes in a token's place",
     true                                                                                                       },
    {"hf_oauth_",
     "this is a token of a login in the browser: it cannot be renewed here, and ends within weeks",        false},
    {"hf_jwt_",            "this is a token of a job's own identity: it ends within hours",                false},
    {"hf_...",             "this is what stands for a token in a text, and no token",                      true },
    {"hf_",                NULL,                                                                           false},
    {"",                   "this does not begin with hf_, as tokens of the Hub do",                        false},
};

const struct token_form *token_form(const uint8_t *token, size_t length)
{
    const struct token_form *form = forms;
    while (length < strlen(form->begins) || memcmp(token, form->begins, strlen(form->begins)) != 0)
        form++;
    return form;
}
