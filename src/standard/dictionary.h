/*
 * dictionary: what the X12 standard says of its transaction sets, segments, composites, elements and
 * codes, release by release.
 *
 * The sources are tables under maps/x12 (see maps/x12/README); compile-x12 turns them into one flat
 * image, which is mapped here.  What a set needs is built once, on first use, into the structs below;
 * they belong to the dictionary and live until dictionary_close.  All strings are NUL-terminated.  Building
 * is not for several threads at once: a dictionary each (the image's pages are shared anyway).
 */
#ifndef CROSSDOCK_STANDARD_DICTIONARY_H
#define CROSSDOCK_STANDARD_DICTIONARY_H

#include "base/bytes.h"

/* Element types of X12.5/X12.3: the N types carry their implied decimals in element.decimals. */
enum standard_type {
    STANDARD_AN = 1, /* string */
    STANDARD_ID,     /* code of a list */
    STANDARD_DT,     /* date, CCYYMMDD or YYMMDD */
    STANDARD_TM,     /* time, HHMM[SS[d..]] */
    STANDARD_R,      /* decimal, explicit point */
    STANDARD_N,      /* integer with implied decimals */
    STANDARD_B,      /* binary */
};

/* A code list as one release sees it: a hash table in the image, by open addressing.  Look into it through
 * dictionary_has_code and its sisters below; the layout is here for that function's speed alone. */
struct standard_code_slot {
    uint64_t key;      /* bytes_key of the code; 0: an empty slot */
    uint32_t meaning;  /* offset among the image's strings */
    uint8_t releases;  /* bit n: the release at n takes the code */
    uint8_t reserved[3];
};

struct standard_codes {
    const struct standard_code_slot *slots;
    uint32_t n_slots;  /* a power of two */
    uint32_t probes;   /* slots to look at, at most */
    uint8_t shift;     /* 64 - log2(n_slots) */
    uint8_t release;   /* bit of this release */
    bool open;         /* not whole, or not a list X12 keeps: it shows meanings and refuses nothing */
    uint16_t n_order;  /* codes in the list, those of other releases too */
    const uint16_t *order;  /* their slots, in the order of the codes */
    const char *strings;    /* the image's strings */
    uint32_t strings_size;
};

struct standard_element {
    const char *id;   /* data element number: "355", "I05" */
    const char *name; /* short meaning */
    uint8_t type;     /* enum standard_type; 0 when the tables do not know the element */
    uint8_t decimals; /* of N0..N9 */
    uint16_t min;     /* characters; sign, point and exponent mark of N and R are not counted */
    uint16_t max;     /* 0: no limit known */
    const struct standard_codes *codes; /* NULL: no list in this release, anything goes */
};

struct standard_composite;

enum standard_need { STANDARD_OPTIONAL = 0, STANDARD_MANDATORY, STANDARD_UNUSED /* only a guide says so */ };

/* An element or a composite in its place within a segment, or an element within a composite. */
struct standard_field {
    const struct standard_element *element;     /* NULL for a composite */
    const struct standard_composite *composite; /* NULL for an element */
    uint8_t need;                               /* enum standard_need */
    uint16_t repeat_max;                        /* 1: does not repeat */
};

/* A relational condition (syntax note).  Bit n-1 of `fields` stands for element n; `first` is the bit
 * of the element that governs, for C and L. */
struct standard_condition {
    char kind; /* P all or none, R at least one, E at most one, C first requires all the rest, L first
                  requires one of the rest */
    uint64_t fields;
    uint64_t first;
    char note[24]; /* as the tables write it: "P0304" */
};

struct standard_composite {
    const char *id; /* "C040" */
    const char *name;
    uint8_t n_fields;
    uint8_t n_conditions;
    uint64_t mandatory; /* bit n-1: component n is mandatory */
    const struct standard_field *fields;
    const struct standard_condition *conditions;
};

struct standard_segment {
    const char *id; /* "PO1" */
    const char *name;
    uint64_t key;   /* bytes_key of the id */
    uint8_t n_fields;
    uint8_t n_conditions;
    uint64_t mandatory; /* bit n-1: element n is mandatory */
    const struct standard_field *fields;
    const struct standard_condition *conditions;
};

/* A place in a transaction set.  Positions stand in the order of the standard; a loop is named by its
 * first segment, and its members are the positions first..last, contiguous, nested loops among them. */
struct standard_position {
    const struct standard_segment *segment;
    uint16_t index;    /* of this position in the set, from 0 (ST) */
    uint16_t parent;   /* index of the position that starts the enclosing loop; STANDARD_NO_LOOP at top */
    uint16_t last;     /* of a loop's start: index of the loop's last member; else `index` */
    uint8_t depth;     /* 0 at top; a loop's start counts as inside its loop */
    uint8_t area;      /* 1 heading, 2 detail, 3 summary */
    bool starts_loop;
    uint8_t need;      /* enum standard_need; of a loop's start: of the loop */
    uint32_t max_use;  /* 0: no limit; of a loop's start: of the loop's repeats */
    const char *loop;  /* X12's loop id, or the first segment's id; "" at top */
    const char *path;  /* loops from the outside in, "PO1/N1"; unique; "" at top */
};
#define STANDARD_NO_LOOP UINT16_MAX

struct standard_set {
    const char *id;      /* "850" */
    const char *release; /* "004010": of the tables used */
    const char *group;   /* functional identifier code, GS01: "PO"; "" when unknown */
    const char *name;    /* from the code list of element 143; "" when unknown */
    uint16_t n_positions;
    const struct standard_position *positions;
};

struct dictionary;

/* Maps the image.  On failure NULL, and *why (static text, or from strerror) says what is wrong with it:
 * absent, not an image, of another layout, cut short. */
struct dictionary *dictionary_open(const char *path, const char **why);
/* As dictionary_open, of an image in memory, aligned to 8 bytes, that stays the caller's and must live as
 * long as the dictionary. */
struct dictionary *dictionary_open_image(const void *image, size_t size, const char **why);
void dictionary_close(struct dictionary *dictionary);

/* The release to use for GS08 or ISA12/ST03 as they came ("004010VICS", "005010X221A1", "00400"): its
 * first six digits, or of the releases we have the nearest one not later, else the earliest.  *exact tells
 * whether it is the very one.  NULL when the text has no release in it. */
const char *dictionary_release(const struct dictionary *dictionary, struct bytes text, bool *exact);

/* The releases we have, in order; NULL after the last. */
const char *dictionary_release_at(const struct dictionary *dictionary, unsigned n);

/* NULL when the release has no such set or segment. */
const struct standard_set *dictionary_set(struct dictionary *dictionary, const char *release,
                                          struct bytes set);
const struct standard_segment *dictionary_segment(struct dictionary *dictionary, const char *release,
                                                  struct bytes segment);
const struct standard_element *dictionary_element(struct dictionary *dictionary, const char *release,
                                                  struct bytes element);
/* The set at place n of the release (for listings); NULL after the last. */
const char *dictionary_set_at(const struct dictionary *dictionary, const char *release, unsigned n);
const char *dictionary_segment_at(const struct dictionary *dictionary, const char *release, unsigned n);

/* Where a code's slot is, or the search for it begins (Fibonacci hashing; Knuth, vol. 3, 6.4). */
static inline uint32_t dictionary_code_hash(uint64_t key, unsigned shift)
{
    return (uint32_t)(key * UINT64_C(0x9E3779B97F4A7C15) >> shift);
}

/* Is the code with this key (bytes_key, not 0) in the list?  A list says for each code whether the release
 * has it; a release with no list of its own takes any code of the list (see maps/x12/README). */
static inline bool dictionary_has_key(const struct standard_codes *codes, uint64_t key)
{
    uint32_t slot = dictionary_code_hash(key, codes->shift);

    for (uint32_t n = codes->probes; n > 0; n--) {
        if (codes->slots[slot].key == key)
            return (codes->slots[slot].releases & codes->release) != 0;
        if (codes->slots[slot].key == 0)
            return false;
        slot = (slot + 1) & (codes->n_slots - 1);
    }
    return false;
}

/* Is `value` in the list? */
static inline bool dictionary_has_code(const struct standard_codes *codes, const char *at, size_t len)
{
    if (codes->open)
        return true;
    /* A code has 1 to 8 bytes and no NUL, which bytes_key would not see at the end. */
    return len - 1 <= 7 && at[len - 1] != '\0' && dictionary_has_key(codes, bytes_key(at, len));
}

/* The short meaning of a code, or NULL. */
const char *dictionary_code_meaning(const struct standard_codes *codes, struct bytes value);

/* The code at place n of the list with its meaning, those of other releases too (`taken` tells: it counts in
 * this one).  False after the last. */
bool dictionary_code_at(const struct standard_codes *codes, unsigned n, char code[9], const char **meaning,
                        bool *taken);

/* The first codes of the list, "BD, BG, BX and 480 more", for a message; into a buffer of `size`. */
const char *dictionary_codes_text(const struct standard_codes *codes, char *into, size_t size);

#endif
