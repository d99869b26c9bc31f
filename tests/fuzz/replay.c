/* Gives files to a fuzzer's function, where libFuzzer is not there to do it. Arguments are files
 * and folders of files. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/io.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1 << 20)

static int replay_file(const char *path)
{
    char *bytes = malloc(INPUT_MAX);
    FILE *file = fopen(path, "re");
    size_t length = bytes == NULL || file == NULL ? 0 : fread(bytes, 1, INPUT_MAX, file);
    uint8_t *exact = malloc(length + (length == 0));
    int failed = bytes == NULL || file == NULL || exact == NULL;
    if (failed) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    } else {
        /* A block of exactly this size, so that a read behind it is seen. */
        memcpy(exact, bytes, length);
        (void)LLVMFuzzerTestOneInput(exact, length);
    }
    if (file != NULL)
        fclose(file);
    free(bytes);
    free(exact);
    return failed;
}

static int replay_folder(DIR *folder, const char *path)
{
    int failed = 0, count = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char name[4096];
        if (entry->d_name[0] == '.')
            continue;
        failed |= text_format(name, sizeof name, "%s/%s", path, entry->d_name) != HF_OK ||
                  replay_file(name) != 0;
        count++;
    }
    printf("%s: %d inputs\n", path, count);
    return failed || count == 0;
}

int main(int argc, char **argv)
{
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        failed |= folder != NULL ? replay_folder(folder, argv[i]) : replay_file(argv[i]);
        if (folder != NULL)
            closedir(folder);
    }
    return failed;
}
