#include "wire/x12_write.h"

const struct x12_style x12_style_default = {
    .delimiters = {.element = '*', .component = '>', .terminator = '~'},
};

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char *x12_style_fault(const struct x12_style *style)
{
    const struct x12_delimiters *delimiters = &style->delimiters;
    const char all[] = {delimiters->element, delimiters->component, delimiters->terminator,
                        delimiters->repetition};

    for (unsigned i = 0; i < sizeof(all); i++) {
        if (all[i] == '\0' && i == 3)
            continue;
        if ((unsigned char)all[i] > 0x7e || is_letter_or_digit(all[i]) || all[i] == ' ' || all[i] == '\0')
            return "a delimiter is one ASCII character, and no letter, digit or blank";
        if (all[i] == '-' || all[i] == '.')
            return "- and . stand in numbers and cannot be delimiters";
        for (unsigned j = 0; j < i; j++)
            if (all[i] == all[j])
                return "two delimiters are the same character";
    }
    if (style->replacement != '\0' && memchr(all, style->replacement, sizeof(all)) != NULL)
        return "the replacement is a delimiter itself";
    return NULL;
}

void x12_writer_init(struct x12_writer *writer, const struct x12_style *style)
{
    const struct x12_delimiters *delimiters = &style->delimiters;

    *writer = (struct x12_writer){.style = *style};
    /* Control characters are in neither character set of X12.6. */
    for (unsigned c = 0; c < 0x20; c++)
        writer->special[c] = true;
    writer->special[0x7f] = true;
    writer->special[(unsigned char)delimiters->element] = true;
    writer->special[(unsigned char)delimiters->component] = true;
    writer->special[(unsigned char)delimiters->terminator] = true;
    if (delimiters->repetition != '\0')
        writer->special[(unsigned char)delimiters->repetition] = true;
}

enum x12_clean x12_writer_clean(const struct x12_writer *writer, struct arena *arena, struct bytes text,
                                struct bytes *out, unsigned char *byte)
{
    size_t at = 0;
    char *copy;

    *out = text;
    while (at < text.len && !writer->special[(unsigned char)text.at[at]])
        at++;
    if (at == text.len)
        return X12_CLEAN;
    *byte = (unsigned char)text.at[at];
    if (writer->style.replacement == '\0' || (copy = arena_text(arena, text.len)) == NULL)
        return X12_DIRTY;
    for (size_t i = 0; i < text.len; i++)
        copy[i] = writer->special[(unsigned char)text.at[i]] ? writer->style.replacement : text.at[i];
    *out = (struct bytes){copy, text.len};
    return X12_MENDED;
}

struct bytes x12_writer_join(const struct x12_writer *writer, struct arena *arena, const struct bytes *parts,
                             unsigned n)
{
    size_t len = 0;
    char *text, *at;

    while (n > 0 && parts[n - 1].len == 0)
        n--;
    if (n == 0)
        return (struct bytes){NULL, 0};
    if (n == 1)
        return parts[0];
    for (unsigned i = 0; i < n; i++)
        len += parts[i].len + (i > 0);
    text = at = arena_text(arena, len);
    if (text == NULL)
        return (struct bytes){NULL, 0};
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            *at++ = writer->style.delimiters.component;
        if (parts[i].len > 0)
            memcpy(at, parts[i].at, parts[i].len);
        at += parts[i].len;
    }
    return (struct bytes){text, len};
}

static void end_segment(struct x12_writer *writer)
{
    buffer_add_byte(writer->out, writer->style.delimiters.terminator);
    buffer_add_string(writer->out, writer->style.suffix);
}

void x12_writer_segment(struct x12_writer *writer, struct bytes id, const struct bytes *elements, unsigned n)
{
    struct buffer *out = writer->out;

    while (n > 0 && elements[n - 1].len == 0)
        n--;
    buffer_add_bytes(out, id);
    for (unsigned i = 0; i < n; i++) {
        buffer_add_byte(out, writer->style.delimiters.element);
        buffer_add_bytes(out, elements[i]);
    }
    end_segment(writer);
}

bool x12_writer_isa(struct x12_writer *writer, const struct bytes isa[16])
{
    static const uint8_t widths[16] = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};
    struct buffer *out = writer->out;

    buffer_add_bytes(out, BYTES("ISA"));
    for (unsigned i = 0; i < 16; i++) {
        struct bytes value = isa[i];

        if (i == 10 && writer->style.delimiters.repetition != '\0')
            value = (struct bytes){&writer->style.delimiters.repetition, 1};
        if (i == 15)
            value = (struct bytes){&writer->style.delimiters.component, 1};
        if (value.len > widths[i])
            return false;
        for (size_t k = 0; k < value.len && i != 10 && i != 15; k++)
            if (writer->special[(unsigned char)value.at[k]])
                return false;
        buffer_add_byte(out, writer->style.delimiters.element);
        buffer_add_bytes(out, value);
        for (size_t k = value.len; k < widths[i]; k++)
            buffer_add_byte(out, ' ');
    }
    end_segment(writer);
    return true;
}
