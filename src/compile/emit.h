/*
 * emit: a model to the bytes of an image.
 *
 * Deterministic: the same model gives the same bytes.
 */
#ifndef CROSSDOCK_COMPILE_EMIT_H
#define CROSSDOCK_COMPILE_EMIT_H

#include "compile/model.h"

/* False when memory is short or the model too large for the layout; `image` is the caller's, initialised. */
bool emit_image(const struct model *model, struct arena *arena, struct buffer *image);

#endif
