#include "tools/hf-token-hub/qr.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/io.h"

/* Light modules around the code: ISO/IEC 18004 section 6.3.8 wants four, but two are read as well,
   and the smaller code is one that a terminal of 24 lines has room for. */
#define QUIET 2

/* ECMA-48: white, bright, on black; and back to what it was. */
#define COLOURS "\x1b[37;1;40m"
#define PLAIN   "\x1b[0m"

/* Lines that stand around the drawing: address, code, and what is waited for. */
#define LINES_AROUND 5

DEFINE_SCOPED(code, QRcode *, QRcode_free, NULL);

/* Whether the module is light; all around the code are. */
static bool is_light(const QRcode *code, int row, int column)
{
    if (row < 0 || column < 0 || row >= code->width || column >= code->width)
        return true;
    return (code->data[row * code->width + column] & 1) == 0;
}

static void add(char *drawing, const char *text)
{
    /* The drawing has room for all that is added, see room_for. */
    memcpy(drawing + strlen(drawing), text, strlen(text) + 1);
}

/* Two rows as one line: a block is light, and an upper or lower half of one is that half. */
static void draw_line(const QRcode *code, int row, char *drawing)
{
    static const char *const blocks[2][2] = {
        {" ",            "\xe2\x96\x84"},
        {"\xe2\x96\x80", "\xe2\x96\x88"}
    };
    add(drawing, COLOURS);
    for (int column = -QUIET; column < code->width + QUIET; column++)
        add(drawing, blocks[is_light(code, row, column)][is_light(code, row + 1, column)]);
    add(drawing, PLAIN "\n");
}

static size_t room_for(size_t columns, size_t lines)
{
    return lines * (sizeof COLOURS + columns * 3 + sizeof PLAIN "\n") + 1;
}

enum hf_error qr_draw(const char *text, unsigned columns, unsigned lines, char **out_drawing)
{
    SCOPED(code)
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
    if (code == NULL)
        return errno == ERANGE ? HF_ETOOBIG : HF_ENOMEM;
    const unsigned width = (unsigned)code->width + 2 * QUIET, height = (width + 1) / 2;
    if (width > columns || height > lines)
        return HF_ETOOBIG;
    char *drawing = calloc(1, room_for(width, height));
    if (drawing == NULL)
        return HF_ENOMEM;
    for (int row = -QUIET; row < code->width + QUIET; row += 2)
        draw_line(code, row, drawing);
    *out_drawing = drawing;
    return HF_OK;
}

static bool is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale == (locale_t)0)
        return false;
    const bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

static bool has_colours(void)
{
    const char *kind = getenv("TERM");
    return kind != NULL && kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

bool qr_show(const char *text)
{
    SCOPED(text) char *drawing = NULL;
    struct winsize size = {0};
    if (isatty(STDERR_FILENO) != 1 || !has_colours() || !is_utf8())
        return false;
    /* A terminal that does not know its size says 0. */
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        size = (struct winsize){.ws_col = 80, .ws_row = 24 + LINES_AROUND};
    if (size.ws_row <= LINES_AROUND ||
        qr_draw(text, size.ws_col, (unsigned)(size.ws_row - LINES_AROUND), &drawing) != HF_OK)
        return false;
    return io_write(STDERR_FILENO, drawing, strlen(drawing)) == HF_OK;
}
