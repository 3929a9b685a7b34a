#include <stdlib.h>

#include "base/pattern.h"
#include "map/bind.h"
#include "map/convert.h"

/* What element 1250 calls them, as far as a date, a time or both is what they say.  (RD8 is two D8: fields
 * and by.) */
static const struct {
    const char *code;
    uint8_t day, time;
} forms[] = {{"D8", 8, 0}, {"D6", 6, 0}, {"DT", 8, 4}, {"RTS", 8, 6}, {"TM", 0, 4}, {"TS", 0, 6}};

static bool complain(struct binder *b, const struct yaml_node *at, enum complaint complaint, const char *what)
{
    yaml_complain(b->report, at, false, complaint, NULL, "%s", what);
    return false;
}

/* --- cross-references */

static struct xref *xref_named(struct binder *b, const struct yaml_node *at, bool units)
{
    const struct xref_source *source = xref_source_named(b->partner, at->text);
    struct map_xref *known = b->map->xrefs;

    for (const struct draft_xrefs *own = b->draft->xrefs; source == NULL && own != NULL; own = own->next)
        source = xref_source_named(&own->sources, at->text);
    if (source == NULL && b->partner != NULL && b->partner->any)
        return xref_empty(at->text.at, units, b->arena);
    if (source == NULL) {
        yaml_complain(b->report, at, false, XREF_UNKNOWN,
                      "xrefs: in the partner's file or in the map's head names it", "\"%.80s\"", at->text.at);
        return NULL;
    }
    while (known != NULL && xref_source_of(known->xref) != source)
        known = known->next;
    if (known != NULL)
        return known->xref;
    known = arena_zalloc(b->arena, 1, sizeof(*known));
    if (known == NULL)
        return NULL;
    known->xref = xref_load(source, b->search, b->arena, b->hash, b->report);
    if (known->xref == NULL)
        return NULL;
    known->next = b->map->xrefs;
    b->map->xrefs = known;
    return known->xref;
}

struct xref *bind_xref(struct binder *b, const struct yaml_node *at, bool units)
{
    struct xref *xref;

    if (at->kind != YAML_SCALAR) {
        (void)complain(b, at, SETTING_TYPE, "xref is the name of a cross-reference");
        return NULL;
    }
    xref = xref_named(b, at, units);
    if (xref != NULL && (xref_source_of(xref)->item != NULL) != units) {
        (void)complain(b, at, SETTING_VALUE,
                       units ? "this cross-reference does not name the columns item, unit and contains"
                             : "this cross-reference is one of units by item");
        return NULL;
    }
    return xref;
}

/* --- the keys */

/* The target's converter, made when it is first needed. */
static struct map_convert *convert_of(struct binder *b, struct map_target *target)
{
    struct map_convert *convert;

    if (target->convert != NULL)
        return (struct map_convert *)(uintptr_t)target->convert;
    convert = arena_zalloc(b->arena, 1, sizeof(*convert));
    if (convert == NULL)
        return NULL;
    convert->mark = target->mark;
    convert->next = b->map->converts;
    b->map->converts = convert;
    target->convert = convert;
    return convert;
}

static bool bind_form(struct binder *b, struct map_convert *convert, const struct yaml_node *at)
{
    for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (at->kind == YAML_SCALAR && bytes_are(at->text, forms[i].code)) {
            convert->form.code = forms[i].code;
            convert->form.day = forms[i].day;
            convert->form.time = forms[i].time;
            return true;
        }
    return complain(b, at, SETTING_VALUE, "form is D8, D6, DT, RTS, TM or TS");
}

static bool bind_fill(struct binder *b, struct map_convert *convert, const struct yaml_node *at)
{
    const struct yaml_node *with = yaml_get(at, "with"), *to = yaml_get(at, "to"),
                           *side = yaml_get(at, "side");
    uint64_t number;

    if (at->kind != YAML_MAP || with == NULL || to == NULL || at->n != 2U + (side != NULL))
        return complain(b, at, SETTING_TYPE,
                        "fill is {with: CHARACTER, to: CHARACTERS, side: left or right}");
    if (with->kind != YAML_SCALAR || with->text.len != 1 || (unsigned char)with->text.at[0] < ' ' ||
        (unsigned char)with->text.at[0] > '~')
        return complain(b, with, SETTING_VALUE, "with: is one character of ASCII");
    if (to->kind != YAML_SCALAR || !bytes_to_count(to->text, 1000, &number) || number == 0)
        return complain(b, to, SETTING_RANGE, "to: is a number of characters, 1 to 1000");
    if (side != NULL && !bytes_are(side->text, "left") && !bytes_are(side->text, "right"))
        return complain(b, side, SETTING_VALUE, "side: is left or right");
    convert->fill.with = with->text.at[0];
    convert->fill.to = (uint16_t)number;
    convert->fill.right = side != NULL && bytes_are(side->text, "right");
    return true;
}

bool convert_bind_key(struct binder *b, struct map_target *target, const struct yaml_node *child, bool *known)
{
    static const char *const later[] = {"fields", "by", "read", "write"}; /* of convert_bind_end */
    struct map_convert *convert;

    *known = true;
    for (unsigned i = 0; i < sizeof(later) / sizeof(later[0]); i++)
        if (bytes_are(child->key, later[i]))
            return convert_of(b, target) != NULL;
    *known = bytes_are(child->key, "fill") || bytes_are(child->key, "form") || bytes_are(child->key, "xref");
    if (!*known)
        return true;
    convert = convert_of(b, target);
    if (convert == NULL)
        return false;
    if (bytes_are(child->key, "fill"))
        return bind_fill(b, convert, child);
    if (bytes_are(child->key, "form"))
        return bind_form(b, convert, child);
    convert->xref = bind_xref(b, child, false);
    return convert->xref != NULL;
}

/* --- several fields */

static bool bind_parts(struct binder *b, struct map_convert *convert, const struct yaml_node *fields,
                       const struct canon_block *context)
{
    struct map_target *parts;

    if (fields->kind != YAML_LIST || fields->n == 0 || fields->n > CONVERT_MAX_PARTS)
        return complain(b, fields, SETTING_TYPE, "fields is a list of up to 15 fields");
    parts = arena_zalloc(b->arena, fields->n, sizeof(*parts));
    if (parts == NULL)
        return false;
    convert->parts = parts;
    for (const struct yaml_node *child = fields->first; child != NULL; child = child->next) {
        struct map_target *part = &parts[convert->n_parts++];

        if (!bind_field_target(b, part, child, context))
            return false;
        if (part->field->is_list || part->compute != MAP_COMPUTE_NOTHING || part->fallback.at != NULL ||
            part->write_fallback.at != NULL)
            return complain(b, child, SETTING_VALUE,
                            "a part is a field with one value, without count, sum or "
                            "default");
        for (uint32_t i = 0; i + 1 < convert->n_parts; i++)
            if (parts[i].field == part->field && parts[i].path_len == part->path_len)
                return complain(b, child, SETTING_VALUE, "this field is a part already");
    }
    return true;
}

static bool open_pattern(struct binder *b, struct map_convert *convert, const struct yaml_node *read)
{
    struct pattern_mistake mistake;

    if (read->kind != YAML_SCALAR || read->text.len == 0)
        return complain(b, read, SETTING_TYPE, "read is a regular expression");
    convert->pattern = pattern_open(read->text, true, &mistake);
    if (convert->pattern == NULL)
        yaml_complain(b->report, read, false, SETTING_VALUE, NULL, "at character %zu of the expression: %s",
                      mistake.offset + 1, mistake.text);
    return convert->pattern != NULL;
}

/* Fields named by groups of the pattern, or by the template: (?<vendor_number>...), {vendor_number}. */
static bool name_parts(struct binder *b, struct map_convert *convert, const struct yaml_node *read,
                       const struct yaml_node *write, struct bytes names[CONVERT_MAX_PARTS],
                       const struct canon_block *context)
{
    struct map_target *parts = arena_zalloc(b->arena, CONVERT_MAX_PARTS, sizeof(*parts));
    uint32_t n = 0;

    if (parts == NULL)
        return false;
    if (read != NULL) {
        for (uint32_t i = 0; i < context->n_fields && n < CONVERT_MAX_PARTS; i++)
            if (context->fields[i].name_len <= PATTERN_MAX_NAME &&
                pattern_group(convert->pattern, context->fields[i].name) > 0)
                names[n++] = bytes_of(context->fields[i].name);
        if (n + 1 != pattern_groups(convert->pattern))
            return complain(
                b, read, SETTING_VALUE,
                "each group names a field, (?<vendor_number>...), or fields: lists them in the order "
                "of the groups; (?:...) is a group that gives nothing");
    } else {
        n = convert_template_names(write->text, names);
    }
    for (uint32_t i = 0; i < n; i++) {
        parts[i].mark = bind_mark(read != NULL ? read : write, false);
        if (!bind_named(b, &parts[i], read != NULL ? read : write, names[i], context))
            return false;
        if (parts[i].field->is_list)
            return complain(b, read != NULL ? read : write, SETTING_VALUE, "a list is no part");
        convert->groups[i] = read != NULL ? (uint8_t)pattern_group(convert->pattern, parts[i].field->name)
                                          : 0;
    }
    convert->parts = parts;
    convert->n_parts = n;
    return n > 0 || complain(b, read != NULL ? read : write, SETTING_VALUE, "it names no field");
}

static bool bind_template(struct binder *b, struct map_convert *convert, const struct yaml_node *write,
                          const struct bytes *names)
{
    const char *mistake = NULL;
    uint32_t used = 0;

    convert->written = convert_template_read(write->text, names, convert->n_parts, b->arena, &used, &mistake);
    if (convert->written == NULL) {
        yaml_complain(b->report, write, false, SETTING_VALUE, NULL, "write: %s", mistake);
        return false;
    }
    for (uint32_t i = 0; i < convert->n_parts; i++)
        if (!(used >> i & 1)) {
            yaml_complain(b->report, write, false, SETTING_VALUE, "read: alone is a converter of reading",
                          "write: does not say %s, which read: finds", convert->parts[i].field->name);
            return false;
        }
    return true;
}

static bool bind_pattern(struct binder *b, struct map_convert *convert, const struct yaml_node *value,
                         const struct canon_block *context)
{
    const struct yaml_node *fields = yaml_get(value, "fields"), *read = yaml_get(value, "read"),
                           *write = yaml_get(value, "write");
    struct bytes names[CONVERT_MAX_PARTS] = {{NULL, 0}};

    if (write != NULL && write->kind != YAML_SCALAR)
        return complain(b, write, SETTING_TYPE, "write is a text with {FIELD} in it");
    if (read != NULL && !open_pattern(b, convert, read))
        return false;
    if (fields == NULL) {
        if (!name_parts(b, convert, read, write, names, context))
            return false;
    } else {
        if (!bind_parts(b, convert, fields, context))
            return false;
        for (uint32_t i = 0; i < convert->n_parts; i++)
            convert->groups[i] = (uint8_t)(i + 1);
        if (read != NULL && pattern_groups(convert->pattern) != convert->n_parts + 1)
            return complain(b, read, SETTING_VALUE,
                            "the expression has not as many groups as there are fields");
    }
    return write == NULL || bind_template(b, convert, write, names);
}

/* --- what the keys mean together */

/* The type that a form gives must be the field's. */
static bool form_fits(const struct map_target *target)
{
    const struct map_convert *convert = target->convert;
    enum canon_type type = (enum canon_type)target->field->type;

    if (type == CANON_STRING)
        return true;
    return type == (convert->form.day == 0    ? CANON_TIME
                    : convert->form.time == 0 ? CANON_DATE
                                              : CANON_DATETIME);
}

bool convert_bind_end(struct binder *b, struct map_target *target, const struct yaml_node *value,
                      const struct canon_block *context)
{
    const struct yaml_node *fields = yaml_get(value, "fields"), *by = yaml_get(value, "by"),
                           *read = yaml_get(value, "read"), *write = yaml_get(value, "write");
    struct map_convert *convert;

    if (target->check && (target->compute == MAP_COMPUTE_NOTHING || target->field == NULL))
        return complain(b, value, SETTING_VALUE, "check is of a field with count or sum");
    if (target->miss == MAP_MISS_DEFAULT && target->fallback.at == NULL && target->write_fallback.at == NULL)
        return complain(b, value, SETTING_MISSING, "miss: default needs a default");
    if (target->convert == NULL && target->table != NULL &&
        (target->miss == MAP_MISS_WARN || target->miss == MAP_MISS_DEFAULT))
        (void)convert_of(b, target);
    convert = (struct map_convert *)(uintptr_t)target->convert;
    if (convert == NULL)
        return !b->arena->failed;
    if (target->compute != MAP_COMPUTE_NOTHING || target->constant.at != NULL || target->pad > 0)
        return complain(b, value, SETTING_VALUE, "a converter does not go with count, sum, value or pad");
    if (fields == NULL && read == NULL && write == NULL) {
        if (target->field == NULL)
            return complain(b, value, SETTING_MISSING, "field is missing");
        if ((convert->xref != NULL) + (target->table != NULL) + (convert->form.code != NULL) > 1)
            return complain(b, value, SETTING_VALUE, "one of table, xref and form");
        if (convert->form.code != NULL && !form_fits(target))
            return complain(b, value, SETTING_VALUE, "the field's type is not that of the form");
        if (target->field->is_list != (by != NULL))
            return complain(b, value, SETTING_VALUE,
                            by != NULL ? "by is of a list of texts, or of fields"
                                       : "a list takes no converter but by");
        if (by == NULL)
            return true;
        if (convert->xref != NULL || target->table != NULL || convert->form.code != NULL ||
            convert->fill.to > 0)
            return complain(b, value, SETTING_VALUE, "a list takes no converter but by");
        convert->list = true;
    } else if (target->field != NULL || target->table != NULL || convert->xref != NULL ||
               convert->form.code != NULL || convert->fill.to > 0) {
        return complain(b, value, SETTING_VALUE,
                        "fields, read and write stand alone: each of fields has converters of its own");
    } else if (read != NULL || write != NULL) {
        if (by != NULL)
            return complain(b, by, SETTING_VALUE, "by does not go with read and write");
        if (!bind_pattern(b, convert, value, context))
            return false;
    } else if (by == NULL) {
        return complain(b, value, SETTING_MISSING, "fields need by, or read and write");
    } else if (!bind_parts(b, convert, fields, context)) {
        return false;
    }
    if (by != NULL) {
        if (by->kind != YAML_SCALAR || by->text.len == 0 || by->text.len > 8)
            return complain(b, by, SETTING_VALUE, "by is 1 to 8 characters");
        convert->by = by->text;
    }
    if (convert->n_parts > 0) { /* in messages, and wherever a rule asks what it fills: the first */
        memcpy(target->path, convert->parts[0].path, sizeof(target->path));
        target->path_len = convert->parts[0].path_len;
        target->from_root = convert->parts[0].from_root;
        target->field = convert->parts[0].field;
    }
    return true;
}
