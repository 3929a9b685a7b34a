/* The X12 reader: delimiters, places and bytes, held against a simple tokenizer, whatever the pieces that
 * read gives. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "wire/x12.h"

/* ---- the file: read() is ours, so that it gives what a test wants ---- */

static struct {
    struct bytes text;
    size_t at;
    size_t step;                 /* bytes a read gives at most */
    unsigned calls, break_every; /* every n-th read is interrupted first; 0: none */
    int error;                   /* errno at the end of the text; 0: end of file */
    uint64_t repeat;             /* `text` is given so many times more */
} source;

ssize_t __wrap_read(int fd, void *into, size_t size);
ssize_t __wrap_read(int fd, void *into, size_t size)
{
    size_t left = source.text.len - source.at;

    (void)fd;
    if (source.break_every > 0 && ++source.calls % source.break_every == 0) {
        errno = EINTR;
        return -1;
    }
    if (left == 0 && source.repeat > 0) {
        source.repeat--;
        source.at = 0;
        left = source.text.len;
    }
    if (left == 0 && source.error != 0) {
        errno = source.error;
        return -1;
    }
    if (size > source.step)
        size = source.step;
    if (size > left)
        size = left;
    memcpy(into, source.text.at + source.at, size);
    source.at += size;
    return (ssize_t)size;
}

static void give(struct bytes text, size_t step)
{
    source.text = text;
    source.at = 0;
    source.step = step;
    source.calls = source.break_every = 0;
    source.error = 0;
    source.repeat = 0;
}

/* ---- a text that grows ---- */

struct text {
    char *at;
    size_t len, size;
};

static void add(struct text *text, const void *at, size_t len)
{
    if (text->len + len + 1 > text->size) {
        text->size = (text->len + len + 1) * 2;
        text->at = realloc(text->at, text->size);
        assert_non_null(text->at);
    }
    if (len > 0)
        memcpy(text->at + text->len, at, len);
    text->len += len;
    text->at[text->len] = '\0';
}

__attribute__((format(printf, 2, 3))) static void say(struct text *text, const char *format, ...)
{
    char line[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    assert_in_range(len, 0, sizeof(line) - 1);
    add(text, line, (size_t)len);
}

static void clear(struct text *text)
{
    free(text->at);
    *text = (struct text){NULL, 0, 0};
}

static struct bytes view(const struct text *text)
{
    return (struct bytes){text->at, text->len};
}

/* An ISA of 106 bytes with its terminator. */
static void add_isa(struct text *text, char element, const char *isa11, const char *version, char component,
                    char terminator)
{
    char isa[128];

    snprintf(isa, sizeof(isa),
             "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0800*%s*%s*"
             "000000001*0*P*",
             isa11, version);
    for (char *at = isa; *at != '\0'; at++)
        if (*at == '*')
            *at = element;
    add(text, isa, strlen(isa));
    add(text, &component, 1);
    add(text, &terminator, 1);
}

static struct text with_isa(const char *rest)
{
    struct text text = {NULL, 0, 0};

    add_isa(&text, '*', "U", "00401", ':', '~');
    add(&text, rest, strlen(rest));
    return text;
}

/* ---- events as lines of text ---- */

/* "12:1 REF [DP|099] ..." */
static void tell_segment(struct text *out, uint64_t offset, uint32_t line, struct bytes id,
                         const struct bytes *element, uint32_t n)
{
    say(out, "%llu:%u ", (unsigned long long)offset, line);
    add(out, id.at, id.len);
    say(out, " [");
    for (uint32_t i = 0; i < n && i < X12_MAX_ELEMENTS; i++) {
        if (i > 0)
            say(out, "|");
        add(out, element[i].at, element[i].len);
    }
    say(out, "]");
    if (n > X12_MAX_ELEMENTS)
        say(out, " +%u", n - X12_MAX_ELEMENTS);
}

static void tell_flags(struct text *out, uint64_t present, uint64_t compound, bool odd, bool quoted,
                       bool wrapped, bool unterminated)
{
    say(out, " %llx/%llx%s%s%s%s\n", (unsigned long long)present, (unsigned long long)compound,
        odd ? " odd" : "", quoted ? " quoted" : "", wrapped ? " wrapped" : "",
        unterminated ? " unterminated" : "");
}

static bool add_piece(void *whom, struct bytes piece)
{
    add(whom, piece.at, piece.len);
    return true;
}

/* Views of a set must hold until x12_forget: they are told once more at its end. */
struct held {
    struct bytes id;
    struct bytes element[X12_MAX_ELEMENTS];
    uint32_t n, line;
    uint64_t offset;
};

struct run {
    struct x12_limits limits;
    bool fragment;
    unsigned sets;
    struct held *held;
    size_t n_held, size_held;
    struct text first; /* of the set, as it was told */
};

static void hold(struct run *run, const struct x12_segment *segment)
{
    struct held *held;

    if (run->n_held == run->size_held) {
        run->size_held = run->size_held * 2 + 16;
        run->held = realloc(run->held, run->size_held * sizeof(*run->held));
        assert_non_null(run->held);
    }
    held = &run->held[run->n_held++];
    held->id = segment->view.id;
    held->n = segment->view.n_elements;
    held->line = segment->view.line;
    held->offset = segment->view.offset;
    for (uint32_t i = 0; i < held->n && i < X12_MAX_ELEMENTS; i++)
        held->element[i] = segment->view.element[i];
    tell_segment(&run->first, held->offset, held->line, held->id, held->element, held->n);
}

static void end_of_set(struct run *run, struct x12_reader *reader, struct bytes text)
{
    struct text again = {NULL, 0, 0}, bytes = {NULL, 0, 0};
    uint64_t from, to = x12_offset(reader);

    if (run->n_held == 0)
        return;
    from = run->held[0].offset;
    for (size_t i = 0; i < run->n_held; i++)
        tell_segment(&again, run->held[i].offset, run->held[i].line, run->held[i].id, run->held[i].element,
                     run->held[i].n);
    assert_int_equal(again.len, run->first.len);
    assert_memory_equal(again.at, run->first.at, again.len);
    assert_true(x12_pieces(reader, from, to, add_piece, &bytes));
    if (text.len > 0)
        assert_int_equal(bytes.len, to - from);
    if (to <= text.len)
        assert_memory_equal(bytes.at, text.at + from, bytes.len);
    clear(&again);
    clear(&bytes);
    clear(&run->first);
    run->n_held = 0;
    run->sets++;
}

/* All events of a file, a line each. */
static struct text events_with(struct run *run, struct bytes text)
{
    struct text out = {NULL, 0, 0};
    struct x12_reader *reader = x12_open(0, run->limits);
    struct x12_segment *segment = malloc(sizeof(*segment)); /* not cleared: the reader must not need that */
    bool in_set = false;

    assert_non_null(reader);
    assert_non_null(segment);
    run->sets = 0;
    if (run->fragment)
        x12_assume(reader, NULL);
    for (;;) {
        enum x12_event event = x12_next(reader, segment);
        const struct x12_trouble *trouble = x12_trouble(reader);
        static const char *const names[] = {"",          "junk", "bad isa", "isa length", "too long",
                                            "too large", "end",  "error",   "no memory"};

        if (event == X12_SEGMENT) {
            const struct segment_view *seen = &segment->view;

            tell_segment(&out, seen->offset, seen->line, seen->id, seen->element, seen->n_elements);
            tell_flags(&out, seen->present, seen->compound, seen->odd, segment->quoted, segment->wrapped,
                       segment->unterminated);
            assert_int_equal(seen->key, seen->id.len <= 8 ? bytes_key(seen->id.at, seen->id.len) : 0);
            if (seen->offset + segment->raw.len <= text.len)
                assert_memory_equal(segment->raw.at, text.at + seen->offset, segment->raw.len);
            if (bytes_are(seen->id, "ST"))
                in_set = true;
            if (in_set)
                hold(run, segment);
            if (bytes_are(seen->id, "SE") && in_set) {
                end_of_set(run, reader, text);
                in_set = false;
            }
            if (!in_set)
                x12_forget(reader);
            continue;
        }
        say(&out, "%s %llu:%u", names[event], (unsigned long long)trouble->offset, trouble->line);
        if (event == X12_JUNK || event == X12_BAD_ISA || event == X12_TOO_LONG) {
            say(&out, " +%llu \"", (unsigned long long)trouble->length);
            add(&out, trouble->piece.at, trouble->piece.len);
            say(&out, "\"");
        }
        if ((event == X12_BAD_ISA || event == X12_ISA_LENGTH) && trouble->detail != NULL)
            say(&out, ": %s", trouble->detail);
        say(&out, "\n");
        if (event == X12_TOO_LARGE) {
            x12_forget(reader);
            clear(&run->first);
            run->n_held = 0;
            in_set = false;
        }
        if (event >= X12_END)
            break;
    }
    x12_close(reader);
    free(segment);
    free(run->held);
    clear(&run->first);
    run->held = NULL;
    run->n_held = run->size_held = 0;
    return out;
}

static struct text events_of(struct bytes text, size_t step)
{
    struct run run = {.limits = x12_limits_default()};

    give(text, step);
    return events_with(&run, text);
}

static const size_t steps[] = {SIZE_MAX, 1, 7, 4095};

/* The events of `text`, whatever the reads, are these lines. */
static void events_are(struct bytes text, const char *want)
{
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct text got = events_of(text, steps[i]);

        assert_string_equal(got.at, want);
        clear(&got);
    }
}

/* ---- the simple tokenizer ---- */

static bool is_line_break(char c)
{
    return c == '\n' || c == '\r';
}

static bool is_filler(char c)
{
    return is_line_break(c) || c == ' ' || c == '\t' || c == '\0' || c == 0x1a;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A file and the line of a place in it. */
struct file {
    struct bytes text;
    size_t counted;
    uint32_t line; /* of `counted` */
};

/* Places are asked for in order. */
static uint32_t line_of(struct file *file, size_t at)
{
    for (; file->counted < at; file->counted++)
        file->line += file->text.at[file->counted] == '\n';
    return file->line;
}

static void oracle_segment(struct text *out, struct file *file, size_t from, size_t to,
                           const struct x12_delimiters *d, bool unterminated)
{
    struct bytes part[1 + X12_MAX_ELEMENTS];
    char *clean = malloc(to - from + 1);
    size_t len = 0, begun = 0;
    uint32_t n = 0;
    uint64_t present = 0, compound = 0;
    bool odd = false, quoted = false, unwrap = !is_line_break(d->terminator);

    assert_non_null(clean);
    if (d->terminator == '\n' && to > from && file->text.at[to - 1] == '\r')
        to--;
    for (size_t i = from; i < to; i++)
        if (!unwrap || !is_line_break(file->text.at[i]))
            clean[len++] = file->text.at[i];
    for (size_t i = 0; i <= len; i++) {
        if (i == len || clean[i] == d->element) {
            if (n <= X12_MAX_ELEMENTS)
                part[n] = (struct bytes){clean + begun, i - begun};
            if (n >= 1 && n <= X12_MAX_ELEMENTS && i > begun)
                present |= (uint64_t)1 << (n - 1);
            n++;
            begun = i + 1;
        } else if (clean[i] == d->component || (d->repetition != 0 && clean[i] == d->repetition)) {
            if (n >= 1 && n <= X12_MAX_ELEMENTS)
                compound |= (uint64_t)1 << (n - 1);
        } else if ((unsigned char)clean[i] < 0x20 || (unsigned char)clean[i] > 0x7e) {
            odd = true;
        } else if (clean[i] == '"' || clean[i] == '\\') {
            quoted = true;
        }
    }
    tell_segment(out, from, line_of(file, from), part[0], part + 1, n - 1);
    tell_flags(out, present, compound, odd, quoted, len != to - from, unterminated);
    free(clean);
}

/* Interchanges whose ISA is as it should be, and what may stand around them. */
static struct text oracle(struct bytes text)
{
    struct text out = {NULL, 0, 0};
    struct file file = {text, 0, 1};
    struct x12_delimiters d = {0};
    bool inside = false;
    size_t at = 0;

    for (;;) {
        size_t end;

        while (at < text.len && (is_line_break(text.at[at]) || text.at[at] == ' ' || text.at[at] == '\t') &&
               text.at[at] != d.element)
            at++;
        end = at;
        while (end < text.len && is_filler(text.at[end]))
            end++;
        if (at == text.len || (end == text.len && memchr(text.at + at, d.terminator, end - at) == NULL)) {
            say(&out, "end %zu:%u\n", text.len, line_of(&file, text.len));
            return out;
        }
        if (text.len - at >= 106 && memcmp(text.at + at, "ISA", 3) == 0) {
            const char *isa = text.at + at;

            d = (struct x12_delimiters){.element = isa[3], .component = isa[104], .terminator = isa[105]};
            if (memcmp(isa + 84, "00402", 5) >= 0 && !is_alnum(isa[82]) && isa[82] != ' ')
                d.repetition = isa[82];
            inside = true;
        } else if (!inside) {
            size_t junk = at, last;

            while (junk < text.len && is_filler(text.at[junk]))
                junk++;
            for (last = at; last < text.len; last++)
                if (text.len - last > 3 && memcmp(text.at + last, "ISA", 3) == 0 &&
                    !is_alnum(text.at[last + 3]) && text.at[last + 3] != ' ')
                    break;
            if (junk < last)
                say(&out, "junk %zu:%u +%zu \"%.*s\"\n", at, line_of(&file, at), last - at,
                    (int)(last - junk < 60 ? last - junk : 60), text.at + junk);
            at = last;
            continue;
        }
        for (end = at; end < text.len && text.at[end] != d.terminator;)
            end++;
        if (end == text.len) {
            while (end > at && is_filler(text.at[end - 1]))
                end--;
            oracle_segment(&out, &file, at, end, &d, true);
            at = text.len;
        } else {
            oracle_segment(&out, &file, at, end, &d, false);
            if (end - at >= 3 && memcmp(text.at + at, "IEA", 3) == 0 &&
                (end - at == 3 || text.at[at + 3] == d.element))
                inside = false;
            at = end + 1;
        }
    }
}

/* ---- tests ---- */

static const char plain_tail[] = "GS*PO*A*B*20261124*0800*1*X*004010~ST*850*0001~BEG*00*SA*1**20261124~"
                                 "PO1*1*2*EA*3.5**UP*1~SE*4*0001~GE*1*1~IEA*1*000000001~";

#define ISA_SEEN                                                                                  \
    "0:1 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|" \
    "00401|000000001|0|P|:] ffff/8000\n"

static void segments_have_places(void **state)
{
    struct text text = with_isa("GS*PO~\nST*850*0001~\r\n  \tREF**7:8~SE*3*0001~\n\nGE*1~IEA*1*1~\n");

    (void)state;
    events_are(view(&text), ISA_SEEN "106:1 GS [PO] 1/0\n"
                                     "113:2 ST [850|0001] 3/0\n"
                                     "130:3 REF [|7:8] 2/2\n"
                                     "139:3 SE [3|0001] 3/0\n"
                                     "151:5 GE [1] 1/0\n"
                                     "156:5 IEA [1|1] 3/0\n"
                                     "end 165:6\n");
    clear(&text);
}

static const char all_of_it[] = "*U:~ *|:~ \x1d^\x1f\x1c \x1dU\x1f\n *^>\n *^:\r |^\\! ^U>' *{}| ";

/* Delimiters of every kind, segments without end, in every way lines are used. */
static void delimiters_come_from_each_isa(void **state)
{
    struct text text = {NULL, 0, 0};
    unsigned interchanges = 0;

    (void)state;
    for (const char *at = all_of_it; *at != '\0'; at += 5)
        for (unsigned style = 0; style < 5; style++) {
            static const char *const ends[] = {"", "\n", "\r\n", "\r\n\r\n", "   \n\t"};
            const char element = at[0], component = at[2], terminator = at[3];
            char isa11[2] = {at[1], '\0'};
            struct text one = {NULL, 0, 0};

            if (is_line_break(terminator) && style == 4)
                continue;
            add_isa(&one, element, isa11, at[1] == 'U' ? "00401" : "00501", component, terminator);
            for (const char *from = plain_tail; *from != '\0'; from++) {
                char c = *from == '*' ? element : *from == '~' ? terminator : *from == '.' ? at[1] : *from;

                add(&one, &c, 1);
                if (*from == '~')
                    add(&one, ends[style], strlen(ends[style]));
            }
            add(&text, one.at, one.len);
            clear(&one);
            interchanges++;
        }
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct run run = {.limits = x12_limits_default()};
        struct text got, want = {NULL, 0, 0};

        give(view(&text), steps[i]);
        got = events_with(&run, view(&text));
        want = oracle(view(&text));
        assert_string_equal(got.at, want.at);
        assert_int_equal(run.sets, interchanges);
        clear(&got);
        clear(&want);
    }
    clear(&text);
}

static void isa11_separates_by_version(void **state)
{
    static const struct {
        const char *isa11, *version;
        char repetition;
    } cases[] = {{"U", "00401", 0},   {"^", "00401", 0},  {"^", "00400", 0}, {"^", "00402", '^'},
                 {"^", "00501", '^'}, {"U", "00501", 0},  {"a", "00501", 0}, {"7", "00501", 0},
                 {" ", "00501", 0},   {":", "00501", 0},  {"~", "00501", 0}, {"\x1d", "00501", 0x1d},
                 {"^", "00200", 0},   {"^", "00701", '^'}};

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text text = {NULL, 0, 0};
        struct x12_reader *reader;
        struct x12_segment segment;

        add_isa(&text, '*', cases[i].isa11, cases[i].version, ':', '~');
        give(view(&text), SIZE_MAX);
        reader = x12_open(0, x12_limits_default());
        while (x12_next(reader, &segment) != X12_END)
            ;
        assert_int_equal(x12_delimiters(reader)->repetition, cases[i].repetition);
        assert_int_equal(x12_delimiters(reader)->element, '*');
        assert_int_equal(x12_delimiters(reader)->component, ':');
        assert_int_equal(x12_delimiters(reader)->terminator, '~');
        x12_close(reader);
        clear(&text);
    }
}

/* Cut into lines of 80 bytes, the ISA too. */
static void wrapped_files_are_unwrapped(void **state)
{
    struct text text = {NULL, 0, 0}, wrapped = {NULL, 0, 0};

    (void)state;
    add_isa(&text, '*', "U", "00401", ':', '~');
    add(&text, plain_tail, strlen(plain_tail));
    for (int crlf = 0; crlf < 2; crlf++)
        for (size_t width = 5; width < 107; width += 3) {
            struct text got, first = {NULL, 0, 0};
            uint64_t segments = 0;

            for (size_t at = 0; at < text.len; at += width) {
                add(&wrapped, text.at + at, text.len - at < width ? text.len - at : width);
                add(&wrapped, &"\r\n"[!crlf], 1 + (size_t)crlf);
            }
            for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
                got = events_of(view(&wrapped), steps[i]);
                if (i == 0) {
                    first = got;
                    continue;
                }
                assert_string_equal(got.at, first.at);
                clear(&got);
            }
            for (const char *line = first.at; line != NULL; line = strchr(line, '\n')) {
                segments++;
                line++;
            }
            if (segments != 10)
                print_error("lines of %zu:\n%s", width, first.at);
            assert_int_equal(segments, 10); /* and the end */
            assert_non_null(strstr(first.at,
                                   " ISA [00|          |00|          |ZZ|SENDER         |ZZ|"
                                   "RECEIVER       |261124|0800|U|00401|000000001|0|P|:] ffff/8000"));
            assert_non_null(strstr(first.at, " GS [PO|A|B|20261124|0800|1|X|004010] ff/0"));
            assert_non_null(strstr(first.at, " PO1 [1|2|EA|3.5||UP|1] 6f/0"));
            assert_non_null(strstr(first.at, " IEA [1|000000001] 3/0"));
            clear(&first);
            clear(&wrapped);
        }
    clear(&text);
}

/* Random texts against the simple tokenizer: elements, empty ones, bytes of all kinds, line ends of all
 * kinds, long sets, several interchanges, filler and junk between them, an end that is cut. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void random_segment(struct text *text, uint32_t *seed, const char *delimiters, const char *id)
{
    uint32_t n = next_random(seed) % 8 == 0 ? next_random(seed) % 80 : next_random(seed) % 8;
    bool unwrap = !is_line_break(delimiters[3]);

    add(text, id, strlen(id));
    for (uint32_t e = 0; e < n; e++) {
        uint32_t len = next_random(seed) % 50 == 0 ? next_random(seed) % 900 : next_random(seed) % 12;

        add(text, &delimiters[0], 1);
        for (uint32_t i = 0; i < len; i++) {
            uint32_t kind = next_random(seed) % 60;
            char c = (char)('A' + next_random(seed) % 26);

            if (kind == 0)
                c = (char)(0x80 + next_random(seed) % 0x80);
            else if (kind == 1)
                c = (char)(next_random(seed) % 0x20);
            else if (kind == 2)
                c = delimiters[1 + next_random(seed) % 2];
            else if (kind == 3 && unwrap)
                c = '\n';
            else if (kind == 4)
                c = "I\"\\"[next_random(seed) % 3];
            if (c == delimiters[0] || c == delimiters[3])
                c = ' ';
            add(text, &c, 1);
        }
    }
    add(text, &delimiters[3], 1);
}

static void agrees_with_the_simple_tokenizer(void **state)
{
    static const char *const kinds[] = {"*^:~", "|\x1f>\n", "\x1d\x1e\x1f\x1c", "*~:'", "^`\\\r"};
    uint32_t seed = 20261124;

    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        struct text text = {NULL, 0, 0}, want;
        uint32_t interchanges = 1 + next_random(&seed) % 3;

        if (round % 7 == 0)
            add(&text, "From: a mailer\nSubject: orders\n\n", 32);
        for (uint32_t i = 0; i < interchanges; i++) {
            const char *d = kinds[next_random(&seed) % 5];
            char isa11[2] = {d[1], '\0'};
            uint32_t sets = next_random(&seed) % 4;
            const char *line_end = next_random(&seed) % 2 ? "" : "\r\n";

            add_isa(&text, d[0], isa11, "00501", d[2], d[3]);
            for (uint32_t s = 0; s < sets; s++) {
                uint32_t segments = next_random(&seed) % 4 == 0 ? 3000 : next_random(&seed) % 30;

                random_segment(&text, &seed, d, "ST");
                for (uint32_t g = 0; g < segments; g++) {
                    static const char *const ids[] = {"PO1", "REF",         "N1", "IT1", "I",
                                                      "X",   "TOOLONGANID", "1A", "IS"};

                    random_segment(&text, &seed, d, ids[next_random(&seed) % 9]);
                    add(&text, line_end, strlen(line_end));
                }
                random_segment(&text, &seed, d, "SE");
            }
            random_segment(&text, &seed, d, "IEA");
            if (next_random(&seed) % 3 == 0)
                add(&text, "\0\0\0\x1a \r\n", 7);
            else if (next_random(&seed) % 3 == 0)
                add(&text, "-- \nIS it junk? ISAAC\n", 22);
        }
        if (round % 3 == 0) {
            text.len -= next_random(&seed) % (text.len / 2);
            for (size_t at = text.len > 105 ? text.len - 105 : 0; at + 3 <= text.len; at++)
                if (memcmp(text.at + at, "ISA", 3) == 0)
                    text.len = at; /* half an ISA is another test's */
        }
        want = oracle(view(&text));
        for (unsigned i = 0; i < 6; i++) {
            struct run run = {.limits = x12_limits_default()};
            struct text got;

            give(view(&text), i < 4 ? steps[i] : 1 + next_random(&seed) % 60000);
            source.break_every = i == 2 ? 3 : 0;
            got = events_with(&run, view(&text));
            if (got.len != want.len || memcmp(got.at, want.at, got.len) != 0) {
                size_t same = 0;

                while (same < got.len && same < want.len && got.at[same] == want.at[same])
                    same++;
                while (same > 0 && got.at[same - 1] != '\n')
                    same--;
                print_error("round %u, step %u:\n got %.200s\nwant %.200s\n", round, i, got.at + same,
                            want.at + same);
                fail();
            }
            clear(&got);
        }
        clear(&want);
        clear(&text);
    }
}

/* ---- what is not as it should be ---- */

#define ISA_TEXT \
    "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0800*U*00401*000000001" \
    "*0*P*:~"

static void what_pads_a_file_is_no_data(void **state)
{
    static const char nuls[] = ISA_TEXT "IEA*0*000000001~\0\0\0\0\0\0\0";
    static const char inside[] = ISA_TEXT "GS*PO~\r\n\0\0\x1a\r\n";

    (void)state;
    events_are(
        BYTES("\xef\xbb\xbf" ISA_TEXT "IEA*0*000000001~\x1a"),
        "3:1 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n"
        "109:1 IEA [0|000000001] 3/0\n"
        "end 126:1\n");
    events_are((struct bytes){nuls, sizeof(nuls) - 1}, ISA_SEEN "106:1 IEA [0|000000001] 3/0\nend 129:1\n");
    events_are(
        BYTES("\n\r\n  \t\n" ISA_TEXT "\n\n"),
        "7:4 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n"
        "end 115:6\n");
    events_are((struct bytes){inside, sizeof(inside) - 1}, ISA_SEEN "106:1 GS [PO] 1/0\nend 119:3\n");
    events_are(BYTES(""), "end 0:1\n");
    events_are(BYTES("\n \n"), "end 3:3\n");
    events_are(BYTES("\xef\xbb\xbf"), "end 3:1\n");
    events_are(BYTES("\x1a"), "end 1:1\n");
}

static void junk_is_counted_and_shown(void **state)
{
    (void)state;
    events_are(
        BYTES("From: x\n\n" ISA_TEXT "IEA*0*1~\n-- \nIS it ISAAC?\n" ISA_TEXT "GS*PO~IEA*1*1~bye"),
        "junk 0:1 +9 \"From: x\n\n\"\n"
        "9:3 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n"
        "115:3 IEA [0|1] 3/0\n"
        "junk 124:4 +17 \"-- \nIS it ISAAC?\n\"\n"
        "141:6 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n"
        "247:6 GS [PO] 1/0\n"
        "253:6 IEA [1|1] 3/0\n"
        "junk 261:6 +3 \"bye\"\n"
        "end 264:6\n");
    events_are(BYTES("this is no X12 at all\n"), "junk 0:1 +22 \"this is no X12 at all\n\"\nend 22:2\n");
    events_are(BYTES("I"), "junk 0:1 +1 \"I\"\nend 1:1\n");
    events_are(BYTES("ISA"), "junk 0:1 +3 \"ISA\"\nend 3:1\n");
    events_are(BYTES("IIISA"), "junk 0:1 +5 \"IIISA\"\nend 5:1\n");
    events_are(BYTES("ISA TRAVEL REPORT"), "junk 0:1 +17 \"ISA TRAVEL REPORT\"\nend 17:1\n");
}

static void an_isa_of_wrong_widths_is_read(void **state)
{
    (void)state;
    events_are(BYTES("ISA*00**00**ZZ*SENDER*ZZ*RECEIVER*261124*0800*U*00401*1*0*P*:~GS*PO~"),
               "isa length 0:1: ISA02 is 0 characters long, expected 10\n"
               "0:1 ISA [00||00||ZZ|SENDER|ZZ|RECEIVER|261124|0800|U|00401|1|0|P|:] fff5/8000\n"
               "62:1 GS [PO] 1/0\n"
               "end 68:1\n");
    events_are(
        BYTES("ISA*00*          *00*          *ZZ*SENDER        *ZZ*RECEIVER       *261124*0800*U*00401*"
              "000000001*0*P*:~"),
        "isa length 0:1: ISA06 is 14 characters long, expected 15\n"
        "0:1 ISA [00|          |00|          |ZZ|SENDER        |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n"
        "end 105:1\n");
    events_are(BYTES("ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *20261124*0800*U*"
                     "00401*000000001*0*P*:~"),
               "isa length 0:1: ISA09 is 8 characters long, expected 6\n"
               "0:1 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |20261124|0800|U|"
               "00401|000000001|0|P|:] ffff/8000\n"
               "end 108:1\n");
}

/* What cannot be read is told and passed over; the next interchange is read. */
static void an_isa_that_cannot_be_read_is_passed_over(void **state)
{
    static const struct {
        const char *isa, *why;
    } cases[] = {
        /* an element is missing */
        {"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0800*U*00401*"
         "000000001*0*:~GS*PO~",
         "found"},
        /* the terminator */
        {"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0800*U*00401*"
         "000000001*0*P*:GS*PO*A*B*20261124~",
         "found"},
        /* a line that ends too early */
        {"ISA*00*          *00*          *ZZ*SENDER\nGS*PO~\nST*850~\n", "expected"},
        {"ISA*", "ISA16 must be"},
        {"ISA*\nISA~", "its line holds 1 elements"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct text text = {NULL, 0, 0}, first = {NULL, 0, 0};

        add(&text, cases[i].isa, strlen(cases[i].isa));
        add(&text, ISA_TEXT "IEA*0*1~", sizeof(ISA_TEXT "IEA*0*1~") - 1);
        for (unsigned s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
            struct text got = events_of(view(&text), steps[s]);

            if (strncmp(got.at, "bad isa 0:1 +", 13) != 0 || strstr(got.at, cases[i].why) == NULL ||
                strstr(got.at, " IEA [0|1] 3/0\nend ") == NULL)
                print_error("%s\n%s", cases[i].isa, got.at);
            assert_int_equal(strncmp(got.at, "bad isa 0:1 +", 13), 0);
            assert_non_null(strstr(got.at, cases[i].why));
            assert_non_null(strstr(got.at, " IEA [0|1] 3/0\nend "));
            if (s == 0)
                first = got;
            else
                assert_string_equal(got.at, first.at);
            if (s > 0)
                clear(&got);
        }
        clear(&first);
        clear(&text);
    }
    events_are(BYTES("ISA*00*          *00*      "),
               "bad isa 0:1 +27 \"ISA*00*          *00*      \": the file ends 27 bytes into it\nend 27:1\n");
}

/* "at:line ISA ..." of ISA_TEXT. */
static void say_isa(struct text *text, unsigned at, unsigned line)
{
    say(text,
        "%u:%u ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|U|00401|"
        "000000001|0|P|:] ffff/8000\n",
        at, line);
}

static void an_interchange_that_breaks_off_ends_at_the_next(void **state)
{
    struct text want = {NULL, 0, 0}, text = {NULL, 0, 0};

    (void)state;
    /* between segments */
    say_isa(&want, 0, 1);
    say(&want, "106:1 ST [850|0001] 3/0\n");
    say_isa(&want, 119, 2);
    say(&want, "225:2 IEA [0|1] 3/0\nend 233:2\n");
    events_are(BYTES(ISA_TEXT "ST*850*0001~\n" ISA_TEXT "IEA*0*1~"), want.at);
    clear(&want);
    /* in the middle of one, with a line end and the end mark of DOS */
    say_isa(&want, 0, 1);
    say(&want, "106:1 ST [850|0001] 3/0\n118:1 PO1 [1|10|E] 7/0 unterminated\n");
    say_isa(&want, 130, 2);
    say(&want, "236:2 IEA [0|1] 3/0\nend 244:2\n");
    events_are(BYTES(ISA_TEXT "ST*850*0001~PO1*1*10*E\x1a\n" ISA_TEXT "IEA*0*1~"), want.at);
    clear(&want);
    /* by a mark of the end alone */
    say_isa(&want, 0, 1);
    say_isa(&want, 108, 2);
    say(&want, "end 214:2\n");
    events_are(BYTES(ISA_TEXT "\x1a\n" ISA_TEXT), want.at);
    clear(&want);
    /* with other delimiters, and in a segment beyond the limit */
    for (unsigned length = 10; length < 300000; length = length * 7 + 1) {
        add(&text, ISA_TEXT "ST*850*0001~MSG*", sizeof(ISA_TEXT "ST*850*0001~MSG*") - 1);
        for (unsigned i = 0; i < length; i++)
            add(&text, "I", 1);
        add_isa(&text, '|', "^", "00501", '>', '\n');
        add(&text, "IEA|0|1\n", 8);
        for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            struct text got = events_of(view(&text), steps[i]);

            say(&want,
                "%u:1 ISA [00|          |00|          |ZZ|SENDER         |ZZ|RECEIVER       |261124|0800|^|"
                "00501|000000001|0|P|>] ffff/8400\n%u:2 IEA [0|1] 3/0\nend %u:3\n",
                122 + length, 228 + length, 236 + length);
            if (strstr(got.at, want.at) == NULL)
                print_error("%u, %u: %s%s", length, i, got.at + (got.len > 400 ? got.len - 400 : 0), want.at);
            assert_non_null(strstr(got.at, want.at));
            clear(&got);
            clear(&want);
        }
        clear(&text);
    }
    /* a text that only looks like one */
    say_isa(&want, 0, 1);
    say(&want,
        "106:1 MSG [ISA|00|          |00|          |ZZ|SENDER|ZZ|RECEIVER|261124|0800|U|00401|000000001|0|P|:"
        "                              ] 1ffff/10000\nend 230:1\n");
    events_are(BYTES(ISA_TEXT "MSG*ISA*00*          *00*          *ZZ*SENDER*ZZ*RECEIVER*261124*0800*U*00401*"
                              "000000001*0*P*:                              ~"),
               want.at);
    clear(&want);
}

static void elements_beyond_64_are_counted(void **state)
{
    (void)state;
    for (unsigned n = 60; n < 70; n++)
        for (int full = 0; full < 2; full++) {
            struct text text = with_isa("PID"), want = {NULL, 0, 0};

            say_isa(&want, 0, 1);
            say(&want, "106:1 PID [");
            for (unsigned e = 1; e <= n; e++) {
                say(&text, "*%.*s", full ? 9 : 0, "value");
                if (e <= 64)
                    say(&want, "%s%.*s", e > 1 ? "|" : "", full ? 9 : 0, "value");
            }
            say(&text, "~");
            say(&want, "]");
            if (n > 64)
                say(&want, " +%u", n - 64);
            say(&want, " %llx/0\nend %zu:1\n", !full ? 0 : n >= 64 ? ~0ULL : (1ULL << n) - 1, text.len);
            events_are(view(&text), want.at);
            clear(&text);
            clear(&want);
        }
}

/* ---- limits ---- */

static long peak(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* `count` bytes of x, and then `rest`. */
static void add_many(struct text *text, size_t count, const char *rest)
{
    static const char some[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    for (; count >= 64; count -= 64)
        add(text, some, 64);
    add(text, some, count);
    add(text, rest, strlen(rest));
}

static void segments_over_the_limit_are_passed_over(void **state)
{
    struct text text = with_isa("ST*850*0001~\nMSG*"), want = {NULL, 0, 0};
    struct run run = {.limits = x12_limits_default()};
    long before;

    (void)state;
    add_many(&text, 3000000, "\n\n~REF*1~\nSE*4*0001~IEA*1*1~");
    say_isa(&want, 0, 1);
    say(&want, "106:1 ST [850|0001] 3/0\n"
               "too long 119:2 +3000007 \"MSG*xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"\n"
               "3000126:4 REF [1] 1/0\n3000133:5 SE [4|0001] 3/0\n3000143:5 IEA [1|1] 3/0\nend 3000151:5\n");
    for (unsigned i = 1; i < sizeof(steps) / sizeof(steps[0]);
         i++) { /* what is there after the first is kept */
        struct text got;

        /* The set has a hole: its bytes are not compared. */
        give(view(&text), steps[i]);
        before = peak();
        got = events_with(&run, (struct bytes){NULL, 0});
        assert_string_equal(got.at, want.at);
        if (i > 1)
            assert_in_range(peak() - before, 0, 1500);
        clear(&got);
    }
    clear(&text);
    clear(&want);
    /* Just at the limit, and a small one. */
    run.limits.segment = 20;
    text = with_isa("");
    add_many(&text, 20, "~");
    add_many(&text, 21, "~");
    add_many(&text, 5, "\n");
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct text got;

        give(view(&text), steps[i]);
        got = events_with(&run, view(&text));
        assert_non_null(strstr(got.at, "\n106:1 xxxxxxxxxxxxxxxxxxxx [] 0/0\n"
                                       "too long 127:1 +22 \"xxxxxxxxxxxxxxxxxxxxx\"\n"
                                       "149:1 xxxxx [] 0/0 unterminated\n"));
        clear(&got);
    }
    clear(&text);
}

/* Two gigabytes without a terminator: no memory, and no time to speak of. */
static void memory_does_not_follow_the_file(void **state)
{
    struct text text = with_isa("ST*850*0001~MSG*"), more = {NULL, 0, 0};
    struct run run = {.limits = x12_limits_default()};
    long before = peak();

    (void)state;
    for (int junk = 0; junk < 2; junk++) {
        struct text got;

        add_many(&more, 1000000, "");
        if (junk)
            give(view(&more), SIZE_MAX);
        else
            give(view(&text), SIZE_MAX);
        /* The first text once, then the other one again and again. */
        if (!junk) {
            struct text both = {NULL, 0, 0};

            add(&both, text.at, text.len);
            add(&both, more.at, more.len);
            clear(&more);
            more = both;
            give(view(&more), SIZE_MAX);
            source.at = 0;
        }
        source.repeat = junk ? 500 : 0;
        got = events_with(&run, (struct bytes){NULL, 0});
        assert_non_null(strstr(got.at, junk ? "junk 0:1 +501000000 " : "too long 118:1 +1000004 "));
        clear(&got);
        clear(&more);
    }
    assert_in_range(peak() - before, 0, 8000);
    clear(&text);
}

static void sets_over_the_limit_must_be_forgotten(void **state)
{
    struct text text = with_isa("ST*850*0001~");
    size_t before_last;

    (void)state;
    for (unsigned i = 0; i < 60000; i++)
        add(&text, "REF*DP*1234567890~\n", 19);
    before_last = text.len;
    add(&text, "SE*60002*0001~ST*850*0002~SE*2*0002~", 36);
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        for (uint64_t limit = 10; limit < 2000000; limit *= 11) {
            struct run run = {.limits = {.segment = 65536, .held = limit}};
            struct text got;

            give(view(&text), steps[i]);
            got = events_with(&run, view(&text));
            /* However small the limit, it goes on; where the set fits, nothing is told. */
            assert_true((strstr(got.at, "\ntoo large ") != NULL) == (limit < before_last - 106));
            assert_non_null(strstr(got.at, " SE [2|0002] 3/0\n"));
            clear(&got);
        }
    clear(&text);
}

static void errors_are_handed_on(void **state)
{
    struct text text = with_isa("GS*PO~ST*850"), want = {NULL, 0, 0};

    (void)state;
    say_isa(&want, 0, 1);
    say(&want, "106:1 GS [PO] 1/0\nerror 112:1\n");
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct run run = {.limits = x12_limits_default()};
        struct text got;

        give(view(&text), steps[i]);
        source.error = EIO;
        got = events_with(&run, view(&text));
        assert_string_equal(got.at, want.at);
        clear(&got);
    }
    clear(&text);
    clear(&want);
}

/* ---- fragments, and what else is asked of a reader ---- */

static void delimiters_of_fragments_are_guessed(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"ST*850*0001~BEG*00*SA~", "0:1 ST [850|0001] 3/0\n12:1 BEG [00|SA] 3/0\nend 22:1\n"},
        {"\xef\xbb\xbf\n ST|850|0001~\nBEG|00>1~\n",
         "5:2 ST [850|0001] 3/0\n18:3 BEG [00>1] 1/1\nend 28:4\n"},
        {"ST*850*0001\nBEG*00*SA\n", "0:1 ST [850|0001] 3/0\n12:2 BEG [00|SA] 3/0\nend 22:3\n"},
        {"ST*850*0001'\r\nBEG*00*SA'\r\n", "0:1 ST [850|0001] 3/0\n14:2 BEG [00|SA] 3/0\nend 26:3\n"},
        {"ST*850*0001\r\nBEG*00*SA\r\n", "0:1 ST [850|0001] 3/0\n13:2 BEG [00|SA] 3/0\nend 24:3\n"},
        {"ST*850*0001\nBEG*00*SA\r\nREF*\r\n", "0:1 ST [850|0001] 3/0\n12:2 BEG [00|SA] 3/0\n"
                                               "23:3 REF [] 0/0\nend 29:4\n"},
        {"N1*ST*a:b", "0:1 N1 [ST|a:b] 3/2 unterminated\nend 9:1\n"},
        {"", "end 0:1\n"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (unsigned s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
            struct run run = {.limits = x12_limits_default(), .fragment = true};
            struct text got;

            give(bytes_of(cases[i].text), steps[s]);
            got = events_with(&run, bytes_of(cases[i].text));
            assert_string_equal(got.at, cases[i].want);
            clear(&got);
        }
}

static void tap(void *whom, const char *at, size_t len)
{
    add(whom, at, len);
}

static void a_tap_sees_every_byte(void **state)
{
    struct text text = {NULL, 0, 0};

    (void)state;
    add(&text, "\xef\xbb\xbf junk ", 9);
    add(&text, ISA_TEXT "ST*850*0001~", sizeof(ISA_TEXT "ST*850*0001~") - 1);
    add_many(&text, 800000, "~SE~");
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct text seen = {NULL, 0, 0};
        struct x12_segment segment;
        struct x12_reader *reader;
        char start[16];

        give(view(&text), steps[i]);
        reader = x12_open(0, x12_limits_default());
        x12_tap(reader, tap, &seen);
        x12_peek(reader, start, sizeof(start));
        assert_string_equal(start, "junk ISA*00*   ");
        while (x12_next(reader, &segment) != X12_END)
            ;
        assert_int_equal(x12_offset(reader), text.len);
        assert_int_equal(seen.len, text.len);
        assert_memory_equal(seen.at, text.at, text.len);
        x12_close(reader);
        clear(&seen);
    }
    clear(&text);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_have_places),
        cmocka_unit_test(delimiters_come_from_each_isa),
        cmocka_unit_test(isa11_separates_by_version),
        cmocka_unit_test(wrapped_files_are_unwrapped),
        cmocka_unit_test(agrees_with_the_simple_tokenizer),
        cmocka_unit_test(what_pads_a_file_is_no_data),
        cmocka_unit_test(junk_is_counted_and_shown),
        cmocka_unit_test(an_isa_of_wrong_widths_is_read),
        cmocka_unit_test(an_isa_that_cannot_be_read_is_passed_over),
        cmocka_unit_test(an_interchange_that_breaks_off_ends_at_the_next),
        cmocka_unit_test(elements_beyond_64_are_counted),
        cmocka_unit_test(segments_over_the_limit_are_passed_over),
        cmocka_unit_test(memory_does_not_follow_the_file),
        cmocka_unit_test(sets_over_the_limit_must_be_forgotten),
        cmocka_unit_test(errors_are_handed_on),
        cmocka_unit_test(delimiters_of_fragments_are_guessed),
        cmocka_unit_test(a_tap_sees_every_byte),
    };

    return cmocka_run_group_tests_name("x12", tests, NULL, NULL);
}
