#include "remote/name.h"

#include <strings.h>

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

struct bytes name_decrypted(struct bytes name)
{
    static const char *const ends[] = {".pgp", ".gpg", ".asc"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (name.len > 4 && strncasecmp(name.at + name.len - 4, ends[i], 4) == 0)
            return (struct bytes){name.at, name.len - 4};
    return name;
}
