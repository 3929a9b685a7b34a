#include "ledger/stage.h"

#include <errno.h>
#include <sys/mman.h>

enum { IN_MEMORY = 16 * 1024 * 1024, MEMORY_CEILING = 1024 * 1024 * 1024 };

void stage_init(struct stage *stage, const char *folder)
{
    *stage = (struct stage){.folder = folder, .spool = {.fd = -1}};
    buffer_init(&stage->memory, MEMORY_CEILING);
}

void stage_release(struct stage *stage)
{
    stage_clear(stage);
    if (stage->spool.fd >= 0)
        spool_close(&stage->spool);
    buffer_release(&stage->memory);
}

static int spill(struct stage *stage)
{
    int error = stage->spool.fd < 0 ? spool_open(&stage->spool, stage->folder) : 0;

    if (error == 0)
        error = spool_add(&stage->spool, stage->memory.at, stage->memory.len);
    if (error == 0)
        buffer_clear(&stage->memory);
    return error;
}

static void unmap(struct stage *stage)
{
    if (stage->map != NULL)
        munmap(stage->map, stage->mapped);
    stage->map = NULL;
}

int stage_add(struct stage *stage, struct bytes line)
{
    unmap(stage);
    buffer_add_bytes(&stage->memory, line);
    buffer_add_byte(&stage->memory, '\n');
    if (stage->memory.failed)
        return ENOMEM;
    return stage->memory.len >= IN_MEMORY ? spill(stage) : 0;
}

uint64_t stage_length(const struct stage *stage)
{
    return (stage->spool.fd >= 0 ? stage->spool.len : 0) + stage->memory.len;
}

int stage_view(struct stage *stage, struct bytes *out)
{
    int error;

    unmap(stage);
    if (stage->spool.fd < 0 || stage->spool.len == 0) {
        *out = buffer_view(&stage->memory);
        return 0;
    }
    if (stage->memory.len > 0 && (error = spill(stage)) != 0)
        return error;
    stage->mapped = (size_t)stage->spool.len;
    stage->map = mmap(NULL, stage->mapped, PROT_READ, MAP_PRIVATE, stage->spool.fd, 0);
    if (stage->map == MAP_FAILED) {
        stage->map = NULL;
        return errno;
    }
    *out = (struct bytes){stage->map, stage->mapped};
    return 0;
}

void stage_clear(struct stage *stage)
{
    unmap(stage);
    buffer_clear(&stage->memory);
    if (stage->spool.fd >= 0)
        spool_clear(&stage->spool);
}
