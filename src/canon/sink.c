#include "canon/sink.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

void canon_sink_add(struct canon_sink *sink, struct bytes text)
{
    while (text.len > 0) {
        size_t room = (size_t)(sink->end - sink->at), part = text.len < room ? text.len : room;

        memcpy(sink->at, text.at, part);
        sink->at += part;
        text.at += part;
        text.len -= part;
        if (sink->at == sink->end)
            sink->flush(sink);
    }
}

void canon_sink_format(struct canon_sink *sink, const char *format, ...)
{
    char text[SINK_MAX_FORMAT];
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (len > 0)
        canon_sink_add(sink,
                       (struct bytes){text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1});
}

void canon_sink_string(struct canon_sink *sink, struct bytes text)
{
    size_t good = 0;

    if (utf8_valid(text.at, text.len)) {
        canon_write_string(sink, text.at, text.len);
        return;
    }
    canon_sink_add(sink, BYTES("\""));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
            continue;
        canon_sink_add(sink, (struct bytes){text.at + good, i - good});
        canon_sink_add(sink, BYTES("?"));
        good = i + 1;
    }
    canon_sink_add(sink, (struct bytes){text.at + good, text.len - good});
    canon_sink_add(sink, BYTES("\""));
}

void canon_sink_member(struct canon_sink *sink, const char *name, struct bytes text)
{
    if (text.len == 0)
        return;
    canon_sink_format(sink, ",\"%s\":", name);
    canon_sink_string(sink, text);
}
