#include "common/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The header lies in the same pages as the bytes, so that one unmapping ends both. */
struct secret {
    size_t mapped, capacity, length;
    uint8_t bytes[];
};

enum hf_error secret_new(size_t capacity, struct secret **out_secret)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t wanted = sizeof(struct secret) + capacity + 1;
    if (capacity == 0 || wanted < capacity || wanted > SIZE_MAX - page)
        return HF_ENOMEM;
    size_t mapped = (wanted + page - 1) / page * page;
    struct secret *secret =
        mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (secret == MAP_FAILED)
        return HF_ENOMEM;
    /* Best effort, each: a small RLIMIT_MEMLOCK or an old kernel must not keep anyone out. */
    (void)mlock(secret, mapped);
    (void)madvise(secret, mapped, MADV_DONTDUMP);
    (void)madvise(secret, mapped, MADV_WIPEONFORK);
    secret->mapped = mapped;
    secret->capacity = capacity;
    *out_secret = secret;
    return HF_OK;
}

enum hf_error secret_copy(const void *bytes, size_t length, struct secret **out_secret)
{
    struct secret *secret = NULL;
    TRY(secret_new(length, &secret));
    memcpy(secret->bytes, bytes, length);
    secret->length = length;
    *out_secret = secret;
    return HF_OK;
}

void secret_free(struct secret *secret)
{
    /* In a forked child the header reads as zero: there is nothing to wipe, and the mapping ends
     * with it. */
    if (secret == NULL || secret->mapped == 0)
        return;
    size_t mapped = secret->mapped;
    explicit_bzero(secret, mapped);
    munmap(secret, mapped);
}

uint8_t *secret_bytes(struct secret *secret)
{
    return secret->bytes;
}

const uint8_t *secret_view(const struct secret *secret)
{
    return secret->bytes;
}

bool secret_equals(const struct secret *one, const struct secret *other)
{
    return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}

size_t secret_capacity(const struct secret *secret)
{
    return secret->capacity;
}

void secret_set_length(struct secret *secret, size_t length)
{
    secret->length = length < secret->capacity ? length : secret->capacity;
    explicit_bzero(secret->bytes + secret->length, secret->capacity - secret->length);
}
