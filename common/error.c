#include "common/error.h"

#include <stddef.h>

static const struct {
    const char *name, *text;
} errors[] = {
#define X(code, text) {#code, text},
    HF_ERRORS(X)
#undef X
};

const char *error_text(enum hf_error error)
{
    if ((size_t)error >= HF_ERROR_COUNT)
        return "unknown error";
    return errors[error].text;
}

const char *error_text_open(enum hf_error error)
{
    return error == HF_EMODE ? "its mode lets others change it" : error_text(error);
}

const char *error_name(enum hf_error error)
{
    if ((size_t)error >= HF_ERROR_COUNT)
        return "unknown";
    return errors[error].name;
}
