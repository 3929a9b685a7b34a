#include "translate/receipt.h"

#include <stdio.h>

#include "base/utf8.h"
#include "canon/sink.h"

enum {
    MAX_REASONS = 20, /* in a receipt; the report has them all */
    REASONS_CEILING = 64 * 1024,
    REASON_SHOWN = 120,
};

static void put_string(struct canon_sink *sink, const char *name, struct bytes text)
{
    canon_sink_add(sink, BYTES(",\""));
    canon_sink_add(sink, bytes_of(name));
    canon_sink_add(sink, BYTES("\":"));
    canon_write_string(sink, text.at, text.len);
}

static void begin(struct canon_sink *sink, const char *id, const char *kind, struct bytes partner,
                  const char *status)
{
    canon_sink_add(sink, BYTES("{\"receipt\":1"));
    put_string(sink, "id", bytes_of(id));
    if (kind != NULL)
        put_string(sink, "kind", bytes_of(kind));
    if (partner.len > 0)
        put_string(sink, "partner", partner);
    put_string(sink, "status", bytes_of(status));
}

void receipt_written(struct canon_sink *sink, const char *id, const char *kind, struct bytes partner,
                     struct bytes file, const char *sha256, uint64_t size)
{
    char text[48];
    int len = snprintf(text, sizeof(text), ",\"size\":%llu}\n", (unsigned long long)size);

    begin(sink, id, kind, partner, "written");
    put_string(sink, "file", file);
    put_string(sink, "sha256", bytes_of(sha256));
    canon_sink_add(sink, (struct bytes){text, (size_t)len});
}

void receipt_refused(struct canon_sink *sink, const struct canon_record *record, struct bytes reasons)
{
    begin(sink, record->id, record->kind != NULL ? record->kind->name : NULL, record->partner, "refused");
    canon_sink_add(sink, BYTES(",\"reasons\":"));
    canon_sink_add(sink, reasons);
    canon_sink_add(sink, BYTES("}\n"));
}

void receipt_path(struct buffer *path, const char *folder, struct bytes name)
{
    if (utf8_valid(folder, strlen(folder)))
        buffer_add_format(path, "%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/");
    buffer_add_bytes(path, name);
}

/* --- refusals */

void refusal_init(struct refusal *refusal, struct report *report, bool kept)
{
    *refusal = (struct refusal){.report = report, .kept = kept};
    buffer_init(&refusal->reasons, REASONS_CEILING);
}

void refusal_release(struct refusal *refusal)
{
    buffer_release(&refusal->reasons);
}

void refusal_begin(struct refusal *refusal)
{
    refusal->n = 0;
    buffer_clear(&refusal->reasons);
    buffer_add_byte(&refusal->reasons, '[');
}

static void add_json(struct buffer *into, struct bytes text)
{
    buffer_add_byte(into, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c == '"' || c == '\\')
            buffer_add_byte(into, '\\');
        if (c < 0x20)
            buffer_add_format(into, "\\u%04x", c);
        else
            buffer_add_byte(into, (char)c);
    }
    buffer_add_byte(into, '"');
}

void refusal_tell(struct refusal *refusal, const struct finding *finding)
{
    const struct complaint_info *info = complaint_info(finding->complaint);
    struct buffer text;

    report_add(refusal->report, finding);
    if (!refusal->kept || refusal->n++ >= MAX_REASONS)
        return;
    buffer_init(&text, 4096);
    buffer_add_string(&text, info->summary);
    if (finding->detail != NULL && finding->detail[0] != '\0')
        buffer_add_format(&text, ": %s", finding->detail);
    if (finding->value.at != NULL) {
        buffer_add_string(&text, ": ");
        report_quote(&text, finding->value, REASON_SHOWN);
    }
    if (finding->expected != NULL)
        buffer_add_format(&text, "; expected %s", finding->expected);
    buffer_add_format(&refusal->reasons, "%s{\"code\":\"%s\",\"text\":", refusal->reasons.len > 1 ? "," : "",
                      info->code);
    add_json(&refusal->reasons, buffer_view(&text));
    buffer_add_byte(&refusal->reasons, '}');
    buffer_release(&text);
}

struct bytes refusal_reasons(struct refusal *refusal)
{
    buffer_add_byte(&refusal->reasons, ']');
    return refusal->reasons.failed ? BYTES("[]") : buffer_view(&refusal->reasons);
}
