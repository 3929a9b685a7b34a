#include "ledger/policy.h"

bool policies_init(struct policies *policies, struct search *search, struct report *report)
{
    *policies = (struct policies){.search = search, .partners = partners_open(search, report)};
    if (policies->partners == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
    return policies->partners != NULL;
}

void policies_release(struct policies *policies)
{
    partners_close(policies->partners);
}

const struct partner_duplicates *policies_find(struct policies *policies, struct bytes name,
                                               struct arena *arena)
{
    const struct partner *partner = partners_generic(policies->partners);

    if (policies->known && bytes_are(name, policies->last_name))
        return &policies->last;
    if (name.len > 0 && name.len < sizeof(policies->last_name) && search_name_is_good(name) &&
        search_find(policies->search, arena_format(arena, "partners/%.*s.yaml", BYTES_ARG(name))) != NULL)
        partner = partners_named(policies->partners, name);
    if (partner == NULL)
        return NULL;
    policies->last = partner->duplicates;
    policies->known = name.len < sizeof(policies->last_name);
    if (policies->known && name.len > 0)
        memcpy(policies->last_name, name.at, name.len);
    if (policies->known)
        policies->last_name[name.len] = '\0';
    return &policies->last;
}
