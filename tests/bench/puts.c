/* What an engine itself takes: bench-puts COUNT BYTES etcd URL AUTHORITIES CERTIFICATE KEY
                                bench-puts COUNT BYTES folder PATH
   Puts so many new objects of so many bytes as fast as it goes, and prints how many it were in a
   second. etcd gets them on 16 connections that stay, with nothing to compare and requests that are
   made before; in a folder it is a temporary file, fsync(2), rename(2) and fsync of the folder. */
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base64.h"
#include "tests/bench/median.h"

#define CONNECTIONS  16
#define POLL_MS      1000
#define KEY_SIZE     64
#define REQUEST_SIZE 256

struct etcd {
    const char *url, *authorities, *certificate, *key;
};

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench-puts: %s: %s\n", what, why);
    exit(1);
}

static void *must(void *memory)
{
    if (memory == NULL)
        fail("memory", "there is none");
    return memory;
}

/* ------------------------------------------------------------------------------------------ etcd
 */

static char *make_request(size_t number, const char *value)
{
    char name[KEY_SIZE], key[BASE64_SIZE(KEY_SIZE)];
    const size_t size = REQUEST_SIZE + strlen(value);
    char *request = must(malloc(size));
    const int length = snprintf(name, sizeof name, "/bench/%zu", number);
    (void)base64_write(name, (size_t)length, key);
    (void)snprintf(request, size, "{\"key\":\"%s\",\"value\":\"%s\"}", key, value);
    return request;
}

static char **make_requests(size_t count, size_t bytes)
{
    char **requests = must(calloc(count, sizeof *requests));
    char *plain = must(calloc(1, bytes)), *value = must(malloc(BASE64_SIZE(bytes)));
    (void)base64_write(plain, bytes, value);
    for (size_t i = 0; i < count; i++)
        requests[i] = make_request(i, value);
    free(plain);
    free(value);
    return requests;
}

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

static CURL *make_connection(const struct etcd *etcd, struct curl_slist *lines)
{
    char url[REQUEST_SIZE];
    CURL *curl = must(curl_easy_init());
    (void)snprintf(url, sizeof url, "%s/v3/kv/put", etcd->url);
    if (curl_easy_setopt(curl, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_CAINFO, etcd->authorities) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_SSLCERT, etcd->certificate) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_SSLKEY, etcd->key) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop) != CURLE_OK)
        fail("libcurl", "it does not take our options");
    return curl;
}

static void begin(CURLM *multi, CURL *curl, const char *request)
{
    if (curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request) != CURLE_OK ||
        curl_multi_add_handle(multi, curl) != CURLM_OK)
        fail("libcurl", "no request can be made");
}

static CURL *take_ended(CURLM *multi)
{
    int left;
    long status = 0;
    const CURLMsg *message = curl_multi_info_read(multi, &left);
    if (message == NULL)
        return NULL;
    CURL *curl = message->easy_handle;
    if (message->data.result != CURLE_OK)
        fail("etcd", curl_easy_strerror(message->data.result));
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        fail("etcd", "it refuses");
    (void)curl_multi_remove_handle(multi, curl);
    return curl;
}

static void put_all(CURLM *multi, CURL **connections, char **requests, size_t count)
{
    size_t next = 0, done = 0;
    int active;
    for (; next < CONNECTIONS && next < count; next++)
        begin(multi, connections[next], requests[next]);
    while (done < count) {
        CURL *curl;
        if (curl_multi_perform(multi, &active) != CURLM_OK)
            fail("libcurl", "it has failed");
        while ((curl = take_ended(multi)) != NULL) {
            done++;
            if (next < count)
                begin(multi, curl, requests[next++]);
        }
        if (done < count)
            (void)curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
    }
}

static double put_etcd(const struct etcd *etcd, size_t count, size_t bytes)
{
    CURL *connections[CONNECTIONS];
    struct curl_slist *lines = must(curl_slist_append(NULL, "Content-Type: application/json"));
    char **requests = make_requests(count, bytes);
    CURLM *multi = must(curl_multi_init());
    for (size_t i = 0; i < CONNECTIONS; i++)
        connections[i] = make_connection(etcd, lines);
    const double start = bench_now();
    put_all(multi, connections, requests, count);
    const double took = bench_now() - start;
    for (size_t i = 0; i < CONNECTIONS; i++)
        curl_easy_cleanup(connections[i]);
    (void)curl_multi_cleanup(multi);
    curl_slist_free_all(lines);
    for (size_t i = 0; i < count; i++)
        free(requests[i]);
    free(requests);
    return took;
}

/* -------------------------------------------------------------------------------------- a folder
 */

static void put_file(int folder, const char *name, const char *bytes, size_t length)
{
    const int fd = openat(folder, ".new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || fsync(fd) != 0 || close(fd) != 0 ||
        renameat(folder, ".new", folder, name) != 0 || fsync(folder) != 0)
        fail(name, "it cannot be written");
}

static double put_folder(const char *path, size_t count, size_t bytes)
{
    char name[KEY_SIZE], *content = must(calloc(1, bytes));
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        fail(path, "it cannot be opened");
    const double start = bench_now();
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(name, sizeof name, "%zu", i);
        put_file(folder, name, content, bytes);
    }
    const double took = bench_now() - start;
    free(content);
    (void)close(folder);
    return took;
}

int main(int argc, char **argv)
{
    const size_t count = argc > 4 ? strtoul(argv[1], NULL, 10) : 0;
    const size_t bytes = argc > 4 ? strtoul(argv[2], NULL, 10) : 0;
    double took;
    if (count == 0 || bytes == 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return 2;
    if (argc == 5 && strcmp(argv[3], "folder") == 0)
        took = put_folder(argv[4], count, bytes);
    else if (argc == 8 && strcmp(argv[3], "etcd") == 0)
        took = put_etcd(&(struct etcd){argv[4], argv[5], argv[6], argv[7]}, count, bytes);
    else
        return 2;
    printf("%.1f\n", (double)count * 1e6 / took);
    return 0;
}
