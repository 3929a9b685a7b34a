#include "map/convert.h"

#include <stdio.h>

#include "base/date.h"
#include "base/pattern.h"
#include "map/xref.h"

static bool fail(struct convert_fault *fault, enum complaint complaint, const char *what,
                 const char *expected)
{
    *fault = (struct convert_fault){true, complaint, what, expected};
    return false;
}

bool convert_reads(const struct map_convert *convert)
{
    return convert->pattern != NULL || convert->written == NULL;
}

bool convert_writes(const struct map_convert *convert)
{
    return convert->pattern == NULL || convert->written != NULL;
}

/* --- fill */

static size_t characters_of(struct bytes text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return n;
}

static bool has_fill(const struct map_convert *convert, struct bytes text)
{
    return text.len > 1 && text.at[convert->fill.right ? text.len - 1 : 0] == convert->fill.with;
}

/* Nothing but fill keeps one: 0000 is 0. */
static struct bytes strip(const struct map_convert *convert, struct bytes text)
{
    while (has_fill(convert, text)) {
        text.at += !convert->fill.right;
        text.len--;
    }
    return text;
}

static bool fill(const struct map_convert *convert, struct bytes text, struct arena *arena, struct bytes *out,
                 struct convert_fault *fault)
{
    size_t len = characters_of(text), more;
    char *at;

    if (len > convert->fill.to)
        return fail(fault, WRITE_MISFIT, "it is longer than its fill",
                    arena_format(arena, "at most %u characters", convert->fill.to));
    if (has_fill(convert, text))
        return fail(fault, WRITE_MISFIT, "reading would take a part of it for fill", NULL);
    if (text.len > 0 && text.at[0] == '-' && convert->fill.with == '0' && !convert->fill.right)
        return fail(fault, WRITE_MISFIT, "zeros before a sign", "a number that is not negative");
    more = convert->fill.to - len;
    at = arena_text(arena, text.len + more + 1);
    if (at == NULL)
        return false;
    memset(at + (convert->fill.right ? text.len : 0), convert->fill.with, more);
    if (text.len > 0)
        memcpy(at + (convert->fill.right ? 0 : more), text.at, text.len);
    *out = (struct bytes){at, text.len + more};
    return true;
}

/* --- forms of dates and times */

static bool form_in(const struct map_convert *convert, struct bytes text, struct arena *arena,
                    struct bytes *out, struct convert_fault *fault)
{
    const size_t day = convert->form.day, time = convert->form.time;
    struct bytes date = {NULL, 0}, clock = {NULL, 0};
    char *at;

    if (text.len != day + time || (day > 0 && !date_from_x12((struct bytes){text.at, day}, arena, &date)) ||
        (time > 0 && !time_from_x12((struct bytes){text.at + day, time}, arena, &clock)))
        return fail(fault, day > 0 ? MAP_NOT_DATE : MAP_NOT_TIME, NULL,
                    arena_format(arena, "the form %s", convert->form.code));
    if (day == 0 || time == 0) {
        *out = day > 0 ? date : clock;
        return true;
    }
    at = arena_text(arena, date.len + 1 + clock.len);
    if (at == NULL)
        return false;
    memcpy(at, date.at, date.len);
    at[date.len] = 'T';
    memcpy(at + date.len + 1, clock.at, clock.len);
    *out = (struct bytes){at, date.len + 1 + clock.len};
    return true;
}

static bool form_out(const struct map_convert *convert, struct bytes text, struct arena *arena,
                     struct bytes *out, struct convert_fault *fault)
{
    const size_t day = convert->form.day, time = convert->form.time;
    struct bytes date = {NULL, 0}, clock = text;
    bool good = true;
    char *at;

    if (day > 0) {
        good = text.len == DATE_TEXT + (time > 0 ? 1U + (time == 4 ? 5U : 8U) : 0U) &&
               (time == 0 || text.at[DATE_TEXT] == 'T') &&
               date_to_x12((struct bytes){text.at, DATE_TEXT}, (unsigned)day, arena, &date);
        if (good && time > 0)
            clock = (struct bytes){text.at + DATE_TEXT + 1, text.len - DATE_TEXT - 1};
    }
    if (good && time > 0)
        good = time_to_x12(clock, arena, &clock) && clock.len == time;
    if (!good)
        return fail(fault, WRITE_MISFIT, "it cannot be written in this form",
                    arena_format(arena, "%s%s%s for the form %s", day > 0 ? "YYYY-MM-DD" : "",
                                 day > 0 && time > 0 ? "T" : "",
                                 time == 0   ? ""
                                 : time == 4 ? "HH:MM"
                                             : "HH:MM:SS",
                                 convert->form.code));
    if (day == 0 || time == 0) {
        *out = day > 0 ? date : clock;
        return true;
    }
    at = arena_text(arena, day + time);
    if (at == NULL)
        return false;
    memcpy(at, date.at, day);
    memcpy(at + day, clock.at, time);
    *out = (struct bytes){at, day + time};
    return true;
}

/* --- tables and cross-references */

static struct bytes look_in(const struct map_target *target, struct bytes text)
{
    const struct map_row *row;

    if (target->convert->xref != NULL)
        return xref_ours(target->convert->xref, text);
    row = map_table_code(target->table, text);
    return row != NULL ? row->word : (struct bytes){NULL, 0};
}

static struct bytes look_out(const struct map_target *target, struct bytes text)
{
    const struct map_row *row;

    if (target->convert->xref != NULL)
        return xref_theirs(target->convert->xref, text);
    row = map_table_word(target->table, text);
    return row != NULL ? row->code : (struct bytes){NULL, 0};
}

static const char *name_of(const struct map_target *target)
{
    return target->convert->xref != NULL ? xref_file(target->convert->xref) : target->table->name;
}

/* A value without a row.  One that is kept must not be taken for something else on its way back. */
static bool missed(const struct map_target *target, bool in, struct bytes text, struct arena *arena,
                   struct bytes *out, struct convert_fault *fault)
{
    const struct map_convert *convert = target->convert;
    enum map_miss miss = target->miss != MAP_MISS_UNSAID ? target->miss
                         : convert->xref != NULL         ? xref_source_of(convert->xref)->miss
                                                         : MAP_MISS_KEEP;
    struct bytes instead = in ? target->fallback : target->write_fallback, back = {NULL, 0};
    const char *where = arena_format(arena, "a row in %s", name_of(target));

    if (miss == MAP_MISS_DEFAULT && instead.at != NULL) {
        *out = instead;
        return true;
    }
    if (miss == MAP_MISS_KEEP || miss == MAP_MISS_WARN) {
        if (convert->xref != NULL)
            back = in ? xref_has_ours(convert->xref, text) : xref_has_theirs(convert->xref, text);
        if (back.at == NULL) {
            if (miss == MAP_MISS_WARN)
                (void)fail(fault, in ? MAP_MISSED : WRITE_MISSED, NULL, where);
            *out = text;
            return true;
        }
        where = arena_format(arena, "%s: kept, it would be %s \"%.*s\"", where != NULL ? where : "",
                             in ? "written as" : "read as", BYTES_ARG(back));
    }
    return fail(fault, in ? MAP_NOT_IN_TABLE : WRITE_NO_CODE, NULL, where);
}

/* --- one field */

static bool go_in(const struct map_target *target, struct bytes text, struct arena *arena, struct bytes *out,
                  struct convert_fault *fault)
{
    const struct map_convert *convert = target->convert;

    if (convert->fill.to > 0)
        text = strip(convert, text);
    if (convert->form.code != NULL)
        return form_in(convert, text, arena, out, fault);
    *out = text;
    if (convert->xref == NULL && target->table == NULL)
        return true;
    *out = look_in(target, text);
    return out->at != NULL || missed(target, true, text, arena, out, fault);
}

bool convert_in(const struct map_target *target, struct bytes text, struct arena *arena, struct bytes *out,
                struct convert_fault *fault)
{
    const struct map_convert *convert = target->convert;
    struct convert_fault nothing;
    struct bytes again;

    fault->is = false;
    if (!go_in(target, text, arena, out, fault))
        return false;
    /* Of another width than it will be written in: told, unless what came is kept. */
    if (!fault->is && convert->fill.to > 0 && target->raw == NULL &&
        (!fill(convert, strip(convert, text), arena, &again, &nothing) || !bytes_equal(again, text)))
        (void)fail(
            fault, MAP_NO_WAY_BACK, NULL,
            arena_format(arena, "%u characters, filled with \"%c\"", convert->fill.to, convert->fill.with));
    return true;
}

bool convert_out(const struct map_target *target, struct bytes raw, struct bytes text, struct arena *arena,
                 struct bytes *out, struct convert_fault *fault)
{
    const struct map_convert *convert = target->convert;
    struct bytes same;

    fault->is = false;
    if (raw.at != NULL && go_in(target, raw, arena, &same, fault) && bytes_equal(same, text)) {
        fault->is = false;
        *out = raw;
        return true;
    }
    fault->is = false;
    if (convert->form.code != NULL) {
        if (!form_out(convert, text, arena, &text, fault))
            return false;
    } else if (convert->xref != NULL || target->table != NULL) {
        struct bytes theirs = look_out(target, text);

        if (theirs.at == NULL && !missed(target, false, text, arena, &theirs, fault))
            return false;
        text = theirs;
    }
    *out = text;
    return convert->fill.to == 0 || fill(convert, text, arena, out, fault);
}

/* --- several fields */

bool convert_next(const struct map_convert *convert, struct bytes *rest, struct bytes *text)
{
    const char *found;

    if (rest->at == NULL)
        return false;
    found = rest->len > 0 ? memmem(rest->at, rest->len, convert->by.at, convert->by.len) : NULL;
    if (found == NULL) {
        *text = *rest;
        *rest = (struct bytes){NULL, 0};
        return true;
    }
    *text = (struct bytes){rest->at, (size_t)(found - rest->at)};
    rest->len -= text->len + convert->by.len;
    rest->at = found + convert->by.len;
    return true;
}

/* Empty parts give no value. */
static struct bytes some(struct bytes text)
{
    return text.len > 0 ? text : (struct bytes){NULL, 0};
}

static bool match(const struct map_convert *convert, enum map_miss miss, struct bytes text,
                  struct arena *arena, struct bytes *parts, struct convert_fault *fault)
{
    struct bytes groups[PATTERN_MAX_GROUPS];

    switch (pattern_match(convert->pattern, text, groups)) {
    case PATTERN_YES: break;
    case PATTERN_FAILED:
        return fail(fault, MAP_PATTERN_FAILED, arena_format(arena, "%s", pattern_why(convert->pattern)),
                    NULL);
    default:
        if (miss == MAP_MISS_WARN || miss == MAP_MISS_ERROR)
            (void)fail(fault, miss == MAP_MISS_WARN ? MAP_MISSED : MAP_NOT_IN_TABLE, NULL,
                       "a text that the pattern matches");
        return false;
    }
    for (uint32_t i = 0; i < convert->n_parts; i++)
        parts[i] = some(groups[convert->groups[i]]);
    return true;
}

bool convert_apart(const struct map_convert *convert, enum map_miss miss, struct bytes text,
                   struct arena *arena, struct bytes parts[CONVERT_MAX_PARTS], struct convert_fault *fault)
{
    struct bytes rest = text, again = {NULL, 0};
    struct convert_fault nothing;

    fault->is = false;
    if (convert->pattern != NULL) {
        if (!match(convert, miss, text, arena, parts, fault))
            return false;
    } else {
        for (uint32_t i = 0; i < convert->n_parts; i++) {
            struct bytes part = {NULL, 0};

            if (i + 1 == convert->n_parts) /* the last one takes what is left */
                part = rest;
            else
                (void)convert_next(convert, &rest, &part);
            parts[i] = some(part);
        }
    }
    if (convert_writes(convert) &&
        (!convert_together(convert, parts, arena, &again, &nothing) || !bytes_equal(again, text)))
        (void)fail(fault, MAP_NO_WAY_BACK, NULL,
                   again.at != NULL
                       ? arena_format(arena, "\"%.*s\", as it would be written", BYTES_ARG(again))
                       : NULL);
    return true;
}

/* What a template makes; what `read` then makes of that must be the parts again. */
static bool fill_template(const struct map_convert *convert, const struct bytes *parts, struct arena *arena,
                          struct bytes *out, struct convert_fault *fault)
{
    struct bytes again[CONVERT_MAX_PARTS];
    uint32_t missing = 0;

    *out = convert_template_fill(convert->written, parts, arena, &missing);
    if (out->at == NULL)
        return missing < convert->n_parts
                   ? fail(fault, WRITE_MISFIT, "it lacks a field that it cannot be written without",
                          convert->parts[missing].field->name)
                   : false;
    if (convert->pattern == NULL)
        return true;
    if (!match(convert, MAP_MISS_KEEP, *out, arena, again, fault))
        return fault->is ? false
                         : fail(fault, WRITE_MISFIT, "reading would not understand it",
                                "a text that the pattern matches");
    for (uint32_t i = 0; i < convert->n_parts; i++)
        if (!bytes_equal(again[i], parts[i]))
            return fail(fault, WRITE_MISFIT, "reading would make something else of it",
                        convert->parts[i].field->name);
    return true;
}

bool convert_together(const struct map_convert *convert, const struct bytes parts[CONVERT_MAX_PARTS],
                      struct arena *arena, struct bytes *out, struct convert_fault *fault)
{
    uint32_t n = convert->n_parts;

    fault->is = false;
    if (convert->written != NULL)
        return fill_template(convert, parts, arena, out, fault);
    while (n > 0 && parts[n - 1].at == NULL)
        n--;
    for (uint32_t i = 0; i + 1 < convert->n_parts; i++)
        if (parts[i].len > 0 && memmem(parts[i].at, parts[i].len, convert->by.at, convert->by.len) != NULL)
            return fail(fault, WRITE_MISFIT, "it holds what stands between the parts",
                        arena_format(arena, "a text without \"%.*s\"", BYTES_ARG(convert->by)));
    return convert_list(convert, parts, n, arena, out, fault);
}

bool convert_list(const struct map_convert *convert, const struct bytes *texts, uint32_t n,
                  struct arena *arena, struct bytes *out, struct convert_fault *fault)
{
    size_t len = 0;
    char *at;

    fault->is = false;
    for (uint32_t i = 0; i < n; i++) {
        if (convert->list && texts[i].len > 0 &&
            memmem(texts[i].at, texts[i].len, convert->by.at, convert->by.len) != NULL)
            return fail(fault, WRITE_MISFIT, "it holds what stands between the texts of the list",
                        arena_format(arena, "a text without \"%.*s\"", BYTES_ARG(convert->by)));
        len += texts[i].len + (i > 0 ? convert->by.len : 0);
    }
    at = arena_text(arena, len + 1);
    if (at == NULL)
        return false;
    *out = (struct bytes){at, len};
    for (uint32_t i = 0; i < n; i++) {
        if (i > 0) {
            memcpy(at, convert->by.at, convert->by.len);
            at += convert->by.len;
        }
        if (texts[i].len > 0)
            memcpy(at, texts[i].at, texts[i].len);
        at += texts[i].len;
    }
    return true;
}
