/* x12_segment: any segment, byte by wanted byte; see x12_reader.h. */
#include "wire/x12_reader.h"

/* A segment with line breaks in it, or one that was cut: again, from `raw`, in scratch. */
static bool read_again(struct x12_reader *reader, struct x12_segment *segment)
{
    char *clean = arena_text(&reader->scratch, segment->raw.len + SLACK);
    size_t len = 0, begun = 0;
    uint32_t n = 0;
    const struct x12_delimiters *d = &reader->delimiters;

    if (clean == NULL) {
        reader->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < segment->raw.len; i++)
        if (!reader->unwrap || !is_line_break(segment->raw.at[i]))
            clean[len++] = segment->raw.at[i];
    segment->view.present = segment->view.compound = 0;
    segment->view.odd = segment->quoted = false;
    for (size_t i = 0; i <= len; i++) {
        if (i == len || clean[i] == d->element) {
            if (n == 0) {
                segment->part[0] = segment->view.id = (struct bytes){clean, i};
                segment->view.key = key_of(segment->view.id);
            } else if (n <= X12_MAX_ELEMENTS) {
                segment->part[n] = (struct bytes){clean + begun, i - begun};
                segment->view.present |= (uint64_t)(i != begun) << (n - 1);
            }
            n++;
            begun = i + 1;
        } else if (clean[i] == d->component || (d->repetition != 0 && clean[i] == d->repetition)) {
            if (n >= 1 && n <= X12_MAX_ELEMENTS)
                segment->view.compound |= (uint64_t)1 << (n - 1);
        } else if ((unsigned char)clean[i] < 0x20 || (unsigned char)clean[i] > 0x7e) {
            segment->view.odd = true;
        } else if (clean[i] == '"' || clean[i] == '\\') {
            segment->quoted = true;
        }
    }
    segment->view.n_elements = n - 1;
    segment->view.plain = !segment->view.odd && !segment->quoted && segment->view.compound == 0 &&
                          segment->view.n_elements <= X12_MAX_ELEMENTS;
    segment->wrapped = len != segment->raw.len;
    return true;
}

/* A segment over the limit: thrown away, without holding it, up to the next terminator or ISA. */
static enum x12_event skip_long(struct x12_reader *reader)
{
    uint64_t from = x12_offset(reader);
    uint32_t line = reader->line;
    char piece[PIECE];
    size_t piece_len = x12_window_reach(reader, PIECE);

    if (piece_len > PIECE)
        piece_len = PIECE;
    memcpy(piece, reader->current->data + reader->pos, piece_len);
    for (;;) {
        struct bytes left = {reader->current->data + reader->pos, reader->current->len - reader->pos};
        const char *end = memchr(left.at, reader->delimiters.terminator, left.len);
        size_t isa;

        if (end != NULL)
            left.len = (size_t)(end - left.at);
        isa = x12_isa_within(left, 1);
        if (isa > 0 || end != NULL) {
            x12_window_advance(reader, isa > 0 ? isa : left.len + 1);
            break;
        }
        if (left.len > ISA_HEAD) /* the last bytes may be the beginning of an ISA */
            x12_window_advance(reader, left.len - ISA_HEAD);
        if (!x12_window_let_go(reader, from) || x12_window_fill(reader) == FILL_NOTHING) {
            x12_window_advance(reader, reader->current->len - reader->pos);
            break;
        }
    }
    return x12_tell(reader, X12_TOO_LONG, from, line, x12_offset(reader) - from,
                    (struct bytes){piece, piece_len});
}

/* The segment at hand is the rest of one that broke off where an ISA begins: it ends there. */
static void cut_at_isa(struct x12_reader *reader, struct x12_segment *segment, size_t isa)
{
    reader->line = segment->view.line;
    reader->pos = (size_t)(segment->view.offset - reader->current->base);
    x12_window_advance(reader, isa);
    segment->raw.len = isa;
    while (segment->raw.len > 0 && is_filler(segment->raw.at[segment->raw.len - 1]))
        segment->raw.len--;
    segment->unterminated = true;
}

enum x12_event x12_segment_read(struct x12_reader *reader, struct x12_segment *segment)
{
    const struct x12_delimiters d = reader->delimiters;
    const char *data, *first, *begun, *at;
    struct bytes *part, last;
    uint32_t n, breaks;
    uint64_t present, compound;
    size_t isa, index, len;
    bool odd, quoted;

    segment->view.line = reader->line;
    segment->view.element = segment->part + 1;
    segment->view.component = d.component;
    segment->view.repetition = d.repetition;
    segment->view.wide = true;
again:
    reader->line = segment->view.line;
    data = reader->current->data;
    first = begun = data + reader->pos;
    index = reader->pos;
    part = segment->part;
    n = breaks = 0;
    present = compound = 0;
    last = (struct bytes){NULL, 0};
    odd = quoted = false;
    segment->unterminated = false;
    for (;;) {
        char c;

        index = next_wanted(reader, index);
        if (index == reader->scanned) {
            enum fill filled;

            /* So far that an ISA which begins within the limit would be seen. */
            if (reader->scanned - reader->pos > reader->limits.segment + ISA_LENGTH) {
                const struct bytes all = {first, reader->scanned - reader->pos};

                isa = x12_isa_within(all, 1);
                if (isa == 0 || isa > reader->limits.segment) {
                    reader->line = segment->view.line; /* its line ends are counted as it is passed over */
                    return skip_long(reader);
                }
                at = data + reader->scanned;
                segment->unterminated = true;
                break;
            }
            filled = x12_window_scan(reader);
            if (filled == FILL_MOVED)
                goto again;
            if (filled == FILL_MORE)
                continue;
            if (reader->error != 0 || reader->no_memory)
                return x12_tell_end(reader);
            segment->unterminated = true;
            at = data + reader->current->len;
            while (at > first && is_filler(at[-1]))
                at--;
            if (at == first) {
                reader->line = segment->view.line;
                x12_window_advance(reader, reader->current->len - reader->pos);
                return x12_tell_end(reader);
            }
            break;
        }
        at = data + index++;
        c = *at;
        if (c == d.element && n < X12_MAX_ELEMENTS) {
            part->at = begun;
            part->len = (size_t)(at - begun);
            part++;
            present |= (uint64_t)(at != begun) << n;
            n++;
            begun = at + 1;
        } else if (c == d.terminator) {
            break;
        } else if (c == d.element) { /* the last element that is kept apart; beyond it they are counted */
            if (n == X12_MAX_ELEMENTS)
                last = (struct bytes){begun, (size_t)(at - begun)};
            n++;
            begun = at + 1;
        } else if (c == d.component || (c == d.repetition && c != 0)) {
            if (n >= 1 && n <= X12_MAX_ELEMENTS)
                compound |= (uint64_t)1 << (n - 1);
        } else if (is_line_break(c) && reader->unwrap) {
            breaks++;
            reader->line += c == '\n';
        } else if (c == '"' || c == '\\') {
            quoted = true;
        } else {
            odd = true;
            reader->line += c == '\n';
        }
    }
    if (n <= X12_MAX_ELEMENTS)
        last = (struct bytes){begun, (size_t)(at - begun)};
    *part = last;
    /* Bit n of `present` was for part n so far, and the id is no element. */
    present >>= 1;
    if (n >= 1)
        present |= (uint64_t)(last.len > 0) << (part - segment->part - 1);
    segment->raw = (struct bytes){first, (size_t)(at - first)};
    segment->view.id = segment->part[0];
    segment->view.key = key_of(segment->view.id);
    segment->view.offset = reader->current->base + reader->pos;
    segment->view.n_elements = n;
    segment->view.present = present;
    segment->view.compound = compound;
    segment->view.odd = odd;
    segment->quoted = quoted;
    segment->view.plain = !odd && !quoted && compound == 0 && n <= X12_MAX_ELEMENTS;
    segment->wrapped = false;
    if (segment->unterminated) {
        reader->pos = reader->scanned = reader->current->len;
    } else {
        reader->pos = (size_t)(at + 1 - data);
        reader->line += d.terminator == '\n';
    }
    len = segment->raw.len;
    if (len > ISA_HEAD && (isa = x12_isa_within(segment->raw, 1)) > 0) {
        len = isa; /* with the blanks before it, as when all of it is passed over */
        cut_at_isa(reader, segment, isa);
        if (segment->raw.len == 0)
            return x12_next(reader, segment);
    }
    if (len > reader->limits.segment)
        return x12_tell(reader, X12_TOO_LONG, segment->view.offset, segment->view.line,
                        x12_offset(reader) - segment->view.offset, segment->raw);
    if (odd && d.terminator == '\n' && at > first && segment->raw.at[segment->raw.len - 1] == '\r') {
        segment->raw.len--; /* line ends of two kinds: the ISA's line was edited elsewhere */
        breaks++;
    }
    if ((breaks > 0 || segment->unterminated) && !read_again(reader, segment))
        return X12_NO_MEMORY;
    return X12_SEGMENT;
}
