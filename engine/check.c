/* What can be told of an engine's files before anybody is asked. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/account.h"
#include "engine/inside.h"
#include "engine/transfer.h"

/* As of a password's file. */
#define KEY_FORBIDDEN 027

/* Milliseconds; it is over as soon as libcurl has read its files. */
#define HANDSHAKE_MS 1000L

void engine_note_unreadable(struct engine *engine, const char *path, int why)
{
    struct account account;
    char text[USER_NAME_MAX + 128];
    const char *name = account_by_uid(geteuid(), &account) == HF_OK ? account.name : "?";
    if (text_format(text, sizeof text, "it could not be read by the account %s: %s", name,
                    strerror(why)) == HF_OK)
        engine_note(engine, path, text);
}

/* Links are followed, as libcurl does. */
enum hf_error engine_check_key(struct engine *engine)
{
    struct stat status;
    const char *const key = engine->place->key;
    enum hf_error error = HF_OK;
    if (key[0] == '\0' || stat(key, &status) != 0)
        return HF_OK;
    if (status.st_uid != 0 && status.st_uid != geteuid())
        error = HF_EOWNER;
    else if ((status.st_mode & KEY_FORBIDDEN) != 0)
        error = HF_EMODE;
    if (error == HF_OK)
        return HF_OK;
    engine_note(engine, key, error_text(error));
    return HF_ECONFIG;
}

static enum hf_error check_file(struct engine *engine, const char *path)
{
    struct stat status;
    SCOPED(fd) int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) != 0) {
        if (errno == ENOENT)
            engine_note(engine, path, "there is no such file");
        else
            engine_note_unreadable(engine, path, errno);
        return HF_ECONFIG;
    }
    if (S_ISREG(status.st_mode) && status.st_size > 0)
        return HF_OK;
    engine_note(engine, path, error_text(S_ISREG(status.st_mode) ? HF_EEMPTY : HF_ETYPE));
    return HF_ECONFIG;
}

/* RFC 7468 section 5. libcurl reads authorities later than the client's own, when a server speaks.
 */
static enum hf_error check_authorities(struct engine *engine)
{
    const char *const path = engine->place->authorities;
    SCOPED(text) char *line = NULL;
    size_t room = 0;
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file != NULL && !found && getline(&line, &room, file) > 0)
        found = strncmp(line, "-----BEGIN ", 11) == 0 && strstr(line, "CERTIFICATE-----") != NULL;
    if (file != NULL)
        (void)fclose(file);
    if (found)
        return HF_OK;
    engine_note(engine, path, "it has no certificate in PEM form");
    return HF_ECONFIG;
}

/* CURLOPT_SSL_CTX_FUNCTION(3): libcurl has read the client's files by then; nothing is sent. */
static CURLcode end_here(CURL *curl, void *context, void *parameter)
{
    (void)curl;
    (void)context;
    (void)parameter;
    return CURLE_ABORTED_BY_CALLBACK;
}

/* A server that only listens: the kernel alone takes the connection. */
static enum hf_error listen_here(int *out_fd, char url[static 64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    SCOPED(fd) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 1) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return HF_EIO;
    TRY(text_format(url, 64, "https://127.0.0.1:%u/", ntohs(address.sin_port)));
    *out_fd = fd;
    fd = -1;
    return HF_OK;
}

/* What libcurl makes of the files together. Gives the setting that is to blame, or NULL. */
static const char *check_tls(struct engine *engine)
{
    SCOPED(transfer) struct transfer transfer = {0};
    SCOPED(fd) int server = -1;
    char url[64] = "";
    const struct transfer_plan plan = {.place = engine->place,
                                       .url = url,
                                       .maximum = 1,
                                       .connect_ms = HANDSHAKE_MS,
                                       .total_ms = HANDSHAKE_MS};
    if (listen_here(&server, url) != HF_OK || transfer_begin(&plan, NULL, &transfer) != HF_OK ||
        curl_easy_setopt(transfer.easy, CURLOPT_SSL_CTX_FUNCTION, end_here) != CURLE_OK)
        return NULL;
    const CURLcode code = curl_easy_perform(transfer.easy);
    if (code != CURLE_SSL_CERTPROBLEM)
        return NULL;
    if (strcasestr(transfer.reason, "private key") != NULL) {
        engine_note(engine, engine->place->key,
                    "it is not the certificate's key, or not a key in PEM form without a password");
        return "key";
    }
    engine_note(engine, engine->place->certificate, "it has no certificate in PEM form");
    return "certificate";
}

/* One that could be read, but must not be used, is told as well. */
static size_t check_files(struct engine *engine, engine_tell *tell, void *context)
{
    const struct site_engine *place = engine->place;
    const struct {
        const char *setting, *path;
    } files[] = {
        {"authorities",   place->authorities  },
        {"certificate",   place->certificate  },
        {"key",           place->key          },
        {"password-file", place->password_file}
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (files[i].path[0] == '\0')
            continue;
        enum hf_error error = check_file(engine, files[i].path);
        if (error == HF_OK && files[i].path == place->authorities)
            error = check_authorities(engine);
        if (error == HF_OK && files[i].path == place->key)
            error = engine_check_key(engine);
        if (error == HF_OK && files[i].path == place->password_file)
            error = engine_password(engine);
        if (error == HF_OK)
            continue;
        tell(files[i].setting, engine->reason, context);
        count++;
    }
    return count;
}

size_t engine_check(struct engine *engine, engine_tell *tell, void *context)
{
    engine->reason[0] = '\0';
    if (engine->place->kind == ENGINE_FOLDER) {
        if (folder_check(engine) == HF_OK)
            return 0;
        tell("path", engine->reason, context);
        return 1;
    }
    const size_t count = check_files(engine, tell, context);
    const char *setting = count == 0 ? check_tls(engine) : NULL;
    if (setting == NULL)
        return count;
    tell(setting, engine->reason, context);
    return 1;
}
