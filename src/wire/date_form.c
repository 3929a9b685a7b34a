#include "wire/date_form.h"

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
