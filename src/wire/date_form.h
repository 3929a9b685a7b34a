/*
 * date_form: how a file writes dates and times: YYYY-MM-DD, M/D/YYYY, YYYYMMDD, YYYY-MM-DD HH:MM:SS.
 *
 *   YYYY YY   year            MM M   month, or the minutes when it comes after HH
 *   DD D      day             HH     hours        mm   minutes        SS   seconds
 *   z         the zone as it is in the record
 * M and D write no leading zero.  Blank - / . : , T and Z stand for themselves; other letters are refused.
 * What the form has no place for (a time of day, a fraction of a second) is not written, but for a zone.
 */
#ifndef CROSSDOCK_WIRE_DATE_FORM_H
#define CROSSDOCK_WIRE_DATE_FORM_H

#include "base/arena.h"
#include "base/buffer.h"

enum { DATE_FORM_PIECES = 16 };

struct date_form {
    uint8_t n_pieces;
    struct {
        char what;   /* one of yY (two, four digits) M D H m S z, or a literal's 'l' */
        char literal;
        bool short_; /* without a leading zero */
    } pieces[DATE_FORM_PIECES];
};

/* False when the pattern is none; *what then says why (static). */
bool date_form_parse(struct date_form *form, struct bytes pattern, const char **what);

/* Appends a canonical date (YYYY-MM-DD), time (HH:MM[:SS[.d+]]) or both with a T between.  NULL, or what is
 * wrong (static).  A date has no hours: they are written as 00; a time alone has no day and is refused where
 * the form wants one. */
const char *date_form_write(const struct date_form *form, struct bytes moment, struct buffer *into);

/* What a text in this form says, of what is wanted: a date, a time, or both (then with a T between).  M and D
 * take one digit or two; YY as in base/date.h.  NULL, or what is wrong (static; also when the arena
 * failed). */
enum date_form_want { DATE_FORM_DATE = 1, DATE_FORM_TIME = 2, DATE_FORM_BOTH = 3 };
const char *date_form_read(const struct date_form *form, enum date_form_want want, struct bytes text,
                           struct arena *arena, struct bytes *out);

#endif
