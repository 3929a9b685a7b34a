/*
 * standard_fixture: transaction sets made from a line of text, and segments from another, for the tests of
 * the standard's room.
 *
 * A set: "ST BEG CUR? REF?* (N1?:200 N3?:2 N4?) SE": mandatory and once unless "?" (optional), "*" (no limit)
 * or ":n" (at most n); parentheses hold a loop, its first word the segment that starts it.
 */
#ifndef CROSSDOCK_UNIT_STANDARD_FIXTURE_H
#define CROSSDOCK_UNIT_STANDARD_FIXTURE_H

#include "standard/balance.h"
#include "standard/check.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/view.h"
#include "standard/walk.h"

enum { FIXTURE_POSITIONS = 64 };

struct fixture_set {
    struct standard_set set;
    struct standard_position positions[FIXTURE_POSITIONS];
    struct standard_segment segments[FIXTURE_POSITIONS];
    char ids[FIXTURE_POSITIONS][4];
    char paths[FIXTURE_POSITIONS][64];
};

void fixture_set_make(struct fixture_set *made, const char *text);

/* A segment's definition: "ID2! R1-15 N2:1-10 DT8 (ID2! AN1-3)^3": types with lengths, "!" mandatory, "^n"
 * repeats up to n times, parentheses hold a composite, whose own conditions may follow "/"; ID takes EA,
 * CA, LB, 01 and 001.  Conditions: "P0203 R0405". */
struct fixture_segment {
    struct standard_segment segment;
    struct standard_element elements[80];
    struct standard_field fields[70];
    struct standard_field components[24];
    struct standard_composite composites[4];
    struct standard_condition conditions[8];
    struct standard_condition within[4];
    char ids[80][8];
};

void fixture_segment_make(struct fixture_segment *made, struct arena *arena, const char *id,
                          const char *fields, const char *conditions);

/* A segment split at '*' (and marked compound at ':' or '^'); views point into `text`. */
struct fixture_view {
    struct segment_view view;
    struct bytes elements[64];
};

void fixture_view_make(struct fixture_view *made, const char *text, size_t len, uint32_t ordinal);

/* The dictionary of the build; fails the test when it cannot be opened.  The caller closes it. */
struct dictionary *fixture_dictionary(void);

/* All checks of one set of the dictionary. */
struct fixture_checks {
    struct dictionary *dictionary; /* the caller's */
    const struct guide *guide;     /* that made the set, or NULL */
    struct arena arena, arena_of_faults;
    struct rules rules;
    struct faults faults;
    struct walk walk;
    struct check check;
    struct balance balance;
    struct fixture_view view;
    char found[4096];
};

/* Fails the test when the release has no such set. */
void fixture_checks_init(struct fixture_checks *checks, struct dictionary *dictionary, const char *release,
                         const char *set);
void fixture_checks_init_set(struct fixture_checks *checks, struct dictionary *dictionary,
                             const struct standard_set *set);
void fixture_checks_release(struct fixture_checks *checks);

/* Walks, checks and balances a set whose segments end in '~' ("ST*850*0001~BEG*..."; blanks and line ends
 * before a segment are passed over); what it finds, as fixture_faults has it. */
const char *fixture_checks_run(struct fixture_checks *checks, const char *text, size_t len);

/* "S2105 BEG 2; S2209 PO1 5.3": the faults' codes, segments, ordinals and elements. */
const char *fixture_faults(const struct faults *faults, char *into, size_t size);

#endif
