#include "wire/date_form.h"

#include "base/date.h"

/* The letters a pattern may hold, longest first. */
static const struct {
    const char *letters;
    char what;
    bool short_;
} words[] = {
    {"YYYY", 'Y', false}, {"YY", 'y', false}, {"MM", 'M', false}, {"M", 'M', true}, {"DD", 'D', false},
    {"D", 'D', true}, {"HH", 'H', false}, {"mm", 'm', false}, {"SS", 'S', false}, {"z", 'z', false},
};

bool date_form_parse(struct date_form *form, struct bytes pattern, const char **what)
{
    bool hours = false;

    form->n_pieces = 0;
    if (pattern.len == 0) {
        *what = "it is empty";
        return false;
    }
    while (pattern.len > 0) {
        size_t used = 0, i;

        if (form->n_pieces == DATE_FORM_PIECES) {
            *what = "it has too many parts";
            return false;
        }
        for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            used = strlen(words[i].letters);
            if (pattern.len >= used && memcmp(pattern.at, words[i].letters, used) == 0)
                break;
        }
        if (i < sizeof(words) / sizeof(words[0])) {
            form->pieces[form->n_pieces].what = words[i].what == 'M' && hours ? 'm' : words[i].what;
            form->pieces[form->n_pieces].short_ = words[i].short_;
            hours = hours || words[i].what == 'H';
        } else {
            if (memchr(" -/.:,TZ", pattern.at[0], 8) == NULL) {
                *what = "only YYYY YY MM M DD D HH mm SS z, blanks and - / . : , T Z can stand in it";
                return false;
            }
            used = 1;
            form->pieces[form->n_pieces].what = 'l';
            form->pieces[form->n_pieces].short_ = false;
            form->pieces[form->n_pieces].literal = pattern.at[0];
        }
        form->n_pieces++;
        pattern.at += used;
        pattern.len -= used;
    }
    return true;
}

/* A canonical moment, taken apart. */
struct moment {
    struct bytes year, month, day, hour, minute, second, zone;
    bool has_day, has_time;
};

static bool take(struct bytes *rest, size_t digits, struct bytes *into)
{
    if (rest->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++)
        if (rest->at[i] < '0' || rest->at[i] > '9')
            return false;
    *into = (struct bytes){rest->at, digits};
    rest->at += digits;
    rest->len -= digits;
    return true;
}

static bool take_mark(struct bytes *rest, char mark)
{
    if (rest->len == 0 || rest->at[0] != mark)
        return false;
    rest->at++;
    rest->len--;
    return true;
}

static bool take_time(struct bytes *rest, struct moment *moment)
{
    moment->second = BYTES("00");
    if (!take(rest, 2, &moment->hour) || !take_mark(rest, ':') || !take(rest, 2, &moment->minute))
        return false;
    if (take_mark(rest, ':')) {
        if (!take(rest, 2, &moment->second))
            return false;
        if (take_mark(rest, '.')) {
            while (rest->len > 0 && rest->at[0] >= '0' && rest->at[0] <= '9')
                take_mark(rest, rest->at[0]);
        }
    }
    moment->has_time = true;
    moment->zone = *rest;
    return true;
}

static bool moment_parse(struct moment *moment, struct bytes text)
{
    struct bytes rest = text;

    *moment = (struct moment){.hour = BYTES("00"), .minute = BYTES("00"), .second = BYTES("00")};
    if (text.len >= 3 && text.at[2] == ':')
        return take_time(&rest, moment);
    if (!take(&rest, 4, &moment->year) || !take_mark(&rest, '-') || !take(&rest, 2, &moment->month) ||
        !take_mark(&rest, '-') || !take(&rest, 2, &moment->day))
        return false;
    moment->has_day = true;
    return rest.len == 0 || (take_mark(&rest, 'T') && take_time(&rest, moment));
}

const char *date_form_write(const struct date_form *form, struct bytes text, struct buffer *into)
{
    struct moment moment;
    bool zone = false;

    if (!moment_parse(&moment, text))
        return "this is no date or time";
    for (unsigned i = 0; i < form->n_pieces; i++) {
        struct bytes part = {NULL, 0};

        switch (form->pieces[i].what) {
        case 'Y':
        case 'y':
            part = moment.year;
            if (form->pieces[i].what == 'y' && part.len == 4)
                part = (struct bytes){part.at + 2, 2};
            break;
        case 'M':
            part = moment.month;
            break;
        case 'D':
            part = moment.day;
            break;
        case 'H':
            part = moment.hour;
            break;
        case 'm':
            part = moment.minute;
            break;
        case 'S':
            part = moment.second;
            break;
        case 'z':
            zone = true;
            buffer_add_bytes(into, moment.zone);
            continue;
        default:
            buffer_add_byte(into, form->pieces[i].literal);
            continue;
        }
        if (part.len == 0)
            return "it is a time without a day, and this column wants a day";
        if (form->pieces[i].short_ && part.at[0] == '0') {
            part.at++;
            part.len--;
        }
        buffer_add_bytes(into, part);
    }
    if (moment.zone.len > 0 && !zone)
        return "it has a time zone, and this column's form has no place for one";
    return NULL;
}

/* --- reading */

struct reading {
    unsigned year, month, day, hour, minute, second;
    bool has_day, has_hour, has_second;
    struct bytes zone;
};

static unsigned digits_wanted(char what)
{
    return what == 'Y' ? 4 : 2;
}

/* A number of exactly `most` digits, or of one less where it may be short. */
static bool take_number(struct bytes *rest, unsigned most, bool short_, unsigned *out)
{
    unsigned n = 0;

    *out = 0;
    while (n < most && n < rest->len && rest->at[n] >= '0' && rest->at[n] <= '9')
        *out = *out * 10 + (unsigned)(rest->at[n++] - '0');
    if (n == 0 || (n < most && !short_))
        return false;
    rest->at += n;
    rest->len -= n;
    return true;
}

static bool is_two(const char *at, unsigned most)
{
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' &&
           (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0') <= most;
}

/* Z, +HH:MM, +HHMM or nothing. */
static bool take_zone(struct bytes *rest, struct bytes *zone)
{
    size_t len;

    *zone = (struct bytes){rest->at, 0};
    if (rest->len == 0)
        return true;
    if (rest->at[0] == 'Z') {
        len = 1;
    } else {
        if (rest->at[0] != '+' && rest->at[0] != '-')
            return false;
        len = rest->len >= 6 && rest->at[3] == ':' ? 6 : 5;
        if (rest->len < len || !is_two(rest->at + 1, 23) || !is_two(rest->at + len - 2, 59))
            return false;
    }
    zone->len = len;
    rest->at += len;
    rest->len -= len;
    return true;
}

static bool take_piece(struct bytes *rest, char what, char literal, bool short_, struct reading *reading)
{
    unsigned number;

    if (what == 'l')
        return take_mark(rest, literal);
    if (what == 'z')
        return take_zone(rest, &reading->zone);
    if (!take_number(rest, digits_wanted(what), short_, &number))
        return false;
    switch (what) {
    case 'Y': reading->year = number; break;
    case 'y': reading->year = number + (number < DATE_PIVOT ? 2000 : 1900); break;
    case 'M': reading->month = number; break;
    case 'D':
        reading->day = number;
        reading->has_day = true;
        break;
    case 'H':
        reading->hour = number;
        reading->has_hour = true;
        break;
    case 'm': reading->minute = number; break;
    default:
        reading->second = number;
        reading->has_second = true;
    }
    return true;
}

static char *put_two(char *to, unsigned number)
{
    to[0] = (char)('0' + number / 10);
    to[1] = (char)('0' + number % 10);
    return to + 2;
}

static bool put(const struct reading *reading, enum date_form_want want, struct arena *arena,
                struct bytes *out)
{
    char *start = arena_text(arena, 32), *to = start;

    if (start == NULL)
        return false;
    if (want & DATE_FORM_DATE) {
        date_print_iso((struct date){(uint16_t)reading->year, (uint8_t)reading->month, (uint8_t)reading->day},
                       to);
        to += DATE_TEXT;
    }
    if (want == DATE_FORM_BOTH)
        *to++ = 'T';
    if (want & DATE_FORM_TIME) {
        to = put_two(to, reading->hour);
        *to++ = ':';
        to = put_two(to, reading->minute);
        if (reading->has_second) {
            *to++ = ':';
            to = put_two(to, reading->second);
        }
    }
    if (want == DATE_FORM_BOTH && reading->zone.len > 0) {
        const char *zone = reading->zone.at;

        *to++ = zone[0];
        if (reading->zone.len > 1) {
            memcpy(to, zone + 1, 2);
            to[2] = ':';
            memcpy(to + 3, zone + reading->zone.len - 2, 2);
            to += 5;
        }
    }
    *out = (struct bytes){start, (size_t)(to - start)};
    return true;
}

const char *date_form_read(const struct date_form *form, enum date_form_want want, struct bytes text,
                           struct arena *arena, struct bytes *out)
{
    struct reading reading = {.hour = 0};
    struct bytes rest = bytes_trim(text);

    for (unsigned i = 0; i < form->n_pieces; i++)
        if (!take_piece(&rest, form->pieces[i].what, form->pieces[i].literal, form->pieces[i].short_,
                        &reading))
            return "it is not in the form of this column's dates";
    if (rest.len > 0)
        return "there is more behind the date or time";
    if ((want & DATE_FORM_DATE) && !reading.has_day)
        return "it is a time without a day";
    if ((want & DATE_FORM_TIME) && !reading.has_hour)
        return "it is a day without a time";
    if (reading.has_day && !date_is_valid(reading.year, reading.month, reading.day))
        return "no calendar has that day";
    if (reading.hour > 23 || reading.minute > 59 || reading.second > 59)
        return "no clock has that time";
    return put(&reading, want, arena, out) ? NULL : "no memory for it";
}
