/*
 * report: where findings go: counted always, printed up to a bound, remembered as an exit status.
 *
 * Libraries fill a `finding` and call report_add; nothing else prints.  A finding says where (place), what is
 * wrong (the catalogue's summary plus `detail`), what was expected, what happens next (`consequence`) and
 * what would mend it (`hint`).  Views in it need to live only during the call.
 */
#ifndef CROSSDOCK_DIAG_REPORT_H
#define CROSSDOCK_DIAG_REPORT_H

#include "base/buffer.h"
#include "diag/complaint.h"

/* Where in a file, and where in its structure.  Whatever does not apply stays zero. */
struct place {
    const char *file;         /* as the user named it; NULL: no file */
    uint64_t offset;          /* bytes from the file's start */
    bool has_offset;
    uint32_t line, column;    /* from 1; 0: not known (configuration files, and X12 when counted) */
    const char *partner;
    struct bytes interchange; /* ISA13, as it came */
    struct bytes group;       /* GS06 */
    struct bytes set;         /* ST02 */
    struct bytes set_id;      /* ST01 */
    struct bytes key;         /* the business key once read: "PO 4500123" */
    uint32_t ordinal;         /* of the segment in its set, ST = 1 */
    struct bytes segment;     /* its id */
    struct bytes loop;        /* path with occurrences: "PO1[3]/N1[1]" */
    uint8_t element;          /* from 1 */
    uint8_t component;        /* from 1 */
    uint16_t repeat;          /* from 1; 0: does not repeat */
    const char *element_id;   /* data element number */
    const char *element_name;
};

struct finding {
    enum complaint complaint;
    enum severity severity;  /* SEVERITY_OFF: the catalogue's own */
    struct place place;
    struct bytes value;      /* what was found; at NULL: none to show */
    const char *detail;      /* in addition to the summary, or NULL */
    const char *expected;    /* or NULL */
    const char *origin;      /* the rule's origin: "X12 004010", "partners/acme.yaml:41"; or NULL */
    const char *consequence; /* what the program does about it, or NULL */
    const char *hint;        /* or NULL */
    uint32_t more;           /* further ones of the same cause that are not told one by one */
};

enum report_format { REPORT_TEXT, REPORT_JSON };

struct report {
    enum report_format format;
    enum severity threshold; /* below it nothing is printed; everything is counted */
    uint32_t print_limit;    /* business findings printed a run, 0: all */
    uint32_t printed;        /* of those */
    uint32_t suppressed;
    const char *tool;        /* name, for text lines without a place */
    uint64_t counts[SEVERITY_ERROR + 1][CLASS_USAGE + 1];
    bool refused;            /* data was refused: business findings of severity error */
    bool failed;             /* technical failure */
    bool misused;            /* usage or configuration error */
    void (*write)(void *to, const char *at, size_t len); /* the sink: whole lines */
    void *to;
    struct buffer line;
};

/* Text, from warnings up, at most 100 findings; no sink: nothing is printed until `write` is set. */
void report_init(struct report *report, const char *tool);
void report_release(struct report *report);

/*
 * Counts it, and prints it if it is severe enough and the bound allows (technical and usage findings explain
 * the exit status: they are printed always).  With a place in the structure of a file the text is
 *
 *   CODE severity FILE:LINE (byte N) PARTNER ISA n GS n ST set n KEY
 *     LOOP segment N: PO103 Name (DE 355) is "value": summary: detail; expected this (origin)
 *     consequence; hint: this
 *
 * and without one a line "TOOL: CODE severity: FILE:LINE:COLUMN: summary: detail "value"; ...".  Parts that
 * are not known are left out.  JSON is an object a line with the finding's members by name.  A finding whose
 * severity and catalogue severity are both off is ignored.
 */
void report_add(struct report *report, const struct finding *finding);

/* Shorthand for findings without structure (usage, configuration, technical): place is `file` or NULL. */
void report_say(struct report *report, enum complaint complaint, const char *file, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Tells how many findings were not printed, if any. */
void report_close(struct report *report);

/* 0, 1, 2 or 3 as in the manuals; the worst of what was added: misused (2) over failed (3) over refused
 * (1). */
int report_status(const struct report *report);

/* Appends foreign bytes fit to print between quotes (it adds none): printable ASCII and valid UTF-8 outside
 * control, C1, bidi and other characters that are not seen; the rest as \xNN; \ and " with a \ before them;
 * cut at `max` bytes of input, with "..." said.  (CWE-150, CWE-117.) */
void report_quote(struct buffer *into, struct bytes foreign, size_t max);

/* The same for text of our own that may hold foreign parts (names of files, details): \ and " stay as they
 * are. */
void report_plain(struct buffer *into, struct bytes text, size_t max);

#endif
