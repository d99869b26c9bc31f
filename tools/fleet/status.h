/* What is published, as it is shown: for people, or as JSON. */
#ifndef HF_FLEET_STATUS_H
#define HF_FLEET_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "store/document.h"
#include "store/head.h"
#include "tools/fleet/recipients.h"

struct json_object;

/* What a host has reported. */
struct seen {
    uint64_t generation, when; /* generation 0: nothing */
};

/* "GENERATION SECONDS\n". HF_EFORMAT. */
HF_CHECKED enum hf_error seen_parse(const char *text, size_t length, struct seen *out_seen);

void status_print_document(const struct roster *roster, const struct document *document,
                           bool headed);
void status_print_host(const struct roster_host *host, const struct seen *seen, bool headed);

struct json_object *status_document_json(const struct roster *roster,
                                         const struct document *document);
struct json_object *status_host_json(const struct roster_host *host, const struct seen *seen);
struct json_object *status_head_json(const struct head *head);

#endif
