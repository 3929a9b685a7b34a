/*
 * verdict: what an acknowledgment says: TA1 of an interchange, 997 or 999 of a group.
 *
 * Fed in the order of the file: ack_group_open at GS, ack_group_add for each set when its faults are known,
 * ack_group_close at GE (or where the group breaks off).  Then the struct holds the content of the 997 or
 * 999, ready to be written by whoever knows a format.  Rules: X12.5, X12.6 and the common practice where
 * those are silent (all sets rejected: R; some: P; errors noted: E).
 *
 * Everything is kept in the arena given to ack_group_open, views copied; a clean set costs one small record,
 * or nothing when the policy leaves accepted sets out.
 */
#ifndef CROSSDOCK_STANDARD_VERDICT_H
#define CROSSDOCK_STANDARD_VERDICT_H

#include "base/arena.h"
#include "standard/fault.h"

enum ack_detail {
    ACK_DETAIL_ALL = 0,  /* AK2 for every set */
    ACK_DETAIL_REJECTED, /* AK2 for sets that are not A */
    ACK_DETAIL_NONE,     /* AK1 and AK9 alone */
};

struct ack_policy {
    enum ack_detail detail;
    bool implementation;  /* 999 in place of 997 (releases from 005010) */
    bool accept_errors;   /* sets with errors are accepted, errors noted (E), rather than rejected */
    bool hide_warnings;   /* warnings with a code of their own do not make an E */
    struct bytes release; /* the acknowledgment is written in; at NULL: that of the group */
};

struct ack_element {
    uint8_t element, component; /* AK401-1, -2; 0: none */
    uint16_t repeat;            /* AK401-3, from 005010; 0: none */
    uint8_t trigger;            /* 999: element that made this one required (CTX); 0: none */
    const char *element_id;     /* AK402; NULL: none */
    const char *code;           /* AK403, IK403 */
    struct bytes value;         /* AK404; at NULL: left out */
    struct ack_element *next;
};

struct ack_segment {
    struct bytes id;  /* AK301 */
    uint32_t ordinal; /* AK302, ST = 1 */
    const char *loop; /* AK303, loops bounded by LS and LE only; NULL: none */
    const char *code; /* AK304, IK304 */
    struct ack_element *elements;
    struct ack_segment *next;
};

enum { ACK_CODES = 5 };

struct ack_set {
    struct bytes type;       /* AK201: ST01 */
    struct bytes control;    /* AK202: ST02 */
    struct bytes convention; /* AK203: ST03, from 005010; at NULL: none */
    char verdict;            /* AK501: A, E or R */
    uint8_t n_codes;         /* 0 with A */
    const char **codes;      /* AK502-AK506 */
    struct ack_segment *segments;
    struct ack_set *next;
};

struct ack_group {
    enum ack_form form;
    struct ack_policy policy;
    struct bytes id;       /* AK101: GS01 */
    struct bytes control;  /* AK102: GS06 */
    struct bytes release;  /* GS08; AK103 from 005010 */
    bool late;             /* written in 005010 or later: AK103, AK203 and AK401-3 are there */
    bool silent;           /* never acknowledged: it holds acknowledgments itself (GS01 FA) */
    bool broken;           /* the arena failed: sets are counted, not listed */
    char verdict;          /* AK901: A, E, P or R; 0 until closed */
    struct bytes included; /* AK902: GE01 as sent; of a group without GE: as counted */
    uint32_t received;     /* AK903 */
    uint32_t accepted;     /* AK904: A and E */
    uint32_t noted;        /* sets with E */
    uint8_t n_codes;
    const char *codes[ACK_CODES]; /* AK905-AK909 */
    bool refused;                 /* a fatal group error */
    struct ack_set *first, *last; /* the sets whose AK2 the policy's detail wants */
    struct arena *arena;
};

/* At GS; the views are copied.  False: the group is `broken` from the start (no memory). */
bool ack_group_open(struct ack_group *group, struct arena *arena, struct ack_policy policy, struct bytes id,
                    struct bytes control, struct bytes release);

/* The verdict on one set from its faults: 'A', 'E' or 'R'.  Counts it and keeps what the 997 says of it.
 * Only faults that have a code there count: a set that a balance refuses is A here all the same. */
char ack_group_add(struct ack_group *group, struct bytes type, struct bytes control, struct bytes convention,
                   const struct faults *faults);

/* At GE or where the group ends.  `faults` are those of the group's envelope (envelope.h); `included` is GE01
 * as sent, at NULL without one.  Gives the verdict. */
char ack_group_close(struct ack_group *group, struct bytes included, const struct faults *faults);

/* What the verdict on one set would be, without a group (fragments). */
char ack_set_verdict(const struct faults *faults, enum ack_form form, struct ack_policy policy);

/* TA1 (X12.5).  Its own views are the ISA's: they live as long as those. */
struct ack_interchange {
    struct bytes control, date, time; /* TA101-103: ISA13, ISA09, ISA10 */
    char verdict;                     /* TA104: A, E or R */
    const char *code;                 /* TA105 */
};

/* `faults` are those of the interchange's envelope.  Only one code fits: that of the first error, or else of
 * the first warning (E). */
void ack_interchange(struct ack_interchange *ack, struct bytes control, struct bytes date, struct bytes time,
                     const struct faults *faults);

enum ack_ta1_policy { ACK_TA1_AS_ASKED = 0 /* ISA14 */, ACK_TA1_NEVER, ACK_TA1_ON_ERROR, ACK_TA1_ALWAYS };

/* Whether a TA1 is to be sent. */
bool ack_interchange_due(const struct ack_interchange *ack, enum ack_ta1_policy policy, struct bytes isa14);

#endif
