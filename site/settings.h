/* What a site has set for its fleet: /etc/hf-token/fleet.conf, and on the admin's side the same
 * form says where to publish. hf-token.conf(5) is the format. */
#ifndef HF_SITE_SETTINGS_H
#define HF_SITE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

enum engine_kind { ENGINE_FOLDER, ENGINE_HTTPS, ENGINE_ETCD, ENGINE_KIND_COUNT };

#define SITE_ADDRESSES_MAX 8
#define SITE_TEXT_MAX      255

/* A section [folder], [https] or [etcd]. Texts are empty where they are not set. */
struct site_engine {
    enum engine_kind kind;
    char addresses[SITE_ADDRESSES_MAX][SITE_TEXT_MAX + 1]; /* path=, url=, endpoint= */
    size_t address_count;                                  /* 0: there is no such section */
    char prefix[SITE_TEXT_MAX + 1];                        /* of etcd's keys; "/hf-token/" */
    char authorities[SITE_TEXT_MAX + 1]; /* PEM file that servers are checked by */
    char certificate[SITE_TEXT_MAX + 1], key[SITE_TEXT_MAX + 1]; /* the client's, PEM files */
    char user[SITE_TEXT_MAX + 1], password_file[SITE_TEXT_MAX + 1];
    char command[SITE_TEXT_MAX + 1]; /* [folder] of an admin: run after publishing */
    bool single_writer;              /* [https] of an admin: the server ignores If-Match */
};

enum demand_policy { DEMAND_NOBODY, DEMAND_ALL, DEMAND_GROUP, DEMAND_SESSION };

struct site_settings {
    struct site_engine engines[ENGINE_KIND_COUNT];
    uint32_t maximum_age; /* [cache] maximum-age, seconds; 86400 */
    uint32_t lifetime;    /* [refresh] lifetime of a token behind a fresh answer, seconds; 86400 */
    enum demand_policy demand; /* [on-demand] allow = nobody, all, group:NAME, session */
    char demand_group[SITE_TEXT_MAX + 1];
    uint32_t demand_lifetime; /* [on-demand] lifetime, seconds; 600 */
};

/* A mistake in a file of settings: the line, from 1 on, or 0: there is none; and what is wrong with
   it, a static text that has nothing of the line itself. */
struct settings_mistake {
    unsigned line;
    const char *why;
};

/* The section's name: "folder", "https", "etcd"; also the source's. */
const char *engine_kind_name(enum engine_kind kind);
/* Reads HF_FLEET_FILE, root's and not writable by others; all defaults where it is missing.
 *out_mistake has a line where it is HF_ECONFIG. What file_read gives. */
HF_CHECKED enum hf_error settings_read(struct site_settings *out_settings,
                                       struct settings_mistake *out_mistake);

/* The same from a file of the admin's own, which must be theirs and not writable by others. */
HF_CHECKED enum hf_error settings_read_own(const char *path, struct site_settings *out_settings,
                                           struct settings_mistake *out_mistake);

/* The same from text, which ends with a zero byte. */
HF_CHECKED enum hf_error settings_parse(const char *text, struct site_settings *out_settings,
                                        struct settings_mistake *out_mistake);

#endif
