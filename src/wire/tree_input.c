#include "wire/tree_input.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void tree_input_init(struct tree_input *input, int fd, const struct tree_taker *taker, size_t ceiling)
{
    *input = (struct tree_input){
        .fd = fd, .taker = taker, .begin = TREE_MARK_BEGIN, .near = TREE_MARK_BEGIN, .blank = true};
    buffer_init(&input->text, ceiling);
    arena_init(&input->arena, 4096, 8 * TREE_BLOCK);
}

void tree_input_release(struct tree_input *input)
{
    buffer_release(&input->text);
    arena_release(&input->arena);
}

static bool decode(struct tree_input *input, size_t from)
{
    struct bytes block = {input->text.at + from, input->text.len - from}, text;

    arena_reset(&input->arena);
    (void)charset_decode(input->charset, CHARSET_REPLACE, block, &input->arena, &text);
    if (text.at == NULL && block.len > 0)
        return false;
    if (text.at != block.at) {
        input->text.len = from;
        buffer_add_bytes(&input->text, text);
    }
    return !input->text.failed;
}

bool tree_input_decode(struct tree_input *input, const struct charset *charset)
{
    input->charset = charset;
    return decode(input, 0);
}

bool tree_input_more(struct tree_input *input)
{
    const size_t before = input->text.len;
    ssize_t got;

    if (!buffer_reserve(&input->text, TREE_BLOCK))
        return false;
    do
        got = read(input->fd, input->text.at + before, TREE_BLOCK);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        input->error = errno;
        return false;
    }
    input->ended = got == 0;
    if (got > 0 && input->taker->look != NULL)
        input->taker->look(input->taker->whom, input->text.at + before, (size_t)got);
    input->bytes += (size_t)got;
    input->text.len += (size_t)got;
    for (const char *at = input->text.at + before; input->blank && got > 0; at++, got--)
        input->blank = *at == ' ' || *at == '\t' || *at == '\r' || *at == '\n';
    return input->charset == NULL || decode(input, before);
}

static uint64_t added_by(const struct tree_input *input, const char *at, size_t len)
{
    uint64_t added = 0;

    for (size_t i = 0; input->charset != NULL && i < len; i++)
        added += ((unsigned char)at[i] & 0xc0) == 0x80;
    return added;
}

/* As UTF-8 has it. */
static struct tree_mark mark_at(struct tree_input *input, size_t at)
{
    if (at < input->near_at) {
        input->near = input->begin;
        input->near_at = 0;
    }
    tree_mark_pass(&input->near, input->text.at + input->near_at, at - input->near_at);
    input->near_at = at;
    return input->near;
}

void tree_input_drop(struct tree_input *input, size_t len)
{
    if (len == 0)
        return;
    input->added += added_by(input, input->text.at, len);
    input->begin = mark_at(input, len);
    input->near_at = 0;
    input->text.len -= len;
    memmove(input->text.at, input->text.at + len, input->text.len);
}

bool tree_input_rest(struct tree_input *input, size_t at)
{
    for (;;) {
        tree_input_drop(input, at);
        at = input->text.len;
        if (at > 0)
            input->taker->rest(input->taker->whom, input->text.at, at);
        if (input->ended)
            return true;
        if (!tree_input_more(input))
            return false;
    }
}

bool tree_input_pass(struct tree_input *input)
{
    do
        tree_input_drop(input, input->text.len);
    while (!input->ended && tree_input_more(input));
    return input->ended;
}

struct tree_mark tree_input_mark(struct tree_input *input, size_t at)
{
    struct tree_mark mark = mark_at(input, at);

    mark.offset -= input->added + added_by(input, input->text.at, at);
    return mark;
}

void tree_input_trouble(struct tree_input *input, size_t at, struct tree_trouble *trouble, const char *what,
                        struct bytes value, const char *expected)
{
    struct tree_mark mark = tree_input_mark(input, at);

    snprintf(trouble->what, sizeof(trouble->what), "%s", what);
    snprintf(trouble->expected, sizeof(trouble->expected), "%s", expected);
    trouble->value_len = (uint8_t)(value.len < sizeof(trouble->value) ? value.len : sizeof(trouble->value));
    if (value.len > 0)
        memcpy(trouble->value, value.at, trouble->value_len);
    trouble->line = mark.line;
    trouble->column = mark.column;
}
