#include "hub/echo.h"

#include <stdbool.h>
#include <string.h>

#include "common/secret.h"
#include "hub/fault.h"

/* A part of a token that is as long as this, or a whole shorter one, is no chance. */
#define ECHO_LEAST 16

static bool has_part(const char *text, const struct secret *secret)
{
    const size_t length = secret_length(secret), text_length = strlen(text);
    const size_t least = length < ECHO_LEAST ? length : ECHO_LEAST;
    for (size_t i = 0; least != 0 && i + least <= length; i++)
        if (memmem(text, text_length, secret_view(secret) + i, least) != NULL)
            return true;
    return false;
}

void echo_forget(const struct secret *secret, struct hub_fault *fault)
{
    char *const texts[] = {fault->code, fault->message, fault->request_id};
    for (size_t i = 0; secret != NULL && i < sizeof texts / sizeof texts[0]; i++)
        if (has_part(texts[i], secret))
            texts[i][0] = '\0';
}
