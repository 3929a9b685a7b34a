/*
 * options: what a tool's command line may say: one table drives parsing, --help and the messages.
 *
 * A tool describes itself in a `struct tool` and keeps its settings in a struct of its own that begins with
 * `struct options_common`; rows name their place in it by offset.  Texts are views of argv and are not freed.
 * The same options mean the same in every tool: the rows they share are macros here.
 */
#ifndef CROSSDOCK_CLI_OPTIONS_H
#define CROSSDOCK_CLI_OPTIONS_H

#include "diag/report.h"

enum option_kind {
    OPTION_FLAG,  /* bool: set */
    OPTION_MORE,  /* unsigned: counts how often it was given */
    OPTION_TEXT,  /* const char *: not empty */
    OPTION_COUNT, /* uint64_t: decimal digits, at most `most` */
    OPTION_WORD,  /* int: the index of the word in `words` */
    OPTION_CALL,  /* `call` takes the argument */
    OPTION_HELP,  /* the next three are options_parse's own */
    OPTION_VERSION,
    OPTION_EXPLAIN,
};

struct option_row {
    char letter;          /* 0: none */
    const char *name;     /* without the dashes */
    const char *argument; /* in capitals, or the words: "text|json"; NULL: takes none */
    const char *help;     /* one or two sentences, lower case, no full stop at the end */
    enum option_kind kind;
    size_t offset;        /* in the tool's struct */
    uint64_t most;
    const char *const *words; /* up to a NULL */
    /* NULL when all is well, else what was expected (static). */
    const char *(*call)(void *values, const char *argument);
};

/* What all tools take. */
struct options_common {
    const char *folder; /* -C: where maps/ and partners/ are looked for first, or NULL */
    unsigned verbose;
    bool quiet;
    int diagnostics;    /* enum report_format */
    uint64_t max_findings; /* 0: all */
};

extern const char *const options_formats[];

/* The first and the last rows of every table. */
#define OPTIONS_FOLDER                                                                                    \
    {.letter = 'C', .name = "directory", .argument = "DIR", .kind = OPTION_TEXT,                          \
     .offset = offsetof(struct options_common, folder),                                                   \
     .help = "look for maps/ and partners/ in DIR before anywhere else"}
#define OPTIONS_COMMON                                                                                    \
    {.letter = 'v', .name = "verbose", .kind = OPTION_MORE,                                               \
     .offset = offsetof(struct options_common, verbose),                                                  \
     .help = "say also what was counted and passed over"},                                                \
    {.letter = 'q', .name = "quiet", .kind = OPTION_FLAG,                                                 \
     .offset = offsetof(struct options_common, quiet), .help = "print errors alone, no warnings"},        \
    {.name = "diagnostics", .argument = "text|json", .kind = OPTION_WORD, .words = options_formats,       \
     .offset = offsetof(struct options_common, diagnostics),                                              \
     .help = "how findings are printed: a line of text each, or a JSON object each"},                     \
    {.name = "max-findings", .argument = "N", .kind = OPTION_COUNT, .most = UINT32_MAX,                   \
     .offset = offsetof(struct options_common, max_findings),                                             \
     .help = "print at most N findings and count the rest; 0 prints all (default 100)"},                  \
    {.name = "explain", .argument = "CODE", .kind = OPTION_EXPLAIN,                                       \
     .help = "tell what a finding's CODE means and what to do about it, and stop"},                       \
    {.name = "help", .kind = OPTION_HELP, .help = "print this text and stop"},                            \
    {.name = "version", .kind = OPTION_VERSION,                                                           \
     .help = "print the version and those of the libraries, and stop"}

/* What a tool can be told to do, in its first operand. */
struct tool_verb {
    const char *name;     /* "post" */
    const char *operands; /* "[FILE]...", or "" */
    const char *help;     /* a sentence, as of options */
};

struct tool {
    const char *name;     /* "edi2canon" */
    const char *operands; /* of the usage line: "[FILE]..." */
    const char *purpose;  /* a sentence or two */
    const struct option_row *rows;
    unsigned n_rows;
    const struct tool_verb *verbs; /* or NULL */
    unsigned n_verbs;
    const char *notes;    /* after the options, or NULL */
    const char *statuses[5]; /* what each exit status means; NULL: never used */
    const char *see_also;
    /* "libyaml 0.2.5": of each library that matters to the tool, up to a NULL; or NULL. */
    const char *(*const *libraries)(void);
    /* What --explain says of codes that are the tool's own; false: it is none.  Or NULL. */
    bool (*explain)(struct buffer *into, const char *code);
};

/* Common sentences for `statuses`. */
#define STATUS_MISUSED "usage or configuration is wrong; nothing was done"
#define STATUS_FAILED "a technical failure (file, disk, memory); running again is safe"

enum options_outcome {
    OPTIONS_GO,   /* go on with the operands from argv[*first] on */
    OPTIONS_STOP, /* --help and the like were served, or the line was wrong: end with report_status */
};

/* Reads the line into `values` (which the caller has filled with its defaults, after options_default), and
 * sets the report's format, threshold and bound by it.  argv is reordered: operands come last. */
enum options_outcome options_parse(const struct tool *tool, void *values, int argc, char **argv,
                                   struct report *report, int *first);

void options_default(struct options_common *common);

/* A complaint about how the tool was called: USAGE_... of the catalogue, with a pointer to --help. */
void options_complain(const struct tool *tool, struct report *report, enum complaint complaint,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
