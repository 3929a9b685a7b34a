/*
 * banned: C functions that have a safer sister; naming one stops the compiler.
 *
 * Put before every source by the build (-include), so no file mentions it. The headers that declare the
 * banned come first: a name may be declared, not used.
 *
 *   sprintf vsprintf            → buffer_add_format, arena_format, snprintf
 *   strcpy strcat stpcpy strncpy strncat → struct bytes, struct buffer, memcpy with a checked length
 *   strtok                      → bytes_split
 *   gmtime localtime ctime asctime → base's dates; gmtime_r where a clock is read
 *   atoi atol atoll atof        → bytes_to_count, base's decimals
 *   gets                        → nothing
 */
#ifndef CROSSDOCK_BASE_BANNED_H
#define CROSSDOCK_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <wchar.h>

#pragma GCC poison sprintf vsprintf
#pragma GCC poison strcpy strcat stpcpy strncpy strncat
#pragma GCC poison strtok
#pragma GCC poison gmtime localtime ctime asctime
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison gets

#endif
