#include "map/convert.h"

enum { MAX_PIECES = 64, LITERAL = 255 };

struct convert_template {
    uint32_t n;
    struct template_piece {
        struct bytes text; /* of a literal */
        uint8_t part;      /* or LITERAL */
        uint8_t bracket;   /* 0: always written; else the number of its bracket */
    } pieces[MAX_PIECES];
};

/* The next piece of a template, of *rest: '{' with its name, '[' or ']', or 't' with a literal (which may be
 * a doubled mark).  '\0' at the end, '!' where it is none. */
static char next_piece(struct bytes *rest, struct bytes *text)
{
    static const char marks[] = "{}[]";
    size_t len = 0;
    char mark;

    if (rest->len == 0)
        return '\0';
    while (len < rest->len && memchr(marks, rest->at[len], 4) == NULL)
        len++;
    if (len > 0) {
        *text = (struct bytes){rest->at, len};
        rest->at += len;
        rest->len -= len;
        return 't';
    }
    mark = rest->at[0];
    if (rest->len > 1 && rest->at[1] == mark) {
        *text = (struct bytes){rest->at, 1};
        rest->at += 2;
        rest->len -= 2;
        return 't';
    }
    rest->at++;
    rest->len--;
    if (mark != '{')
        return mark == '}' ? '!' : mark;
    while (len < rest->len && memchr(marks, rest->at[len], 4) == NULL)
        len++;
    if (len == rest->len || rest->at[len] != '}')
        return '!';
    *text = (struct bytes){rest->at, len};
    rest->at += len + 1;
    rest->len -= len + 1;
    return '{';
}

uint32_t convert_template_names(struct bytes text, struct bytes names[CONVERT_MAX_PARTS])
{
    uint32_t n = 0, i;
    struct bytes name;
    char piece;

    while ((piece = next_piece(&text, &name)) != '\0') {
        if (piece != '{')
            continue;
        for (i = 0; i < n && !bytes_equal(names[i], name); i++)
            ;
        if (i == n && n < CONVERT_MAX_PARTS)
            names[n++] = name;
    }
    return n;
}

static bool find_part(struct bytes name, const struct bytes *names, uint32_t n_names, uint8_t *part)
{
    uint64_t number;

    for (uint32_t i = 0; i < n_names; i++)
        if (names[i].len > 0 && bytes_equal(names[i], name)) {
            *part = (uint8_t)i;
            return true;
        }
    if (!bytes_to_count(name, n_names, &number) || number == 0)
        return false;
    *part = (uint8_t)(number - 1);
    return true;
}

const struct convert_template *convert_template_read(struct bytes text, const struct bytes *names,
                                                     uint32_t n_names, struct arena *arena, uint32_t *used,
                                                     const char **mistake)
{
    struct convert_template *made = arena_zalloc(arena, 1, sizeof(*made));
    struct bytes piece;
    uint8_t brackets = 0;
    bool inside = false;
    char kind;

    *used = 0;
    *mistake = "no memory";
    if (made == NULL)
        return NULL;
    while ((kind = next_piece(&text, &piece)) != '\0') {
        struct template_piece *into = &made->pieces[made->n];

        if (kind == '[' || kind == ']') {
            *mistake = "brackets stand in pairs, and not in each other; one that is meant stands twice";
            if (inside == (kind == '['))
                return NULL;
            inside = kind == '[';
            brackets += inside;
            continue;
        }
        *mistake = "it has too many pieces";
        if (made->n == MAX_PIECES)
            return NULL;
        into->part = LITERAL;
        into->bracket = inside ? brackets : 0;
        if (kind == 't') {
            into->text = piece;
        } else {
            *mistake = "{NAME} names a field that is read, or {1} the first of fields; a brace that is meant "
                       "stands twice";
            if (kind != '{' || !find_part(piece, names, n_names, &into->part))
                return NULL;
            *used |= (uint32_t)1 << into->part;
        }
        made->n++;
    }
    *mistake = "a bracket is not closed";
    if (inside)
        return NULL;
    *mistake = "it names no field";
    return *used != 0 ? made : NULL;
}

struct bytes convert_template_fill(const struct convert_template *made, const struct bytes *parts,
                                   struct arena *arena, uint32_t *missing)
{
    uint64_t closed = 0; /* brackets that lack a part: a bit each */
    size_t len = 0;
    char *at = NULL;

    for (uint32_t i = 0; i < made->n; i++) {
        const struct template_piece *piece = &made->pieces[i];

        if (piece->part == LITERAL || parts[piece->part].at != NULL)
            continue;
        if (piece->bracket == 0) {
            *missing = piece->part;
            return (struct bytes){NULL, 0};
        }
        closed |= (uint64_t)1 << piece->bracket;
    }
    for (int fill = 0; fill < 2; fill++) {
        if (fill && (at = arena_text(arena, len + 1)) == NULL)
            break;
        len = 0;
        for (uint32_t i = 0; i < made->n; i++) {
            const struct template_piece *piece = &made->pieces[i];
            struct bytes text = piece->part == LITERAL ? piece->text : parts[piece->part];

            if (piece->bracket != 0 && (closed >> piece->bracket & 1))
                continue;
            if (fill && text.len > 0)
                memcpy(at + len, text.at, text.len);
            len += text.len;
        }
        if (fill)
            return (struct bytes){at, len};
    }
    *missing = CONVERT_MAX_PARTS;
    return (struct bytes){NULL, 0};
}
