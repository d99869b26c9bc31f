#include "store/switch.h"

#include <string.h>
#include <strings.h>

#include "common/child.h"
#include "store/signed.h"

/* What a source that asks an engine has less than its time, in milliseconds, so that it can still
   answer out of its cache. */
#define ANSWER_MARGIN 100

static const char default_sources[] = "user host";

/* What is left of one line, its comment cut off. */
struct rest {
    const char *at, *end;
};

static const char *const status_names[SOURCE_STATUS_COUNT] = {
    [SOURCE_SUCCESS] = "success",
    [SOURCE_NOTFOUND] = "notfound",
    [SOURCE_UNAVAIL] = "unavail",
    [SOURCE_TRYAGAIN] = "tryagain",
};
static const char *const action_names[] = {
    [ACTION_RETURN] = "return",
    [ACTION_CONTINUE] = "continue",
    [ACTION_MERGE] = "merge",
};
#define ACTION_COUNT (sizeof action_names / sizeof action_names[0])

/* isspace(3) of the C locale, whatever the process has; no line end comes here. */
static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static void skip_space(struct rest *rest)
{
    while (rest->at < rest->end && is_space(*rest->at))
        rest->at++;
}

static bool take(struct rest *rest, char wanted)
{
    if (rest->at == rest->end || *rest->at != wanted)
        return false;
    rest->at++;
    return true;
}

/* Up to white space or one of `stops`, cut out; false when it is empty or longer than `size` takes.
 */
static bool take_word(struct rest *rest, const char *stops, char *word, size_t size)
{
    size_t length = 0;
    while (rest->at < rest->end && *rest->at != '\0' && !is_space(*rest->at) &&
           strchr(stops, *rest->at) == NULL) {
        if (length + 1 == size)
            return false;
        word[length++] = *rest->at++;
    }
    word[length] = '\0';
    return length > 0;
}

/* nsswitch.conf(5): the case of the keywords is not significant. The row's number, or `count`. */
static size_t find_keyword(const char *word, const char *const *names, size_t count)
{
    size_t row = 0;
    while (row < count && strcasecmp(word, names[row]) != 0)
        row++;
    return row;
}

/* One STATUS=action or !STATUS=action. */
static bool parse_criterion(struct rest *rest, struct switch_entry *entry)
{
    char word[sizeof "continue"];
    bool negated = take(rest, '!');
    if (!take_word(rest, "=]", word, sizeof word))
        return false;
    size_t status = find_keyword(word, status_names, SOURCE_STATUS_COUNT);
    skip_space(rest);
    if (status == SOURCE_STATUS_COUNT || !take(rest, '='))
        return false;
    skip_space(rest);
    if (!take_word(rest, "=]", word, sizeof word))
        return false;
    size_t action = find_keyword(word, action_names, ACTION_COUNT);
    if (action == ACTION_COUNT)
        return false;
    for (size_t i = 0; i < SOURCE_STATUS_COUNT; i++)
        if ((i == status) != negated)
            entry->actions[i] = (enum source_action)action;
    return true;
}

/* The bracket behind a source, where there is one. */
static bool parse_criteria(struct rest *rest, struct switch_entry *entry)
{
    if (!take(rest, '['))
        return true;
    skip_space(rest);
    do {
        if (!parse_criterion(rest, entry))
            return false;
        skip_space(rest);
    } while (!take(rest, ']'));
    return true;
}

static bool parse_source(struct rest *rest, struct switch_entry *entry)
{
    *entry = (struct switch_entry){
        .actions = {[SOURCE_SUCCESS] = ACTION_MERGE,
                    [SOURCE_NOTFOUND] = ACTION_CONTINUE,
                    [SOURCE_UNAVAIL] = ACTION_CONTINUE,
                    [SOURCE_TRYAGAIN] = ACTION_CONTINUE}
    };
    if (!take_word(rest, "[", entry->source, sizeof entry->source) ||
        !source_name_valid(entry->source))
        return false;
    skip_space(rest);
    return parse_criteria(rest, entry);
}

/* What stands behind `tokens:`, at least one source. */
static bool parse_sources(struct rest *rest, struct token_switch *token_switch)
{
    skip_space(rest);
    while (rest->at < rest->end) {
        if (token_switch->entry_count == SWITCH_SOURCES_MAX ||
            !parse_source(rest, &token_switch->entries[token_switch->entry_count]))
            return false;
        token_switch->entry_count++;
        skip_space(rest);
    }
    return token_switch->entry_count > 0;
}

/* A second line for tokens finds sources there already. */
static bool parse_tokens(struct rest *rest, struct token_switch *token_switch)
{
    return token_switch->entry_count == 0 && parse_sources(rest, token_switch);
}

/* What stands behind `oauth-client:`, one word. */
static bool parse_client(struct rest *rest, struct token_switch *token_switch)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    char *client = token_switch->oauth_client;
    if (client[0] != '\0')
        return false;
    skip_space(rest);
    if (!take_word(rest, "", client, sizeof token_switch->oauth_client))
        return false;
    skip_space(rest);
    return rest->at == rest->end && client[strspn(client, letters)] == '\0';
}

static const struct {
    const char *key;
    bool (*parse)(struct rest *rest, struct token_switch *token_switch);
} line_rows[] = {
    {"tokens:",       parse_tokens},
    {"oauth-client:", parse_client},
};

/* One line of any kind. */
static bool parse_line(struct rest rest, struct token_switch *token_switch)
{
    const char *comment = memchr(rest.at, '#', (size_t)(rest.end - rest.at));
    if (comment != NULL)
        rest.end = comment;
    skip_space(&rest);
    if (rest.at == rest.end)
        return true;
    for (size_t i = 0; i < sizeof line_rows / sizeof line_rows[0]; i++) {
        const size_t length = strlen(line_rows[i].key);
        if ((size_t)(rest.end - rest.at) < length || memcmp(rest.at, line_rows[i].key, length) != 0)
            continue;
        rest.at += length;
        return line_rows[i].parse(&rest, token_switch);
    }
    return false;
}

enum hf_error switch_parse(const char *text, size_t length, struct token_switch *out_switch,
                           unsigned *out_line)
{
    struct token_switch parsed = {0};
    const char *end = text + length;
    unsigned line = 1;
    *out_line = 0;
    for (const char *at = text; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        if (!parse_line((struct rest){at, stop}, &parsed)) {
            *out_line = line;
            return HF_ECONFIG;
        }
        at = newline == NULL ? end : newline + 1;
    }
    if (parsed.entry_count == 0) {
        struct rest standard = {default_sources, strchr(default_sources, '\0')};
        (void)parse_sources(&standard, &parsed);
    }
    *out_switch = parsed;
    return HF_OK;
}

enum hf_error switch_read(const char *path, struct token_switch *out_switch, unsigned *out_line)
{
    const struct file_rule rule = {.owner = 0, .forbidden = 022, .maximum = DOCUMENT_MAX};
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    *out_line = 0;
    enum hf_error error = file_read(path, &rule, &bytes, &length);
    if (error == HF_ENOTFOUND || error == HF_EEMPTY)
        return switch_parse("", 0, out_switch, out_line);
    if (error != HF_OK)
        return error;
    return switch_parse(bytes, length, out_switch, out_line);
}

static enum source_status status_of(enum hf_error error)
{
    switch (error) {
    case HF_OK:
        return SOURCE_SUCCESS;
    case HF_ENOTFOUND:
        return SOURCE_NOTFOUND;
    case HF_ETRYAGAIN:
        return SOURCE_TRYAGAIN;
    default:
        return SOURCE_UNAVAIL;
    }
}

/* As whom a source runs. An engine's secrets are the system account's, which must not be root by
   another name. */
static enum hf_error choose_account(const char *source, const struct account *user,
                                    struct child_plan *plan)
{
    struct account account = *user;
    if (source_asks_engine(source)) {
        if (!plan->as_user)
            return HF_ELOGIN;
        enum hf_error error = account_by_name(HF_ACCOUNT, &account);
        if (error == HF_ENOTFOUND || (error == HF_OK && account.uid == 0))
            return HF_EACCOUNT;
        TRY(error);
    }
    plan->uid = account.uid;
    plan->gid = account.gid;
    return HF_OK;
}

struct asking {
    const struct account *account;
    bool as_user, insists;
};

/* Runs the program of one source, and fills but for the name and the error. */
static enum hf_error ask(const struct asking *asking, const char *source, deadline_ms until,
                         struct source_answer *answer)
{
    char path[4096], time[24];
    const char *user = asking->account->name;
    const bool asks_engine = source_asks_engine(source), insists = asks_engine && asking->insists;
    const size_t size = asks_engine ? SIGNED_ANSWER_MAX : DOCUMENT_MAX;
    const deadline_ms left = until - clock_ms() - ANSWER_MARGIN;
    TRY(text_format(path, sizeof path, "%s/hf-token-source-%s", HF_HELPER_FOLDER, source));
    TRY(text_format(time, sizeof time, "%lld", (long long)(left > 0 ? left : 0)));
    const char *const argv[] = {path, insists ? "document" : user, asks_engine ? time : NULL,
                                insists ? user : NULL, NULL};
    struct child_plan plan = {
        .path = path, .argv = argv, .input = -1, .output = -1, .as_user = asking->as_user};
    TRY(choose_account(source, asking->account, &plan));
    int status = 0;
    SCOPED(text) char *bytes = malloc(size);
    if (bytes == NULL)
        return HF_ENOMEM;
    TRY(child_output(&plan, until, bytes, size, &answer->length, &status));
    if (status != 0 && asks_engine)
        source_reason(bytes, answer->length, answer->reason);
    TRY(source_exit_error(status));
    if (answer->length == 0)
        return HF_EEMPTY;
    answer->bytes = TAKE(bytes);
    return HF_OK;
}

/* What follows an answer. Of a source that was not asked nothing is known: as if it were not there.
 */
static enum source_action action_of(const struct switch_entry *entry, enum hf_error error)
{
    return error == HF_ELOGIN ? ACTION_MERGE : entry->actions[status_of(error)];
}

void switch_run(const struct token_switch *token_switch, const struct account *account,
                bool as_user, deadline_ms until, struct source_answers *out_answers)
{
    const struct asking asking = {
        .account = account, .as_user = as_user, .insists = token_switch->insists};
    *out_answers = (struct source_answers){0};
    for (size_t i = 0; i < token_switch->entry_count; i++) {
        const struct switch_entry *entry = &token_switch->entries[i];
        struct source_answer *answer = &out_answers->answers[out_answers->count];
        deadline_ms now = clock_ms(), left = (deadline_ms)(token_switch->entry_count - i);
        memcpy(answer->source, entry->source, sizeof answer->source);
        answer->error = ask(&asking, entry->source, now + (until - now) / left, answer);
        enum source_action action = action_of(entry, answer->error);
        if (answer->error == HF_OK && action == ACTION_CONTINUE) {
            free(answer->bytes);
            *answer = (struct source_answer){0};
        } else {
            out_answers->count++;
        }
        if (action == ACTION_RETURN)
            return;
    }
}

void source_answers_clear(struct source_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++)
        free(answers->answers[i].bytes);
    *answers = (struct source_answers){0};
}
