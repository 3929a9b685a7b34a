#include "translate/fill.h"

#include "base/utf8.h"

static const struct canon_field *field_of(const struct canon_object *object, const char *name)
{
    return object != NULL ? canon_block_field(object->block, bytes_of(name)) : NULL;
}

/* The part at the front that a record may hold: UTF-8 without NUL, which no reader of records takes. */
static size_t good_prefix(const char *at, size_t len)
{
    return len > 0 ? utf8_valid_prefix(at, strnlen(at, len)) : 0;
}

struct bytes fill_utf8(struct arena *arena, struct bytes text)
{
    static const char replacement[] = "\xef\xbf\xbd";
    size_t valid = good_prefix(text.at, text.len), len = 0;
    char *made;

    if (valid == text.len)
        return text;
    made = arena_text(arena, text.len * (sizeof(replacement) - 1));
    if (made == NULL)
        return (struct bytes){NULL, 0};
    for (size_t at = 0; at < text.len; valid = good_prefix(text.at + at, text.len - at)) {
        memcpy(made + len, text.at + at, valid);
        len += valid;
        at += valid;
        if (at < text.len) {
            memcpy(made + len, replacement, sizeof(replacement) - 1);
            len += sizeof(replacement) - 1;
            at++;
        }
    }
    return (struct bytes){made, len};
}

void fill_source_utf8(struct arena *arena, struct canon_source *source)
{
    struct bytes *const texts[] = {
        &source->format, &source->file, &source->sender, &source->receiver, &source->app_sender,
        &source->app_receiver, &source->interchange, &source->group, &source->set, &source->type,
        &source->release, &source->map, &source->created,
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        *texts[i] = fill_utf8(arena, *texts[i]);
}

void fill_text(struct arena *arena, struct canon_object *object, const char *name, struct bytes text)
{
    const struct canon_field *field = field_of(object, name);

    text = fill_utf8(arena, text);
    if (field != NULL && text.len > 0)
        canon_add_text(arena, object, field, text.at, text.len, false);
}

void fill_word(struct arena *arena, struct canon_object *object, const char *name, const char *word)
{
    fill_text(arena, object, name, bytes_of(word));
}

void fill_letter(struct arena *arena, struct canon_object *object, const char *name, char letter)
{
    if (letter != '\0')
        fill_text(arena, object, name, arena_copy(arena, (struct bytes){&letter, 1}));
}

void fill_count(struct arena *arena, struct canon_object *object, const char *name, uint64_t count)
{
    fill_word(arena, object, name, arena_format(arena, "%llu", (unsigned long long)count));
}

void fill_flag(struct arena *arena, struct canon_object *object, const char *name, bool flag)
{
    fill_word(arena, object, name, flag ? "true" : "false");
}

void fill_digits(struct arena *arena, struct canon_object *object, const char *name, struct bytes digits)
{
    uint64_t count;

    if (bytes_to_count(digits, UINT64_MAX / 10, &count))
        fill_count(arena, object, name, count);
}

struct canon_object *fill_append(struct arena *arena, struct canon_object *object, const char *name)
{
    const struct canon_field *field = field_of(object, name);

    return field != NULL ? canon_append(arena, object, field) : NULL;
}

void fill_append_word(struct arena *arena, struct canon_object *object, const char *name, const char *word)
{
    const struct canon_field *field = field_of(object, name);

    if (field != NULL && word != NULL)
        canon_append_text(arena, object, field, word, strlen(word));
}
