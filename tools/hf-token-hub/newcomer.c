#include "tools/hf-token-hub/newcomer.h"

#include <stdio.h>
#include <string.h>

#include "common/secret.h"
#include "hub/grant.h"
#include "hub/oauth.h"
#include "hub/revoke.h"
#include "hub/whoami.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/browser.h"
#include "tools/hf-token-hub/client.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/intake.h"
#include "tools/line.h"

/* A word that answers a question; a token that was pasted too early is read to its end and
   dropped. */
#define ANSWER_MAX TOKEN_MAX

/* How often a question comes again. */
#define TRIES 3

void newcomer_clear(struct newcomer *newcomer)
{
    secret_free(newcomer->token);
    secret_free(newcomer->grant);
    secret_free(newcomer->refresh);
    newcomer->token = newcomer->grant = newcomer->refresh = NULL;
}

int newcomer_option(const struct arguments *arguments, int argument, enum newcomer_way *way)
{
    if (argument != OPTION_BROWSER && argument != OPTION_PASTE)
        return arguments_stop(arguments, argument);
    const enum newcomer_way wanted = argument == OPTION_BROWSER ? WAY_BROWSER : WAY_PASTE;
    if (*way != WAY_NOT_SAID && *way != wanted)
        return arguments_wrong(arguments, "--browser and --paste exclude each other");
    *way = wanted;
    return -1;
}

/* The earlier of two dates, where 0 is never. */
static uint64_t earlier(uint64_t one, uint64_t other)
{
    if (one == 0 || other == 0)
        return one + other;
    return one < other ? one : other;
}

/* The answer is read as a secret: who pastes a token here does not see it on the screen. */
static enum hf_error ask_way(enum newcomer_way *out_way)
{
    for (int i = 0; i < TRIES; i++) {
        SCOPED(secret) struct secret *line = NULL;
        TRY(line_ask("Browser or paste? [b/p] ", ANSWER_MAX, &line));
        const uint8_t *answer = secret_view(line);
        if (secret_length(line) == 1 && (answer[0] == 'b' || answer[0] == 'B')) {
            *out_way = WAY_BROWSER;
            return HF_OK;
        }
        if (secret_length(line) == 1 && (answer[0] == 'p' || answer[0] == 'P')) {
            *out_way = WAY_PASTE;
            return HF_OK;
        }
    }
    return HF_EEMPTY;
}

static int choose_way(struct newcomer *newcomer, enum hf_error client_error)
{
    if (newcomer->way != WAY_NOT_SAID)
        return TOOL_OK;
    newcomer->way = WAY_PASTE;
    if (!line_interactive())
        return TOOL_OK;
    /* Where nobody has set one up, there is nothing to choose. */
    if (client_error == HF_ENOTFOUND)
        return TOOL_OK;
    if (client_error != HF_OK) {
        say_note("%s: no login in the browser: the OAuth client id: %s", newcomer->command,
                 error_text(client_error));
        return TOOL_OK;
    }
    enum hf_error error = ask_way(&newcomer->way);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, HF_OK, "Answer b or p; or use --browser or --paste",
                           "%s: that was neither browser nor paste", newcomer->command);
    return TOOL_OK;
}

static enum hf_error keep_grant(struct newcomer *newcomer, const struct client *client)
{
    SCOPED(grant) struct grant grant = {.endpoint = newcomer->endpoint};
    memcpy(grant.client_id, client->id, sizeof grant.client_id);
    TRY(secret_copy(secret_view(newcomer->refresh), secret_length(newcomer->refresh),
                    &grant.refresh));
    return grant_print(&grant, &newcomer->grant);
}

/* A token that its user wants to end gets nothing that would renew it. */
static int keep_tokens(struct newcomer *newcomer, const struct client *client,
                       struct oauth_tokens *tokens)
{
    newcomer->token = TAKE(tokens->access);
    newcomer->refresh = TAKE(tokens->refresh);
    if (tokens->lifetime != 0)
        newcomer->expires = newcomer->now + tokens->lifetime;
    if (newcomer->until != 0)
        say_note("%s: with --expires it is not renewed", newcomer->command);
    if (newcomer->until != 0 || newcomer->refresh == NULL)
        return TOOL_OK;
    if (!newcomer->endpoint.secure) {
        say_note("%s: it is not renewed, since anybody on this machine may listen at %s one day",
                 newcomer->command, newcomer->endpoint.url);
        return TOOL_OK;
    }
    enum hf_error error = keep_grant(newcomer, client);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed. Try again, or use --paste",
                           "%s: the grant", newcomer->command);
    return TOOL_OK;
}

static int say_no_client(const struct newcomer *newcomer, enum hf_error client_error)
{
    if (client_error == HF_ENOTFOUND)
        return say_failure(
            TOOL_FAILED, HF_OK, "hf-token.conf(5) tells of oauth-client; without it: --paste",
            "%s: there is no OAuth client id for a login in the browser", newcomer->command);
    return say_failure(TOOL_FAILED, client_error,
                       "hf-token.conf(5) tells of oauth-client; without it: --paste",
                       "%s: the OAuth client id", newcomer->command);
}

static int fetch_browser(struct newcomer *newcomer)
{
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    struct client client = {.origin = ""};
    enum hf_error error = client_find(&client);
    if (error != HF_OK)
        return say_no_client(newcomer, error);
    int code = browser_login(newcomer->command, &newcomer->endpoint, &client, &tokens);
    return code == TOOL_OK ? keep_tokens(newcomer, &client, &tokens) : code;
}

static int fetch_paste(struct newcomer *newcomer)
{
    char page[SETTINGS_SIZE];
    const struct intake intake = {.command = newcomer->command,
                                  .settings = speak_settings(&newcomer->endpoint, page)};
    return intake_ask(&intake, &newcomer->token);
}

int newcomer_choose(struct newcomer *newcomer)
{
    struct client client = {.origin = ""};
    const enum hf_error client_error = client_find(&client);
    int code = choose_way(newcomer, client_error);
    if (code == TOOL_OK && newcomer->way == WAY_BROWSER && client_error != HF_OK)
        code = say_no_client(newcomer, client_error);
    return code;
}

int newcomer_fetch(struct newcomer *newcomer)
{
    int code = newcomer->way == WAY_BROWSER ? fetch_browser(newcomer) : fetch_paste(newcomer);
    newcomer->expires = earlier(newcomer->expires, newcomer->until);
    return code;
}

void newcomer_drop(const struct newcomer *newcomer)
{
    struct hub_fault fault = {0};
    char page[SETTINGS_SIZE], next[NEXT_MAX], reason[NEXT_MAX];
    if (newcomer->way != WAY_BROWSER || newcomer->token == NULL)
        return;
    /* The one that renews first: it could bring the token back. */
    enum hub_fault_kind kind = HUB_OK;
    if (newcomer->refresh != NULL)
        kind = revoke_ask(&newcomer->endpoint, newcomer->refresh, &fault);
    if (kind == HUB_OK)
        kind = revoke_ask(&newcomer->endpoint, newcomer->token, &fault);
    if (kind == HUB_OK)
        say_note("%s: the token that the browser login brought was revoked", newcomer->command);
    else
        (void)say_failure(
            0, HF_OK, say_next(next, "Revoke it at %s", speak_settings(&newcomer->endpoint, page)),
            "%s: the token that the browser login brought could not be revoked: %s",
            newcomer->command, speak_reason(&fault, reason));
}

int newcomer_check(struct newcomer *newcomer)
{
    struct hub_account account;
    char page[SETTINGS_SIZE], next[NEXT_MAX];
    if (whoami_ask(&newcomer->endpoint, newcomer->token, &account, &newcomer->fault) == HUB_OK) {
        about_fill(&newcomer->endpoint, &account, newcomer->now, &newcomer->about);
        newcomer->expires = earlier(newcomer->expires, account.expires);
        return TOOL_OK;
    }
    if (!hub_fault_is_refusal(newcomer->fault.kind))
        return TOOL_OK;
    return speak_fault(newcomer->command, &newcomer->fault,
                       say_next(next, "It was not stored. Is it whole? A new one is made at %s",
                                speak_settings(&newcomer->endpoint, page)));
}

static void say_unchecked(const struct newcomer *newcomer, const char *name)
{
    char next[NEXT_MAX], wait[WAIT_SIZE], reason[NEXT_MAX] = "it was not asked";
    if (newcomer->fault.kind != HUB_OK)
        (void)speak_reason(&newcomer->fault, reason);
    (void)say_next(next, "To check it%s: hf-token whoami -n %s", speak_wait(&newcomer->fault, wait),
                   name);
    (void)say_failure(0, HF_OK, next, "%s: %s is unchecked: %s", newcomer->command, name, reason);
}

static void say_about(const struct newcomer *newcomer, const char *name)
{
    struct token_about about = newcomer->about;
    say_note("%s: %s is a token of %s%s%s", newcomer->command, name, say_clean(about.account),
             about.role[0] != '\0' ? ", role " : "", about_role(say_clean(about.role)));
}

void newcomer_say(const struct newcomer *newcomer, const char *name)
{
    char page[SETTINGS_SIZE], next[NEXT_MAX];
    if (newcomer->about.checked == 0) {
        say_unchecked(newcomer, name);
        return;
    }
    say_about(newcomer, name);
    if (strcmp(newcomer->about.role, "write") == 0)
        (void)say_failure(
            0, HF_OK,
            say_next(next, "A fine-grained one, for what you need alone, is safer: %s",
                     speak_settings(&newcomer->endpoint, page)),
            "%s: whoever gets this token can change and delete all that its account can",
            newcomer->command);
}
