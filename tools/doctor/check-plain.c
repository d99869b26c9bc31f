#include <stdlib.h>

#include "hub/endpoint.h"
#include "tools/clients/places.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"

/* What a program takes instead of what `hf-token run` gives it, or what a shell hands to all its
 * programs. */
static const struct {
    const char *name, *what, *next;
} variables[] = {
    {.name = "HF_TOKEN",
     .what = "is set here: each program takes it, except under hf-token run, which replaces it",
     .next = "Take it out of where it is set; programs get it by hf-token run."                 },
    {.name = "HF_OIDC_RESOURCE",
     .what = "is set: the Python client asks there first, also under hf-token run",
     .next = "unset HF_OIDC_RESOURCE, unless you want that"                                     },
    {.name = "HF_API_TOKEN",
     .what = "is set: TGI's launcher gives it to its children instead of HF_TOKEN",
     .next = "unset HF_API_TOKEN"                                                               },
    {.name = "HUGGING_FACE_HUB_TOKEN",
     .what = "is set: the Python client takes it where HF_TOKEN is not set",
     .next = "Take it out of where it is set; hf-token run -e HUGGING_FACE_HUB_TOKEN sets it."  },
    {.name = "HUGGINGFACEHUB_API_TOKEN",
     .what = "is set: LangChain takes it",
     .next = "Take it out of where it is set; hf-token run -e HUGGINGFACEHUB_API_TOKEN sets it."},
};

void check_environment(struct doctor *doctor)
{
    const size_t before = doctor->count;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i].name);
        if (value != NULL && value[0] != '\0')
            doctor_find(doctor, LEVEL_WARN, variables[i].next, "%s %s", variables[i].name,
                        variables[i].what);
    }
    if (doctor->count == before)
        doctor_find(doctor, LEVEL_OK, NULL, "no variable stands in the way of HF_TOKEN");
}

/* A file that is nothing but its tokens is one finding, and so is a line with several. */
static void tell_finds(struct doctor *doctor, const struct place_file *file)
{
    const struct finds *finds = &file->finds;
    for (size_t i = 0; i < finds->count; i++)
        if (i == 0 ||
            (file->format != &format_token && finds->all[i].line != finds->all[i - 1].line))
            doctor_find_in(doctor, LEVEL_BAD, file->path,
                           file->format == &format_token ? 0 : finds->all[i].line, file->next,
                           "here is a token in clear");
}

void check_plaintext(struct doctor *doctor)
{
    SCOPED(places) struct places places = {0};
    struct endpoint endpoint;
    const char *host = endpoint_choose(&endpoint) == HF_OK ? endpoint.host : NULL;
    enum hf_error error = places_find(doctor->holdings->account.home, host, &places);
    if (error != HF_OK)
        doctor_find(doctor, LEVEL_WARN, NULL, "could not look for tokens in clear: %s",
                    error_text(error));
    for (size_t i = 0; i < places.count; i++) {
        if (places.files[i]->error == HF_ETOOBIG)
            doctor_find_in(doctor, LEVEL_WARN, places.files[i]->path, 0,
                           "grep -n hf_ in it yourself", "too large to look through");
        tell_finds(doctor, places.files[i]);
    }
    if (error == HF_OK && places.count == 0)
        doctor_find(doctor, LEVEL_OK, NULL, "the known places have no token in clear");
}
