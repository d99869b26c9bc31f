/* Memory that is wiped when it is given back: libcurl keeps copies of the headers that it sends. */
#ifndef HF_COMMON_MEMORY_H
#define HF_COMMON_MEMORY_H

#include <stddef.h>

/* Has the C library overwrite what others free, but for small blocks (up to 1 KiB): OpenSSL keeps
   what it decrypted in a buffer that it frees as it is. */
void wiping_start(void);

/* As malloc(3) and its kin; what they gave may also be freed by free(3), which wipes nothing. */
void *wiping_malloc(size_t size);
void *wiping_calloc(size_t count, size_t size);
void *wiping_realloc(void *memory, size_t size);
char *wiping_strdup(const char *text);
void wiping_free(void *memory);

#endif
