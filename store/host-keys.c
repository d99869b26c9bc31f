#include "store/host-keys.h"

#include <string.h>

#include "common/name.h"
#include "store/dates.h"
#include "store/json.h"

static const char *const members[] = {"version", "host",  "generation", "issued",
                                      "until",   "pools", NULL};
static const char *const pool_members[] = {"name", "public", "sealed", NULL};

_Static_assert(POOL_NAME_MAX == TOKEN_NAME_MAX, "token_name_valid");

/* Of the same key as an earlier one. A name can be there twice: while a pool gets a new key,
   documents are sealed to the one or the other. */
static enum hf_error check_pool(const struct host_keys *keys, size_t index)
{
    const struct pool_key *pool = &keys->pools[index];
    if (!token_name_valid(pool->pool))
        return HF_EFORMAT;
    for (size_t i = 0; i < index; i++)
        if (memcmp(keys->pools[i].public_key, pool->public_key, KEY_BYTES) == 0)
            return HF_EDUPLICATE;
    return HF_OK;
}

static enum hf_error parse_pool(const struct json_object *object, struct pool_key *pool)
{
    TRY(json_only(object, pool_members));
    TRY(json_text(object, "name", pool->pool, sizeof pool->pool));
    TRY(json_bytes(object, "public", pool->public_key, sizeof pool->public_key));
    return json_bytes(object, "sealed", pool->sealed, sizeof pool->sealed);
}

static enum hf_error parse_pools(const struct json_object *object, struct host_keys *keys)
{
    const struct json_object *list = NULL, *element = NULL;
    TRY(json_list(object, "pools", 0, POOLS_MAX, &list, &keys->pool_count));
    for (size_t i = 0; i < keys->pool_count; i++) {
        TRY(json_element(list, i, &element));
        TRY(parse_pool(element, &keys->pools[i]));
        TRY(check_pool(keys, i));
    }
    return HF_OK;
}

enum hf_error host_keys_parse(const char *bytes, size_t length,
                              const uint8_t host[static KEY_BYTES], struct host_keys *out_keys)
{
    SCOPED(json) struct json_object *object = NULL;
    struct host_keys keys = {0};
    TRY(json_parse(bytes, length, &object));
    TRY(json_version(object, HOST_KEYS_VERSION));
    TRY(json_bytes(object, "host", keys.host, sizeof keys.host));
    if (memcmp(keys.host, host, KEY_BYTES) != 0)
        return HF_EUSER;
    TRY(json_only(object, members));
    TRY(dates_parse_generation(object, &keys.generation));
    TRY(dates_parse(object, &keys.issued, &keys.until));
    TRY(parse_pools(object, &keys));
    *out_keys = keys;
    return HF_OK;
}

static enum hf_error print_pool(const struct pool_key *pool, struct json_object *object)
{
    TRY(json_add_text(object, "name", pool->pool));
    TRY(json_add_bytes(object, "public", pool->public_key, sizeof pool->public_key));
    return json_add_bytes(object, "sealed", pool->sealed, sizeof pool->sealed);
}

enum hf_error host_keys_print(const struct host_keys *keys, char **out_text, size_t *out_length)
{
    SCOPED(json) struct json_object *object = NULL;
    struct json_object *pools = NULL, *pool = NULL;
    if (keys->pool_count > POOLS_MAX)
        return HF_EFORMAT;
    TRY(json_new(HOST_KEYS_VERSION, NULL, &object));
    TRY(json_add_bytes(object, "host", keys->host, sizeof keys->host));
    TRY(dates_print_generation(keys->generation, object));
    TRY(dates_print(keys->issued, keys->until, object));
    TRY(json_add_list(object, "pools", &pools));
    for (size_t i = 0; i < keys->pool_count; i++) {
        if (check_pool(keys, i) != HF_OK)
            return HF_EFORMAT;
        TRY(json_add_element(pools, &pool));
        TRY(print_pool(&keys->pools[i], pool));
    }
    return json_print(object, out_text, out_length);
}
