#include "standard/rules.h"

/* ASCII alone, and never the locale's: does `text` begin with `part`, letter case aside? */
static bool begins(const char *text, struct bytes part)
{
    for (size_t i = 0; i < part.len; i++) {
        char a = text[i], b = part.at[i];

        a = a >= 'A' && a <= 'Z' ? (char)(a - 'A' + 'a') : a;
        b = b >= 'A' && b <= 'Z' ? (char)(b - 'A' + 'a') : b;
        if (a == '\0' || a != b)
            return false;
    }
    return true;
}

void rules_init(struct rules *rules)
{
    for (unsigned i = 0; i < COMPLAINTS; i++)
        rules->severity[i] = (uint8_t)complaint_info((enum complaint)i)->severity;
}

bool rules_set(struct rules *rules, struct bytes name, enum severity severity)
{
    bool found = false;
    enum complaint one;

    if (name.len > 1 && name.at[name.len - 1] == '*') {
        name.len--;
        for (unsigned i = 0; i < COMPLAINTS; i++) {
            const struct complaint_info *info = complaint_info((enum complaint)i);

            if (begins(info->rule, name) || begins(info->code, name)) {
                rules->severity[i] = (uint8_t)severity;
                found = true;
            }
        }
        return found;
    }
    one = complaint_find(name);
    if (one == COMPLAINTS)
        return false;
    rules->severity[one] = (uint8_t)severity;
    return true;
}
