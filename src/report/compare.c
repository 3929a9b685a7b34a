#include "report/compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

enum { CHUNK = 64 * 1024, TEXT_ROOM = 400, MAX_FINDINGS = 2000000 };
static const size_t scratch_ceiling = (size_t)512 * 1024 * 1024;

static bool no_memory(struct compare *compare)
{
    if (!compare->failed)
        report_say(ledger_report(compare->ledger), TECHNICAL_MEMORY, ledger_path(compare->ledger),
                   "what was found");
    compare->failed = true;
    return false;
}

/* The partner room knows no codes. */
static bool codes_are_good(struct compare *compare, const struct limits *limits)
{
    bool good = true;

    for (uint32_t i = 0; i < limits->n_severities; i++) {
        const struct limit_severity *one = &limits->severities[i];
        enum rule rule = rule_find(one->code);

        if (rule < RULES && bytes_are(one->code, rule_info(rule)->code))
            continue;
        yaml_complain(ledger_report(compare->ledger), one->node, true, SETTING_UNKNOWN,
                      "reconcile-codes(7) lists the codes", "there is no code \"%.80s\"", one->code.at);
        good = false;
    }
    return good;
}

bool compare_open(struct compare *compare, struct ledger *ledger, const struct schema *schema,
                  struct search *search, const struct review_settings *settings, struct arena *arena,
                  int64_t now)
{
    char text[MOMENT_TEXT + 1];

    *compare = (struct compare){.ledger = ledger,
                                .schema = schema,
                                .search = search,
                                .settings = settings,
                                .arena = arena,
                                .now = now,
                                .wake = INT64_MAX};
    arena_init(&compare->scratch, CHUNK, scratch_ceiling);
    compare->until = arena_copy(arena, moment_print(now, text));
    compare->hash = hash_open();
    compare->partners = partners_open(search, ledger_report(ledger));
    if (compare->hash == NULL || compare->partners == NULL || compare->until.at == NULL)
        return no_memory(compare);
    compare->all = partners_limits(compare->partners);
    return compare->all != NULL && codes_are_good(compare, compare->all);
}

void compare_close(struct compare *compare)
{
    arena_release(&compare->scratch);
    hash_close(compare->hash);
    partners_close(compare->partners);
    free(compare->findings);
}

/* --- limits */

const struct limits *compare_limits(struct compare *compare, struct bytes partner)
{
    struct compare_limits *known = compare->known, **link = &compare->known;
    const struct partner *file = NULL;
    const char *path;

    while (known != NULL && !bytes_equal(known->partner, partner)) {
        link = &known->next;
        known = known->next;
    }
    if (known != NULL) {
        /* Whoever was asked for will be asked for again. */
        *link = known->next;
        known->next = compare->known;
        compare->known = known;
        return &known->limits;
    }
    known = arena_zalloc(compare->arena, 1, sizeof(*known));
    if (known == NULL)
        return compare->all;
    known->partner = arena_copy(compare->arena, partner);
    known->next = compare->known;
    compare->known = known;
    known->limits = (struct limits){.above = compare->all};
    /* Whose file is gone is held to what holds for all. */
    path = arena_format(&compare->scratch, "partners/%.*s.yaml", BYTES_ARG(partner));
    if (partner.len > 0 && path != NULL && search_name_is_good(partner) &&
        search_find(compare->search, path) != NULL) {
        file = partners_named(compare->partners, partner);
        if (file == NULL)
            compare->failed = true;
        else
            known->limits = file->limits;
        known->limits.above = compare->all;
        compare->failed = compare->failed || !codes_are_good(compare, &known->limits);
    }
    return &known->limits;
}

const struct limit_value *compare_limit(struct compare *compare, struct bytes partner, enum rule rule,
                                        struct bytes kind, struct bytes item)
{
    enum limit limit = rule_info(rule)->limit;

    return limit == LIMITS ? NULL : limits_find(compare_limits(compare, partner), limit, kind, item);
}

/* --- time */

enum compare_due compare_due(struct compare *compare, struct bytes partner, int64_t due,
                             const struct limit_value *limit)
{
    const struct limit_value *warning = limits_find(compare_limits(compare, partner), LIMIT_WARNING,
                                                    (struct bytes){NULL, 0}, (struct bytes){NULL, 0});
    uint64_t before = warning->none ? 0 : warning->seconds;
    int64_t soon = due -
                   (int64_t)(limit != NULL && before > limit->seconds / 2 ? limit->seconds / 2 : before);
    int64_t wake = compare->now < soon ? soon : due;

    if (compare->now >= due)
        return COMPARE_LATE;
    if (wake < compare->wake)
        compare->wake = wake;
    return compare->now < soon ? COMPARE_EARLY : COMPARE_SOON;
}

int64_t compare_after(struct compare *compare, struct bytes partner, int64_t moment,
                      const struct limit_value *limit)
{
    return calendar_add(limits_calendar(compare_limits(compare, partner)), moment, limit->seconds);
}

bool compare_day_end(struct compare *compare, struct bytes partner, struct bytes date, int64_t *out)
{
    struct date day;

    if (date.len < DATE_TEXT || !date_parse_iso((struct bytes){date.at, DATE_TEXT}, &day))
        return false;
    *out = zone_moment(&limits_calendar(compare_limits(compare, partner))->zone, date_days(day) + 1, 0);
    return true;
}

bool compare_moment(struct compare *compare, struct bytes partner, struct bytes text, int64_t *out)
{
    return moment_parse(text, &limits_calendar(compare_limits(compare, partner))->zone, out);
}

/* --- texts */

const char *compare_text(struct compare *compare, const char *format, ...)
{
    char text[TEXT_ROOM];
    struct bytes copy;
    va_list values;

    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    copy = arena_copy(&compare->scratch, bytes_of(text));
    return copy.at != NULL ? copy.at : "";
}

const char *compare_decimal(struct compare *compare, struct decimal decimal)
{
    char digits[DECIMAL_TEXT];

    (void)decimal_print(decimal, digits);
    return compare_text(compare, "%s", digits);
}

const char *compare_local(struct compare *compare, struct bytes partner, int64_t moment)
{
    const struct zone *zone = &limits_calendar(compare_limits(compare, partner))->zone;
    int32_t offset = zone_offset(zone, moment), minutes = (offset < 0 ? -offset : offset) / 60;
    char text[MOMENT_TEXT + 1];

    (void)moment_print(moment + offset, text);
    return compare_text(compare, "%.10s %.5s %c%02d%02d", text, text + 11, offset < 0 ? '-' : '+',
                        minutes / 60, minutes % 60);
}

/* --- saying */

bool compare_wants(const struct compare *compare, enum rule rule)
{
    return compare->settings->all_rules || compare->settings->rules[rule];
}

static struct bytes keep(struct compare *compare, struct bytes text)
{
    return text.len > 0 ? arena_copy(compare->arena, text) : (struct bytes){NULL, 0};
}

static void make_id(struct compare *compare, const struct said *said, char out[33])
{
    const struct bytes parts[] = {bytes_of(rule_info(said->rule)->code),        said->partner,  said->order,
                                  said->line.len > 0 ? said->line : said->item, said->document, said->number};

    hash_begin(compare->hash);
    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        hash_add(compare->hash, parts[i].at, parts[i].len);
        hash_add(compare->hash, "\n", 1);
    }
    hash_hex(compare->hash, out);
}

static struct compare_finding *add(struct compare *compare)
{
    if (compare->n == compare->room) {
        size_t room = compare->room == 0 ? 64 : compare->room * 2;
        struct compare_finding *more = room <= MAX_FINDINGS * 2
                                           ? realloc(compare->findings, room * sizeof(*more))
                                           : NULL;

        if (more == NULL) {
            (void)no_memory(compare);
            return NULL;
        }
        compare->findings = more;
        compare->room = room;
    }
    return &compare->findings[compare->n++];
}

bool compare_add(struct compare *compare, const struct compare_finding *finding)
{
    struct compare_finding *room = add(compare);

    if (room != NULL)
        *room = *finding;
    return room != NULL;
}

/* As the partner's file has it, else the rule; what is said of a deadline that has not passed yet is no
 * graver than it was. */
static enum severity severity_of(struct compare *compare, const struct said *said)
{
    const struct rule_info *info = rule_info(said->rule);
    enum severity set = info->severity;
    bool is_set = limits_severity(compare_limits(compare, said->partner), bytes_of(info->code), &set);

    return said->severity == SEVERITY_OFF || (is_set && set < said->severity) ? set : said->severity;
}

void compare_say(struct compare *compare, const struct said *said)
{
    const struct rule_info *info = rule_info(said->rule);
    enum severity severity = severity_of(compare, said);
    char id[33], digits[DECIMAL_TEXT], due[MOMENT_TEXT + 1];
    struct compare_finding *finding;
    struct bytes *field;
    struct decimal amount;

    if (severity == SEVERITY_OFF || !compare_wants(compare, said->rule) || (finding = add(compare)) == NULL)
        return;
    *finding = (struct compare_finding){.rule = said->rule, .tolerated = said->tolerated};
    field = finding->mismatch.field;
    make_id(compare, said, id);
    field[MISMATCH_ID] = keep(compare, (struct bytes){id, 16});
    field[MISMATCH_CODE] = bytes_of(info->code);
    field[MISMATCH_SCOPE] = compare->scope;
    field[MISMATCH_SEVERITY] = bytes_of(severity_name(severity));
    field[MISMATCH_PARTNER] = keep(compare, said->partner);
    field[MISMATCH_ORDER] = keep(compare, said->order);
    field[MISMATCH_LINE] = keep(compare, said->line);
    field[MISMATCH_ITEM] = keep(compare, said->item);
    field[MISMATCH_DOCUMENT] = keep(compare, said->document);
    field[MISMATCH_NUMBER] = keep(compare, said->number);
    field[MISMATCH_EXPECTED] = keep(compare, bytes_of(said->expected));
    field[MISMATCH_FOUND] = keep(compare, bytes_of(said->found));
    field[MISMATCH_DIFFERENCE] = keep(compare, bytes_of(said->difference));
    if (said->limit != NULL) {
        field[MISMATCH_LIMIT] = keep(
            compare, bytes_of(compare_text(compare, "%s %s", limit_names[info->limit], said->limit->text)));
        field[MISMATCH_ORIGIN] = keep(compare, bytes_of(said->limit->origin));
    }
    if (said->has_amount && decimal_round(said->amount, 2, &amount)) {
        amount.units = amount.units < 0 ? -amount.units : amount.units;
        field[MISMATCH_AMOUNT] = keep(compare, (struct bytes){digits, decimal_print(amount, digits)});
        field[MISMATCH_CURRENCY] = keep(compare, said->currency);
    }
    if (said->due != 0)
        field[MISMATCH_DUE] = keep(compare, moment_print(said->due, due));
    field[MISMATCH_TEXT] = keep(compare, bytes_of(said->text));
    if (compare->arena->failed)
        (void)no_memory(compare);
}
