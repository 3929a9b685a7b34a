/* scanner: the tokens of JSON, strictly; see scanner.h. */
#include "base/scanner.h"

#include "base/utf8.h"

bool scanner_fail(struct scanner *scanner, const char *where, const char *what)
{
    if (scanner->what == NULL) {
        scanner->what = what;
        scanner->where = where;
    }
    return false;
}

/* Four hex digits at `at`, or more than 0xFFFF. */
static uint32_t hex4(const char *at, const char *end)
{
    uint32_t number = 0;

    if (end - at < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        char c = at[i];

        number <<= 4;
        if (c >= '0' && c <= '9')
            number |= (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            number |= (uint32_t)((c | 0x20) - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return number;
}

/* One escape, *at being at the byte after the backslash; appends what it stands for to *to.  NULL, or what is
 * wrong. */
static const char *unescape(const char **at, const char *end, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    const char *known;
    uint32_t point, low;

    if (*at == end)
        return "the string does not end";
    if (**at != 'u') {
        known = memchr(from, **at, sizeof(from) - 1);
        if (known == NULL)
            return "no such escape";
        *(*to)++ = into[known - from];
        (*at)++;
        return NULL;
    }
    point = hex4(*at + 1, end);
    if (point > 0xFFFF)
        return "\\u needs four hexadecimal digits";
    *at += 5;
    if (point == 0)
        return "a NUL character";
    if (point >= 0xDC00 && point <= 0xDFFF)
        return "the second half of a surrogate pair stands alone";
    if (point >= 0xD800 && point <= 0xDBFF) {
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
            return "the first half of a surrogate pair stands alone";
        low = hex4(*at + 2, end);
        if (low < 0xDC00 || low > 0xDFFF)
            return "the first half of a surrogate pair stands alone";
        *at += 6;
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }
    *to += utf8_put(*to, point);
    return NULL;
}

/* Where a string ends: at its closing quote; NULL when it does not. */
static const char *string_end(const char *at, const char *end)
{
    for (; at < end && *at != '"'; at++)
        if (*at == '\\' && ++at == end)
            return NULL;
    return at < end ? at : NULL;
}

/* A string with escapes, the first one at `at`. */
static bool escaped_string(struct scanner *scanner, const char *begin, const char *at,
                           struct scanner_text *text)
{
    const char *end = string_end(at, scanner->end);
    char *copy, *to;

    if (end == NULL)
        return scanner_fail(scanner, begin - 1, "the string does not end");
    copy = arena_text(scanner->arena, (size_t)(end - begin));
    if (copy == NULL) {
        scanner->memory = true;
        return scanner_fail(scanner, begin - 1, "out of memory");
    }
    memcpy(copy, begin, (size_t)(at - begin));
    to = copy + (at - begin);
    while (at < end) {
        const char *escape = at;

        if ((unsigned char)*at < 0x20)
            return scanner_fail(scanner, at, "a control character that is not escaped");
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at++;
        scanner->what = unescape(&at, end, &to);
        if (scanner->what != NULL) {
            scanner->where = escape;
            return false;
        }
    }
    /* An escape makes whole characters, so that what was broken before is broken still. */
    if (!utf8_valid(copy, (size_t)(to - copy)))
        return scanner_fail(scanner, begin - 1, "the string is not UTF-8");
    *text = (struct scanner_text){copy, (size_t)(to - copy), false};
    scanner->at = end + 1;
    return true;
}

bool scanner_string_rest(struct scanner *scanner, const char *begin, const char *at, unsigned high,
                         struct scanner_text *text)
{
    size_t valid;

    while (at < scanner->end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\')
        high |= (unsigned char)*at++ & 0x80;
    if (at == scanner->end)
        return scanner_fail(scanner, begin - 1, "the string does not end");
    if ((unsigned char)*at < 0x20)
        return scanner_fail(scanner, at, "a control character that is not escaped");
    if (*at == '\\')
        return escaped_string(scanner, begin, at, text);
    if (high != 0) {
        valid = utf8_valid_prefix(begin, (size_t)(at - begin));
        if (valid < (size_t)(at - begin))
            return scanner_fail(scanner, begin + valid, "the string is not UTF-8");
    }
    *text = (struct scanner_text){begin, (size_t)(at - begin), true};
    scanner->at = at + 1;
    return true;
}

/* Nothing of a number or word may follow it. */
static bool ends_token(const struct scanner *scanner, const char *at)
{
    return at == scanner->end || strchr(",]} \t\r\n", *at) != NULL;
}

bool scanner_integer(struct scanner *scanner, struct scanner_text *text)
{
    const char *begin = scanner->at, *at = begin;

    if (at < scanner->end && *at == '-')
        at++;
    if (at < scanner->end && *at == '0')
        at++;
    else if (at < scanner->end && *at >= '1' && *at <= '9')
        while (at < scanner->end && *at >= '0' && *at <= '9')
            at++;
    else
        return scanner_fail(scanner, begin, "expected a whole number");
    if (!ends_token(scanner, at) || at - begin > 18 + (*begin == '-'))
        return scanner_fail(scanner, begin, "expected a whole number of at most 18 digits");
    *text = (struct scanner_text){begin, (size_t)(at - begin), true};
    scanner->at = at;
    return true;
}

static const char *digits_end(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

bool scanner_number(struct scanner *scanner, struct scanner_text *text)
{
    const char *begin = scanner->at, *end = scanner->end, *at = begin, *digits;

    if (at < end && *at == '-')
        at++;
    digits = at;
    at = digits_end(at, end);
    if (at == digits)
        return scanner_fail(scanner, begin, "expected a value");
    if (*digits == '0' && at - digits > 1)
        return scanner_fail(scanner, begin, "a number that begins with a zero");
    if (at < end && *at == '.') {
        digits = ++at;
        at = digits_end(at, end);
        if (at == digits)
            return scanner_fail(scanner, at, "a point without digits behind it");
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        digits = at;
        at = digits_end(at, end);
        if (at == digits)
            return scanner_fail(scanner, at, "an exponent without digits");
    }
    if (!ends_token(scanner, at))
        return scanner_fail(scanner, begin, "expected a number");
    *text = (struct scanner_text){begin, (size_t)(at - begin), true};
    scanner->at = at;
    return true;
}

bool scanner_null(struct scanner *scanner)
{
    if (scanner->end - scanner->at < 4 || memcmp(scanner->at, "null", 4) != 0 ||
        !ends_token(scanner, scanner->at + 4))
        return scanner_fail(scanner, scanner->at, "expected null");
    scanner->at += 4;
    return true;
}

bool scanner_boolean(struct scanner *scanner, struct scanner_text *text)
{
    size_t len = scanner_sees(scanner, 't') ? 4 : 5;

    if ((size_t)(scanner->end - scanner->at) < len ||
        memcmp(scanner->at, len == 4 ? "true" : "false", len) != 0 || !ends_token(scanner, scanner->at + len))
        return scanner_fail(scanner, scanner->at, "expected true or false");
    *text = (struct scanner_text){scanner->at, len, true};
    scanner->at += len;
    return true;
}

/* A value that holds no other. */
static bool pass_plain(struct scanner *scanner)
{
    struct scanner_text text;

    if (scanner_sees(scanner, '"'))
        return scanner_string(scanner, &text);
    if (scanner_sees(scanner, 't') || scanner_sees(scanner, 'f'))
        return scanner_boolean(scanner, &text);
    return scanner_sees(scanner, 'n') ? scanner_null(scanner) : scanner_number(scanner, &text);
}

/* What stands before a value in an object: its name. */
static bool pass_name(struct scanner *scanner)
{
    struct scanner_text name;

    if (!scanner_sees(scanner, '"'))
        return scanner_fail(scanner, scanner->at, "expected a name in quotes");
    return scanner_string(scanner, &name) && scanner_take(scanner, ':', "expected a colon behind the name");
}

bool scanner_pass(struct scanner *scanner)
{
    char ends[SCANNER_MAX_PASSED] = {0}; /* of what is open */
    unsigned depth = 0;

    do {
        if (scanner_sees(scanner, '{') || scanner_sees(scanner, '[')) {
            if (depth == SCANNER_MAX_PASSED)
                return scanner_fail(scanner, scanner->at, "nested too deep");
            ends[depth++] = scanner_sees(scanner, '{') ? '}' : ']';
            scanner->at++;
            scanner_blanks(scanner);
            if (!scanner_sees(scanner, ends[depth - 1])) {
                if (ends[depth - 1] == '}' && !pass_name(scanner))
                    return false;
                continue;
            }
            depth--;
            scanner->at++;
        } else if (!pass_plain(scanner)) {
            return false;
        }
        for (; depth > 0; depth--, scanner->at++) {
            scanner_blanks(scanner);
            if (!scanner_sees(scanner, ends[depth - 1]))
                break;
        }
        if (depth > 0 && (!scanner_take(scanner, ',', "expected a comma or the end of the object or list") ||
                          (ends[depth - 1] == '}' && !pass_name(scanner))))
            return false;
    } while (depth > 0);
    return true;
}

bool scanner_find_member(const struct scanner *scanner, const char *name, struct bytes *text)
{
    size_t len = strlen(name);
    unsigned depth = 0;

    for (const char *at = scanner->begin; at < scanner->end; at++) {
        const char *end;

        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        if (*at != '"')
            continue;
        end = string_end(at + 1, scanner->end);
        if (end == NULL)
            return false;
        if (depth == 1 && (size_t)(end - at) == len + 1 && memcmp(at + 1, name, len) == 0) {
            struct scanner value = *scanner;

            value.at = end + 1;
            scanner_blanks(&value);
            if (scanner_sees(&value, ':')) {
                value.at++;
                scanner_blanks(&value);
                if (!scanner_sees(&value, '"'))
                    return false;
                end = string_end(value.at + 1, scanner->end);
                if (end == NULL)
                    return false;
                *text = (struct bytes){value.at + 1, (size_t)(end - value.at - 1)};
                return true;
            }
        }
        at = end;
    }
    return false;
}
