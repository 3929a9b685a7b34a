#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/pattern.h"

#include <stdlib.h>

#include <pcre2.h>

enum {
    MATCH_LIMIT = 100000,
    DEPTH_LIMIT = 10000,
    HEAP_LIMIT = 20 * 1024, /* KiB */
};

struct pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    uint32_t groups;
    char why[128];
};

static struct pattern *fail(struct pattern *pattern)
{
    pattern_close(pattern);
    return NULL;
}

/* PCRE2's words for one of its errors. */
static void explain(int error, char *text, size_t size)
{
    if (pcre2_get_error_message(error, (PCRE2_UCHAR *)text, size) < 0)
        text[0] = '\0';
}

static struct pattern *refuse(struct pattern_mistake *mistake, size_t offset, int error, const char *text)
{
    *mistake = (struct pattern_mistake){.offset = offset};
    if (text != NULL)
        memcpy(mistake->text, text, strlen(text) + 1);
    else
        explain(error, mistake->text, sizeof(mistake->text));
    return NULL;
}

static pcre2_code *compile(struct bytes text, bool whole, struct pattern_mistake *mistake)
{
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    int error;
    size_t offset;
    pcre2_code *code;

    if (whole)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    code = pcre2_compile((PCRE2_SPTR)text.at, text.len, options, &error, &offset, NULL);
    if (code == NULL)
        refuse(mistake, offset, error, NULL);
    return code;
}

struct pattern *pattern_open(struct bytes text, bool whole, struct pattern_mistake *mistake)
{
    struct pattern *pattern;

    if (text.len > PATTERN_MAX_LENGTH)
        return refuse(mistake, PATTERN_MAX_LENGTH, 0, "the pattern is longer than 4096 bytes");
    pattern = calloc(1, sizeof(*pattern));
    if (pattern == NULL)
        return refuse(mistake, 0, 0, "no memory");
    pattern->code = compile(text, whole, mistake);
    if (pattern->code == NULL)
        return fail(pattern);
    pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &pattern->groups);
    if (++pattern->groups > PATTERN_MAX_GROUPS) {
        refuse(mistake, 0, 0, "the pattern has more than 15 groups");
        return fail(pattern);
    }
    pattern->data = pcre2_match_data_create(PATTERN_MAX_GROUPS, NULL);
    pattern->context = pcre2_match_context_create(NULL);
    if (pattern->data == NULL || pattern->context == NULL) {
        refuse(mistake, 0, 0, "no memory");
        return fail(pattern);
    }
    pcre2_set_match_limit(pattern->context, MATCH_LIMIT);
    pcre2_set_depth_limit(pattern->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(pattern->context, HEAP_LIMIT);
    /* Where there is no JIT, or none for this pattern, the interpreter serves. */
    (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);
    return pattern;
}

void pattern_close(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_match_context_free(pattern->context);
    pcre2_match_data_free(pattern->data);
    pcre2_code_free(pattern->code);
    free(pattern);
}

unsigned pattern_groups(const struct pattern *pattern)
{
    return pattern->groups;
}

unsigned pattern_group(const struct pattern *pattern, const char *name)
{
    int number = pcre2_substring_number_from_name(pattern->code, (PCRE2_SPTR)name);

    return number > 0 ? (unsigned)number : 0;
}

static enum pattern_result fail_match(struct pattern *pattern, int error)
{
    explain(error, pattern->why, sizeof(pattern->why));
    return PATTERN_FAILED;
}

enum pattern_result pattern_match(struct pattern *pattern, struct bytes subject, struct bytes *groups)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.at != NULL ? subject.at : "");
    const size_t *ends;
    int found;

    if (subject.len > PATTERN_MAX_SUBJECT) {
        memcpy(pattern->why, "the text is longer than 64 KiB", 31);
        return PATTERN_FAILED;
    }
    found = pcre2_match(pattern->code, text, subject.len, 0, 0, pattern->data, pattern->context);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT)
        found = pcre2_match(pattern->code, text, subject.len, 0, PCRE2_NO_JIT, pattern->data,
                            pattern->context);
    if (found == PCRE2_ERROR_NOMATCH)
        return PATTERN_NO;
    if (found < 0)
        return fail_match(pattern, found);
    ends = pcre2_get_ovector_pointer(pattern->data);
    for (int i = 0; groups != NULL && i < PATTERN_MAX_GROUPS; i++) {
        groups[i] = (struct bytes){NULL, 0};
        /* \K can put the start behind the end. */
        if (i < found && ends[2 * i] != PCRE2_UNSET && ends[2 * i] <= ends[2 * i + 1])
            groups[i] = (struct bytes){(const char *)text + ends[2 * i], ends[2 * i + 1] - ends[2 * i]};
    }
    return PATTERN_YES;
}

const char *pattern_why(const struct pattern *pattern)
{
    return pattern->why;
}

#define AS_TEXT(number) #number
#define DOTTED(major, minor) AS_TEXT(major) "." AS_TEXT(minor)

const char *pattern_library(void)
{
    return "PCRE2 " DOTTED(PCRE2_MAJOR, PCRE2_MINOR);
}
