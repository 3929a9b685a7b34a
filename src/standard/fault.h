/*
 * fault: what the checks found in one transaction set (or in its envelope).
 *
 * The list is bounded; beyond the bound faults are counted only.  Faults and their texts live in the arena
 * given to faults_init, their views in the reader's window: both until faults_begin of the next set.  A set
 * without faults allocates nothing.
 *
 * One root cause makes one fault: the checks see to that (walk.h), and a cause that repeats itself at one
 * place of the structure adds to `more` of the first.
 */
#ifndef CROSSDOCK_STANDARD_FAULT_H
#define CROSSDOCK_STANDARD_FAULT_H

#include "base/arena.h"
#include "diag/report.h"
#include "standard/dictionary.h"
#include "standard/rules.h"
#include "standard/view.h"

struct walk;
struct guide;

struct fault {
    uint16_t complaint; /* enum complaint */
    uint8_t severity;   /* enum severity, never SEVERITY_OFF */
    uint8_t element;    /* from 1; 0: the segment itself */
    uint8_t component;  /* from 1; 0: the whole element */
    uint8_t other;      /* of a condition: the element that governs or the other party; else 0 */
    uint16_t repeat;    /* from 1; 0: does not repeat */
    uint32_t ordinal;   /* of the segment in its set, ST = 1; of a missing one: where that was noticed */
    uint32_t line;
    uint64_t offset;
    uint32_t more;        /* further faults of this cause, not kept */
    struct bytes segment; /* id as found; of a missing segment: the id that was expected */
    struct bytes value;   /* as found; at NULL: nothing to show */
    const char *loop;     /* path with occurrences, "PO1[3]/N1[1]"; "" at top */
    const char *expected; /* text made when it was found; NULL: fault_finding derives one if it can */
    const char *detail;   /* or NULL */
    const char *hint;     /* or NULL */
    const struct standard_position *position;   /* where it stands or should; NULL: nowhere */
    const struct standard_segment *standard;    /* the segment's definition, or NULL */
    const struct standard_field *field;         /* of the element or component; NULL: none */
    const struct standard_condition *condition; /* that was broken, or NULL */
    const void *rule; /* of a guide, if one laid down what was broken: a position or field; else NULL */
    struct fault *next, *before;
};

struct faults {
    struct fault *first, *last;
    uint32_t n;                          /* kept */
    uint32_t limit;                      /* kept at most */
    uint32_t dropped;                    /* counted only */
    uint32_t counts[SEVERITY_ERROR + 1]; /* all, by severity, `more` ones left out */
    struct arena *arena;
    const struct rules *rules;
    const struct walk *walk;   /* where the set's segments stand, for loop paths; NULL: outside sets */
    const struct guide *guide; /* that the set is held to, or NULL */
};

enum { FAULTS_LIMIT = 1000 };

/* `rules` and `arena` must outlive it; the arena is reset by its owner, before faults_begin. */
void faults_init(struct faults *faults, struct arena *arena, const struct rules *rules);

/* A new set, or an envelope (no walk, no guide): forgets all faults. */
void faults_begin(struct faults *faults, const struct walk *walk, const struct guide *guide);

/* Adds a fault of the view's segment, or of element `element` (from 1) of it with that element's value.
 * NULL when its rule is off, the list is full or the arena failed (it is counted all the same): then there is
 * nothing to fill in.  The caller fills in the rest. */
struct fault *fault_add(struct faults *faults, enum complaint complaint, const struct segment_view *view);
struct fault *fault_add_element(struct faults *faults, enum complaint complaint,
                                const struct segment_view *view, unsigned element);

/* Gives `fault` its position and the loop path that belongs to it. */
void fault_place(struct faults *faults, struct fault *fault, const struct standard_position *position);

/* Names the position or field whose rule was broken: kept if it is the guide's, not the standard's. */
void fault_blame(struct faults *faults, struct fault *fault, const void *rule);

/* Makes it another complaint, whose rule is not off. */
void fault_change(struct faults *faults, struct fault *fault, enum complaint complaint);

/* Takes it back: something later showed that nothing was wrong there. */
void fault_drop(struct faults *faults, struct fault *fault);

/* Adds to `more` of the latest fault with this complaint at this position; false when there is none near. */
bool fault_again(struct faults *faults, enum complaint complaint, const struct standard_position *position);

/* The worst severity found; SEVERITY_OFF when all is well. */
static inline enum severity faults_worst(const struct faults *faults)
{
    return faults->counts[SEVERITY_ERROR] != 0  ? SEVERITY_ERROR
           : faults->counts[SEVERITY_WARN] != 0 ? SEVERITY_WARN
           : faults->counts[SEVERITY_INFO] != 0 ? SEVERITY_INFO
                                                : SEVERITY_OFF;
}

/* The codes a fault has in an acknowledgment; NULL: none there (code lists differ by release). */
enum ack_form {
    ACK_997_EARLY, /* 997 before 004020: no codes for repetitions, components, trailing separators */
    ACK_997,       /* 997 of later releases */
    ACK_999,       /* 999: lists 620, 621, 618 */
};
enum ack_form ack_form_of(struct bytes release, bool prefer_999); /* GS08 */

const char *fault_segment_code(const struct fault *fault, enum ack_form form); /* AK304, IK304 */
const char *fault_element_code(const struct fault *fault, enum ack_form form); /* AK403, IK403 */
const char *fault_set_code(const struct fault *fault, enum ack_form form);     /* AK502.., IK502.. */
const char *fault_group_code(const struct fault *fault, enum ack_form form);   /* AK905.. */
const char *fault_interchange_code(const struct fault *fault);                 /* TA105 */

/* What a finding about a fault says besides the fault itself. */
struct fault_context {
    const char *standard;      /* the rule's usual origin: "X12 004010" */
    const struct guide *guide; /* to name file and line of its rules; NULL: none */
    enum ack_form form;
    bool acknowledged; /* an acknowledgment will be sent: say its codes as the consequence */
};

/* Fills `out` for report_add: complaint, severity, value, texts, and the place from the segment's ordinal
 * down; file, partner and control numbers stay the caller's.  Texts are made in `arena`. */
void fault_finding(const struct fault *fault, const struct fault_context *context, struct arena *arena,
                   struct finding *out);

#endif
