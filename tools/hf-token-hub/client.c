#include "tools/hf-token-hub/client.h"

#include <stdlib.h>
#include <string.h>

#include "store/switch.h"

static enum hf_error take(struct client *client, const char *origin, const char *id)
{
    client->origin = origin;
    if (!client_id_valid(id))
        return HF_EFORMAT;
    memcpy(client->id, id, strlen(id) + 1);
    return HF_OK;
}

enum hf_error client_find(struct client *out_client)
{
    struct token_switch token_switch;
    unsigned line = 0;
    const char *variable = getenv(CLIENT_VARIABLE);
    if (variable != NULL && variable[0] != '\0')
        return take(out_client, CLIENT_VARIABLE, variable);
    TRY(switch_read(HF_CONF_FILE, &token_switch, &line));
    if (token_switch.oauth_client[0] != '\0')
        return take(out_client, HF_CONF_FILE, token_switch.oauth_client);
    if (HF_OAUTH_CLIENT[0] != '\0')
        return take(out_client, "this program", HF_OAUTH_CLIENT);
    return HF_ENOTFOUND;
}
