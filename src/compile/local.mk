# compile-x12 reads the dictionary in maps/x12 and writes the flat image that the tools map into memory. It
# runs while building and is not installed; the image is.
noinst_PROGRAMS += %reldir%/compile-x12
src_compile_compile_x12_SOURCES = %reldir%/compile-x12.c
src_compile_compile_x12_SOURCES += %reldir%/table.c %reldir%/table.h
src_compile_compile_x12_SOURCES += %reldir%/model.c %reldir%/model.h
src_compile_compile_x12_SOURCES += %reldir%/model_codes.c %reldir%/model_elements.c
src_compile_compile_x12_SOURCES += %reldir%/model_units.c %reldir%/model_sets.c
src_compile_compile_x12_SOURCES += %reldir%/emit.c %reldir%/emit.h
# The few files of the house it uses, not the library: else every change anywhere would write the image anew.
src_compile_compile_x12_SOURCES += src/base/arena.c src/base/buffer.c src/base/bytes.c
src_compile_compile_x12_LDADD =

# x12_dictionary: maps/x12/local.mk.
imagedir = $(pkgdatadir)/maps
nodist_image_DATA = maps/x12.image
CLEANFILES += maps/x12.image
maps/x12.image: %reldir%/compile-x12$(EXEEXT) $(x12_dictionary)
	$(AM_V_GEN)$(MKDIR_P) maps && %reldir%/compile-x12$(EXEEXT) $(srcdir)/maps/x12 $@
