/* whoami's answer: whatever is accepted has a kind and a name, and can be shown. */
#include "hub/whoami.h"
#include "tests/fuzz/printable.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct hub_account account;
    if (whoami_parse((const char *)bytes, length, &account) != HF_OK)
        return 0;
    MUST(account.kind[0] != '\0' && account.name[0] != '\0');
    must_be_printable(account.kind, sizeof account.kind);
    must_be_printable(account.name, sizeof account.name);
    must_be_printable(account.full_name, sizeof account.full_name);
    must_be_printable(account.role, sizeof account.role);
    must_be_printable(account.display_name, sizeof account.display_name);
    MUST(account.organisation_count <= HUB_ORGANISATIONS_MAX);
    MUST(account.organisation_count <= account.organisations_all);
    for (size_t i = 0; i < account.organisation_count; i++)
        must_be_printable(account.organisations[i], sizeof account.organisations[i]);
    MUST(account.scope_count <= HUB_SCOPES_MAX && account.scope_count <= account.scopes_all);
    for (size_t i = 0; i < account.scope_count; i++) {
        must_be_printable(account.scopes[i].entity, sizeof account.scopes[i].entity);
        must_be_printable(account.scopes[i].permissions, sizeof account.scopes[i].permissions);
    }
    return 0;
}
