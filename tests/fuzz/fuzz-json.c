/* JSON: what the scan lets through must be JSON to json-c too, and print as what is let through
 * again. */
#include <json-c/json.h>
#include <string.h>

#include "common/io.h"
#include "common/name.h"
#include "store/json.h"
#include "store/scan.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(json) struct json_object *object = NULL, *again = NULL;
    SCOPED(text) char *text = NULL;
    size_t members = 0, text_length = 0;
    enum hf_error error = json_parse((const char *)bytes, length, &object);
    MUST((error == HF_OK) == (object != NULL));
    if (length <= DOCUMENT_MAX) {
        bool scanned = scan_object((const char *)bytes, length, &members) == HF_OK;
        MUST(scanned == (error == HF_OK || error == HF_EDUPLICATE));
    }
    if (error != HF_OK || json_print(object, &text, &text_length) != HF_OK)
        return 0;
    MUST(json_parse(text, text_length, &again) == HF_OK);
    MUST(json_object_equal(object, again));
    return 0;
}
