#include "tools/source/obtain.h"

#include <stdio.h>
#include <string.h>

#include "store/source.h"
#include "tools/source/freshness.h"
#include "tools/source/outage.h"

/* Of a record that the head vouches for, the confirmation is written anew when it has got older
   than this part of the maximum age: often enough for a machine that loses its network, and not
   each minute. */
#define RENEW_PART 16

/* Milliseconds without which no engine is asked: it would be cut short, and learn nothing. */
#define ASK_LEAST 450

/* What is known of the object before the engine is asked. */
struct known {
    struct kept object, head;
};

static void known_scope_end(struct known *held)
{
    kept_clear(&held->object);
    kept_clear(&held->head);
}

void obtained_clear(struct obtained *obtained)
{
    free(obtained->bytes);
    *obtained = (struct obtained){0};
}

static enum hf_error read_known(const struct asking *asking, const struct object *object,
                                struct known *known)
{
    struct object head;
    cache_read(&asking->cache, object, &known->object);
    if (object->kind == SIGNED_HEAD)
        return HF_OK;
    TRY(object_head(&head));
    cache_read(&asking->cache, &head, &known->head);
    return HF_OK;
}

static struct freshness freshness_of(const struct asking *asking, const struct known *known)
{
    return (struct freshness){&known->object, &known->head, asking->cache.now};
}

static enum hf_error give(const struct record *record, const struct content *content,
                          uint64_t confirmed, enum hf_error trouble, struct obtained *out_obtained)
{
    char *bytes = malloc(record->length);
    if (bytes == NULL)
        return HF_ENOMEM;
    memcpy(bytes, record->bytes, record->length);
    *out_obtained = (struct obtained){.bytes = bytes,
                                      .length = record->length,
                                      .content = *content,
                                      .confirmed = confirmed,
                                      .trouble = trouble};
    return HF_OK;
}

static enum hf_error give_kept(const struct asking *asking, const struct known *known,
                               enum hf_error trouble, struct obtained *out_obtained)
{
    const struct freshness fresh = freshness_of(asking, known);
    return give(&known->object.record, &known->object.content, freshness_confirmed(&fresh), trouble,
                out_obtained);
}

/* The head vouches: nothing is asked. */
static enum hf_error give_vouched(const struct asking *asking, const struct object *object,
                                  const struct known *known, struct obtained *out_obtained)
{
    const struct freshness fresh = freshness_of(asking, known);
    struct record record = known->object.record;
    record.confirmed = freshness_confirmed(&fresh);
    if (record.confirmed - known->object.record.confirmed >
        asking->settings.maximum_age / RENEW_PART)
        TRY(cache_write(&asking->cache, object, &record, &known->object.content, asking->until));
    return give_kept(asking, known, HF_OK, out_obtained);
}

/* Believes what the engine gave, or does not; then it is the answer, and kept. */
static enum hf_error take_new(const struct asking *asking, const struct object *object,
                              const struct known *known, const struct engine_object *got,
                              struct obtained *out_obtained)
{
    struct content content;
    const struct record record = {.confirmed = asking->cache.now,
                                  .head = freshness_head(&known->head),
                                  .version = got->version,
                                  .bytes = got->bytes,
                                  .length = got->length};
    TRY(object_open(object, &asking->signers, asking->cache.now, got->bytes, got->length,
                    &content));
    TRY(highest_check(&known->object.highest, &content.highest, object->kind == SIGNED_HEAD));
    TRY(cache_write(&asking->cache, object, &record, &content, asking->until));
    return give(&record, &content, record.confirmed, HF_OK, out_obtained);
}

/* The engine has what we have. */
static enum hf_error take_unchanged(const struct asking *asking, const struct object *object,
                                    const struct known *known, struct obtained *out_obtained)
{
    struct record record = known->object.record;
    if (known->object.file == NULL)
        return HF_EPROTOCOL;
    record.confirmed = asking->cache.now;
    record.head = freshness_head(&known->head);
    TRY(cache_write(&asking->cache, object, &record, &known->object.content, asking->until));
    return give(&record, &known->object.content, record.confirmed, HF_OK, out_obtained);
}

/* A server's answer to people; white space may stand before it. */
static bool is_page(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length && (bytes[at] == ' ' || bytes[at] == '\r' || bytes[at] == '\n'))
        at++;
    return at < length && bytes[at] == '<';
}

/* Not a byte of it: it may be anything. */
static void say_unsigned(struct asking *asking, const struct object *object,
                         const struct engine_object *got)
{
    if (!signed_is(got->bytes, got->length))
        asking_say(asking, "%s: it is no published object%s", object->path.text,
                   is_page(got->bytes, got->length) ? ", but a web page" : "");
}

static enum hf_error ask_engine(struct asking *asking, const struct object *object,
                                const struct known *known, struct obtained *out_obtained)
{
    SCOPED(engine_object) struct engine_object got = {0};
    struct engine *engine;
    const struct engine_version *version = NULL;
    if (known->object.file != NULL && known->object.record.version.text[0] != '\0')
        version = &known->object.record.version;
    TRY(asking_engine(asking, &engine));
    enum hf_error error = engine_get(engine, object->path.text, version, asking->network, &got);
    if (error == HF_EUNCHANGED)
        return take_unchanged(asking, object, known, out_obtained);
    TRY(error);
    error = take_new(asking, object, known, &got, out_obtained);
    if (error == HF_EUNSIGNED)
        say_unsigned(asking, object, &got);
    return error;
}

/* The same, where there is hope. */
static enum hf_error ask_unless_out(struct asking *asking, const struct object *object,
                                    const struct known *known, struct obtained *out_obtained)
{
    struct outage_ask ask = {.start = clock_ms(), .until = asking->network};
    if (ask.until - ask.start < ASK_LEAST)
        return HF_EDEADLINE;
    if (object->kind != SIGNED_HEAD && !asking->insists && outage_lasts(&asking->cache))
        return HF_EDEADLINE;
    const enum hf_error error = ask_engine(asking, object, known, out_obtained);
    ask.end = clock_ms();
    outage_note(&asking->cache, &ask, error);
    return error;
}

/* Another run of the same source was faster: what it has kept is the engine's word of just now. */
static enum hf_error give_other(const struct asking *asking, const struct object *object,
                                struct obtained *out_obtained)
{
    SCOPED(known) struct known known = {0};
    TRY(read_known(asking, object, &known));
    return known.object.file == NULL ? HF_ETRYAGAIN
                                     : give_kept(asking, &known, HF_OK, out_obtained);
}

static void take_finding(const char *setting, const char *what, void *context)
{
    struct asking *asking = context;
    if (asking->reason[0] == '\0')
        asking_say(asking, HF_FLEET_FILE ": [%s] %s: %s", engine_kind_name(asking->kind), setting,
                   what);
}

/* What there is to say of it besides its name. A server's own words are not for a log that others
   read; what is wrong with a file of ours is. */
static void say_why(struct asking *asking, enum hf_error error)
{
    char words[SOURCE_REASON_MAX + 1];
    struct engine *engine = asking->engine;
    const bool folder = asking->kind == ENGINE_FOLDER;
    if (engine == NULL || asking->reason[0] != '\0' || !(error == HF_ECONFIG || folder))
        return;
    /* Looking at the files has a reason of its own. */
    (void)snprintf(words, sizeof words, "%s", engine_reason(engine));
    (void)engine_check(engine, take_finding, asking);
    if (asking->reason[0] == '\0' && (error == HF_ECONFIG || error == HF_EIO))
        asking_say(asking, "%s", words);
}

/* A user's document is asked for at a login: what the log has of it must be words of our own. */
static void say_cause(struct asking *asking, const struct object *object, enum hf_error error)
{
    if (object->kind == SIGNED_DOCUMENT && error == HF_EUNAVAIL && asking->engine != NULL &&
        asking->reason[0] == '\0')
        asking_say(asking, "%s", engine_cause(asking->engine));
}

static bool is_unreached(enum hf_error error)
{
    return error == HF_EUNAVAIL || error == HF_EDEADLINE || error == HF_ETRYAGAIN ||
           error == HF_EIO;
}

/* The cache has a document, and it is too old. */
static enum hf_error give_up(struct asking *asking, const struct freshness *fresh,
                             enum hf_error error)
{
    char why[SOURCE_REASON_MAX + 1];
    const uint64_t confirmed = freshness_confirmed(fresh);
    if (confirmed == 0)
        return error;
    (void)!text_format(why, sizeof why, "%s",
                       asking->reason[0] != '\0' ? asking->reason : error_text(error));
    source_say_stale(confirmed, why, asking->reason);
    return is_unreached(error) ? HF_ESTALE : error;
}

enum hf_error obtain(struct asking *asking, const struct object *object,
                     struct obtained *out_obtained)
{
    SCOPED(known) struct known known = {0};
    TRY(read_known(asking, object, &known));
    const struct freshness fresh = freshness_of(asking, &known);
    enum hf_error error = freshness_vouched(&fresh)
                              ? give_vouched(asking, object, &known, out_obtained)
                              : ask_unless_out(asking, object, &known, out_obtained);
    if (error == HF_OK)
        return HF_OK;
    if (error == HF_ECHANGED)
        return give_other(asking, object, out_obtained);
    /* A removal is a signed statement. That an object is gone is none. */
    if (error == HF_ENOTFOUND && known.object.highest.generation > 0) {
        asking_say(asking, "the engine does not have it any more");
        error = HF_EUNAVAIL;
    }
    say_why(asking, error);
    say_cause(asking, object, error);
    if (object->kind != SIGNED_DOCUMENT)
        return error;
    if (!freshness_within(&fresh, asking->settings.maximum_age))
        return give_up(asking, &fresh, error);
    return give_kept(asking, &known, error, out_obtained);
}
