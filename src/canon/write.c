/*
 * write: a record as one line of canonical JSON; see write.h.
 *
 * The hot path of translating.  Room in the sink is asked for once a value; names are rendered in the schema
 * and copied in blocks of sixteen; a text is copied and looked through for bytes to escape at the same time.
 */
#include "canon/write.h"

#include "base/text.h"
#include "canon/spill.h"

enum {
    ROOM_NAME = 1 + CANON_MAX_NAME + 3 +
                32,  /* comma, name, quotes and colon, and what the block copy runs over */
    ROOM_SMALL = 64, /* quotes, brackets, a number */
    PIECE = 1024,    /* bytes of text between two looks at the room */
};

/* An escape is at most six bytes long. */
_Static_assert(6 * PIECE + ROOM_NAME + ROOM_SMALL <= CANON_SINK_LEAST, "a piece fits into what flush leaves");

/* Where to go on writing, with at least this much room. */
static inline char *room(struct canon_sink *sink, char *at, size_t need)
{
    if ((size_t)(sink->end - at) >= need)
        return at;
    sink->at = at;
    sink->flush(sink);
    return sink->at;
}

static char *put_escaped(char *at, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    /* \b \t \n \f \r have letters; \v has none. */
    static const char letters[32] = {[8] = 'b', [9] = 't', [10] = 'n', [12] = 'f', [13] = 'r'};

    *at++ = '\\';
    if (c >= 0x20) {
        *at++ = (char)c;
    } else if (letters[c] != 0) {
        *at++ = letters[c];
    } else {
        memcpy(at, "u00", 3);
        at[3] = digits[c >> 4];
        at[4] = digits[c & 15];
        at += 5;
    }
    return at;
}

/* Any text, where something is to be escaped; at most PIECE bytes, and 6 bytes of room for each. */
static char *put_marked(char *at, const char *text, size_t len)
{
    while (len > 0) {
        size_t clean = 0;
        unsigned marks = 0, high;

        while (clean + 16 <= len && (marks = text_marks16(text + clean, &high)) == 0)
            clean += 16;
        if (marks != 0)
            clean += (size_t)__builtin_ctz(marks);
        else
            while (clean < len && (unsigned char)text[clean] >= 0x20 && text[clean] != '"' &&
                   text[clean] != '\\')
                clean++;
        memcpy(at, text, clean);
        at += clean;
        text += clean;
        len -= clean;
        if (len > 0) {
            at = put_escaped(at, (unsigned char)*text++);
            len--;
        }
    }
    return at;
}

/* Copies a text, and tells whether all of it could stay as it is. */
static inline bool copy_clean(char *at, const char *text, size_t len)
{
    unsigned marks = 0, high;

    if (len < 8) {
        text_copy16(at, text, len);
        return text_marks8(text_load_few(text, len)) == 0;
    }
    if (len < 16) {
        text_copy16(at, text, len);
        return (text_marks8(text_load8(text)) | text_marks8(text_load8(text + len - 8))) == 0;
    }
    for (size_t i = 0; i + 16 <= len; i += 16) {
        memcpy(at + i, text + i, 16);
        marks |= text_marks16(text + i, &high);
    }
    memcpy(at + len - 16, text + len - 16, 16);
    return (marks | text_marks16(text + len - 16, &high)) == 0;
}

/* A long text, or one near the end of the window, in pieces. */
static char *put_pieces(struct canon_sink *sink, char *at, const char *text, size_t len)
{
    while (len > 0) {
        size_t piece = len < PIECE ? len : PIECE;

        at = room(sink, at, 6 * PIECE + ROOM_SMALL);
        at = put_marked(at, text, piece);
        text += piece;
        len -= piece;
    }
    return at;
}

/* A quoted text.  Asks for its room itself. */
static inline char *put_text(struct canon_sink *sink, char *at, const char *text, size_t len, bool plain)
{
    if (len <= PIECE && (size_t)(sink->end - at) >= len + 2 * ROOM_SMALL) {
        *at++ = '"';
        if (plain && len <= 16) {
            text_copy16(at, text, len);
            at += len;
        } else if (plain) {
            memcpy(at, text, len);
            at += len;
        } else if (copy_clean(at, text, len)) {
            at += len;
        } else {
            at = put_pieces(sink, at, text, len);
        }
    } else {
        at = room(sink, at, ROOM_SMALL);
        *at++ = '"';
        at = put_pieces(sink, at, text, len);
        at = room(sink, at, 2 * ROOM_SMALL);
    }
    *at++ = '"';
    return at;
}

/* A number or a word of JSON: as it is.  (Nothing longer comes from a reader of ours; a writer of records who
 * puts more there gets it cut, rather than the sink overrun.) */
static inline char *put_bare(char *at, const char *text, size_t len)
{
    if (len > 32)
        len = 32;
    memcpy(at, text, len);
    return at + len;
}

static inline char *put_scalar(struct canon_sink *sink, char *at, const struct canon_field *field,
                               const struct canon_value *value)
{
    if (field->type == CANON_INTEGER || field->type == CANON_BOOLEAN)
        return put_bare(at, value->text, value->len);
    return put_text(sink, at, value->text, value->len, value->plain);
}

/* A name with its colon, and the quote behind that where one belongs; the comma before it unless it is the
 * first. */
static inline char *put_name(char *at, const struct canon_label *label, bool first, bool quoted)
{
    const char *text = label->text + first;
    size_t len = label->len - first - !quoted;

    memcpy(at, text, 32);
    if (__builtin_expect(len > 32, 0))
        for (size_t i = 32; i < len; i += 16)
            memcpy(at + i, text + i, 16);
    return at + len;
}

static bool is_empty(const struct canon_object *object);

/* Whether a value is written as nothing at all.  (Where the text goes tells nothing of that: a flush may
 * have put the window back to the very same place.) */
static inline bool is_nothing(const struct canon_value *value)
{
    if (value->held == CANON_HELD_TEXT)
        return value->len == 0;
    return value->held == CANON_HELD_LIST ? value->list->count == 0 : is_empty(value->object);
}

/* Whether an object has nothing to write.  As deep as blocks nest. */
static bool is_empty(const struct canon_object *object)
{
    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (!is_nothing(&run->values[i]))
                return false;
    return true;
}

/* An object's values by field. */
struct order {
    uint64_t set[(CANON_MAX_FIELDS + 63) / 64];
    const struct canon_value *at[CANON_MAX_FIELDS];
};

static void put_in_order(struct order *order, const struct canon_object *object)
{
    memset(order->set, 0, sizeof(order->set));
    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            unsigned index = run->values[i].field;

            order->at[index] = &run->values[i];
            order->set[index / 64] |= (uint64_t)1 << index % 64;
        }
}

/* Whether each run's values come behind those of the run before: then all stand in the schema's order. */
static inline bool is_in_order(const struct canon_object *object)
{
    unsigned next = 0;

    for (const struct canon_run *run = &object->first; run != NULL; run = run->next) {
        if (run->count == 0)
            continue;
        if (run->values[0].field < next)
            return false;
        next = run->values[run->count - 1].field + 1u;
    }
    return true;
}

static inline char *put_object(struct canon_sink *sink, char *at, const struct canon_object *object);

/* Elements from `element` up to `end`, each behind a comma, but for the first: behind `mark`. */
static inline char *put_elements(struct canon_sink *sink, char *at, const struct canon_field *field,
                                 const struct canon_object *element, const struct canon_object *end,
                                 char mark)
{
    for (; element != end; element = element->next) {
        at = room(sink, at, ROOM_NAME + ROOM_SMALL);
        *at++ = mark;
        mark = ',';
        if (element->block != NULL)
            at = put_object(sink, at, element);
        else
            at = put_scalar(sink, at, field, &element->first.values[0]);
    }
    return at;
}

static char *put_list(struct canon_sink *sink, char *at, const struct canon_field *field,
                      const struct canon_list *list)
{
    char mark = '[';

    if (__builtin_expect(list->spilled != NULL, 0)) {
        sink->at = at;
        canon_spilled_write(list->spilled, sink);
        at = sink->at;
        mark = ',';
    }
    at = put_elements(sink, at, field, list->first, NULL, mark);
    at = room(sink, at, ROOM_SMALL);
    *at++ = ']';
    return at;
}

void canon_write_elements(struct canon_sink *sink, const struct canon_field *field,
                          const struct canon_object *first, const struct canon_object *end)
{
    sink->at = put_elements(sink, sink->at, field, first, end, ',');
}

/* One field; `first` is whether it is the object's first.  Where nothing is written, `at` comes back. */
static __attribute__((noinline)) char *put_field(struct canon_sink *sink, char *at,
                                                 const struct canon_block *block,
                                                 const struct canon_value *value, bool first)
{
    const struct canon_field *field = &block->fields[value->field];
    const struct canon_label *label = &block->labels[value->field];

    if (value->held == CANON_HELD_TEXT) {
        if (value->len == 0)
            return at;
        at = room(sink, at, ROOM_NAME + 2 * ROOM_SMALL);
        at = put_name(at, label, first, false);
        at = put_scalar(sink, at, field, value);
    } else if (value->held == CANON_HELD_LIST) {
        if (value->list->count == 0)
            return at;
        at = room(sink, at, ROOM_NAME + ROOM_SMALL);
        at = put_name(at, label, first, false);
        at = put_list(sink, at, field, value->list);
    } else {
        if (is_empty(value->object))
            return at;
        at = room(sink, at, ROOM_NAME + ROOM_SMALL);
        at = put_name(at, label, first, false);
        at = put_object(sink, at, value->object);
    }
    return at;
}

/* Most values: CANON_WIDE and short.  A batch of them needs no look at the room but the first. */
enum {
    SHORT = 64, /* bytes, less one, of such a value */
    BATCH = 32,
    ROOM_BATCH = BATCH * (ROOM_NAME + SHORT + 2),
};
_Static_assert((size_t)ROOM_BATCH <= (size_t)CANON_SINK_LEAST, "a batch fits into what flush leaves");

static inline bool is_quick(const struct canon_value *value)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (value->about & (UINT64_C(0xff) << 56 | (UINT32_MAX & ~(SHORT - 1u)))) == (uint64_t)CANON_WIDE
                                                                                         << 56;
#else
    return value->plain == CANON_WIDE && value->len < SHORT;
#endif
}

static inline char *put_quick(char *at, const struct canon_label *labels, const struct canon_value *value,
                              bool first)
{
    const uint32_t len = value->len;

    at = put_name(at, &labels[value->field], first, true);
    memcpy(at, value->text, 16);
    if (len > 16)
        for (size_t i = 16; i < len; i += 16)
            memcpy(at + i, value->text + i, 16);
    at[len] = '"';
    return at + len + 1;
}

static inline char *put_value(struct canon_sink *sink, char *at, const struct canon_block *block,
                              const struct canon_value *value, bool first)
{
    if (!is_quick(value))
        return put_field(sink, at, block, value, first);
    at = room(sink, at, ROOM_NAME + SHORT + 2);
    return put_quick(at, block->labels, value, first);
}

/* Values of which none is the object's first. */
static inline __attribute__((always_inline)) char *put_later(struct canon_sink *sink, char *at,
                                                             const struct canon_block *block,
                                                             const struct canon_value *value,
                                                             const struct canon_value *end)
{
    const struct canon_label *const labels = block->labels;

    while (value < end) {
        const struct canon_value *stop = end - value <= BATCH ? end : value + BATCH;

        at = room(sink, at, ROOM_BATCH);
        for (; value < stop; value++) {
            if (__builtin_expect(is_quick(value), 1)) {
                at = put_quick(at, labels, value, false);
            } else {
                at = put_field(sink, at, block, value, false);
                at = room(sink, at, ROOM_BATCH);
            }
        }
    }
    return at;
}

static char *put_ordered(struct canon_sink *sink, char *at, const struct canon_block *block,
                         const struct order *order, bool first)
{
    for (unsigned word = 0; word < sizeof(order->set) / sizeof(*order->set); word++)
        for (uint64_t set = order->set[word]; set != 0; set &= set - 1) {
            const struct canon_value *value = order->at[word * 64 + (unsigned)__builtin_ctzll(set)];

            at = put_value(sink, at, block, value, first);
            first = first && is_nothing(value);
        }
    return at;
}

/* The values lie in any order; apart, so that only objects that need it carry this much stack. */
static __attribute__((noinline)) char *put_unordered(struct canon_sink *sink, char *at,
                                                     const struct canon_object *object, bool first)
{
    struct order order;

    put_in_order(&order, object);
    return put_ordered(sink, at, object->block, &order, first);
}

/* The values up to the first that is written, with it; where they end, *first is still true when none was. */
static __attribute__((noinline)) char *put_first(struct canon_sink *sink, char *at,
                                                 const struct canon_block *block,
                                                 const struct canon_value **value,
                                                 const struct canon_value *end, bool *first)
{
    for (; *first && *value < end; ++*value) {
        at = put_value(sink, at, block, *value, true);
        *first = is_nothing(*value);
    }
    return at;
}

/* What stands in the object from `value` of `run` on; `first`: nothing was written of it yet. */
static __attribute__((noinline)) char *put_runs(struct canon_sink *sink, char *at,
                                                const struct canon_block *block, const struct canon_run *run,
                                                const struct canon_value *value, bool first)
{
    for (;;) {
        const struct canon_value *end = run->values + run->count;

        if (first)
            at = put_first(sink, at, block, &value, end, &first);
        at = put_later(sink, at, block, value, end);
        run = run->next;
        if (run == NULL)
            return at;
        value = run->values;
    }
}

/* As deep as blocks nest: CANON_MAX_NEST. */
static inline char *put_object(struct canon_sink *sink, char *at, const struct canon_object *object)
{
    const struct canon_block *const block = object->block;
    const struct canon_label *const labels = block->labels;
    const struct canon_run *const run = &object->first;
    const struct canon_value *value = run->values, *end = value + run->count;
    char *const open = at = room(sink, at, ROOM_BATCH + ROOM_SMALL);

    if (__builtin_expect(run->next != NULL && !is_in_order(object), 0)) {
        *at++ = '{';
        at = put_unordered(sink, at, object, true);
        at = room(sink, at, ROOM_SMALL);
        *at++ = '}';
        return at;
    }
    if (end - value > BATCH)
        end = value + BATCH;
    for (; value < end && is_quick(value); value++)
        at = put_quick(at, labels, value, false);
    at += at == open;
    *open = '{'; /* in place of the first comma */
    if (__builtin_expect(value < run->values + run->count || run->next != NULL, 0)) {
        at = put_runs(sink, at, block, run, value, value == run->values);
        at = room(sink, at, ROOM_SMALL);
    }
    *at++ = '}';
    return at;
}

/* Constants of the envelope. */
#define PUT(at, literal) ((char *)memcpy(at, literal, sizeof(literal) - 1) + sizeof(literal) - 1)

/* A name of the envelope as it is written, with the comma that stands before all but the first. */
enum { NAME_COPY = 24 };
struct name {
    char text[NAME_COPY + 1];
    uint8_t len; /* of `text` */
};
#define NAME(name)                         \
    {                                      \
        ",\"" name "\":", sizeof(name) + 3 \
    }

/* A member of the envelope; nothing where there is no text. */
static inline char *put_member(struct canon_sink *sink, char *at, const struct name *name, struct bytes text,
                               bool *first)
{
    if (text.len == 0)
        return at;
    at = room(sink, at, NAME_COPY + 2 * ROOM_SMALL);
    memcpy(at, name->text + *first, NAME_COPY);
    at += name->len - *first;
    *first = false;
    return put_text(sink, at, text.at, text.len, false);
}

/* In twenty bytes of room. */
static inline char *put_number(char *at, uint64_t number)
{
    enum { LONGEST = 20 };
    char digits[2 * LONGEST] = "";
    unsigned from = LONGEST;

    for (; number >= 10; number /= 100) {
        const unsigned pair = (unsigned)(number % 100);

        digits[--from] = (char)('0' + pair % 10);
        digits[--from] = (char)('0' + pair / 10);
    }
    if (number > 0 || from == LONGEST)
        digits[--from] = (char)('0' + number);
    memcpy(at, digits + from, LONGEST);
    return at + LONGEST - from;
}

static const struct {
    struct name name;
    size_t at; /* in a canon_source */
} members[] = {
    {NAME("format"), offsetof(struct canon_source, format)},
    {NAME("file"), offsetof(struct canon_source, file)},
    /* offset and length */
    {NAME("sender"), offsetof(struct canon_source, sender)},
    {NAME("receiver"), offsetof(struct canon_source, receiver)},
    {NAME("app_sender"), offsetof(struct canon_source, app_sender)},
    {NAME("app_receiver"), offsetof(struct canon_source, app_receiver)},
    {NAME("interchange"), offsetof(struct canon_source, interchange)},
    {NAME("group"), offsetof(struct canon_source, group)},
    {NAME("set"), offsetof(struct canon_source, set)},
    {NAME("type"), offsetof(struct canon_source, type)},
    {NAME("release"), offsetof(struct canon_source, release)},
    {NAME("created"), offsetof(struct canon_source, created)},
    /* test */
    {NAME("map"), offsetof(struct canon_source, map)},
};
enum { FILE_MEMBER = 1, SET_MEMBER = 8, LAST_MEMBER = 12 };

static inline char *put_members(struct canon_sink *sink, char *at, const struct canon_source *source,
                                unsigned from, unsigned to, bool *first)
{
    for (unsigned i = from; i <= to; i++) {
        const void *text = (const char *)source + members[i].at;

        at = put_member(sink, at, &members[i].name, *(const struct bytes *)text, first);
    }
    return at;
}

static inline char *put_offset(struct canon_sink *sink, char *at, const struct canon_source *source,
                               bool *first)
{
    at = room(sink, at, 3 * ROOM_SMALL);
    if (!*first)
        *at++ = ',';
    *first = false;
    at = PUT(at, "\"offset\":");
    at = put_number(at, source->offset);
    at = PUT(at, ",\"length\":");
    return put_number(at, source->length);
}

/* What stands behind the set. */
static char *put_end(struct canon_sink *sink, char *at, const struct canon_source *source, bool *first)
{
    at = put_members(sink, at, source, SET_MEMBER + 1, LAST_MEMBER - 1, first);
    at = room(sink, at, 2 * ROOM_SMALL);
    if (!*first)
        *at++ = ',';
    *first = false;
    at = source->test ? PUT(at, "\"test\":true") : PUT(at, "\"test\":false");
    at = put_members(sink, at, source, LAST_MEMBER, LAST_MEMBER, first);
    at = room(sink, at, ROOM_SMALL);
    *at++ = '}';
    return at;
}

static char *put_rendered(struct canon_sink *sink, char *at, struct bytes text)
{
    at = room(sink, at, text.len + ROOM_SMALL);
    memcpy(at, text.at, text.len);
    return at + text.len;
}

static char *put_source(struct canon_sink *sink, char *at, const struct canon_source *source)
{
    const struct canon_source_text *text = source->text;
    bool first = text == NULL;

    at = room(sink, at, ROOM_SMALL);
    at = PUT(at, ",\"source\":{");
    if (text != NULL) {
        at = put_rendered(sink, at, text->begin);
        at = put_offset(sink, at, source, &first);
        at = put_rendered(sink, at, text->middle);
        at = put_members(sink, at, source, SET_MEMBER, SET_MEMBER, &first);
        return put_rendered(sink, at, text->end);
    }
    at = put_members(sink, at, source, 0, FILE_MEMBER, &first);
    if (source->has_offset)
        at = put_offset(sink, at, source, &first);
    at = put_members(sink, at, source, FILE_MEMBER + 1, SET_MEMBER, &first);
    return put_end(sink, at, source, &first);
}

static void no_room(struct canon_sink *sink)
{
    sink->failed = true;
}

bool canon_source_render(struct canon_source_text *text, const struct canon_source *source,
                         struct arena *arena)
{
    char buffer[2 * CANON_SINK_LEAST], *at = buffer, *from = buffer;
    struct canon_sink sink = {.at = buffer, .end = buffer + sizeof(buffer), .flush = no_room};
    size_t len = 0;
    bool first = true;

    for (unsigned i = 0; i <= LAST_MEMBER; i++) {
        const void *member = (const char *)source + members[i].at;

        len += ((const struct bytes *)member)->len;
    }
    if (source->format.len == 0 || !source->has_offset || 6 * len + 1024 > CANON_SINK_LEAST)
        return false;
    at = put_members(&sink, at, source, 0, FILE_MEMBER, &first);
    text->begin = arena_copy(arena, (struct bytes){from, (size_t)(at - from)});
    from = at;
    at = put_members(&sink, at, source, FILE_MEMBER + 1, SET_MEMBER - 1, &first);
    text->middle = arena_copy(arena, (struct bytes){from, (size_t)(at - from)});
    from = at;
    at = put_end(&sink, at, source, &first);
    text->end = arena_copy(arena, (struct bytes){from, (size_t)(at - from)});
    return !arena->failed && !sink.failed;
}

/* A source that says nothing is left out. */
static bool has_source(const struct canon_source *source)
{
    return source->has_offset || source->test || source->format.len > 0 || source->file.len > 0 ||
           source->sender.len > 0 || source->receiver.len > 0 || source->app_sender.len > 0 ||
           source->app_receiver.len > 0 || source->interchange.len > 0 || source->group.len > 0 ||
           source->set.len > 0 || source->type.len > 0 || source->release.len > 0 ||
           source->created.len > 0 || source->map.len > 0;
}

/* The keys of a record, while they are told. */
struct keys {
    struct canon_sink *sink;
    char *at;
    const struct canon_key *key;
    unsigned n_keys;   /* written */
    unsigned n_values; /* of this key */
};

static void put_key_value(void *to, const struct canon_value *value)
{
    struct keys *keys = to;
    char *at = room(keys->sink, keys->at, ROOM_NAME + 2 * ROOM_SMALL);

    if (keys->n_values == 0) {
        if (keys->n_keys == 0)
            at = PUT(at, ",\"keys\":{");
        at = put_name(at, &keys->key->label, keys->n_keys == 0, false);
        if (keys->key->is_list)
            *at++ = '[';
        keys->n_keys++;
    } else if (keys->key->is_list) {
        *at++ = ',';
    } else {
        return;
    }
    keys->n_values++;
    keys->at = put_text(keys->sink, at, value->text, value->len, value->plain);
}

static char *put_keys(struct canon_sink *sink, char *at, const struct canon_record *record)
{
    struct keys keys = {.sink = sink, .at = at};

    for (unsigned i = 0; i < record->kind->n_keys; i++) {
        keys.key = &record->kind->keys[i];
        keys.n_values = 0;
        canon_key_each(record->body, keys.key, put_key_value, &keys);
        if (keys.n_values > 0 && keys.key->is_list) {
            keys.at = room(sink, keys.at, ROOM_SMALL);
            *keys.at++ = ']';
        }
    }
    at = room(sink, keys.at, ROOM_SMALL);
    if (keys.n_keys > 0)
        *at++ = '}';
    return at;
}

void canon_write(struct canon_sink *sink, const struct canon_record *record)
{
    static const struct name id = NAME("id"), partner = NAME("partner");
    char *at = room(sink, sink->at, ROOM_NAME + 2 * ROOM_SMALL);
    bool first = false;

    at = PUT(at, "{\"canon\":1,\"kind\":");
    at = put_text(sink, at, record->kind->name, strlen(record->kind->name), true);
    at = put_member(sink, at, &id, bytes_of(record->id), &first);
    at = put_member(sink, at, &partner, record->partner, &first);
    at = room(sink, at, ROOM_SMALL);
    at = record->direction == CANON_OUT ? PUT(at, ",\"direction\":\"out\"")
                                        : PUT(at, ",\"direction\":\"in\"");
    at = put_keys(sink, at, record);
    if (has_source(&record->source))
        at = put_source(sink, at, &record->source);
    if (is_in_order(record->body))
        at = put_runs(sink, at, record->body->block, &record->body->first, record->body->first.values, false);
    else
        at = put_unordered(sink, at, record->body, false);
    at = room(sink, at, ROOM_SMALL);
    at = PUT(at, "}\n");
    sink->at = at;
}

void canon_write_string(struct canon_sink *sink, const char *text, size_t len)
{
    char *at = room(sink, sink->at, 2 * ROOM_SMALL);

    sink->at = put_text(sink, at, text, len, false);
}
