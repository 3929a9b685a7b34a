/* x12_unread: what no rule reads is counted and, for a round trip without loss, kept; see x12_reading.h. */
#include "map/x12_reading.h"

static void count_unread(struct x12_read *read, unsigned element)
{
    struct x12_binding *binding = read->binding;
    const uint16_t position = read->position;

    read->unread++;
    if (position >= binding->set->n_positions)
        return;
    if (binding->unread[position] == NULL) {
        binding->unread[position] = arena_zalloc(&binding->arena, X12_MAX_ELEMENTS + 1, sizeof(uint64_t));
        if (binding->unread[position] == NULL)
            return;
    }
    binding->unread[position][element]++;
}

/* Text of an element as `extra` keeps it: separators are marked : and ^, whatever the file's own are. */
static struct bytes extra_text(struct x12_read *read, unsigned element, struct bytes value)
{
    const struct x12_segment *segment = read->segment;
    const struct x12_delimiters *delimiters = read->delimiters;
    char *text;

    if (segment->view.odd)
        value = x12_read_utf8(read, value);
    if (element >= 64 || !(segment->view.compound >> element & 1) ||
        (text = arena_text(read->arena, value.len)) == NULL)
        return value;
    for (size_t i = 0; i < value.len; i++)
        text[i] = value.at[i] == delimiters->component                                      ? ':'
                  : delimiters->repetition != '\0' && value.at[i] == delimiters->repetition ? '^'
                                                                                            : value.at[i];
    return (struct bytes){text, value.len};
}

static struct canon_object *extra_object(struct x12_read *read)
{
    const struct x12_segment *segment = read->segment;
    struct arena *arena = read->record->arena;
    struct x12_binding *binding = read->binding;
    struct canon_object *object;
    char *text;
    struct bytes at;

    if (binding->extra == NULL)
        return NULL;
    object = canon_append(arena, read->record->body, binding->extra);
    if (object == NULL)
        return NULL;
    /* Where it stood, outermost loop first. */
    text = arena_text(arena, 80);
    if (text == NULL)
        return NULL;
    at = (struct bytes){text, 0};
    for (const struct x12_frame *frame = read->frames + 1; frame <= read->frame; frame++) {
        const char *id = binding->set->positions[frame->loop].segment->id;
        size_t len = strlen(id);

        if (at.len + len + 1 < 70) {
            memcpy(text + at.len, id, len);
            text[at.len + len] = '/';
            at.len += len + 1;
        }
    }
    if (segment->view.id.len <= 8) {
        memcpy(text + at.len, segment->view.id.at, segment->view.id.len);
        at.len += segment->view.id.len;
    }
    add_text(arena, object, binding->extra_at, at);
    if (binding->extra_ordinal != NULL) {
        char *digits = arena_format(arena, "%u", read->ordinal);

        if (digits != NULL)
            canon_add_text(arena, object, binding->extra_ordinal, digits, strlen(digits), true);
    }
    add_text(arena, object, binding->extra_tag,
             segment->view.odd ? x12_read_utf8(read, segment->view.id) : segment->view.id);
    return object;
}

void x12_unread_element(struct x12_read *read, unsigned element, unsigned component, struct bytes value)
{
    count_unread(read, element + 1);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read);
        char *name = arena_format(read->record->arena, component != 0 ? "%02u-%u" : "%02u", element + 1,
                                  component);

        if (object != NULL && name != NULL) {
            add_text(read->record->arena, object, read->binding->extra_element, bytes_of(name));
            add_text(read->record->arena, object, read->binding->extra_value,
                     extra_text(read, element, value));
        }
    }
}

void x12_unread_segment(struct x12_read *read)
{
    const struct x12_segment *segment = read->segment;

    count_unread(read, 0);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read);
        uint32_t n = segment->view.n_elements < X12_MAX_ELEMENTS ? segment->view.n_elements
                                                                 : X12_MAX_ELEMENTS;

        if (object != NULL && read->binding->extra_elements != NULL)
            for (uint32_t i = 0; i < n; i++) {
                struct bytes value = extra_text(read, i, segment->view.element[i]);

                canon_append_text(read->record->arena, object, read->binding->extra_elements, value.at,
                                  value.len);
            }
    }
}

void x12_unread_rest(struct x12_read *read, const struct x12_bound_rule *rule, uint64_t reads)
{
    const struct x12_segment *segment = read->segment;
    uint64_t left = segment->view.present & ~(reads | rule->compounds);
    uint64_t compound = segment->view.compound & (reads | rule->compounds);

    while (left != 0) {
        unsigned e = (unsigned)__builtin_ctzll(left);

        left &= left - 1;
        x12_unread_element(read, e, 0, segment->view.element[e]);
    }
    while (compound != 0) {
        unsigned e = (unsigned)__builtin_ctzll(compound), c = 0;
        const bool whole = (covered(rule) & ~rule->reads) >> e & 1; /* of a pair or a group */
        struct bytes repeats = segment->view.element[e], first, part;

        compound &= compound - 1;
        if (read->delimiters->repetition == 0)
            first = repeats, repeats = (struct bytes){NULL, 0};
        else if (!bytes_split(&repeats, read->delimiters->repetition, &first))
            continue;
        while (bytes_split(&first, read->delimiters->component, &part)) {
            bool asked = whole && c == 0;

            c++;
            if (part.len == 0)
                continue;
            for (uint32_t i = 0; i < rule->n_ops && !asked; i++)
                asked = rule->ops[i].element == e &&
                        (rule->ops[i].component == c || (rule->ops[i].component == 0 && c == 1));
            for (uint32_t i = 0; i < rule->n_tests && !asked; i++)
                asked = rule->tests[i].element == e && rule->tests[i].component == c;
            if (!asked)
                x12_unread_element(read, e, c, part);
        }
        if (repeats.at != NULL && repeats.len > 0) /* with the separator before it: a rest of what was read */
            x12_unread_element(read, e, 0, (struct bytes){repeats.at - 1, repeats.len + 1});
    }
}
