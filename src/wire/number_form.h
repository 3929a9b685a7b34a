/*
 * number_form: how a file writes numbers: decimals, implied or with a point, and the sign's place.
 *
 * Works on digits as text: nothing is rounded.  Digits beyond the form's decimals are refused unless zero.
 */
#ifndef CROSSDOCK_WIRE_NUMBER_FORM_H
#define CROSSDOCK_WIRE_NUMBER_FORM_H

#include "base/arena.h"
#include "base/buffer.h"

enum number_sign {
    NUMBER_SIGN_LEADING,
    NUMBER_SIGN_TRAILING,
    NUMBER_SIGN_NONE, /* negative numbers are refused */
};

struct number_form {
    bool scaled;      /* `decimals` holds; else numbers keep the scale they have */
    uint8_t decimals;
    bool implied;     /* no point is written */
    char point;       /* '.' or ',' */
    enum number_sign sign;
};

#define NUMBER_FORM_DEFAULT ((struct number_form){.point = '.'})

/* Appends the digits of a canonical decimal, its sign apart.  NULL, or what is wrong (static). */
const char *number_form_write(const struct number_form *form, struct bytes number, struct buffer *into,
                              bool *negative);

/* The canonical decimal of a text in this form, blanks around it ignored: a view of the text, or in the
 * arena.  No exponents: a spreadsheet wrote them, and lost digits.  NULL, or what is wrong (static; also when
 * the arena failed). */
const char *number_form_read(const struct number_form *form, struct bytes text, struct arena *arena,
                             struct bytes *out);

#endif
