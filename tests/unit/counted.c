#include "tests/unit/counted.h"

#include "common/secret.h"

int secrets_counted;

enum hf_error __real_secret_new(size_t capacity, struct secret **out_secret);
enum hf_error __wrap_secret_new(size_t capacity, struct secret **out_secret);
enum hf_error __real_secret_copy(const void *bytes, size_t length, struct secret **out_secret);
enum hf_error __wrap_secret_copy(const void *bytes, size_t length, struct secret **out_secret);
void __real_secret_free(struct secret *secret);
void __wrap_secret_free(struct secret *secret);

enum hf_error __wrap_secret_new(size_t capacity, struct secret **out_secret)
{
    enum hf_error error = __real_secret_new(capacity, out_secret);
    secrets_counted += error == HF_OK;
    return error;
}

enum hf_error __wrap_secret_copy(const void *bytes, size_t length, struct secret **out_secret)
{
    enum hf_error error = __real_secret_copy(bytes, length, out_secret);
    secrets_counted += error == HF_OK;
    return error;
}

void __wrap_secret_free(struct secret *secret)
{
    secrets_counted -= secret != NULL;
    __real_secret_free(secret);
}
