#include "remote/hosts.h"

#include "base/file.h"

enum { CEILING = 1024 * 1024 };

static bool names_it(struct bytes names, const char *host, uint64_t port)
{
    struct bytes name;
    char with_port[300];

    (void)snprintf(with_port, sizeof(with_port), "[%s]:%llu", host, (unsigned long long)port);
    if (names.len > 0 && names.at[0] == '|')
        return true;
    while (bytes_split(&names, ',', &name))
        if (bytes_are(name, host) || bytes_are(name, with_port))
            return true;
    return false;
}

static void add_type(char types[256], struct bytes type)
{
    static const char *const known[] = {"ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
                                        "ecdsa-sha2-nistp521"};
    size_t len = strlen(types);

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (bytes_are(type, known[i]) && strstr(types, known[i]) == NULL)
            (void)snprintf(types + len, 256 - len, "%s%s", len > 0 ? "," : "", known[i]);
}

const char *hosts_look(const char *path, const char *host, uint64_t port, struct arena *arena,
                       char types[256])
{
    struct bytes rest, line, names, type;
    struct stat about;
    int error = file_read_whole(path, CEILING, arena, &rest, &about);

    types[0] = '\0';
    if (error != 0)
        return file_error(error);
    if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return "others may write it";
    for (unsigned n = 1; bytes_split(&rest, '\n', &line); n++) {
        if (memchr(line.at, '\r', line.len) != NULL)
            return arena_format(arena, "line %u has a CR; the SSH library would misread the key", n);
        line = bytes_trim(line);
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (line.at[0] == '@')
            return arena_format(arena, "line %u has a marker, which the SSH library does not heed", n);
        if (!bytes_split(&line, ' ', &names) || !bytes_split(&line, ' ', &type) || line.len == 0)
            return arena_format(arena, "line %u is no entry: the SSH library would read no further", n);
        if (memchr(names.at, '*', names.len) != NULL || memchr(names.at, '!', names.len) != NULL)
            return arena_format(arena, "line %u has a wildcard, which the SSH library does not heed", n);
        if (names_it(names, host, port))
            add_type(types, type);
    }
    return NULL;
}
