#include "tools/refresh/ask.h"

#include <string.h>

#include "common/child.h"
#include "store/source.h"

/* Milliseconds that a source is given, and how much longer it is waited for. */
#define SOURCE_TIME   "5000"
#define SOURCE_WAITED 6000

/* All that is wrong with one section: five files, and a reason each. */
#define FINDINGS_MAX (8 * (SOURCE_REASON_MAX + 1))

enum hf_error ask_account(struct account *out_account)
{
    struct account account;
    const enum hf_error error = account_by_name(HF_ACCOUNT, &account);
    if (error == HF_ENOTFOUND || (error == HF_OK && account.uid == 0))
        return HF_EACCOUNT;
    TRY(error);
    *out_account = account;
    return HF_OK;
}

enum hf_error ask_source(const struct ask_question *question, void *bytes, size_t size,
                         size_t *out_length)
{
    char path[4096];
    int status = 0;
    TRY(text_format(path, sizeof path, "%s/hf-token-source-%s", HF_HELPER_FOLDER,
                    question->source));
    const char *const argv[] = {path, question->mode, SOURCE_TIME, question->word, NULL};
    const struct child_plan plan = {.path = path,
                                    .argv = argv,
                                    .input = -1,
                                    .output = -1,
                                    .as_user = true,
                                    .uid = question->account->uid,
                                    .gid = question->account->gid};
    *out_length = 0;
    TRY(child_output(&plan, clock_ms() + SOURCE_WAITED, bytes, size, out_length, &status));
    return source_exit_error(status);
}

size_t ask_check(const char *source, const struct account *account, ask_tell *tell, void *context)
{
    const struct ask_question question = {source, "check", "-", account};
    char findings[FINDINGS_MAX], line[SOURCE_REASON_MAX + 1];
    size_t length = 0, count = 0;
    const enum hf_error error = ask_source(&question, findings, sizeof findings, &length);
    if (error == HF_OK)
        return 0;
    for (const char *at = findings, *stop = findings + length; at < stop;) {
        const char *end = memchr(at, '\n', (size_t)(stop - at));
        if (end == NULL)
            break;
        source_reason(at, (size_t)(end + 1 - at), line);
        at = end + 1;
        if (line[0] == '\0')
            continue;
        tell(line, context);
        count++;
    }
    if (count > 0)
        return count;
    tell(error_text(error), context);
    return 1;
}
