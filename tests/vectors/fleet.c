#include "tests/vectors/fleet.h"

#include <json-c/json.h>
#include <sodium.h>
#include <string.h>

#include "common/io.h"
#include "store/fleet.h"
#include "store/json.h"
#include "store/pack.h"
#include "tests/vectors/ok.h"

/* The admin's identity, a machine's pair, a pool's, and the keys that sign: the admin's, which is
   pinned, and another admin's, which is not. */
static struct key_pair identity, host, pool;
static struct signing_key signer, stranger;

static void add_bytes(struct json_object *object, const char *member, const void *bytes,
                      size_t length)
{
    OK(json_add_bytes(object, member, bytes, length));
}

static void add_text(struct json_object *object, const char *member, const char *text)
{
    OK(json_add_text(object, member, text));
}

static struct json_object *pair_json(const struct key_pair *pair)
{
    struct json_object *object = json_object_new_object();
    add_bytes(object, "private", secret_view(pair->private_key), KEY_BYTES);
    add_bytes(object, "public", pair->public_key, KEY_BYTES);
    return object;
}

static struct json_object *signing_json(void)
{
    struct json_object *object = json_object_new_object();
    add_bytes(object, "seed", secret_view(signer.secret_key), KEY_BYTES);
    add_bytes(object, "public", signer.public_key, SIGNER_BYTES);
    return object;
}

static const char *const kind_names[SIGNED_KIND_COUNT] = {"document", "keys", "head"};

static void add_object(struct json_object *list, const char *comment, enum signed_kind kind,
                       const char *text)
{
    struct json_object *object = json_object_new_object();
    add_text(object, "comment", comment);
    add_text(object, "kind", kind_names[kind]);
    add_text(object, "text", text);
    json_object_array_add(list, object);
}

static char *sign(enum signed_kind kind, const char *payload, const struct signing_key *by)
{
    char *text = NULL;
    size_t length = 0;
    OK(signed_make(kind, payload, strlen(payload), by, &text, &length));
    return text;
}

/* One payload of each kind. */
static char *payloads[SIGNED_KIND_COUNT];

static void make_payloads(struct document *document)
{
    struct host_keys keys = {
        .generation = 4, .issued = 1790000000, .until = 1790086400, .pool_count = 1};
    const struct head head = {
        .generation = 5, .issued = 1790000000, .until = 1790086400, .open = true};
    size_t length = 0;
    document->issued = 1790000000;
    document->until = 999999999999999;
    memset(document->tokens[0].mark, 7, TOKEN_MARK_BYTES);
    document->tokens[0].has_mark = true;
    memcpy(keys.host, host.public_key, KEY_BYTES);
    memcpy(keys.pools[0].pool, "lab", sizeof "lab");
    memcpy(keys.pools[0].public_key, pool.public_key, KEY_BYTES);
    OK(pool_seal(&pool, host.public_key, keys.pools[0].sealed));
    OK(document_print(document, &payloads[SIGNED_DOCUMENT], &length));
    OK(host_keys_print(&keys, &payloads[SIGNED_KEYS], &length));
    OK(head_print(&head, &payloads[SIGNED_HEAD], &length));
}

static struct json_object *objects(void)
{
    struct json_object *list = json_object_new_array();
    for (unsigned kind = 0; kind < SIGNED_KIND_COUNT; kind++) {
        SCOPED(text) char *text = sign((enum signed_kind)kind, payloads[kind], &signer);
        add_object(list, kind_names[kind], (enum signed_kind)kind, text);
    }
    return list;
}

/* The envelope of a head, with one place of it changed for as many bytes. */
static void add_changed(struct json_object *list, const char *comment, const char *at,
                        const char *to)
{
    SCOPED(text) char *text = sign(SIGNED_HEAD, payloads[SIGNED_HEAD], &signer);
    char *place = strstr(text, at);
    if (place == NULL)
        exit(1);
    memcpy(place, to, strlen(to));
    add_object(list, comment, SIGNED_HEAD, text);
}

/* The last digit before the padding: one that has the same bytes, and bits that are over. */
static void add_loose_base64(struct json_object *list, const char *comment, const char *padding)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    SCOPED(text) char *text = sign(SIGNED_HEAD, payloads[SIGNED_HEAD], &signer);
    char *place = strstr(text, padding);
    if (place == NULL)
        exit(1);
    const char *digit = strchr(digits, place[-1]);
    place[-1] = digits[(digit - digits) + 1];
    add_object(list, comment, SIGNED_HEAD, text);
}

/* What a signer who does not know the label, or puts the kind elsewhere, would make. */
static void add_wrong_label(struct json_object *list, const char *comment, const char *label,
                            size_t label_length)
{
    SCOPED(text) char *text = sign(SIGNED_HEAD, payloads[SIGNED_HEAD], &signer);
    const size_t length = strlen(payloads[SIGNED_HEAD]);
    SCOPED(text) char *bytes = malloc(label_length + length);
    uint8_t signature[SIGNATURE_BYTES];
    char printed[96];
    if (bytes == NULL)
        exit(1);
    memcpy(bytes, label, label_length);
    memcpy(bytes + label_length, payloads[SIGNED_HEAD], length);
    (void)crypto_sign_detached(signature, NULL, (const uint8_t *)bytes, label_length + length,
                               secret_view(signer.secret_key));
    sodium_bin2base64(printed, sizeof printed, signature, sizeof signature,
                      sodium_base64_VARIANT_ORIGINAL);
    memcpy(strstr(text, "= ") + 2, printed, strlen(printed));
    add_object(list, comment, SIGNED_HEAD, text);
}

static struct json_object *refused(void)
{
    struct json_object *list = json_object_new_array();
    SCOPED(text) char *others = sign(SIGNED_HEAD, payloads[SIGNED_HEAD], &stranger);
    SCOPED(text) char *keys = sign(SIGNED_KEYS, payloads[SIGNED_HEAD], &signer);
    add_object(list, "by a key that is not pinned", SIGNED_HEAD, others);
    add_object(list, "of another kind", SIGNED_HEAD, keys);
    memcpy(strstr(keys, "keys"), "head", 4);
    add_object(list, "of another kind, renamed", SIGNED_HEAD, keys);
    add_object(list, "not signed", SIGNED_HEAD, payloads[SIGNED_HEAD]);
    add_changed(list, "another version", "signed 1", "signed 2");
    add_changed(list, "a tab for a space", " head ", " head\t");
    add_changed(list, "payload", "\"generation\": 5", "\"generation\": 6");
    add_changed(list, "payload: its last byte", "}\n", "}\r");
    add_loose_base64(list, "signer: bits that are over", "= ");
    add_loose_base64(list, "signature: bits that are over", "==\n");
    add_wrong_label(list, "signed without a label", "", 0);
    add_wrong_label(list, "signed without the label's end", "hf-token/1 signed head",
                    sizeof "hf-token/1 signed head" - 1);
    return list;
}

static void add_pool(struct json_object *list, const char *comment, const uint8_t *public_key,
                     const struct key_pair *of, const uint8_t *sealed)
{
    struct json_object *object = json_object_new_object();
    add_text(object, "comment", comment);
    add_bytes(object, "public", public_key, KEY_BYTES);
    json_object_object_add(object, "host", pair_json(of));
    add_bytes(object, "sealed", sealed, POOL_SEALED_BYTES);
    json_object_array_add(list, object);
}

static struct json_object *pools(void)
{
    struct json_object *list = json_object_new_array();
    uint8_t sealed[POOL_SEALED_BYTES];
    OK(pool_seal(&pool, host.public_key, sealed));
    add_pool(list, "for a machine", pool.public_key, &host, sealed);
    OK(pool_seal(&pool, identity.public_key, sealed));
    add_pool(list, "for the administrator", pool.public_key, &identity, sealed);
    return list;
}

static struct json_object *refused_pools(void)
{
    struct json_object *list = json_object_new_array();
    SCOPED(key_pair) struct key_pair torn = {0};
    uint8_t sealed[POOL_SEALED_BYTES], message[2 * KEY_BYTES];
    OK(pool_seal(&pool, identity.public_key, sealed));
    add_pool(list, "for another machine", pool.public_key, &host, sealed);
    OK(pool_seal(&pool, host.public_key, sealed));
    add_pool(list, "of another pool", identity.public_key, &host, sealed);
    sealed[POOL_SEALED_BYTES - 1] ^= 1;
    add_pool(list, "last byte", pool.public_key, &host, sealed);
    memset(message, 1, sizeof message);
    memcpy(message, secret_view(pool.private_key), KEY_BYTES);
    (void)crypto_box_seal(sealed, message, sizeof message, host.public_key);
    add_pool(list, "forged: without its context", pool.public_key, &host, sealed);
    OK(secret_copy(secret_view(identity.private_key), KEY_BYTES, &torn.private_key));
    memcpy(torn.public_key, pool.public_key, KEY_BYTES);
    OK(pool_seal(&torn, host.public_key, sealed));
    add_pool(list, "forged: another pool's private key", pool.public_key, &host, sealed);
    return list;
}

static void add_mark(struct json_object *list, const char *user, const char *name, uint64_t expires,
                     const char *token, const uint8_t (*recipients)[KEY_BYTES], size_t count)
{
    struct json_object *object = json_object_new_object(), *keys = json_object_new_array();
    SCOPED(secret) struct secret *secret = NULL;
    uint8_t mark[TOKEN_MARK_BYTES];
    char text[64];
    OK(secret_copy(token, strlen(token), &secret));
    OK(fleet_mark(&identity, user, name, expires, secret, recipients, count, mark));
    add_text(object, "user", user);
    add_text(object, "name", name);
    OK(json_add_number(object, "expires", expires));
    add_text(object, "token", token);
    for (size_t i = 0; i < count; i++) {
        sodium_bin2base64(text, sizeof text, recipients[i], KEY_BYTES,
                          sodium_base64_VARIANT_ORIGINAL);
        json_object_array_add(keys, json_object_new_string(text));
    }
    json_object_object_add(object, "recipients", keys);
    add_bytes(object, "mark", mark, sizeof mark);
    json_object_array_add(list, object);
}

static struct json_object *marks(void)
{
    struct json_object *list = json_object_new_array();
    uint8_t recipients[2][KEY_BYTES];
    memcpy(recipients[0], pool.public_key, KEY_BYTES);
    memcpy(recipients[1], host.public_key, KEY_BYTES);
    add_mark(list, "alice", "main", 0, "hf_TESTmain", (const uint8_t(*)[KEY_BYTES])recipients, 1);
    add_mark(list, "zo\xc3\xab", "b", 999999999999999, "hf_TESTb",
             (const uint8_t(*)[KEY_BYTES])recipients, 2);
    return list;
}

static struct json_object *paths(void)
{
    static const char *const users[] = {"alice", "zo\xc3\xab", "a%2Fb c", "DOM\\x.y_z-1", "~"};
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        struct json_object *object = json_object_new_object();
        struct object_path path;
        OK(object_path_user(users[i], &path));
        add_text(object, "user", users[i]);
        add_text(object, "path", path.text);
        json_object_array_add(list, object);
    }
    return list;
}

struct json_object *fleet_vectors(struct document *document)
{
    SCOPED(key_pair) struct key_pair other = {0};
    struct json_object *all = json_object_new_object();
    OK(key_pair_new(&identity));
    OK(key_pair_new(&host));
    OK(key_pair_new(&pool));
    OK(key_pair_new(&other));
    OK(fleet_signing_key(&identity, &signer));
    OK(fleet_signing_key(&other, &stranger));
    make_payloads(document);
    json_object_object_add(all, "identity", pair_json(&identity));
    json_object_object_add(all, "host", pair_json(&host));
    json_object_object_add(all, "signing", signing_json());
    json_object_object_add(all, "objects", objects());
    json_object_object_add(all, "refused", refused());
    json_object_object_add(all, "pools", pools());
    json_object_object_add(all, "refused_pools", refused_pools());
    json_object_object_add(all, "marks", marks());
    json_object_object_add(all, "paths", paths());
    for (unsigned kind = 0; kind < SIGNED_KIND_COUNT; kind++)
        free(payloads[kind]);
    key_pair_clear(&identity);
    key_pair_clear(&host);
    key_pair_clear(&pool);
    signing_key_clear(&signer);
    signing_key_clear(&stranger);
    return all;
}
