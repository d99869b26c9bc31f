#include "tools/demand/decide.h"

#include <string.h>

#include "common/helper.h"
#include "common/wire.h"
#include "keyring/authority.h"
#include "site/settings.h"
#include "tools/demand/ledger.h"
#include "tools/demand/policy.h"

/* Milliseconds without which a session helper is not started: an engine that is slow could not
   answer, and would only be asked in vain. */
#define FETCH_LEAST 3000

void decision_clear(struct decision *decision)
{
    secret_free(decision->token);
    decision->token = NULL;
}

/* The account, where it is one that can have tokens. */
static enum hf_error find_user(uid_t uid, struct account *out_account)
{
    if (!policy_is_user(uid))
        return HF_EPOLICY;
    enum hf_error error = account_by_uid(uid, out_account);
    return error == HF_ENOTFOUND || error == HF_ENAME ? HF_EPOLICY : error;
}

static void fill_request(const struct account *account, const char *name,
                         struct wire_request *out_request)
{
    *out_request = (struct wire_request){
        .magic = WIRE_MAGIC, .operation = WIRE_FETCH, .uid = account->uid, .gid = account->gid};
    memcpy(out_request->user, account->name, sizeof out_request->user);
    memcpy(out_request->home, account->home, sizeof out_request->home);
    memcpy(out_request->configuration, HF_CONF_FILE, sizeof HF_CONF_FILE);
    memcpy(out_request->name, name, strlen(name) + 1);
}

/* What there is to say where the reply has no token: the reason that is nearest to its user. */
static enum hf_error missing(const struct wire_reply *reply)
{
    if (reply->error != HF_OK && reply->error != HF_ENOTFOUND)
        return (enum hf_error)reply->error;
    if (reply->expired != 0)
        return HF_EEXPIRED;
    if (reply->refused != 0)
        return HF_EALTERED;
    if (reply->locked != 0)
        return HF_ENOPASSWORD;
    return reply->trouble != HF_OK ? (enum hf_error)reply->trouble : HF_ENOTFOUND;
}

static enum hf_error fetch(const struct account *account, const char *name, deadline_ms until,
                           unsigned longest, struct decision *decision)
{
    SCOPED(secret) struct secret *token = NULL;
    struct wire_request request;
    struct wire_reply reply;
    fill_request(account, name, &request);
    TRY(helper_run(&request, until, NULL, NULL, &reply, &token));
    decision->trouble = (enum hf_error)reply.trouble;
    decision->cached = reply.cached != 0;
    memcpy(decision->source, reply.source, sizeof decision->source);
    memcpy(decision->reason, reply.reason, sizeof decision->reason);
    if (reply.error != HF_OK || token == NULL)
        return missing(&reply);
    decision->seconds = reply.lifetime != 0 && reply.lifetime < longest ? reply.lifetime : longest;
    /* To the kernel, 0 is without end. */
    if (decision->seconds == 0)
        decision->seconds = 1;
    decision->token = TAKE(token);
    return HF_OK;
}

/* What the site has set, and whether it allows this user; the reason is of HF_FLEET_FILE. */
static enum hf_error check_settings(const struct account *account, struct site_settings *settings,
                                    struct decision *decision)
{
    struct settings_mistake mistake;
    enum hf_error error = settings_read(settings, &mistake);
    if (error != HF_OK) {
        (void)!(mistake.line != 0
                    ? text_format(decision->reason, sizeof decision->reason,
                                  HF_FLEET_FILE ": line %u: %s", mistake.line, mistake.why)
                    : text_format(decision->reason, sizeof decision->reason, HF_FLEET_FILE ": %s",
                                  error_text_open(error)));
        return error;
    }
    error = policy_check(settings, account);
    if (error == HF_ECONFIG)
        (void)!text_format(decision->reason, sizeof decision->reason,
                           HF_FLEET_FILE ": [on-demand] allow: there is no group %s",
                           settings->demand_group);
    return error;
}

static enum hf_error serve(const struct demand *wanted, bool named, deadline_ms until,
                           struct decision *decision)
{
    SCOPED(ledger) struct ledger ledger = LEDGER_NONE;
    struct site_settings settings;
    struct account account;
    enum hf_error found = find_user(wanted->owner, &account);
    if (found == HF_OK)
        memcpy(decision->user, account.name, sizeof decision->user);
    enum hf_error entered = ledger_enter(&ledger, found == HF_OK ? account.uid : 0, until);
    decision->quiet = ledger.quiet;
    TRY(entered);
    TRY(found);
    if (!named)
        return HF_ENAME;
    TRY(check_settings(&account, &settings, decision));
    TRY(ledger_share(&ledger, until));
    if (until - clock_ms() < FETCH_LEAST)
        return HF_ETRYAGAIN;
    return fetch(&account, wanted->name, until, settings.demand_lifetime, decision);
}

void decide(const struct demand *wanted, bool named, deadline_ms until,
            struct decision *out_decision)
{
    *out_decision = (struct decision){.error = HF_OK};
    out_decision->error = serve(wanted, named, until, out_decision);
}
