/*
 * baseline: the least a translator could do, as fast as we can: bench/run measures edi2canon against it.
 *
 *   baseline [FILE...] > segments.jsonl
 *
 * Every segment becomes a JSON array of strings, one a line. Nothing is checked, looked up or mapped; the
 * delimiters come from each ISA; carriage returns and line feeds that are not delimiters are dropped. JSON is
 * UTF-8 and the input may be anything, so bytes of 0x80 and above are taken for ISO-8859-1 and escaped.
 *
 * Two passes over a piece of input that stays in the cache:
 * 1. find: compare 64 bytes at a time with all that is not plain text, and note the positions;
 * 2. emit: copy the text before each position, then what stands for the byte at it, from a table of 256.
 *    There is no branch on what the byte is: a delimiter, a quote to escape and a dropped line end differ in
 *    length.
 * A new ISA ends a piece, because it may bring other delimiters.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum {
    PIECE = 8 << 10,   /* input between two looks at how full the output is */
    INPUT = 256 << 10, /* read at once; with PIECE and OUTPUT it stays in the second-level cache */
    OUTPUT = 256 << 10,
    LONGEST = 6,     /* output for one byte of input, at most */
    HISTORY = 64,    /* kept before a piece: what came before an 'I' tells whether it begins an ISA */
    ISA_AHEAD = 512, /* an ISA is looked at only when so much of what follows is there, or the end */
    SLACK = 64,      /* wide loads and stores may touch so much beyond the end */
};

struct delimiters {
    uint8_t element, terminator;
};

struct text {
    char bytes[8];
};

struct baseline {
    struct delimiters delimiters;
    struct text text[256]; /* what stands for a byte in the output */
    uint8_t length[256];
    uint8_t *input; /* HISTORY + INPUT + SLACK */
    char *output;   /* OUTPUT + PIECE * LONGEST + SLACK */
    size_t written; /* in output */
    bool open;      /* an array was begun */
    uint32_t positions[PIECE + 8];
};

/* --- pass 1: where something is that is not text */

/* Whether an ISA begins at `at`: the letters, and before them a terminator, maybe with line ends between. */
static bool begins_isa(const uint8_t *at, const struct delimiters *delimiters)
{
    if (memcmp(at, "ISA", 3) != 0)
        return false;
    for (int i = 1; i < HISTORY; i++) {
        uint8_t before = at[-i];
        if (before == delimiters->terminator)
            return true;
        if (before != '\n' && before != '\r')
            return false;
    }
    return false;
}

struct found {
    size_t positions; /* noted */
    size_t looked;    /* bytes looked at: fewer than asked when an ISA begins there */
};

struct masks {
    uint64_t odd, after_end, letter_i;
};

/* The positions of the bits of `odd`, eight at a time: what is noted too much is overwritten by the next. */
static inline __attribute__((always_inline)) size_t note(uint32_t *positions, size_t n, uint32_t base,
                                                         uint64_t odd)
{
    size_t count = (size_t)__builtin_popcountll(odd);
    for (size_t done = 0; done < count; done += 8) {
        for (size_t i = 0; i < 8; i++) {
            positions[n + done + i] = base + (uint32_t)__builtin_ctzll(odd | 1ull << 63);
            odd &= odd - 1;
        }
    }
    return n + count;
}

/*
 * FIND(name, target, masks64): the loop of pass 1 around a function that compares 64 bytes, once for each
 * instruction set. A macro because gcc does not inline a function for AVX2 into one for SSE2.
 */
#define FIND(name, target, masks64)                                                                        \
    static target struct found name(const uint8_t *from, size_t size, const struct delimiters *delimiters, \
                                    uint32_t *positions)                                                   \
    {                                                                                                      \
        size_t n = 0;                                                                                      \
        uint64_t carry = 0; /* an ISA at `from` itself was dealt with by the caller */                     \
        for (size_t at = 0; at < size; at += 64) {                                                         \
            struct masks masks = masks64(from + at, delimiters);                                           \
            uint64_t limit = size - at < 64 ? (1ull << (size - at)) - 1 : ~0ull;                           \
            uint64_t starts = masks.letter_i & (masks.after_end << 1 | carry) & limit;                     \
            carry = masks.after_end >> 63;                                                                 \
            while (__builtin_expect(starts != 0, 0)) {                                                     \
                unsigned bit = (unsigned)__builtin_ctzll(starts);                                          \
                if (begins_isa(from + at + bit, delimiters)) {                                             \
                    n = note(positions, n, (uint32_t)at, masks.odd & ((1ull << bit) - 1));                 \
                    return (struct found){n, at + bit};                                                    \
                }                                                                                          \
                starts &= starts - 1;                                                                      \
            }                                                                                              \
            n = note(positions, n, (uint32_t)at, masks.odd & limit);                                       \
        }                                                                                                  \
        return (struct found){n, size};                                                                    \
    }

#if defined(__x86_64__)

static inline __attribute__((always_inline)) struct masks masks_sse2(const uint8_t *at,
                                                                     const struct delimiters *delimiters)
{
    const __m128i element = _mm_set1_epi8((char)delimiters->element);
    const __m128i terminator = _mm_set1_epi8((char)delimiters->terminator);
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), blank = _mm_set1_epi8(' ');
    const __m128i newline = _mm_set1_epi8('\n'), letter_i = _mm_set1_epi8('I');
    struct masks masks = {0, 0, 0};
    for (int i = 0; i < 4; i++) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        __m128i end = _mm_cmpeq_epi8(bytes, terminator);
        /* As signed numbers, controls and bytes from 0x80 on are less than a blank. */
        __m128i odd = _mm_or_si128(_mm_cmplt_epi8(bytes, blank), _mm_cmpeq_epi8(bytes, element));
        odd = _mm_or_si128(odd, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
        odd = _mm_or_si128(odd, end);
        masks.odd |= (uint64_t)(uint16_t)_mm_movemask_epi8(odd) << 16 * i;
        end = _mm_or_si128(end, _mm_cmpeq_epi8(bytes, newline));
        masks.after_end |= (uint64_t)(uint16_t)_mm_movemask_epi8(end) << 16 * i;
        masks.letter_i |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, letter_i)) << 16 * i;
    }
    return masks;
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
static inline AVX2 __attribute__((always_inline)) struct masks masks_avx2(const uint8_t *at,
                                                                          const struct delimiters *delimiters)
{
    const __m256i element = _mm256_set1_epi8((char)delimiters->element);
    const __m256i terminator = _mm256_set1_epi8((char)delimiters->terminator);
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\');
    const __m256i blank = _mm256_set1_epi8(' '), newline = _mm256_set1_epi8('\n'),
                  letter_i = _mm256_set1_epi8('I');
    struct masks masks = {0, 0, 0};
    for (int i = 0; i < 2; i++) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32 * i));
        __m256i end = _mm256_cmpeq_epi8(bytes, terminator);
        __m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(blank, bytes), _mm256_cmpeq_epi8(bytes, element));
        odd = _mm256_or_si256(
            odd, _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash)));
        odd = _mm256_or_si256(odd, end);
        masks.odd |= (uint64_t)(uint32_t)_mm256_movemask_epi8(odd) << 32 * i;
        end = _mm256_or_si256(end, _mm256_cmpeq_epi8(bytes, newline));
        masks.after_end |= (uint64_t)(uint32_t)_mm256_movemask_epi8(end) << 32 * i;
        masks.letter_i |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, letter_i))
                          << 32 * i;
    }
    return masks;
}

FIND(find_sse2, , masks_sse2)
FIND(find_avx2, AVX2, masks_avx2)

#else

/* Other machines: a fair comparison there needs their own instructions. */
static inline struct masks masks_plain(const uint8_t *at, const struct delimiters *delimiters)
{
    struct masks masks = {0, 0, 0};
    for (int i = 0; i < 64; i++) {
        bool end = at[i] == delimiters->terminator;
        bool odd = (int8_t)at[i] < ' ' || at[i] == '"' || at[i] == '\\' || at[i] == delimiters->element ||
                   end;
        masks.odd |= (uint64_t)odd << i;
        masks.after_end |= (uint64_t)(end || at[i] == '\n') << i;
        masks.letter_i |= (uint64_t)(at[i] == 'I') << i;
    }
    return masks;
}

FIND(find_plain, , masks_plain)

#endif

typedef struct found (*find_function)(const uint8_t *, size_t, const struct delimiters *, uint32_t *);

/* The fastest that this machine can run. BASELINE_SSE2 in the environment is for comparing the two. */
static find_function choose_find(void)
{
#if defined(__x86_64__)
    bool avx2 = __builtin_cpu_supports("avx2") && getenv("BASELINE_SSE2") == NULL;
    return avx2 ? find_avx2 : find_sse2;
#else
    return find_plain;
#endif
}

/* --- pass 2: text and what stands between */

static void set_text(struct baseline *baseline, uint8_t byte, const char *text)
{
    size_t length = strlen(text);
    memset(baseline->text[byte].bytes, 0, sizeof baseline->text[byte].bytes);
    memcpy(baseline->text[byte].bytes, text, length);
    baseline->length[byte] = (uint8_t)length;
}

/* What stands for a byte that is no delimiter. */
static void set_plain_text(struct baseline *baseline, uint8_t byte)
{
    static const char hex[] = "0123456789abcdef";
    switch (byte) {
    case '\r':
    case '\n': set_text(baseline, byte, ""); break;
    case '\t': set_text(baseline, byte, "\\t"); break;
    case '"': set_text(baseline, byte, "\\\""); break;
    case '\\': set_text(baseline, byte, "\\\\"); break;
    default: set_text(baseline, byte, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15], '\0'});
    }
}

static void set_delimiters(struct baseline *baseline, struct delimiters delimiters)
{
    set_plain_text(baseline, baseline->delimiters.element);
    set_plain_text(baseline, baseline->delimiters.terminator);
    baseline->delimiters = delimiters;
    set_text(baseline, delimiters.element, "\",\"");
    set_text(baseline, delimiters.terminator, "\"]\n[\"");
}

static void emit(struct baseline *baseline, const uint8_t *from, struct found found)
{
    const uint8_t *text = from;
    char *out = baseline->output + baseline->written;
    for (size_t i = 0; i < found.positions; i++) {
        const uint8_t *at = from + baseline->positions[i];
        size_t length = (size_t)(at - text);
        memcpy(out, text, 32);
        if (length > 32)
            memcpy(out + 32, text + 32, length - 32);
        out += length;
        memcpy(out, baseline->text[*at].bytes, 8);
        out += baseline->length[*at];
        text = at + 1;
    }
    size_t rest = (size_t)(from + found.looked - text);
    memcpy(out, text, rest);
    baseline->written = (size_t)(out + rest - baseline->output);
}

/* --- the stream */

static int write_all(const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Keeps the last two bytes back: they may be the beginning of an array that will not be needed. */
static int flush(struct baseline *baseline)
{
    size_t kept = baseline->written < 2 ? baseline->written : 2;
    if (write_all(baseline->output, baseline->written - kept) != 0)
        return -1;
    memmove(baseline->output, baseline->output + baseline->written - kept, kept);
    baseline->written = kept;
    return 0;
}

/* An array was begun after each terminator, for the segment that may not come. */
static void end_of_interchange(struct baseline *baseline)
{
    if (!baseline->open)
        return;
    if (memcmp(baseline->output + baseline->written - 2, "[\"", 2) == 0) {
        baseline->written -= 2;
    } else {
        memcpy(baseline->output + baseline->written, "\"]\n", 3);
        baseline->written += 3;
    }
    baseline->open = false;
}

/* Reads the delimiters of the ISA at `isa`; line ends inside it are not counted. */
static bool read_isa(struct delimiters *delimiters, const uint8_t *isa, size_t size)
{
    int elements = 0;
    for (size_t i = 3; i < size; i++) {
        if (isa[i] != isa[3] || ++elements < 16)
            continue;
        i += 2;
        if (i + 1 < size && isa[i] == '\r' && isa[i + 1] == '\n')
            i++;
        if (i >= size)
            return false;
        *delimiters = (struct delimiters){isa[3], isa[i]};
        return true;
    }
    return false;
}

/* Bytes of `from` that are done with; fewer than `size` when more input is needed to tell. -1: failed. */
static ssize_t translate(struct baseline *baseline, const uint8_t *from, size_t size, bool last,
                         find_function find)
{
    size_t done = 0;
    while (done < size && (last || size - done > ISA_AHEAD)) {
        const uint8_t *at = from + done;
        if (memcmp(at, "ISA", 3) == 0 && (!baseline->open || begins_isa(at, &baseline->delimiters))) {
            struct delimiters delimiters;
            if (!read_isa(&delimiters, at, size - done)) {
                fputs("baseline: an ISA without delimiters\n", stderr);
                return -1;
            }
            end_of_interchange(baseline);
            set_delimiters(baseline, delimiters);
        } else if (!baseline->open && (*at == '\r' || *at == '\n')) {
            done++;
            continue;
        }
        if (!baseline->open) {
            memcpy(baseline->output + baseline->written, "[\"", 2);
            baseline->written += 2;
            baseline->open = true;
        }
        size_t piece = last ? size - done : size - done - ISA_AHEAD;
        struct found found = find(at, piece < PIECE ? piece : PIECE, &baseline->delimiters,
                                  baseline->positions);
        emit(baseline, at, found);
        done += found.looked;
        if (baseline->written > OUTPUT && flush(baseline) != 0) {
            perror("baseline: write");
            return -1;
        }
    }
    return (ssize_t)done;
}

static int translate_stream(struct baseline *baseline, int fd, find_function find)
{
    uint8_t *from = baseline->input + HISTORY;
    size_t held = 0;
    for (;;) {
        ssize_t n = read(fd, from + held, INPUT - held);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            perror("baseline: read");
            return 3;
        }
        held += (size_t)n;
        ssize_t done = translate(baseline, from, held, n == 0, find);
        if (done < 0)
            return 3;
        held -= (size_t)done;
        memmove(baseline->input, from + done - HISTORY, HISTORY + held);
        if (n == 0)
            break;
    }
    end_of_interchange(baseline);
    return 0;
}

int main(int argc, char **argv)
{
    struct baseline *baseline = calloc(1, sizeof *baseline);
    int status = 3;
    if (baseline == NULL)
        return 3;
    baseline->input = calloc(1, HISTORY + INPUT + SLACK);
    baseline->output = calloc(1, OUTPUT + PIECE * LONGEST + SLACK);
    if (baseline->input == NULL || baseline->output == NULL)
        goto out;
    for (int byte = 0; byte < 256; byte++)
        set_plain_text(baseline, (uint8_t)byte);
    set_delimiters(baseline, (struct delimiters){'*', '~'});

    find_function find = choose_find();
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20); /* fails when it is no pipe: no matter */
    status = 0;
    for (int i = 1; status == 0 && i < (argc > 1 ? argc : 2); i++) {
        int fd = argc > 1 ? open(argv[i], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
        if (fd < 0) {
            perror(argv[i]);
            status = 3;
            break;
        }
        fcntl(fd, F_SETPIPE_SZ, 1 << 20);
        status = translate_stream(baseline, fd, find);
        if (fd != STDIN_FILENO)
            close(fd);
    }
    if (status == 0 && write_all(baseline->output, baseline->written) != 0) {
        perror("baseline: write");
        status = 3;
    }
out:
    free(baseline->input);
    free(baseline->output);
    free(baseline);
    return status;
}
