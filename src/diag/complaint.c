#include "diag/complaint.h"

static const struct complaint_info catalogue[] = {
#define COMPLAINT(id, code, rule, severity, class, summary, cause, consequence, action) \
    [id] = {code, rule, severity, class, summary, cause, consequence, action},
#include "diag/catalogue.def"
#undef COMPLAINT
};

const struct complaint_info *complaint_info(enum complaint complaint)
{
    return &catalogue[(unsigned)complaint < COMPLAINTS ? (unsigned)complaint : TECHNICAL_MEMORY];
}

/* ASCII alone: strncasecmp would ask the locale. */
static bool same_word(struct bytes word, const char *name)
{
    if (word.len != strlen(name))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        char a = word.at[i], b = name[i];

        if (a >= 'A' && a <= 'Z')
            a = (char)(a - 'A' + 'a');
        if (b >= 'A' && b <= 'Z')
            b = (char)(b - 'A' + 'a');
        if (a != b)
            return false;
    }
    return true;
}

enum complaint complaint_find(struct bytes name)
{
    for (unsigned i = 0; i < COMPLAINTS; i++)
        if (same_word(name, catalogue[i].code) || same_word(name, catalogue[i].rule))
            return (enum complaint)i;
    return COMPLAINTS;
}

static const char *const severities[] = {
    [SEVERITY_OFF] = "off", [SEVERITY_INFO] = "info", [SEVERITY_WARN] = "warn", [SEVERITY_ERROR] = "error"};

const char *severity_name(enum severity severity)
{
    return severities[(unsigned)severity <= SEVERITY_ERROR ? (unsigned)severity : SEVERITY_ERROR];
}

bool severity_parse(struct bytes word, enum severity *out)
{
    for (unsigned i = SEVERITY_OFF; i <= SEVERITY_ERROR; i++) {
        if (bytes_are(word, severities[i])) {
            *out = (enum severity)i;
            return true;
        }
    }
    return false;
}

const char *complaint_class_name(enum complaint_class class)
{
    return class == CLASS_BUSINESS ? "business" : class == CLASS_TECHNICAL ? "technical" : "usage";
}
