#include "cli/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/output.h"

enum { MAX_ROWS = 64, HELP_COLUMN = 28, HELP_WIDTH = 79, FIRST_LONG = 256 };

const char *const options_formats[] = {[REPORT_TEXT] = "text", [REPORT_JSON] = "json", NULL};

void options_default(struct options_common *common)
{
    *common = (struct options_common){.diagnostics = REPORT_TEXT, .max_findings = 100};
}

/* --- complaints */

static void complain(const struct tool *tool, struct report *report, enum complaint complaint,
                     const char *detail, struct bytes value, const char *expected, const char *suggestion)
{
    struct buffer hint;
    struct finding finding = {.complaint = complaint, .detail = detail, .value = value, .expected = expected};

    buffer_init(&hint, 4096);
    if (suggestion != NULL)
        buffer_add_format(&hint, "did you mean --%s?", suggestion);
    else
        buffer_add_format(&hint, "%s --help lists the options", tool->name);
    buffer_add_byte(&hint, '\0');
    finding.hint = hint.failed ? NULL : hint.at;
    report_add(report, &finding);
    buffer_release(&hint);
}

void options_complain(const struct tool *tool, struct report *report, enum complaint complaint,
                      const char *format, ...)
{
    char detail[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(detail, sizeof(detail), format, arguments);
    va_end(arguments);
    complain(tool, report, complaint, detail, (struct bytes){NULL, 0}, NULL, NULL);
}

static const char *nearest(const struct tool *tool, struct bytes word)
{
    const char *best = NULL;
    unsigned least = 3;

    for (unsigned i = 0; i < tool->n_rows; i++) {
        unsigned distance = bytes_distance(word, bytes_of(tool->rows[i].name), least);

        if (distance < least) {
            least = distance;
            best = tool->rows[i].name;
        }
    }
    return best;
}

static void unknown(const struct tool *tool, struct report *report, const char *argument)
{
    struct bytes word = bytes_of(argument);
    const char *equals;

    if (word.len > 2 && memcmp(word.at, "--", 2) == 0) {
        word.at += 2;
        word.len -= 2;
        equals = memchr(word.at, '=', word.len);
        if (equals != NULL)
            word.len = (size_t)(equals - word.at);
        complain(tool, report, USAGE_OPTION, NULL, bytes_of(argument), NULL, nearest(tool, word));
    } else {
        complain(tool, report, USAGE_OPTION, NULL, word, NULL, NULL);
    }
}

/* --- values */

/* NULL, or what was expected. */
static const char *take_word(const struct option_row *row, const char *argument, int *place)
{
    for (int i = 0; row->words[i] != NULL; i++) {
        if (bytes_are(bytes_of(argument), row->words[i])) {
            *place = i;
            return NULL;
        }
    }
    return row->argument;
}

static const char *take(const struct option_row *row, void *values, const char *argument)
{
    char *place = (char *)values + row->offset;

    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)place = true;
        return NULL;
    case OPTION_MORE:
        ++*(unsigned *)(void *)place;
        return NULL;
    case OPTION_TEXT:
        if (argument[0] == '\0')
            return "something";
        *(const char **)(void *)place = argument;
        return NULL;
    case OPTION_COUNT:
        if (!bytes_to_count(bytes_of(argument), row->most, (uint64_t *)(void *)place))
            return "a number";
        return NULL;
    case OPTION_WORD:
        return take_word(row, argument, (int *)(void *)place);
    case OPTION_CALL:
        return row->call(values, argument);
    default:
        return NULL;
    }
}

/* --- what --help, --version and --explain print */

/* `text` from column `from` on, broken at blanks; the cursor stands at column `at`. */
static void wrap(struct buffer *into, const char *text, unsigned at, unsigned from)
{
    struct bytes rest = bytes_of(text), word;
    unsigned column = at;
    bool first = true;

    while (bytes_split(&rest, ' ', &word)) {
        if (!first && column + 1 + word.len > HELP_WIDTH) {
            buffer_add_byte(into, '\n');
            column = 0;
            first = true;
        }
        if (first) {
            for (; column < from; column++)
                buffer_add_byte(into, ' ');
            first = false;
        } else {
            buffer_add_byte(into, ' ');
            column++;
        }
        buffer_add_bytes(into, word);
        column += (unsigned)word.len;
    }
    buffer_add_byte(into, '\n');
}

static void help_row(struct buffer *into, const struct option_row *row)
{
    size_t start = into->len, width;

    if (row->letter != '\0')
        buffer_add_format(into, "  -%c, ", row->letter);
    else
        buffer_add_string(into, "      ");
    buffer_add_format(into, "--%s", row->name);
    if (row->argument != NULL)
        buffer_add_format(into, "=%s", row->argument);
    width = into->len - start;
    if (width + 2 > HELP_COLUMN) {
        buffer_add_byte(into, '\n');
        width = 0;
    }
    wrap(into, row->help, (unsigned)width, HELP_COLUMN);
}

static void help_verb(struct buffer *into, const struct tool_verb *verb)
{
    size_t start = into->len, width;

    buffer_add_format(into, "  %s%s%s", verb->name, verb->operands[0] != '\0' ? " " : "", verb->operands);
    width = into->len - start;
    if (width + 2 > HELP_COLUMN) {
        buffer_add_byte(into, '\n');
        width = 0;
    }
    wrap(into, verb->help, (unsigned)width, HELP_COLUMN);
}

static void help(struct buffer *into, const struct tool *tool)
{
    buffer_add_format(into, "usage: %s [OPTION]...%s%s\n\n", tool->name, tool->operands[0] != '\0' ? " " : "",
                      tool->operands);
    wrap(into, tool->purpose, 0, 0);
    if (tool->n_verbs > 0)
        buffer_add_string(into, "\nCommands:\n");
    for (unsigned i = 0; i < tool->n_verbs; i++)
        help_verb(into, &tool->verbs[i]);
    buffer_add_string(into, "\nOptions:\n");
    for (unsigned i = 0; i < tool->n_rows; i++)
        help_row(into, &tool->rows[i]);
    if (tool->notes != NULL) {
        buffer_add_byte(into, '\n');
        wrap(into, tool->notes, 0, 0);
    }
    buffer_add_string(into, "\nExit status:\n");
    for (unsigned i = 0; i < sizeof(tool->statuses) / sizeof(tool->statuses[0]); i++) {
        if (tool->statuses[i] != NULL) {
            buffer_add_format(into, "  %u  ", i);
            wrap(into, tool->statuses[i], 5, 5);
        }
    }
    buffer_add_string(into, "\nSee also: ");
    wrap(into, tool->see_also, 10, 2);
}

static void version(struct buffer *into, const struct tool *tool)
{
    buffer_add_format(into, "%s (%s) %s\n", tool->name, PACKAGE_NAME, PACKAGE_VERSION);
    for (unsigned i = 0; tool->libraries != NULL && tool->libraries[i] != NULL; i++)
        buffer_add_format(into, "  with %s\n", tool->libraries[i]());
}

static void explain(struct buffer *into, enum complaint complaint)
{
    static const char *const classes[] = {
        [CLASS_BUSINESS] = "business", [CLASS_TECHNICAL] = "technical", [CLASS_USAGE] = "usage"};
    const struct complaint_info *info = complaint_info(complaint);
    const char *const parts[][2] = {{"Cause", info->cause}, {"What happens", info->consequence},
                                    {"What to do", info->action}};

    buffer_add_format(into, "%s %s (%s, %s)\n", info->code, info->rule, severity_name(info->severity),
                      classes[info->class]);
    wrap(into, info->summary, 0, 2);
    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        buffer_add_format(into, "\n  %s\n", parts[i][0]);
        wrap(into, parts[i][1], 0, 4);
    }
}

static void print(struct buffer *text, struct report *report)
{
    struct output out;

    if (text->failed) {
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory to print");
    } else if (output_init(&out, STDOUT_FILENO, "standard output", report)) {
        output_add_bytes(&out, buffer_view(text));
        output_finish(&out, report);
    }
}

static void tell(const struct tool *tool, const struct option_row *row, const char *argument,
                 struct report *report)
{
    enum complaint complaint;
    struct buffer text;

    buffer_init(&text, 1024 * 1024);
    if (row->kind == OPTION_HELP) {
        help(&text, tool);
        print(&text, report);
    } else if (row->kind == OPTION_VERSION) {
        version(&text, tool);
        print(&text, report);
    } else if ((complaint = complaint_find(bytes_of(argument))) != COMPLAINTS) {
        explain(&text, complaint);
        print(&text, report);
    } else if (tool->explain != NULL && tool->explain(&text, argument)) {
        print(&text, report);
    } else {
        complain(tool, report, USAGE_VALUE, "--explain", bytes_of(argument),
                 "the code of a finding, such as T7001, or its name", NULL);
    }
    buffer_release(&text);
}

/* --- parsing */

/* getopt_long's tables: a row is its index + FIRST_LONG, and by its letter too. */
static void tables(const struct tool *tool, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (unsigned i = 0; i < tool->n_rows; i++) {
        const struct option_row *row = &tool->rows[i];

        longs[i] = (struct option){row->name, row->argument != NULL ? required_argument : no_argument, NULL,
                                   (int)i + FIRST_LONG};
        if (row->letter != '\0') {
            *letters++ = row->letter;
            if (row->argument != NULL)
                *letters++ = ':';
        }
    }
    longs[tool->n_rows] = (struct option){NULL, 0, NULL, 0};
    *letters = '\0';
}

static const struct option_row *row_of(const struct tool *tool, int found)
{
    if (found >= FIRST_LONG)
        return &tool->rows[found - FIRST_LONG];
    for (unsigned i = 0; i < tool->n_rows; i++)
        if (tool->rows[i].letter == found)
            return &tool->rows[i];
    return NULL;
}

static void name_of(const struct option_row *row, char *name, size_t size)
{
    if (row->letter != '\0')
        snprintf(name, size, "-%c, --%s", row->letter, row->name);
    else
        snprintf(name, size, "--%s", row->name);
}

static void apply(const struct options_common *common, struct report *report)
{
    report->format = (enum report_format)common->diagnostics;
    report->print_limit = (uint32_t)common->max_findings;
    report->threshold = common->verbose > 0 ? SEVERITY_INFO : SEVERITY_WARN;
    if (common->quiet)
        report->threshold = SEVERITY_ERROR;
}

enum options_outcome options_parse(const struct tool *tool, void *values, int argc, char **argv,
                                   struct report *report, int *first)
{
    struct options_common *common = values;
    struct option longs[MAX_ROWS + 1];
    char letters[2 * MAX_ROWS + 2];
    int found;
    bool wrong = false;

    if (tool->n_rows > MAX_ROWS) {
        options_complain(tool, report, USAGE_OPTION, "more than %d rows in the table", MAX_ROWS);
        return OPTIONS_STOP;
    }
    tables(tool, longs, letters);
    opterr = 0;
    optind = 1;
    apply(common, report);
    while (!wrong && (found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const struct option_row *row = NULL;
        const char *expected = NULL;
        char name[64], lone[3] = {'-', (char)optopt, '\0'};

        if (found == ':') {
            row = row_of(tool, optopt);
            name_of(row, name, sizeof(name));
            complain(tool, report, USAGE_ARGUMENT, name, (struct bytes){NULL, 0}, row->argument, NULL);
            wrong = true;
        } else if (found == '?') {
            /* optopt: the letter; 0: an unknown word; else the row of a word that takes no "=". */
            if (optopt >= FIRST_LONG) {
                name_of(&tool->rows[optopt - FIRST_LONG], name, sizeof(name));
                complain(tool, report, USAGE_VALUE, name, bytes_of(argv[optind - 1]), "no argument", NULL);
            } else {
                unknown(tool, report, optopt != 0 ? lone : argv[optind - 1]);
            }
            wrong = true;
        } else {
            row = row_of(tool, found);
            if (row->kind >= OPTION_HELP) {
                tell(tool, row, optarg, report);
                return OPTIONS_STOP;
            }
            expected = take(row, values, optarg);
            if (expected != NULL) {
                name_of(row, name, sizeof(name));
                complain(tool, report, USAGE_VALUE, name, bytes_of(optarg), expected, NULL);
                wrong = true;
            }
            apply(common, report);
        }
    }
    *first = optind;
    return wrong ? OPTIONS_STOP : OPTIONS_GO;
}
