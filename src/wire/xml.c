#include "wire/xml.h"

#include <libxml/xmlversion.h>

#include "base/utf8.h"

/* NameStartChar and NameChar of XML 1.0, fifth edition, without the colon. */
static bool is_name_start(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 0xc0 && c <= 0xd6) ||
           (c >= 0xd8 && c <= 0xf6) || (c >= 0xf8 && c <= 0x2ff) || (c >= 0x370 && c <= 0x37d) ||
           (c >= 0x37f && c <= 0x1fff) || (c >= 0x200c && c <= 0x200d) || (c >= 0x2070 && c <= 0x218f) ||
           (c >= 0x2c00 && c <= 0x2fef) || (c >= 0x3001 && c <= 0xd7ff) || (c >= 0xf900 && c <= 0xfdcf) ||
           (c >= 0xfdf0 && c <= 0xfffd) || (c >= 0x10000 && c <= 0xeffff);
}

static bool is_name_character(uint32_t c)
{
    return is_name_start(c) || c == '-' || c == '.' || (c >= '0' && c <= '9') || c == 0xb7 ||
           (c >= 0x300 && c <= 0x36f) || (c >= 0x203f && c <= 0x2040);
}

/* The part before a colon, and that behind it. */
static bool is_part(struct bytes part)
{
    uint32_t c;

    for (size_t at = 0; at < part.len;) {
        unsigned len = utf8_character(part.at + at, part.len - at, &c);

        if (len == 0 || !(at == 0 ? is_name_start(c) : is_name_character(c)))
            return false;
        at += len;
    }
    return part.len > 0;
}

/* Without the library: maps of JSON are read by tools that never load it. */
bool xml_is_name(const char *name)
{
    struct bytes rest = bytes_of(name), first;

    return bytes_split(&rest, ':', &first) && is_part(first) && (rest.at == NULL || is_part(rest));
}

const char *xml_library(void)
{
    return "libxml2 " LIBXML_DOTTED_VERSION;
}
