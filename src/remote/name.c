#include "remote/name.h"

#include "base/utf8.h"

bool name_is_good(struct bytes name)
{
    if (name.len == 0 || name.len > NAME_MAX_BYTES || name.at[0] == '.' || name.at[0] == '-')
        return false;
    if (!utf8_valid(name.at, name.len))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];

        if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
            return false;
        /* U+0080 to U+009F: control characters too. */
        if (c == 0xC2 && (unsigned char)name.at[i + 1] < 0xA0)
            return false;
    }
    return true;
}
