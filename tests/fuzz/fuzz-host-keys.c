/* Host keys: whatever is accepted is this host's, has pools that differ, prints, and reads the same
 * again. */
#include <string.h>

#include "common/io.h"
#include "common/name.h"
#include "store/host-keys.h"
#include "store/seal.h"
#include "tests/fuzz/fuzz.h"

/* None of these is sealed to a pair that is made just now. */
static void open_with_any_key(const struct host_keys *keys)
{
    SCOPED(key_pair) struct key_pair pair = {0}, opened = {0};
    MUST(key_pair_new(&pair) == HF_OK);
    for (size_t i = 0; i < keys->pool_count; i++) {
        const struct pool_key *pool = &keys->pools[i];
        MUST(token_name_valid(pool->pool));
        MUST(pool_open(pool->public_key, &pair, pool->sealed, &opened) == HF_EPOOL);
        for (size_t j = 0; j < i; j++)
            MUST(memcmp(pool->public_key, keys->pools[j].public_key, KEY_BYTES) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const uint8_t host[KEY_BYTES];
    struct host_keys keys, again;
    SCOPED(text) char *text = NULL, *second = NULL;
    size_t text_length = 0, second_length = 0;
    MUST(store_start() == HF_OK);
    if (host_keys_parse((const char *)bytes, length, host, &keys) != HF_OK)
        return 0;
    MUST(memcmp(keys.host, host, KEY_BYTES) == 0 && keys.pool_count <= POOLS_MAX);
    MUST(keys.issued >= 1 && keys.until >= keys.issued);
    open_with_any_key(&keys);
    MUST(host_keys_print(&keys, &text, &text_length) == HF_OK);
    MUST(host_keys_parse(text, text_length, host, &again) == HF_OK);
    MUST(host_keys_print(&again, &second, &second_length) == HF_OK);
    MUST(text_length == second_length && memcmp(text, second, text_length) == 0);
    return 0;
}
