#include "ledger/receipt.h"

#include "base/buffer.h"
#include "base/scanner.h"

enum { REASONS_CEILING = 4096 };

/* Of a receipt.  Each reads what stands at the scanner; false: it is no such thing, as the scanner says. */
static bool read_text(struct scanner *scanner, struct bytes *out)
{
    struct scanner_text text;

    scanner_blanks(scanner);
    if (!scanner_sees(scanner, '"'))
        return scanner_fail(scanner, scanner->at, "expected a string");
    if (!scanner_string(scanner, &text))
        return false;
    *out = (struct bytes){text.at, text.len};
    return true;
}

static bool pass_value(struct scanner *scanner)
{
    struct scanner_text text;

    scanner_blanks(scanner);
    if (scanner_sees(scanner, '"'))
        return scanner_string(scanner, &text);
    if (scanner_sees(scanner, 't') || scanner_sees(scanner, 'f'))
        return scanner_boolean(scanner, &text);
    return scanner_integer(scanner, &text);
}

/* The members of an object, each given to `member`. */
static bool read_object(struct scanner *scanner, void *whom,
                        bool (*member)(void *whom, struct scanner *scanner, struct bytes name))
{
    struct bytes name;

    if (!scanner_take(scanner, '{', "expected an object"))
        return false;
    for (bool first = true; !scanner_sees(scanner, '}'); first = false) {
        if (!first && !scanner_take(scanner, ',', "expected a comma"))
            return false;
        if (!read_text(scanner, &name) || !scanner_take(scanner, ':', "expected a colon") ||
            !member(whom, scanner, name))
            return false;
        scanner_blanks(scanner);
    }
    return scanner_take(scanner, '}', "expected a brace");
}

/* Of a reason: {"code":"M3501","text":"..."}. */
static bool read_reason_member(void *whom, struct scanner *scanner, struct bytes name)
{
    struct buffer *into = whom;
    struct bytes text;

    if (!bytes_are(name, "code") && !bytes_are(name, "text"))
        return pass_value(scanner);
    if (!read_text(scanner, &text))
        return false;
    if (into->len > 0)
        buffer_add_string(into, bytes_are(name, "code") ? "; " : ": ");
    buffer_add_bytes(into, text);
    return true;
}

static bool read_reasons(struct scanner *scanner, struct arena *arena, struct bytes *out)
{
    struct buffer text;
    bool good = scanner_take(scanner, '[', "expected a list");

    buffer_init(&text, REASONS_CEILING);
    for (bool first = true; good && !scanner_sees(scanner, ']'); first = false)
        good = (first || scanner_take(scanner, ',', "expected a comma")) &&
               read_object(scanner, &text, read_reason_member);
    good = good && scanner_take(scanner, ']', "expected a bracket");
    *out = arena_copy(arena, buffer_view(&text));
    buffer_release(&text);
    return good;
}

struct reading {
    struct receipt *receipt;
    struct arena *arena;
    bool is_receipt;
};

static bool read_member(void *whom, struct scanner *scanner, struct bytes name)
{
    struct reading *reading = whom;
    struct receipt *receipt = reading->receipt;

    if (bytes_are(name, "receipt")) {
        reading->is_receipt = true;
        return pass_value(scanner);
    }
    if (bytes_are(name, "id"))
        return read_text(scanner, &receipt->id);
    if (bytes_are(name, "status"))
        return read_text(scanner, &receipt->status);
    if (bytes_are(name, "file"))
        return read_text(scanner, &receipt->file);
    if (bytes_are(name, "sha256"))
        return read_text(scanner, &receipt->sha256);
    if (bytes_are(name, "reasons"))
        return read_reasons(scanner, reading->arena, &receipt->reasons);
    return pass_value(scanner);
}

const char *receipt_read(struct receipt *receipt, struct bytes line, struct arena *arena)
{
    struct scanner scanner = {.begin = line.at, .at = line.at, .end = line.at + line.len, .arena = arena};
    struct reading reading = {receipt, arena, false};

    *receipt = (struct receipt){.is_refused = false};
    if (!read_object(&scanner, &reading, read_member))
        return scanner.what != NULL ? scanner.what : "it is no JSON";
    scanner_blanks(&scanner);
    if (scanner.at != scanner.end)
        return "something stands behind it";
    if (!reading.is_receipt)
        return "it has no \"receipt\"";
    if (receipt->id.len == 0)
        return "it has no \"id\"";
    receipt->is_refused = bytes_are(receipt->status, "refused");
    if (!receipt->is_refused && !bytes_are(receipt->status, "written"))
        return "its \"status\" is neither written nor refused";
    return NULL;
}
