/* read: canonical JSON Lines to records: the envelope, and what is wrong and where; see read.h. */
#include "canon/reader.h"

#include <stdio.h>

static bool read_text(struct reader *r, struct bytes *out)
{
    struct scanner_text text;

    if (!scanner_sees(&r->scanner, '"'))
        return reader_fail(r, r->scanner.at, "expected a string");
    if (!scanner_string(&r->scanner, &text))
        return false;
    *out = (struct bytes){text.at, text.len};
    return true;
}

static bool read_number(struct reader *r, uint64_t *out)
{
    const char *where = r->scanner.at;
    struct scanner_text text;

    if (!scanner_integer(&r->scanner, &text))
        return false;
    if (!bytes_to_count((struct bytes){text.at, text.len}, UINT64_MAX, out))
        return reader_fail(r, where, "expected a whole number that is not negative");
    return true;
}

static bool read_source_member(struct reader *r, struct canon_source *source, const char *where,
                               const struct scanner_text *name, unsigned *seen)
{
    const struct {
        const char *name;
        struct bytes *text;
        uint64_t *number;
    } members[] = {
        {"format", &source->format, NULL},
        {"file", &source->file, NULL},
        {"offset", NULL, &source->offset},
        {"length", NULL, &source->length},
        {"sender", &source->sender, NULL},
        {"receiver", &source->receiver, NULL},
        {"app_sender", &source->app_sender, NULL},
        {"app_receiver", &source->app_receiver, NULL},
        {"interchange", &source->interchange, NULL},
        {"group", &source->group, NULL},
        {"set", &source->set, NULL},
        {"type", &source->type, NULL},
        {"release", &source->release, NULL},
        {"created", &source->created, NULL},
        {"map", &source->map, NULL},
        {"test", NULL, NULL},
    };
    struct scanner_text word;

    for (unsigned i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (!bytes_are((struct bytes){name->at, name->len}, members[i].name))
            continue;
        if (*seen >> i & 1)
            return reader_fail(r, where, "the name stands twice");
        *seen |= 1u << i;
        if (members[i].text != NULL)
            return read_text(r, members[i].text);
        if (members[i].number != NULL) {
            source->has_offset = true;
            return read_number(r, members[i].number);
        }
        if (!scanner_boolean(&r->scanner, &word))
            return false;
        source->test = word.len == 4;
        return true;
    }
    return reader_fail(r, where, "no such field");
}

static bool read_source(struct reader *r)
{
    struct canon_source *source = &r->record->source;
    unsigned seen = 0;

    reader_enter(r, false);
    if (!scanner_sees(&r->scanner, '{'))
        return reader_fail(r, r->scanner.at, "expected an object");
    r->scanner.at++;
    if (!reader_is_bare(r))
        do {
            const char *where = r->scanner.at;
            struct scanner_text name;

            if (!reader_name(r, &name) || !read_source_member(r, source, where, &name, &seen))
                return false;
        } while (reader_next(r));
    reader_leave(r);
    return r->scanner.what == NULL;
}

/* Passes over "keys": an object of texts and lists of texts.  What they say is checked when the body is
 * known. */
static bool pass_keys(struct reader *r)
{
    struct bytes text;

    r->keys = r->scanner.at;
    reader_enter(r, false);
    if (!scanner_sees(&r->scanner, '{'))
        return reader_fail(r, r->scanner.at, "expected an object");
    r->scanner.at++;
    if (!reader_is_bare(r))
        do {
            struct scanner_text name;
            bool more = true;

            if (!reader_name(r, &name))
                return false;
            if (!scanner_sees(&r->scanner, '[')) {
                if (!read_text(r, &text))
                    return false;
                continue;
            }
            for (r->scanner.at++, scanner_blanks(&r->scanner); more; scanner_blanks(&r->scanner)) {
                if (!read_text(r, &text))
                    return false;
                scanner_blanks(&r->scanner);
                more = scanner_sees(&r->scanner, ',');
                if (more)
                    r->scanner.at++;
            }
            if (!scanner_take(&r->scanner, ']', "expected a comma or the list's end"))
                return false;
        } while (reader_next(r));
    reader_leave(r);
    return r->scanner.what == NULL;
}

/* A key's values in the body, held one by one against those in "keys". */
struct key_check {
    struct reader *r;
    const struct canon_key *key;
    unsigned n;
};

static void check_key_value(void *to, const struct canon_value *value)
{
    struct key_check *check = to;
    struct reader *r = check->r;
    const char *where;
    struct bytes text;

    if (r->scanner.what != NULL || (check->n > 0 && !check->key->is_list))
        return;
    if (check->n++ > 0 && !scanner_take(&r->scanner, ',', "the body has another value of this key"))
        return;
    where = r->scanner.at;
    if (read_text(r, &text) && !bytes_equal(text, (struct bytes){value->text, value->len}))
        reader_fail(r, where, "the body has another value of this key");
}

/* `where` the name begins: its text may lie elsewhere, when it holds escapes. */
static bool check_key(struct reader *r, const char *where, const struct scanner_text *name, uint32_t *seen)
{
    const struct canon_kind *kind = r->record->kind;
    struct key_check check = {r, NULL, 0};

    for (unsigned i = 0; i < kind->n_keys; i++)
        if (bytes_are((struct bytes){name->at, name->len}, kind->keys[i].name)) {
            if (*seen >> i & 1)
                return reader_fail(r, where, "the name stands twice");
            *seen |= 1u << i;
            check.key = &kind->keys[i];
        }
    if (check.key == NULL)
        return reader_fail(r, where, "this kind has no such key");
    if (check.key->is_list && !scanner_take(&r->scanner, '[', "expected a list"))
        return false;
    canon_key_each(r->record->body, check.key, check_key_value, &check);
    if (r->scanner.what != NULL)
        return false;
    if (check.n == 0)
        return reader_fail(r, r->scanner.at, "the body has no such value");
    return !check.key->is_list || scanner_take(&r->scanner, ']', "the body has no more values of this key");
}

static bool check_keys(struct reader *r)
{
    const char *end = r->scanner.at;
    uint32_t seen = 0;

    r->name = "keys";
    r->name_len = 4;
    reader_enter(r, false);
    r->scanner.at = r->keys + 1;
    if (!reader_is_bare(r))
        do {
            const char *where = r->scanner.at;
            struct scanner_text name;

            if (!reader_name(r, &name) || !check_key(r, where, &name, &seen))
                return false;
        } while (reader_next(r));
    reader_leave(r);
    r->scanner.at = end;
    return r->scanner.what == NULL;
}

static bool set_kind(struct reader *r, const char *where, struct bytes name)
{
    struct canon_record *record = r->record;

    if (record->kind != NULL)
        return true; /* looked ahead for */
    record->kind = schema_kind(r->schema, name);
    if (record->kind == NULL) {
        r->error->schema = schema_error(r->schema) != NULL;
        return reader_fail(r, where,
                           r->error->schema ? "the kind's table is wrong" : "no such kind of record");
    }
    record->body = canon_object_new(r->scanner.arena, record->kind->body);
    return record->body != NULL || reader_fail_memory(r);
}

static bool read_canon(struct reader *r)
{
    const char *where = r->scanner.at;
    struct scanner_text text;

    if (!scanner_integer(&r->scanner, &text))
        return false;
    if (text.len != 1 || text.at[0] != '1')
        return reader_fail(r, where, "a version of the records that is not known: expected 1");
    return true;
}

static bool read_id(struct reader *r)
{
    const char *where = r->scanner.at;
    struct bytes text;

    if (!read_text(r, &text))
        return false;
    for (size_t i = 0; i < text.len && text.len == 32; i++)
        if (memchr("0123456789abcdef", text.at[i], 16) == NULL)
            text.len = 0;
    if (text.len != 32)
        return reader_fail(r, where, "expected 32 hexadecimal digits in lower case");
    memcpy(r->record->id, text.at, 32);
    r->record->id[32] = '\0';
    return true;
}

static bool read_direction(struct reader *r)
{
    const char *where = r->scanner.at;
    struct bytes text;

    if (!read_text(r, &text))
        return false;
    if (bytes_are(text, "in"))
        r->record->direction = CANON_IN;
    else if (bytes_are(text, "out"))
        r->record->direction = CANON_OUT;
    else
        return reader_fail(r, where, "expected \"in\" or \"out\"");
    return true;
}

static bool read_kind(struct reader *r)
{
    const char *where = r->scanner.at;
    struct bytes name;

    return read_text(r, &name) && set_kind(r, where, name);
}

static bool read_partner(struct reader *r)
{
    return read_text(r, &r->record->partner);
}

static const struct {
    const char *name;
    bool (*read)(struct reader *r);
} envelope[] = {
    {"canon", read_canon},         {"kind", read_kind}, {"id", read_id},         {"partner", read_partner},
    {"direction", read_direction}, {"keys", pass_keys}, {"source", read_source},
};

enum { CANON_MEMBER = 1 << 0, KIND_MEMBER = 1 << 1 };

/* A member of the envelope; false also when it is none, and then r->scanner.what is NULL. */
static bool read_envelope(struct reader *r, const char *where, const struct scanner_text *name,
                          unsigned *seen)
{
    for (unsigned i = 0; i < sizeof(envelope) / sizeof(*envelope); i++)
        if (bytes_are((struct bytes){name->at, name->len}, envelope[i].name)) {
            if (*seen >> i & 1)
                return reader_fail(r, where, "the name stands twice");
            *seen |= 1u << i;
            return envelope[i].read(r);
        }
    return false;
}

static bool read_record(struct reader *r)
{
    struct canon_record *record = r->record;
    uint64_t seen[(CANON_MAX_FIELDS + 63) / 64] = {0};
    unsigned envelope_seen = 0;
    struct bytes kind;

    if (!scanner_take(&r->scanner, '{', "expected an object"))
        return false;
    if (reader_is_bare(r))
        return reader_fail(r, r->scanner.begin, "an empty object is no record");
    do {
        const char *where = r->scanner.at;
        const struct canon_field *field = NULL;
        struct scanner_text name;

        if (!reader_name(r, &name))
            return false;
        if (record->kind != NULL)
            field = canon_block_field(record->kind->body, (struct bytes){name.at, name.len});
        if (field == NULL) {
            if (read_envelope(r, where, &name, &envelope_seen))
                continue;
            if (r->scanner.what != NULL)
                return false;
            /* The body before the kind, as by a tool that sorts names. */
            if (record->kind == NULL) {
                if (!scanner_find_member(&r->scanner, "kind", &kind))
                    return reader_fail(r, where, "the record has no \"kind\"");
                if (!set_kind(r, where, kind))
                    return false;
                field = canon_block_field(record->kind->body, (struct bytes){name.at, name.len});
            }
            if (field == NULL)
                return canon_reader_fail_unknown(r, record->kind->body, where, &name);
        }
        if (seen[field->index / 64] >> field->index % 64 & 1)
            return reader_fail(r, where, "the name stands twice");
        seen[field->index / 64] |= (uint64_t)1 << field->index % 64;
        if (!canon_reader_value(r, record->body, field))
            return false;
    } while (reader_next(r));
    if (r->scanner.what != NULL)
        return false;
    scanner_blanks(&r->scanner);
    if (r->scanner.at < r->scanner.end)
        return reader_fail(r, r->scanner.at, "something follows the record");
    if (!(envelope_seen & CANON_MEMBER))
        return reader_fail(r, r->scanner.begin, "the record has no \"canon\"");
    if (!(envelope_seen & KIND_MEMBER))
        return reader_fail(r, r->scanner.begin, "the record has no \"kind\"");
    return r->keys == NULL || check_keys(r);
}

/* "lines[2].unit_price", cut at the room there is; bytes that are no name's are shown as '?'. */
static void tell_path(const struct reader *r)
{
    char *path = r->error->path;
    size_t room = sizeof(r->error->path), len = 0;

    for (unsigned i = 0; i <= r->n_steps && len + 1 < room; i++) {
        const struct step *step = i < r->n_steps ? &r->steps[i] : NULL;
        const char *name = step != NULL ? step->name : r->name;
        size_t name_len = step != NULL ? step->len : r->name_len;

        if (name == NULL)
            continue;
        if (len > 0)
            path[len++] = '.';
        for (size_t j = 0; j < name_len && len + 1 < room; j++)
            path[len++] = name[j] > ' ' && name[j] < 0x7F ? name[j] : '?';
        if (step != NULL && step->in_list && len + 1 < room) {
            int n = snprintf(path + len, room - len, "[%u]", step->index);

            len = n < 0 || (size_t)n >= room - len ? room - 1 : len + (size_t)n;
        }
    }
    path[len] = '\0';
}

bool canon_read(struct canon_record *record, const struct schema *schema, struct bytes line,
                struct arena *arena, struct canon_read_error *error)
{
    const char *begin = line.len > 0 ? line.at : "";
    struct reader r = {
        .scanner = {.begin = begin, .at = begin, .end = begin + line.len, .arena = arena},
        .schema = schema,
        .record = record,
        .error = error,
    };

    *record = (struct canon_record){.arena = arena};
    *error = (struct canon_read_error){.what = NULL};
    if (line.len >= 3 && memcmp(begin, "\xEF\xBB\xBF", 3) == 0)
        reader_fail(&r, begin, "a byte order mark");
    else if (read_record(&r))
        return true;
    error->offset = (size_t)(r.scanner.where - begin);
    error->what = r.scanner.what;
    error->memory = r.scanner.memory;
    tell_path(&r);
    return false;
}
