#include "store/source.h"

#include <stddef.h>

static const struct {
    int status;
    enum hf_error error;
} exits[] = {
    {0,                    HF_OK       },
    {SOURCE_EXIT_NOTFOUND, HF_ENOTFOUND},
    {SOURCE_EXIT_UNAVAIL,  HF_EUNAVAIL },
    {SOURCE_EXIT_TRYAGAIN, HF_ETRYAGAIN},
    {SOURCE_EXIT_TRYAGAIN, HF_ENOMEM   },
    {SOURCE_EXIT_OWNER,    HF_EOWNER   },
    {SOURCE_EXIT_MODE,     HF_EMODE    },
    {SOURCE_EXIT_TYPE,     HF_ETYPE    },
    {SOURCE_EXIT_EMPTY,    HF_EEMPTY   },
    {SOURCE_EXIT_TOOBIG,   HF_ETOOBIG  },
};

enum hf_error source_exit_error(int status)
{
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].status == status)
            return exits[i].error;
    return HF_EUNAVAIL;
}

int source_error_exit(enum hf_error error)
{
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].error == error)
            return exits[i].status;
    return SOURCE_EXIT_UNAVAIL;
}

static enum hf_error give(const char *user, source_place *place)
{
    struct store_path path;
    struct file_rule rule;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    TRY(place(user, &path, &rule));
    TRY(file_read(path.text, &rule, &bytes, &length));
    return io_write(STDOUT_FILENO, bytes, length);
}

int source_main(int argc, char **argv, source_place *place)
{
    if (argc != 2)
        return SOURCE_EXIT_UNAVAIL;
    return source_error_exit(give(argv[1], place));
}
